"""The settings as a command needs them: what does not fit is one sentence, never a traceback."""

from __future__ import annotations

import os

import click

from plugin import config
from plugin.config import Settings


def load_settings() -> Settings:
    """Read the settings and make sure that the data folder can be written."""
    try:
        settings = config.load()
    except config.SettingsError as error:
        raise click.ClickException(str(error)) from error
    _ensure_writable(settings)
    return settings


def _ensure_writable(settings: Settings) -> None:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        writable = os.access(settings.data_dir, os.W_OK | os.X_OK)
        reason = "no permission"
    except OSError as error:
        writable, reason = False, str(error.strerror)
    if not writable:
        raise click.ClickException(
            f"The data folder {settings.data_dir} cannot be written ({reason}). "
            "Make it writable or set SIDESTAGE_DATA_DIR to another folder."
        )
