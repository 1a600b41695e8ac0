"""Log lines hold neither secrets nor what people wrote, not even when something breaks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from plugin.application import create_app
from plugin.config import Settings
from plugin.core import logs
from plugin.core.database import db


@pytest.fixture
def clean_slate() -> Iterator[None]:
    """Structlog as if nobody had configured it; afterwards as it was."""
    before, was_configured = structlog.get_config(), structlog.is_configured()
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()
    if was_configured:
        structlog.configure(**before)


def fail_with(secret: str) -> None:
    raise RuntimeError("something broke")


@pytest.mark.usefixtures("clean_slate")
def test_a_traceback_names_the_place_and_shows_no_variables(capsys: pytest.CaptureFixture[str]) -> None:
    logs.prepare("INFO")
    try:
        fail_with("zwetschge" + "-token")
    except RuntimeError:
        structlog.get_logger("test").exception("unexpected_error", text="quitte", token="mispel")
    told = capsys.readouterr()
    assert told.out == ""  # standard output belongs to the commands
    line = json.loads(told.err)
    assert (line["event"], line["level"]) == ("unexpected_error", "error")
    assert "fail_with" in line["exception"]
    assert not {"zwetschge-token", "quitte", "mispel"} & set(told.err.replace('"', " ").split())


@pytest.mark.usefixtures("clean_slate")
def test_a_host_that_configured_its_logs_keeps_them() -> None:
    processor = structlog.processors.KeyValueRenderer()
    structlog.configure(processors=[processor])
    logs.prepare("INFO")
    assert structlog.get_config()["processors"] == [processor]


@pytest.mark.redis
def test_the_database_s_errors_do_not_repeat_what_was_to_be_stored(settings: Settings) -> None:
    app = create_app(settings)
    with app.app_context():
        assert db.engine.hide_parameters
        db.engine.dispose()
    engine = create_engine("sqlite://", hide_parameters=True)
    with engine.connect() as connection, pytest.raises(OperationalError) as error:
        connection.execute(text("SELECT :question FROM nowhere"), {"question": "zwetschge"})
    assert "zwetschge" not in str(error.value)
    engine.dispose()
