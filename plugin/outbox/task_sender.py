"""Sends tasks to the workers by name, and gives a broker that is away a rest instead of making people wait."""

from __future__ import annotations

import time

import structlog
from celery import Celery
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)

#: How long after a failure nothing is tried: the sweep of the outbox finds the work anyway.
REST_SECONDS = 5.0


class TaskSender:
    """A Celery client that only sends."""

    def __init__(self, broker_url: str) -> None:
        self._celery = Celery("sidestage", broker=broker_url)
        self._celery.conf.update(
            task_serializer="json",
            task_ignore_result=True,
            task_publish_retry=False,
            broker_transport_options={"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0},
        )
        self._resting_until = 0.0

    def send(self, name: str) -> None:
        """Send a task without arguments; when the broker is away this is noted and nothing is raised."""
        if time.monotonic() < self._resting_until:
            return
        try:
            self._celery.send_task(name, expires=60, retry=False)
        except (OperationalError, OSError) as error:
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("task_not_sent", task=name, kind=type(error).__name__)
