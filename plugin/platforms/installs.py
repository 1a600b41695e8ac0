"""Attaching an audio server: create an install, verify that both directions work, change its secrets, let it go."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import secrets, setup_codes, sightings
from plugin.platforms.adapter import SecretKind
from plugin.platforms.models import Install, InstallStatus
from plugin.platforms.offers import Offer, granted, missing_events
from plugin.platforms.registry import current_registry
from plugin.rooms import access
from plugin.rooms.ports import ActionError


@dataclass(frozen=True)
class Verification:
    """What was seen of an install so far; ``problem`` says what stood in the way of the action."""

    install_id: str
    status: InstallStatus
    has_event: bool
    has_action: bool
    granted_actions: tuple[str, ...]
    missing_events: tuple[str, ...]
    problem: str | None = None


def create(
    kind: str,
    *,
    host_id: str,
    origin: str | None = None,
    action_url: str | None = None,
    allows_private_addresses: bool = False,
    config: Mapping[str, Any] | None = None,
    granted_actions: Collection[str] = (),
    offered_events: Collection[str] = (),
) -> Install:
    """Add a pending install with three fresh secrets."""
    install = Install(
        kind=kind,
        host_id=host_id,
        origin=origin,
        action_url=action_url,
        allows_private_addresses=allows_private_addresses,
        secrets=secrets.new_secrets(),
        config=dict(config or {}),
        granted_actions=sorted(granted_actions),
        offered_events=sorted(offered_events),
    )
    session().add(install)
    session().flush()
    return install


def accept(offer: Offer) -> Install:
    """Trade a setup code and a host's offer for an install that is granted what both sides declare."""
    code = setup_codes.redeem(offer.setup_code)
    offer.ensure_fits(allows_private_addresses=code.allows_private_addresses)
    install = create(
        "generic",
        host_id=offer.host_id,
        origin=offer.origin,
        action_url=offer.action_url,
        allows_private_addresses=code.allows_private_addresses,
        granted_actions=granted(offer.actions, offer.events),
        offered_events=offer.events,
    )
    code.install_id = install.id
    return install


def verify(install_id: str) -> Verification:
    """Ask the server whether it does what we say, note the answer, and return what was seen; commits by itself."""
    install = get(install_id)
    problem = _probe(install)
    with unit_of_work():
        fresh = session().get_one(Install, install_id, with_for_update=True, populate_existing=True)
        sightings.activate_if_seen(fresh)
        return Verification(
            install_id=fresh.id,
            status=InstallStatus(fresh.status),
            has_event=fresh.last_event_at is not None,
            has_action=problem is None,
            granted_actions=tuple(fresh.granted_actions),
            missing_events=missing_events(fresh.offered_events),
            problem=problem,
        )


def _probe(install: Install) -> str | None:
    try:
        seen = current_registry().adapter(install).probe()
    except ActionError as error:
        return error.message
    with unit_of_work():
        fresh = session().get_one(Install, install.id, with_for_update=True, populate_existing=True)
        fresh.last_action_at = now()
        fresh.granted_actions = sorted({capability.value for capability in seen} & set(fresh.granted_actions))
    return None


def rotate(install_id: str, kind: SecretKind, overlap: timedelta = secrets.OVERLAP) -> str:
    """Replace one secret and return the new one, shown this once; the old one counts until the overlap is over."""
    install = session().get(Install, install_id, with_for_update=True, populate_existing=True)
    if install is None or install.status == InstallStatus.DISABLED:
        raise NotFoundError("There is no such install.", code="unknown_install")
    install.secrets = secrets.rotated(install.secrets, kind, overlap)
    return str(install.secrets[kind.value]["current"])


def disable(install_id: str) -> None:
    """Let an audio server go: it is not heard, not asked, and its secrets and credentials are forgotten."""
    install = get(install_id)
    install.status, install.disabled_at = InstallStatus.DISABLED.value, now()
    install.secrets, install.config = {}, {}
    access.close_panels_of_install(install_id)


def get(install_id: str) -> Install:
    """Return an install that is not disabled; `NotFoundError` otherwise."""
    install = session().get(Install, install_id)
    if install is None or install.status == InstallStatus.DISABLED:
        raise NotFoundError("There is no such install.", code="unknown_install")
    return install


def every() -> Sequence[Install]:
    """Return all installs that are not disabled, oldest first."""
    rows = select(Install).where(Install.status != InstallStatus.DISABLED.value).order_by(Install.created_at)
    return session().scalars(rows).all()


def frame_ancestors(install_id: str) -> tuple[str, ...]:
    """Return the origins whose pages may frame this install's panel; none for an install we do not have."""
    install = session().get(Install, install_id)
    if install is None or install.status == InstallStatus.DISABLED or not install.origin:
        return ()
    return (install.origin,)
