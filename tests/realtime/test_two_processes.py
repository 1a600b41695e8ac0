"""Two web processes publish into the same channels at once: nothing is lost, doubled or out of order."""

from __future__ import annotations

import threading

import pytest

from tests.realtime.conftest import Connect, prepared
from tests.realtime.web_process import WebProcess
from tests.servers.redis_server import RedisServer

pytestmark = [pytest.mark.redis]
ROUNDS, TEXTS, WRITERS = 25, 8, 2


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def stand_in_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The same on both databases."""
    if request.param == "sqlite":
        return prepared(f"sqlite:///{tmp_path_factory.mktemp('two') / 'stand_in.db'}")
    return prepared(str(request.getfixturevalue("postgres_url")))


def test_interleaved_publishing_arrives_whole_and_in_order(
    start_web: object, join: Connect, redis_server: RedisServer, channel: str
) -> None:
    assert callable(start_web)
    webs: list[WebProcess] = [start_web(), start_web()]
    other = channel + "x"
    clients = [join(name, at=web) for web in webs for name in ("lina", "omar", "hana")]
    for client in clients:
        client.subscribe(channel, other)

    def write(web: WebProcess, writer: int) -> None:
        for number in range(ROUNDS):
            texts = [f"{web.port}/{writer}/{number}/{part}" for part in range(TEXTS)]
            names = [channel, other] if (number + writer) % 2 else [other, channel]
            web.post("/tell", {"channels": names, "texts": texts})

    writers = [threading.Thread(target=write, args=(web, writer)) for web in webs for writer in range(WRITERS)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    total = len(webs) * WRITERS * ROUNDS * TEXTS
    for client in clients:
        client.wait_until(
            lambda _frame, client=client: (  # type: ignore[misc]
                len(client.pushes(channel)) + len(client.pushes(other)) >= 2 * total
            ),
            seconds=20,
        )
        for name in (channel, other):
            assert client.seqs(name) == list(range(1, total + 1))
            assert len(set(client.texts(name))) == total
    assert len({tuple(client.texts(channel)) for client in clients}) == 1
