"""The hosts' conversation found."""

from __future__ import annotations

from plugin.backchannel.models import Backchannel, BackchannelEntry
from plugin.core.database import session


def backchannel(session_id: str) -> Backchannel | None:
    """Return the room session's backchannel."""
    return session().get(Backchannel, session_id, populate_existing=True)


def backchannel_for_update(session_id: str) -> Backchannel | None:
    """Return the room session's backchannel, locked until the commit."""
    return session().get(Backchannel, session_id, with_for_update=True, populate_existing=True)


def entry(session_id: str, account_id: str) -> BackchannelEntry | None:
    """Return from where on the person sees it, if that was ever written down."""
    return session().get(BackchannelEntry, (session_id, account_id), populate_existing=True)
