"""The install of a host that we are attached to: made without a setup code, since both live in one process."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection

from sqlalchemy.exc import IntegrityError

from plugin.config import Settings
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import secrets
from plugin.platforms.models import Install
from plugin.rooms.ports import Capability

#: A host in Python can tell us everything.
_TOLD = frozenset({Capability.JOIN_EVENTS, Capability.TRACK_EVENTS, Capability.HAND_EVENTS})


def ensure(settings: Settings, action_base_url: str, actions: Collection[Capability]) -> Install:
    """Return the host's install, made or brought up to date where needed; commits by itself."""
    install_id = _id(settings)
    wanted = {
        "origin": settings.public_origin,
        "action_url": f"{(action_base_url or settings.public_url).rstrip('/')}/host-actions/{install_id}",
        "granted_actions": sorted(capability.value for capability in {*actions, *_TOLD}),
        "allows_private_addresses": True,
    }
    known = session().get(Install, install_id)
    if known is not None and all(getattr(known, name) == value for name, value in wanted.items()):
        return known
    try:
        return _write(install_id, settings, wanted)
    except IntegrityError:  # another process of the host was faster
        return _write(install_id, settings, wanted)


def _write(install_id: str, settings: Settings, wanted: dict[str, object]) -> Install:
    with unit_of_work() as work:
        install = work.session.get(Install, install_id)
        if install is None:
            install = Install(id=install_id, kind="generic", host_id=_host_id(settings), secrets=secrets.new_secrets())
            work.session.add(install)
        for name, value in wanted.items():
            setattr(install, name, value)
    return install


def _host_id(settings: Settings) -> str:
    return f"attached:{settings.public_url}"


def _id(settings: Settings) -> str:
    # The same in every process of this host, and still nothing that a stranger could guess.
    message = f"install\n{_host_id(settings)}".encode()
    digest = hmac.new(settings.secret_key.encode(), message, hashlib.sha256).digest()[:16]
    return "ins_" + base64.b32encode(digest).decode("ascii").rstrip("=").lower()
