"""Records what a LiveKit server sends, for the contract tests: `python -m tests.platforms.record_livekit`.

Run it after a change of the LiveKit version and read the difference.
"""

from __future__ import annotations

from plugin.platforms.livekit.adapter import LiveKitAdapter
from tests.platforms import recordings
from tests.platforms.livekit_bench import connection_to
from tests.servers.audio_client import AudioClient, ClientLoop
from tests.servers.livekit import Audience, LiveKitServer, webhook_section
from tests.servers.webhook_sink import WebhookSink

ROOM = "ama-1400"


def record() -> None:
    """Play one evening in a room and keep every webhook of it."""
    with WebhookSink() as sink, ClientLoop() as loop:
        server = LiveKitServer(webhook_section(sink.url)).start()
        people = Audience(server.url, loop)
        try:
            adapter = LiveKitAdapter(connection_to(server.url))
            _play(people, adapter, sink)
        finally:
            people.leave()
            server.remove()
        for number, delivery in enumerate(sink.deliveries, 1):
            name = f"{number:02}_{delivery.body['event']}"
            events = recordings.told(adapter.parse_events(delivery.headers, delivery.raw))
            recordings.save("livekit", recordings.Recorded(name, delivery.at, delivery.headers, delivery.raw, events))


def _play(people: Audience, adapter: LiveKitAdapter, sink: WebhookSink) -> None:
    hana = people.join(ROOM, "hana", can_publish=True, attributes={"sidestage_role": "host"})
    lina = people.join(ROOM, "lina")
    sink.wait_for(ROOM, "participant_joined", "lina")
    _speak_and_stop(lina, adapter, sink)
    people.join(ROOM, "lina")  # in a second tab: LiveKit closes the first
    sink.wait_for(ROOM, "participant_left", "lina")
    adapter.remove(ROOM, "lina")
    hana.leave()
    sink.wait_for(ROOM, "participant_left", "hana")
    adapter.create_room("empty-room", "")
    sink.wait_for("empty-room", "room_started")


def _speak_and_stop(lina: AudioClient, adapter: LiveKitAdapter, sink: WebhookSink) -> None:
    adapter.promote(ROOM, "lina")
    lina.publish_tone()
    sink.wait_for(ROOM, "track_published", "lina")
    adapter.demote(ROOM, "lina")
    sink.wait_for(ROOM, "track_unpublished", "lina")


if __name__ == "__main__":
    record()
