"""What a host offers when it installs us, and what of it we take: the intersection with what our manifest declares."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from plugin.core.errors import InvalidError
from plugin.manifest import manifest
from plugin.rooms.ports import Capability

_TOLD_BY = {
    "participant.joined": Capability.JOIN_EVENTS,
    "participant.muted": Capability.TRACK_EVENTS,
    "participant.hand": Capability.HAND_EVENTS,
}


@dataclass(frozen=True)
class Offer:
    """The body of the handshake's first step, already checked for shape."""

    setup_code: str
    host_id: str
    origin: str
    action_url: str
    events: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    identity: tuple[str, ...] = ("host_jwt",)

    def ensure_fits(self, *, allows_private_addresses: bool) -> None:
        """Refuse addresses that we would not use anyway, while the admin is still looking."""
        if "host_jwt" not in self.identity:
            raise InvalidError("The host must offer host_jwt: it is how people are named to us.", code="no_identity")
        ensure_origin(self.origin)
        ensure_action_url(self.action_url, allows_private_addresses=allows_private_addresses)


def ensure_origin(origin: str) -> None:
    """An origin is scheme, host and port only, as it stands in ``frame-ancestors``."""
    parts = urlsplit(origin)
    is_bare = not (parts.path or parts.query or parts.fragment or parts.username) and _is_safe_in_policy(origin)
    if parts.scheme not in {"https", "http"} or not parts.hostname or not is_bare:
        raise InvalidError("origin: scheme, host and port only, such as https://rooms.example.", code="bad_origin")
    if parts.scheme == "http" and not is_local(parts.hostname):
        raise InvalidError("origin: only a page on this machine may use plain http.", code="bad_origin")


def ensure_action_url(url: str, *, allows_private_addresses: bool) -> None:
    """Refuse what is plainly wrong; where the name really leads is checked again at every call."""
    parts = urlsplit(url)
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.fragment:
        raise InvalidError("action_url: an http or https address, without a user name.", code="bad_action_url")
    if allows_private_addresses:
        return
    if parts.scheme != "https":
        raise InvalidError("action_url: use https.", code="bad_action_url")
    if is_local(parts.hostname):
        raise InvalidError(
            "action_url: this address is inside the own network. An admin can allow that when making the setup code.",
            code="private_action_url",
        )


def is_local(hostname: str) -> bool:
    """Whether a host name or address plainly means this machine or the own network."""
    if hostname == "localhost" or hostname.endswith(".localhost"):
        return True
    try:
        return not ipaddress.ip_address(hostname).is_global
    except ValueError:
        return False


def _is_safe_in_policy(origin: str) -> bool:
    # The origin is written into a Content-Security-Policy header: a wildcard or a separator would widen it.
    return not any(char in origin for char in " ;,*'\"\\\r\n")


def granted(actions: Collection[str], events: Collection[str]) -> frozenset[str]:
    """Return the capabilities that an offer leads to: what our manifest declares, of what the host does and tells."""
    told = {capability.value for name, capability in _TOLD_BY.items() if name in events}
    return (frozenset(manifest().actions) & frozenset(actions)) | told


def missing_events(offered: Collection[str]) -> tuple[str, ...]:
    """Return the events that we need and the host does not send, in the manifest's order."""
    return tuple(name for name in manifest().required_events if name not in offered)


def actions_among(capabilities: Collection[str]) -> list[str]:
    """Return those capabilities that are actions, in the words of the manifest."""
    return [action for action in manifest().actions if action in capabilities]
