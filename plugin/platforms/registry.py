"""Finds the adapter behind an install; the composition root says which kinds there are."""

from __future__ import annotations

from dataclasses import dataclass, field

from plugin.config import Settings
from plugin.core.database import session
from plugin.core.errors import NotFoundError
from plugin.core.slot import Slot
from plugin.manifest import manifest
from plugin.platforms import secrets
from plugin.platforms.adapter import Adapter, AdapterFactory, BadTokenError, Connection
from plugin.platforms.models import Install, InstallStatus
from plugin.platforms.watched import WatchedPlatform
from plugin.rooms.ports import Capability, Identity, Platform


@dataclass
class Registry:
    """The adapters of one app by kind; implements rooms' `Platforms`."""

    settings: Settings
    factories: dict[str, AdapterFactory] = field(default_factory=dict)

    def __post_init__(self) -> None:
        manifest()  # a server whose manifest does not fit does not start

    def register(self, kind: str, factory: AdapterFactory) -> None:
        """Let installs of this kind be served by this adapter."""
        self.factories[kind] = factory

    def adapter(self, install: Install) -> Adapter:
        """Return the adapter of an install, whatever its status."""
        if install.kind not in self.factories:
            raise NotFoundError(f"This server has no adapter for “{install.kind}”.", code="unknown_platform")
        return self.factories[install.kind](connection(install))

    def platform(self, install_id: str) -> Platform:
        """Return the adapter of an active or pending install; each success is noted as a seen action."""
        install = self._usable(install_id)
        return WatchedPlatform(install_id, self.adapter(install), install.kind)

    def kind(self, install_id: str) -> str:
        """Return the adapter's kind."""
        return self._usable(install_id).kind

    def identity(self, install_id: str, token: str, room: str) -> Identity:
        """Return who a panel token names, verified for this room."""
        try:
            adapter = self.adapter(self._usable(install_id))
        except NotFoundError as error:
            raise BadTokenError() from error
        return adapter.verify_identity(token, room)

    def hook_url(self, install: Install) -> str:
        """Return where the audio server of this install sends its events."""
        return f"{self.settings.public_url}/hooks/{install.id}/{install.kind}"

    def _usable(self, install_id: str) -> Install:
        install = session().get(Install, install_id)
        if install is None or install.status == InstallStatus.DISABLED:
            raise NotFoundError("This room's server is not attached (any more).", code="unknown_install")
        return install


REGISTRY: Slot[Registry] = Slot("platforms")


def connection(install: Install) -> Connection:
    """Return what an adapter may know of its install."""
    known = {capability.value for capability in Capability}
    return Connection(
        install_id=install.id,
        kind=install.kind,
        host_id=install.host_id,
        origin=install.origin,
        action_url=install.action_url,
        allows_private_addresses=install.allows_private_addresses,
        granted=frozenset(Capability(action) for action in install.granted_actions if action in known),
        secrets=secrets.valid_now(install.secrets),
        config=install.config,
    )


def current_registry() -> Registry:
    """Return the adapters of the current app."""
    return REGISTRY.get()
