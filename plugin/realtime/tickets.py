"""One-time tickets: what a browser shows to open a socket, since it cannot send an access token there."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass

import redis
from itsdangerous import BadSignature, URLSafeTimedSerializer

from plugin.core.errors import ForbiddenError
from plugin.realtime import redis_link

LIFETIME_SECONDS = 60
_REMEMBERED_SECONDS = 2 * LIFETIME_SECONDS


class BadTicketError(ForbiddenError):
    """The ticket is not ours, too old, or was used."""

    code = "bad_ticket"
    message = "This connection ticket is not valid any more. Ask for a new one."


@dataclass(frozen=True)
class Ticket:
    """Whom a socket belongs to."""

    id: str
    panel_session_id: str
    account_id: str


class Tickets:
    """Issues, reads and uses up tickets. A used one is remembered in Redis, and here while Redis is away."""

    def __init__(self, secret_key: str, client: redis.Redis | None, prefix: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="sidestage.socket-ticket")
        self._client = client
        self._prefix = prefix + "ticket:"
        self._used: dict[str, float] = {}
        self._lock = threading.Lock()

    def issue(self, panel_session_id: str, account_id: str) -> str:
        """Return a ticket for one socket within a minute."""
        return str(self._serializer.dumps([secrets.token_urlsafe(16), panel_session_id, account_id]))

    def read(self, text: str) -> Ticket:
        """Check signature and age; raises `BadTicketError`."""
        try:
            values = self._serializer.loads(text, max_age=LIFETIME_SECONDS)
        except BadSignature as error:
            raise BadTicketError() from error
        return Ticket(*values)

    def use_up(self, ticket: Ticket) -> None:
        """Let the ticket open one socket and no second one; raises `BadTicketError`."""
        if not self._is_first_here(ticket.id) or not self._is_first_anywhere(ticket.id):
            raise BadTicketError()

    def _is_first_here(self, ticket_id: str) -> bool:
        now = time.monotonic()
        with self._lock:
            if len(self._used) > 1000:
                self._used = {one: until for one, until in self._used.items() if until > now}
            if self._used.get(ticket_id, 0.0) > now:
                return False
            self._used[ticket_id] = now + _REMEMBERED_SECONDS
            return True

    def _is_first_anywhere(self, ticket_id: str) -> bool:
        if self._client is None:
            return True
        try:
            return bool(self._client.set(self._prefix + ticket_id, b"1", nx=True, ex=_REMEMBERED_SECONDS))
        except redis_link.REDIS_ERRORS:
            return True  # only this process can tell now; the ticket still dies within a minute
