"""What was seen of an install: its last event and action, what was refused, and the step from pending to active."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms.models import AuditLine, Install, InstallStatus

#: A sighting younger than this is not written again: a busy room must not queue up at its install's row.
FRESH = timedelta(seconds=15)
_AUDIT_WINDOW = timedelta(minutes=1)


def note_event(install_id: str) -> None:
    """Remember that a genuine event came."""
    _note(install_id, "last_event_at")


def note_action(install_id: str) -> None:
    """Remember that the server did what we asked."""
    _note(install_id, "last_action_at")


def note_refusal(install_id: str, reason: str) -> None:
    """Write the audit line of a refused webhook, or count it into the one of this minute."""
    moment = now()
    with unit_of_work():
        install = session().get_one(Install, install_id, with_for_update=True)
        install.last_bad_signature_at = moment
        line = session().scalars(_latest_line(install_id, reason, moment)).first()
        if line is None:
            session().add(AuditLine(install_id=install_id, reason=reason, first_at=moment, last_at=moment))
        else:
            line.times, line.last_at = line.times + 1, moment


def _latest_line(install_id: str, reason: str, moment: datetime) -> Select[AuditLine]:
    return (
        select(AuditLine)
        .where(AuditLine.install_id == install_id, AuditLine.reason == reason)
        .where(AuditLine.first_at > moment - _AUDIT_WINDOW)
        .order_by(AuditLine.first_at.desc())
        .limit(1)
    )


def _note(install_id: str, column: str) -> None:
    if _is_fresh(session().get(Install, install_id), column):
        return
    with unit_of_work():
        install = session().get(Install, install_id, with_for_update=True, populate_existing=True)
        if install is None:
            return
        setattr(install, column, now())
        activate_if_seen(install)


def _is_fresh(install: Install | None, column: str) -> bool:
    seen: datetime | None = getattr(install, column, None)
    return install is None or (seen is not None and now() - seen < FRESH)


def activate_if_seen(install: Install) -> None:
    """Make a pending install active once both directions have worked."""
    is_seen = install.last_event_at is not None and install.last_action_at is not None
    if is_seen and install.status == InstallStatus.PENDING:
        install.status, install.activated_at = InstallStatus.ACTIVE.value, now()
