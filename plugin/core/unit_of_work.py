"""One transaction: everything in it becomes true together or not at all, and this is the only place that commits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy.orm import Session

from plugin.core.database import session as current_session
from plugin.core.database import write_intent
from plugin.core.slot import Slot

log = structlog.get_logger(__name__)


@dataclass
class Work:
    """What one unit of work gathers: the domain events recorded, and notes the hooks leave one another."""

    session: Session
    events: list[Any] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


Hook = Callable[[Work], None]


@dataclass
class Hooks:
    """What runs around a commit in one app; the composition root fills this in."""

    before_commit: list[Hook] = field(default_factory=list)
    after_commit: list[Hook] = field(default_factory=list)


HOOKS: Slot[Hooks] = Slot("unit_of_work")


def current_work() -> Work:
    """Return the open unit of work; outside of one there is nothing to record into."""
    work: Work | None = current_session().info.get("work")
    if work is None:
        raise RuntimeError("this changes data and must run inside unit_of_work()")
    return work


@contextmanager
def unit_of_work() -> Iterator[Work]:
    """Run the body in one transaction; commit at the end, roll back on any error.

    Entered inside another one it joins it. A failing after-commit hook is logged, not raised: the data is safe.
    """
    session = current_session()
    if "work" in session.info:
        yield session.info["work"]
        return
    session.rollback()  # a read transaction that stands open would not see what others committed meanwhile
    hooks = HOOKS.get()
    work = Work(session)
    session.info["work"] = work
    token = write_intent.set(True)
    try:
        yield work
        session.flush()
        for hook in hooks.before_commit:
            hook(work)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        write_intent.reset(token)
        del session.info["work"]
    _run_after_commit(hooks, work)


def _run_after_commit(hooks: Hooks, work: Work) -> None:
    for hook in hooks.after_commit:
        try:
            hook(work)
        except Exception:
            log.exception("after_commit_failed", hook=getattr(hook, "__qualname__", "?"))
