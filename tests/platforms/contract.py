"""What every adapter must hold to: one test class that the tests of each adapter inherit.

Tests of an adapter set the attributes and override `make` and the fixtures. Behind ``adapter`` stands the real server
where there is one, with `room` open and `LINA` listening in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

import pytest
import time_machine

from plugin.core.actor import Role
from plugin.platforms.adapter import Adapter, BadSignatureError, BadTokenError, Connection
from plugin.rooms.ports import ActionError, Capability, PlatformParticipant
from tests.platforms import recordings
from tests.platforms.recordings import Recorded
from tests.servers.waiting import wait_until

LINA = "lina"
NOBODY = "nobody-of-that-name"
PORT_SECONDS = 5.0

ACTIONS: Mapping[Capability, Callable[[Adapter, str], object]] = {
    Capability.PROMOTE: lambda adapter, room: adapter.promote(room, LINA),
    Capability.DEMOTE: lambda adapter, room: adapter.demote(room, LINA),
    Capability.MUTE: lambda adapter, room: adapter.mute(room, LINA),
    Capability.REMOVE: lambda adapter, room: adapter.remove(room, LINA),
    Capability.NOTICE: lambda adapter, room: adapter.notice(room, "Hana will be with you soon."),
    Capability.CREATE_ROOM: lambda adapter, room: adapter.create_room(f"{room}-made", "Made by a test"),
}


class PlatformContract:
    """The promises of `plugin.platforms.adapter.Adapter`, asked one by one."""

    #: The adapter's kind, also the folder of its recorded payloads.
    kind: ClassVar[str]
    #: The headers (lower case) without which a delivery is not believed.
    signing_headers: ClassVar[Sequence[str]]

    def make(self, connection: Connection) -> Adapter:
        """The adapter of this install."""
        raise NotImplementedError

    @pytest.fixture
    def connection(self) -> Connection:
        """The install of the server under test, granted everything."""
        raise NotImplementedError

    @pytest.fixture
    def room(self) -> str:
        """The name of a room on that server in which `LINA` listens; a new one for each test."""
        raise NotImplementedError

    @pytest.fixture
    def token(self, room: str) -> str:
        """A panel token that names `LINA` and opens `room`."""
        raise NotImplementedError

    @pytest.fixture
    def refused_tokens(self, room: str) -> Mapping[str, str]:
        """Tokens that open nothing, by what is wrong with them."""
        raise NotImplementedError

    @pytest.fixture
    def cut_off(self, connection: Connection) -> Connection:
        """The same install with a server that nobody answers for."""
        raise NotImplementedError

    @pytest.fixture
    def recorded_by(self, connection: Connection) -> Connection:
        """The install whose secrets signed the recorded payloads."""
        return connection

    @pytest.fixture
    def adapter(self, connection: Connection) -> Adapter:
        """The adapter under test."""
        return self.make(connection)

    @pytest.fixture
    def believer(self, recorded_by: Connection) -> Adapter:
        """The adapter that the recorded payloads were sent to."""
        return self.make(recorded_by)

    # --- who is there -------------------------------------------------------------------------------------------------

    def test_says_its_kind(self, adapter: Adapter) -> None:
        assert adapter.kind == self.kind

    def test_a_token_names_its_person_and_its_room(self, adapter: Adapter, room: str, token: str) -> None:
        identity = adapter.verify_identity(token, room)
        assert (identity.platform_user_id, identity.room) == (LINA, room)
        assert identity.name
        assert identity.expires_at.tzinfo is not None
        assert not identity.is_platform_moderator and not identity.is_room_admin
        assert identity.role in {None, Role.LISTENER}

    def test_a_token_opens_no_other_room(self, adapter: Adapter, room: str, token: str) -> None:
        for other in (f"{room}2", room.upper(), "", f"{room} "):
            with pytest.raises(BadTokenError):
                adapter.verify_identity(token, other)

    def test_no_bad_token_opens_anything(self, adapter: Adapter, room: str, refused_tokens: Mapping[str, str]) -> None:
        believed = [name for name, token in refused_tokens.items() if _opens(adapter, token, room)]
        assert believed == []

    def test_no_changed_letter_of_a_token_goes_unnoticed(self, adapter: Adapter, room: str, token: str) -> None:
        believed = [place for place in range(len(token)) if _opens(adapter, _flipped_text(token, place), room)]
        assert believed == []

    # --- what is told -------------------------------------------------------------------------------------------------

    def test_recorded_payloads_mean_what_they_meant(self, believer: Adapter) -> None:
        recorded = recordings.load(self.kind)
        assert recorded, f"nothing was recorded for {self.kind}"
        for one in recorded:
            with time_machine.travel(one.at, tick=False):
                assert recordings.told(believer.parse_events(one.headers, one.raw)) == list(one.expected), one.name

    def test_a_repeat_has_the_same_id_and_nothing_else_has_it(self, believer: Adapter) -> None:
        seen: list[str] = []
        for one in recordings.load(self.kind):
            with time_machine.travel(one.at, tick=False):
                first = [event.event_id for event in believer.parse_events(one.headers, one.raw)]
                assert [event.event_id for event in believer.parse_events(one.headers, one.raw)] == first
            seen += first
        assert len(seen) == len(set(seen))

    def test_no_flipped_bit_of_a_body_goes_unnoticed(self, believer: Adapter) -> None:
        one = self._any_recorded()
        with time_machine.travel(one.at, tick=False):
            changed = [_flipped(one.raw, place) for place in range(len(one.raw))]
            assert [raw for raw in changed if _is_believed(believer, one.headers, raw)] == []
            for raw in (b"", one.raw + b" ", one.raw[:-1], b"\xff\xfe", b"[" * 5000):
                assert not _is_believed(believer, one.headers, raw)

    def test_no_changed_letter_of_a_signature_goes_unnoticed(self, believer: Adapter) -> None:
        one = self._any_recorded()
        with time_machine.travel(one.at, tick=False):
            for name in self.signing_headers:
                value = one.headers[name]
                changed = [_flipped_text(value, place) for place in range(len(value))]
                changed += ["", value[:-1], value + "A", value.replace(".", "", 1) + ".", f"{value},{value}"]
                believed = [said for said in changed if _is_believed(believer, {**one.headers, name: said}, one.raw)]
                assert believed == [], name
                assert not _is_believed(believer, _without(one.headers, name), one.raw), name

    def test_an_old_delivery_is_not_believed(self, believer: Adapter) -> None:
        one = self._any_recorded()
        with time_machine.travel(one.at.timestamp() + 3600, tick=False):
            assert not _is_believed(believer, one.headers, one.raw)

    # --- what is done -------------------------------------------------------------------------------------------------

    def test_lists_who_is_there(self, adapter: Adapter, room: str) -> None:
        self._need(adapter, Capability.LIST_PARTICIPANTS)
        assert _lina(adapter, room).platform_user_id == LINA

    def test_raises_and_lowers(self, adapter: Adapter, room: str) -> None:
        self._need(adapter, Capability.PROMOTE, Capability.DEMOTE, Capability.LIST_PARTICIPANTS)
        for _ in range(2):  # a repeat changes nothing
            adapter.promote(room, LINA)
            wait_until(lambda: _lina(adapter, room).can_speak is True, "Lina may speak")
        for _ in range(2):
            adapter.demote(room, LINA)
            wait_until(lambda: _lina(adapter, room).can_speak is False, "Lina may speak no more")

    def test_mutes_who_is_silent_already(self, adapter: Adapter, room: str) -> None:
        self._need(adapter, Capability.MUTE)
        adapter.mute(room, LINA)

    def test_removes(self, adapter: Adapter, room: str) -> None:
        self._need(adapter, Capability.REMOVE, Capability.LIST_PARTICIPANTS)
        adapter.remove(room, LINA)
        wait_until(lambda: LINA not in _ids(adapter, room), "Lina is gone")

    def test_gives_notice(self, adapter: Adapter, room: str) -> None:
        self._need(adapter, Capability.NOTICE)
        adapter.notice(room, "Hana will be with you soon. „Gleich geht’s los“ 🎙")
        adapter.notice(room, "You are next.", LINA)

    def test_makes_a_room_once(self, adapter: Adapter, room: str) -> None:
        self._need(adapter, Capability.CREATE_ROOM)
        adapter.create_room(f"{room}-made", "Office hours")
        adapter.create_room(f"{room}-made", "Office hours")

    def test_raising_nobody_is_an_error_for_the_host_to_read(self, adapter: Adapter, room: str) -> None:
        self._need(adapter, Capability.PROMOTE)
        with pytest.raises(ActionError) as caught:
            adapter.promote(room, NOBODY)
        assert caught.value.message.endswith(".")

    def test_what_was_not_granted_is_refused_for_good(self, connection: Connection, room: str) -> None:
        bare = self.make(replace(connection, granted=frozenset()))
        assert bare.capabilities() == frozenset()
        for capability, act in ACTIONS.items():
            with pytest.raises(ActionError) as caught:
                act(bare, room)
            assert caught.value.is_final, capability

    def test_a_server_that_is_gone_is_an_error_within_the_ports_time(self, cut_off: Connection, room: str) -> None:
        adapter = self.make(cut_off)
        for capability in ACTIONS.keys() & adapter.capabilities():
            started_at = time.monotonic()
            with pytest.raises(ActionError) as caught:
                ACTIONS[capability](adapter, room)
            assert time.monotonic() - started_at < PORT_SECONDS, capability
            assert not caught.value.is_final, capability
            assert caught.value.message.endswith("."), capability

    # --- what an admin sees -------------------------------------------------------------------------------------------

    def test_a_probe_confirms_no_more_than_is_known(self, adapter: Adapter) -> None:
        assert adapter.probe() <= frozenset(Capability)
        assert adapter.capabilities() <= adapter.probe() | frozenset(Capability)

    def test_the_snippet_names_the_hook_and_no_secret(self, adapter: Adapter, connection: Connection) -> None:
        hook = "https://sidestage.example.org/hooks/ins_livekit"
        snippet = adapter.admin_snippet(hook)
        assert hook in snippet
        assert [secret for secret in _secrets(connection) if secret in snippet] == []

    def test_nothing_shows_a_secret(self, adapter: Adapter, connection: Connection) -> None:
        shown = repr(adapter) + repr(connection)
        assert [secret for secret in _secrets(connection) if secret in shown] == []

    def _any_recorded(self) -> Recorded:
        return next(one for one in recordings.load(self.kind) if one.expected)

    @staticmethod
    def _need(adapter: Adapter, *capabilities: Capability) -> None:
        missing = set(capabilities) - adapter.capabilities()
        if missing:
            pytest.skip(f"{adapter.kind} does not offer {', '.join(sorted(missing))}")


def _lina(adapter: Adapter, room: str) -> PlatformParticipant:
    return next(person for person in adapter.participants(room) if person.platform_user_id == LINA)


def _ids(adapter: Adapter, room: str) -> set[str]:
    return {person.platform_user_id for person in adapter.participants(room)}


def _opens(adapter: Adapter, token: str, room: str) -> bool:
    try:
        adapter.verify_identity(token, room)
    except BadTokenError:
        return False
    return True


def _is_believed(adapter: Adapter, headers: Mapping[str, str], raw: bytes) -> bool:
    try:
        adapter.parse_events(headers, raw)
    except BadSignatureError:
        return False
    return True


def _flipped(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def _flipped_text(text: str, place: int) -> str:
    return text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]


def _without(headers: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def _secrets(connection: Connection) -> list[str]:
    own = [value for values in connection.secrets.values() for value in values]
    return own + [str(value) for name, value in connection.config.items() if "secret" in name]
