"""The evening on which the journeys take place."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.journeys.livekit_evening import Evening, attach
from tests.journeys.room_page import RoomPage
from tests.servers.audio_client import ClientLoop
from tests.servers.livekit import LiveKitServer, client_loop
from tests.servers.redis_server import RedisServer
from tests.servers.sidestage_stack import SidestageStack

__all__ = ["client_loop"]


@pytest.fixture(scope="session")
def site() -> Iterator[RoomPage]:
    """The site on whose pages people join."""
    with RoomPage() as page:
        yield page


@pytest.fixture(scope="session")
def own_redis() -> Iterator[RedisServer]:
    """A Redis that no other test empties."""
    server = RedisServer().start()
    yield server
    server.remove()


@pytest.fixture(scope="session")
def attached(
    own_redis: RedisServer, site: RoomPage, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LiveKitServer, SidestageStack, str]]:
    """A LiveKit server and a Sidestage that know each other, and the install's id."""
    directory = tmp_path_factory.mktemp("journey")
    livekit = LiveKitServer().start()
    sidestage = SidestageStack(directory, f"sqlite:///{directory / 'sidestage.db'}", own_redis.url)
    try:
        with sidestage:
            yield livekit, sidestage, attach(sidestage, livekit, site.origin)
    finally:
        livekit.remove()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what Sidestage's processes wrote when a journey on LiveKit fails."""
    report = yield
    evening = getattr(item, "funcargs", {}).get("evening")
    if report.failed and evening is not None:
        report.sections.append(("Sidestage's processes", evening.sidestage.logs()[-8000:]))
    return report


@pytest.fixture
def evening(attached: tuple[LiveKitServer, SidestageStack, str], client_loop: ClientLoop) -> Iterator[Evening]:
    """A new room; a LiveKit server that an earlier test stopped runs again."""
    livekit, sidestage, install_id = attached
    if not livekit.process.is_running():
        livekit.start()
    evening = Evening(livekit, sidestage, install_id, client_loop)
    yield evening
    evening.end()
