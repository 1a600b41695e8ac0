"""Structured logs: one JSON line per happening, without anybody's words, names or secrets."""

from __future__ import annotations

import logging
import sys

import structlog

#: Fields that may carry what people wrote or what opens doors; a log line never holds them.
FORBIDDEN_FIELDS = frozenset(
    {"text", "name", "token", "authorization", "ticket", "secret", "password", "body", "email", "reason_text", "title"}
)


def _drop_forbidden(_logger: object, _method: str, fields: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {key: value for key, value in fields.items() if key not in FORBIDDEN_FIELDS}


def prepare(level: str) -> None:
    """Configure structlog unless somebody did: a host that we are attached to keeps its own way."""
    if not structlog.is_configured():
        configure(level)


def configure(level: str = "INFO", *, human: bool = False) -> None:
    """Send logs to standard error: JSON for machines, or coloured lines when ``human``.

    Tracebacks never show local variables: they hold what people wrote and what opens doors.
    """
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if human
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _drop_forbidden,
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # standard output belongs to the commands
        cache_logger_on_first_use=False,
    )
