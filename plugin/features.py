"""The table of contents of the product: one line per feature."""

from __future__ import annotations

from collections.abc import Callable

from plugin.feature import Feature

FEATURES: tuple[Feature, ...] = ()


def sweeps() -> list[Callable[[], int]]:
    """Return what features want to be called for every 15 seconds."""
    return [sweep for feature in FEATURES for sweep in feature.sweeps]
