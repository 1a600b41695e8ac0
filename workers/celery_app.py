"""The Celery application: how tasks travel, and the Flask app they run in."""

from __future__ import annotations

from typing import Any

from celery import Celery, Task
from celery.signals import worker_process_init
from flask import Flask

from plugin.application import create_app
from plugin.config import Settings, load
from plugin.core.database import db
from workers.schedule import SCHEDULE


def broker_options() -> dict[str, Any]:
    """Return the options with which a killed worker's task comes back within seconds and nothing ever hangs."""
    return {
        "visibility_timeout": 120,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
        "max_retries": 1,
    }


def make_celery(app: Flask, settings: Settings) -> Celery[Any]:
    """Build the Celery app around a Flask app: every task runs in an app context with a session of its own."""

    class ContextTask(Task):  # type: ignore[type-arg]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery = Celery("sidestage", task_cls=ContextTask, broker=settings.celery_broker_url)
    celery.conf.update(
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        task_time_limit=60,
        task_soft_time_limit=50,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_publish_retry=False,
        broker_transport_options=broker_options(),
        broker_connection_retry_on_startup=True,
        worker_soft_shutdown_timeout=20,
        worker_hijack_root_logger=False,
        timezone="UTC",
        enable_utc=True,
        beat_schedule=SCHEDULE,
        beat_schedule_filename=str(settings.data_dir / "beat-schedule"),
        imports=("workers.outbox_relay", "workers.housekeeping", "workers.reconcile"),
    )
    return celery


settings = load()
flask_app = create_app(settings)
celery_app = make_celery(flask_app, settings)


@worker_process_init.connect
def _forget_inherited_connections(**_kwargs: Any) -> None:
    with flask_app.app_context():
        db.engine.dispose(close=False)  # a connection opened before the fork belongs to the parent
