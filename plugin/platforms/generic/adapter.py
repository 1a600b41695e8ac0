"""The adapter of any server that speaks our signed HTTP contract: Standard Webhooks in, Standard Webhooks out."""

from __future__ import annotations

import hmac
import json
import secrets as random_source
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plugin.core.clock import isoformat, now
from plugin.core.ids import new_id
from plugin.platforms import outgoing, signature
from plugin.platforms.adapter import Connection, MalformedEventError, SecretKind
from plugin.platforms.generic import events, snippet, tokens
from plugin.rooms.ports import (
    ActionError,
    ActionResult,
    Capability,
    Identity,
    PlatformEvent,
    PlatformParticipant,
)

#: What this adapter knows how to ask for; an install is granted what its host offers of it.
DECLARED = frozenset(
    {
        Capability.LIST_PARTICIPANTS,
        Capability.PROMOTE,
        Capability.DEMOTE,
        Capability.MUTE,
        Capability.REMOVE,
        Capability.NOTICE,
        Capability.CREATE_ROOM,
    }
)
_TOLD = frozenset({Capability.JOIN_EVENTS, Capability.TRACK_EVENTS, Capability.HAND_EVENTS})


@dataclass
class GenericAdapter:
    """One host that takes our actions at its action URL."""

    connection: Connection
    kind: str = "generic"

    def capabilities(self) -> frozenset[Capability]:
        """What the host offered, of what we know how to ask for."""
        return (DECLARED | _TOLD) & self.connection.granted

    def verify_identity(self, token: str, room: str) -> Identity:
        """Read the host's panel token."""
        return tokens.verify(
            token,
            self.connection.secrets[SecretKind.PANEL],
            install_id=self.connection.install_id,
            issuer=self.connection.host_id,
            room=room,
        )

    def parse_events(self, headers: Mapping[str, str], raw: bytes) -> Sequence[PlatformEvent]:
        """Verify, then read."""
        message_id = signature.verify(self.connection.secrets[SecretKind.EVENTS], headers, raw)
        return events.parse(message_id, raw)

    def probe(self) -> frozenset[Capability]:
        """Send a challenge that only the holder of the actions secret can answer."""
        challenge = random_source.token_urlsafe(24)
        answer = self._send({"type": "plugin.verify", "challenge": challenge})
        response = str(answer.get("response", ""))
        expected = [
            signature.challenge_response(secret, challenge) for secret in self.connection.secrets[SecretKind.ACTIONS]
        ]
        if not any(hmac.compare_digest(response.encode(), each.encode()) for each in expected):
            raise ActionError(
                "The host answered the verify challenge wrongly: it does not use this install's actions secret.",
                is_final=True,
            )
        return self.capabilities()

    def server_time(self) -> datetime | None:
        """The ``Date`` of the host's answer to a challenge."""
        return self._post({"type": "plugin.verify", "challenge": random_source.token_urlsafe(24)}).sent_at

    def admin_snippet(self, hook_url: str) -> str:
        """The three addresses and where the secrets go."""
        return snippet.text(self.connection, hook_url)

    def participants(self, room: str) -> Sequence[PlatformParticipant]:
        """Ask the host who is in the room."""
        answer = self._act(Capability.LIST_PARTICIPANTS, room)
        try:
            return tuple(events.read_participant(person) for person in _list(answer.get("participants")))
        except MalformedEventError as error:
            raise ActionError(f"The host's participant list cannot be read: {error.message}") from error

    def promote(self, room: str, platform_user_id: str) -> ActionResult:
        """Ask the host to let the person be heard."""
        return self._on_person(Capability.PROMOTE, room, platform_user_id)

    def demote(self, room: str, platform_user_id: str) -> ActionResult:
        """Ask the host to take the right to be heard back."""
        return self._on_person(Capability.DEMOTE, room, platform_user_id)

    def mute(self, room: str, platform_user_id: str) -> ActionResult:
        """Ask the host to close the person's microphone."""
        return self._on_person(Capability.MUTE, room, platform_user_id)

    def remove(self, room: str, platform_user_id: str) -> ActionResult:
        """Ask the host to put the person out."""
        return self._on_person(Capability.REMOVE, room, platform_user_id)

    def notice(self, room: str, text: str, platform_user_id: str | None = None) -> ActionResult:
        """Ask the host to show a line."""
        person = {"participant": {"id": platform_user_id}} if platform_user_id else {}
        return _result(self._act(Capability.NOTICE, room, text=text, **person))

    def create_room(self, room: str, title: str) -> ActionResult:
        """Ask the host to make a room."""
        return _result(self._act(Capability.CREATE_ROOM, room, title=title))

    def _on_person(self, capability: Capability, room: str, platform_user_id: str) -> ActionResult:
        return _result(self._act(capability, room, participant={"id": platform_user_id}))

    def _act(self, capability: Capability, room: str, **members: Any) -> Mapping[str, Any]:
        if capability not in self.capabilities():
            raise ActionError(
                f"This room's server does not offer “{capability.value}”. Do it in the room itself.", is_final=True
            )
        answer = self._send({"type": capability.value, "room": room, **members})
        status = str(answer.get("status"))
        if status in {"done", "pending"}:
            return answer
        sentence = str(answer.get("message") or "The room's server said no.")[:300]
        raise ActionError(sentence, is_final=status in {"refused", "unsupported"})

    def _send(self, members: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = self._post(members)
        if answer.status != 200:
            raise ActionError(f"The room's server answered {answer.status} instead of doing it.")
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise ActionError("The room's server gave an answer that is not JSON.") from error
        return found if isinstance(found, dict) else {}

    def _post(self, members: Mapping[str, Any]) -> outgoing.Answer:
        if not self.connection.action_url:
            raise ActionError("This install has no action address. Attach the server again.", is_final=True)
        at, message_id = now(), new_id("act")
        body = json.dumps({**members, "install_id": self.connection.install_id, "requested_at": isoformat(at)})
        headers = signature.sign(self.connection.secrets[SecretKind.ACTIONS], message_id, at, body)
        try:
            return outgoing.post(
                self.connection.action_url,
                body.encode(),
                {**headers, "content-type": "application/json"},
                allows_private_addresses=self.connection.allows_private_addresses,
            )
        except outgoing.UnreachableError as error:
            raise ActionError(error.message, is_final=error.is_final) from error


def _result(answer: Mapping[str, Any]) -> ActionResult:
    """``done`` is the host's word that it is so now; ``pending`` waits for its event."""
    person = answer.get("participant")
    try:
        participant = events.read_participant(person) if person is not None else None
    except MalformedEventError:
        participant = None  # the action itself was answered; a bad extra must not undo that
    return ActionResult(is_confirmed=answer.get("status") == "done", participant=participant)


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise MalformedEventError("participants: a list is needed here.")
    return value
