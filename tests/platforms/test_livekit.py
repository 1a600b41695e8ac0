"""The LiveKit adapter against the real server: the contract, and what is LiveKit's own."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace

import pytest

from plugin.core.actor import Role
from plugin.platforms.adapter import Connection
from plugin.platforms.livekit.adapter import LiveKitAdapter
from plugin.platforms.livekit.server_api import Deadline, ServerApi
from plugin.rooms.ports import ActionError, PlatformEventKind, PlatformParticipant
from tests.platforms import livekit_tokens
from tests.platforms.contract import LINA, NOBODY, PlatformContract
from tests.platforms.livekit_bench import connection_to
from tests.servers.audio_client import AudioClient
from tests.servers.livekit import KEY, SECRET, Audience, LiveKitServer, join_token
from tests.servers.ports import free_port
from tests.servers.waiting import wait_until
from tests.servers.webhook_sink import WebhookSink

pytestmark = pytest.mark.livekit
_numbers = itertools.count(1)


@pytest.fixture
def connection(livekit_server: LiveKitServer) -> Connection:
    return connection_to(livekit_server.url)


@pytest.fixture
def adapter(connection: Connection) -> LiveKitAdapter:
    return LiveKitAdapter(connection)


@pytest.fixture
def room() -> str:
    return f"ama-{next(_numbers)}"


@pytest.fixture
def lina(room: str, audience: Audience, livekit_sink: WebhookSink) -> AudioClient:
    client = audience.join(room, LINA)
    livekit_sink.wait_for(room, "participant_joined", LINA)
    return client


class TestLiveKitContract(PlatformContract):
    kind = "livekit"
    signing_headers = ("authorization",)

    def make(self, connection: Connection) -> LiveKitAdapter:
        return LiveKitAdapter(connection)

    @pytest.fixture
    def connection(self, livekit_server: LiveKitServer) -> Connection:
        return connection_to(livekit_server.url)

    @pytest.fixture
    def room(self, audience: Audience, livekit_sink: WebhookSink) -> str:
        name = f"contract-{next(_numbers)}"
        audience.join(name, LINA)
        livekit_sink.wait_for(name, "participant_joined", LINA)
        return name

    @pytest.fixture
    def token(self, room: str) -> str:
        return join_token(room, LINA)

    @pytest.fixture
    def refused_tokens(self, room: str) -> Mapping[str, str]:
        return livekit_tokens.refused(room)

    @pytest.fixture
    def cut_off(self, connection: Connection) -> Connection:
        return replace(connection, config={**connection.config, "url": f"ws://127.0.0.1:{free_port()}"})


def test_a_real_join_arrives_signed_and_is_believed(
    adapter: LiveKitAdapter, room: str, lina: AudioClient, livekit_sink: WebhookSink
) -> None:
    delivery = livekit_sink.wait_for(room, "participant_joined", LINA)
    (event,) = adapter.parse_events(delivery.headers, delivery.raw)
    assert event.kind is PlatformEventKind.PARTICIPANT_JOINED
    assert event.participant is not None
    assert (event.participant.name, event.participant.can_speak, event.participant.role) == ("Lina", False, None)


def test_raised_she_is_told_speaks_and_is_heard_and_lowered_she_is_silent(
    adapter: LiveKitAdapter, room: str, lina: AudioClient, audience: Audience, livekit_sink: WebhookSink
) -> None:
    hana = audience.join(room, "hana", can_publish=True)
    assert not lina.can_publish

    result = adapter.promote(room, LINA)
    assert result.is_confirmed and result.participant is not None and result.participant.can_speak
    wait_until(lambda: lina.can_publish, "Lina's client is told that it may publish")
    lina.publish_tone()
    published = livekit_sink.wait_for(room, "track_published", LINA)
    assert [event.kind for event in adapter.parse_events(published.headers, published.raw)] == ["mic_on"]
    hana.wait_to_hear(LINA)
    assert _listed(adapter, room)[LINA].is_audible

    result = adapter.demote(room, LINA)
    assert result.is_confirmed and result.participant is not None and not result.participant.can_speak
    wait_until(lambda: not lina.can_publish, "Lina's client is told that it may publish no more")
    unpublished = livekit_sink.wait_for(room, "track_unpublished", LINA)
    assert [event.kind for event in adapter.parse_events(unpublished.headers, unpublished.raw)] == ["mic_off"]
    assert not _listed(adapter, room)[LINA].is_audible


def test_every_other_flag_of_a_permission_stays_as_it_is(
    adapter: LiveKitAdapter, room: str, audience: Audience
) -> None:
    omar = audience.join(room, "omar", can_subscribe=True, can_publish_data=False, can_update_own_metadata=True)
    before = _flags(omar)
    assert before["can_subscribe"] and before["can_update_metadata"] and not before["can_publish_data"]
    adapter.promote(room, "omar")
    wait_until(lambda: omar.can_publish, "Omar may publish")
    assert _flags(omar) == {**before, "can_publish": True}
    adapter.demote(room, "omar")
    wait_until(lambda: not omar.can_publish, "Omar may publish no more")
    assert _flags(omar) == before


def test_raising_opens_the_microphone_and_no_camera(
    adapter: LiveKitAdapter, livekit_server: LiveKitServer, room: str, lina: AudioClient
) -> None:
    adapter.promote(room, LINA)
    info = ServerApi(livekit_server.url, KEY, SECRET).participant(room, LINA, Deadline())
    assert info["permission"]["can_publish_sources"] == ["MICROPHONE"]


def test_muting_closes_the_microphone_and_its_owner_may_open_it_again(
    adapter: LiveKitAdapter, room: str, audience: Audience, livekit_sink: WebhookSink
) -> None:
    sam = audience.join(room, "sam", can_publish=True)
    sam.publish_tone()
    wait_until(lambda: _listed(adapter, room)["sam"].is_audible, "Sam is audible")
    adapter.mute(room, "sam")
    wait_until(lambda: not sam.has_open_microphone, "Sam's microphone is closed")
    assert not _listed(adapter, room)["sam"].is_audible
    assert _listed(adapter, room)["sam"].can_speak
    sam.unmute()
    wait_until(lambda: _listed(adapter, room)["sam"].is_audible, "Sam is audible again")


def test_a_notice_reaches_everybody_or_one(
    adapter: LiveKitAdapter, room: str, lina: AudioClient, audience: Audience
) -> None:
    omar = audience.join(room, "omar")
    adapter.notice(room, "Questions are open — fragt ruhig 🎙")
    adapter.notice(room, "You are next.", LINA)
    wait_until(lambda: len(lina.data) == 2, "both notices to Lina")
    assert lina.data[0] == ("sidestage", {"type": "notice", "text": "Questions are open — fragt ruhig 🎙"})
    assert lina.data[1] == ("sidestage", {"type": "notice", "text": "You are next."})
    wait_until(lambda: bool(omar.data), "the notice to everybody")
    assert len(omar.data) == 1


def test_removing_closes_the_connection(adapter: LiveKitAdapter, room: str, lina: AudioClient) -> None:
    assert adapter.remove(room, LINA).is_confirmed
    wait_until(lambda: not lina.is_connected, "Lina's connection is closed")


def test_who_has_gone_is_lowered_muted_and_removed_already(
    adapter: LiveKitAdapter, room: str, lina: AudioClient
) -> None:
    assert adapter.demote(room, NOBODY).is_confirmed
    assert adapter.mute(room, NOBODY).is_confirmed
    assert adapter.remove(room, NOBODY).is_confirmed
    with pytest.raises(ActionError, match="not in the audio room") as caught:
        adapter.promote(room, NOBODY)
    assert not caught.value.is_final


def test_a_room_nobody_opened_is_empty(adapter: LiveKitAdapter) -> None:
    assert adapter.participants("no-such-room") == []


def test_recorders_and_hidden_listeners_are_nobody(
    adapter: LiveKitAdapter, room: str, lina: AudioClient, audience: Audience, livekit_sink: WebhookSink
) -> None:
    audience.join(room, "ghost", hidden=True)
    omar = audience.join(room, "omar")
    delivery = livekit_sink.wait_for(room, "participant_joined", "omar")
    assert adapter.parse_events(delivery.headers, delivery.raw)
    assert set(_listed(adapter, room)) == {LINA, "omar"}
    for told in livekit_sink.of(room, "participant_joined", "ghost"):
        assert adapter.parse_events(told.headers, told.raw) == []
    assert omar.is_connected


def test_coming_back_in_a_second_tab_is_no_leaving(
    adapter: LiveKitAdapter, room: str, lina: AudioClient, audience: Audience, livekit_sink: WebhookSink
) -> None:
    audience.join(room, LINA)
    left = livekit_sink.wait_for(room, "participant_left", LINA)
    assert left.body["participant"]["disconnectReason"] == "DUPLICATE_IDENTITY"
    assert adapter.parse_events(left.headers, left.raw) == []
    wait_until(lambda: len(livekit_sink.of(room, "participant_joined", LINA)) == 2, "the second join")
    assert set(_listed(adapter, room)) == {LINA}


def test_leaving_at_once_is_after_joining_and_before_coming_back(
    adapter: LiveKitAdapter, room: str, audience: Audience, livekit_sink: WebhookSink
) -> None:
    for _ in range(2):
        audience.join(room, "omar").leave()
    wait_until(lambda: len(livekit_sink.of(room, "participant_left", "omar")) == 2, "two leavings")
    told = [one for one in livekit_sink.deliveries if one.body["room"]["name"] == room and "participant" in one.body]
    events = [event for one in told for event in adapter.parse_events(one.headers, one.raw)]
    in_order = sorted(events, key=lambda event: event.occurred_at)
    assert [event.kind.value for event in in_order] == ["participant_joined", "participant_left"] * 2
    assert len({event.occurred_at for event in events}) == 4


def test_a_role_that_a_person_gave_themselves_counts_for_nothing_even_signed(
    adapter: LiveKitAdapter, room: str, audience: Audience
) -> None:
    nadia = audience.join(room, "nadia", can_update_own_metadata=True)
    nadia.set_attributes({"sidestage_role": "host"})
    wait_until(lambda: any(livekit_tokens.role_in(token) == "host" for token in nadia.tokens), "LiveKit's new token")
    token = next(token for token in nadia.tokens if livekit_tokens.role_in(token) == "host")
    identity = adapter.verify_identity(token, room)  # LiveKit signed it: it is a good token, for a listener
    assert identity.role is None and not identity.is_room_admin


def test_a_refreshed_token_of_a_host_still_names_the_host(
    adapter: LiveKitAdapter, room: str, audience: Audience
) -> None:
    cole = audience.join(room, "cole", attributes={"sidestage_role": "cohost"})
    adapter.promote(room, "cole")
    wait_until(lambda: bool(cole.tokens), "LiveKit's new token")
    assert adapter.verify_identity(cole.tokens[-1], room).role is Role.COHOST


def test_a_wrong_secret_is_told_as_such_without_any_token(livekit_server: LiveKitServer, room: str) -> None:
    adapter = LiveKitAdapter(connection_to(livekit_server.url, secret="x" * 40))
    for act in (lambda: adapter.participants(room), lambda: adapter.promote(room, LINA), adapter.probe):
        with pytest.raises(ActionError, match="API key and secret") as caught:
            act()
        assert caught.value.is_final
        assert "eyJ" not in caught.value.message


def test_rooms_outside_the_prefix_are_left_alone(
    connection: Connection, room: str, lina: AudioClient, livekit_sink: WebhookSink
) -> None:
    delivery = livekit_sink.wait_for(room, "participant_joined", LINA)
    elsewhere = LiveKitAdapter(replace(connection, config={**connection.config, "room_prefix": "class-"}))
    assert elsewhere.parse_events(delivery.headers, delivery.raw) == []
    ours = LiveKitAdapter(replace(connection, config={**connection.config, "room_prefix": "ama-"}))
    assert len(ours.parse_events(delivery.headers, delivery.raw)) == 1


def test_the_snippet_is_taken_by_the_real_server(connection: Connection, client_loop: object) -> None:
    with WebhookSink() as sink:
        server = LiveKitServer(LiveKitAdapter(connection).admin_snippet(sink.url)).start()
        try:
            adapter = LiveKitAdapter(connection_to(server.url))
            adapter.create_room("from-the-snippet", "")
            delivery = sink.wait_for("from-the-snippet", "room_started")
            assert adapter.parse_events(delivery.headers, delivery.raw)[0].kind is PlatformEventKind.ROOM_STARTED
        finally:
            server.remove()


def _listed(adapter: LiveKitAdapter, room: str) -> dict[str, PlatformParticipant]:
    return {person.platform_user_id: person for person in adapter.participants(room)}


def _flags(client: AudioClient) -> dict[str, bool]:
    permissions = client.room.local_participant.permissions
    names = ("can_subscribe", "can_publish", "can_publish_data", "hidden", "can_update_metadata")
    return {name: bool(getattr(permissions, name)) for name in names}
