"""The demo room: one install, one room and four people to be."""

from __future__ import annotations

from dataclasses import dataclass

from plugin.config import Settings
from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.platforms import secrets
from plugin.platforms.adapter import SecretKind
from plugin.platforms.fake import server
from plugin.platforms.fake.adapter import DECLARED
from plugin.platforms.generic import tokens
from plugin.platforms.models import Install, InstallStatus

INSTALL_ID = "ins_demo"
HOST_ID = "demo"
ROOM = "product-ama"
TITLE = "Product AMA with Hana"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whose page a visitor can open."""

    id: str
    name: str
    role: Role
    label: str


PEOPLE = {
    person.id: person
    for person in (
        DemoPerson("hana", "Hana", Role.HOST, "Host"),
        DemoPerson("cole", "Cole", Role.COHOST, "Co-host"),
        DemoPerson("lina", "Lina", Role.LISTENER, "Listener"),
        DemoPerson("omar", "Omar", Role.LISTENER, "Listener"),
    )
}


def ensure(settings: Settings) -> Install:
    """Return the demo install, made or brought to today's address where needed. Opens its own transaction."""
    install = session().get(Install, INSTALL_ID)
    granted = sorted(capability.value for capability in DECLARED)
    if install is not None and (install.origin, install.granted_actions) == (settings.public_origin, granted):
        return install
    with unit_of_work() as work:
        install = work.session.get(Install, INSTALL_ID)
        if install is None:
            install = Install(id=INSTALL_ID, kind="fake", host_id=HOST_ID, secrets=secrets.new_secrets(), config={})
            work.session.add(install)
        install.status, install.activated_at = InstallStatus.ACTIVE.value, install.activated_at or now()
        install.origin, install.granted_actions = settings.public_origin, granted
        work.session.flush()
        server.open_room(INSTALL_ID, ROOM, TITLE)
    return install


def token(install: Install, person: DemoPerson) -> str:
    """Return a fresh panel token for the person, as a host's page would fetch it."""
    valid = secrets.valid_now(install.secrets)[SecretKind.PANEL]
    return tokens.mint(
        valid[0],
        install_id=install.id,
        issuer=install.host_id,
        room=ROOM,
        user_id=person.id,
        name=person.name,
        role=person.role,
    )
