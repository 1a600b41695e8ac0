"""LiveKit's server API over plain HTTP: one JSON call, one minute's token, four seconds, errors in words for hosts."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from plugin.platforms import answers
from plugin.platforms.livekit import tokens
from plugin.rooms.ports import ActionError

#: One verb may call twice (read, then write); together they stay under the port's five seconds.
VERB_SECONDS = 4.0
CONNECT_SECONDS = 2.0
MAX_ANSWER_BYTES = 16 * 1024 * 1024

UNREACHABLE = "The LiveKit server cannot be reached. Try again in a moment."
SLOW = "The LiveKit server did not answer in time. Try again in a moment."
REFUSED = "LiveKit refuses Sidestage's key. An admin has to check the API key and secret of this install."
NOT_THERE = "This person is not in the audio room now."
UNREADABLE = "The LiveKit server answered in a way Sidestage does not understand."


class NotThereError(ActionError):
    """The person or the room is not there (any more)."""

    def __init__(self) -> None:
        super().__init__(NOT_THERE)


class KeyRefusedError(ActionError):
    """The server does not accept our key, or our clock."""

    def __init__(self) -> None:
        super().__init__(REFUSED, is_final=True)


class _Bearer(AuthBase):
    # As `auth`, so that a .netrc on this machine cannot put another header in its place.
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def http_address(url: str) -> str:
    """Return the server's HTTP address from the one an admin knows (``wss://…`` is what clients use)."""
    scheme, _, rest = url.strip().rstrip("/").partition("://")
    scheme = {"ws": "http", "wss": "https"}.get(scheme.lower(), scheme.lower())
    if scheme not in {"http", "https"} or not urlsplit(f"{scheme}://{rest}").hostname:
        raise ValueError("The address of the LiveKit server looks like wss://livekit.example.org.")
    return f"{scheme}://{rest}"


class Deadline:
    """The end of the time that one verb may take, on the monotonic clock."""

    def __init__(self, seconds: float = VERB_SECONDS) -> None:
        self.at = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left; `ActionError` when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise ActionError(SLOW)
        return left


class ServerApi:
    """The RoomService of one LiveKit server. Error texts of the server are never passed on: they repeat our token."""

    def __init__(self, url: str, key: str, secret: str) -> None:
        self._address = http_address(url)
        self._key = key
        self._secret = secret

    def call(self, method: str, grants: Mapping[str, Any], body: Mapping[str, Any], deadline: Deadline) -> Any:
        """Return the JSON answer of one RoomService method, or raise `ActionError`."""
        try:
            with self._post(method, grants, body, deadline) as response:
                _ensure_done(response)
                return json.loads(answers.read(response, deadline.at, MAX_ANSWER_BYTES))
        except requests.Timeout as error:
            raise ActionError(SLOW) from error
        except requests.RequestException as error:
            raise ActionError(UNREACHABLE) from error
        except (ValueError, answers.TooLongError) as error:
            raise ActionError(UNREADABLE) from error

    def _post(
        self, method: str, grants: Mapping[str, Any], body: Mapping[str, Any], deadline: Deadline
    ) -> requests.Response:
        left = deadline.left()
        return requests.post(
            f"{self._address}/twirp/livekit.RoomService/{method}",
            json=body,
            auth=_Bearer(tokens.mint(self._key, self._secret, grants)),
            timeout=(min(CONNECT_SECONDS, left), left),
            allow_redirects=False,
            stream=True,
        )

    def time(self) -> datetime | None:
        """Return what the server's clock says, to the second, from the ``Date`` of its answer."""
        try:
            timeout = (CONNECT_SECONDS, CONNECT_SECONDS)
            with requests.get(self._address, timeout=timeout, allow_redirects=False, stream=True) as answer:
                return _date(answer.headers.get("Date"))
        except requests.RequestException as error:
            raise ActionError(UNREACHABLE) from error

    def rooms(self, deadline: Deadline) -> list[Mapping[str, Any]]:
        """Return the rooms that are open now."""
        return _list(self.call("ListRooms", {"roomList": True}, {}, deadline), "rooms")

    def participants(self, room: str, deadline: Deadline) -> list[Mapping[str, Any]]:
        """Return everybody in a room, machines too; nobody when there is no such room."""
        return _list(self.call("ListParticipants", _admin(room), {"room": room}, deadline), "participants")

    def participant(self, room: str, identity: str, deadline: Deadline) -> Mapping[str, Any]:
        """Return one participant; `NotThereError` when they are not in the room."""
        return _object(self.call("GetParticipant", _admin(room), {"room": room, "identity": identity}, deadline))

    def update_permission(
        self, room: str, identity: str, permission: Mapping[str, Any], deadline: Deadline
    ) -> Mapping[str, Any]:
        """Replace the whole permission (an omitted flag becomes false) and return the participant as they are now."""
        body = {"room": room, "identity": identity, "permission": permission}
        return _object(self.call("UpdateParticipant", _admin(room), body, deadline))

    def mute_track(self, room: str, identity: str, track_sid: str, deadline: Deadline) -> None:
        """Close one track; its owner may open it again."""
        body = {"room": room, "identity": identity, "track_sid": track_sid, "muted": True}
        self.call("MutePublishedTrack", _admin(room), body, deadline)

    def remove(self, room: str, identity: str, deadline: Deadline) -> None:
        """Close a person's connection."""
        self.call("RemoveParticipant", _admin(room), {"room": room, "identity": identity}, deadline)

    def send_data(self, room: str, data: str, topic: str, identities: list[str], deadline: Deadline) -> None:
        """Send base64 ``data`` reliably to these people, or to everybody when none are named."""
        body = {"room": room, "data": data, "kind": "RELIABLE", "topic": topic, "destination_identities": identities}
        self.call("SendData", _admin(room), body, deadline)

    def create_room(self, room: str, deadline: Deadline) -> None:
        """Make the room; one that exists stays as it is."""
        self.call("CreateRoom", {"roomCreate": True}, {"name": room}, deadline)


def _admin(room: str) -> dict[str, Any]:
    return {"roomAdmin": True, "room": room}


def _ensure_done(response: requests.Response) -> None:
    if response.status_code in {401, 403}:
        raise KeyRefusedError
    if response.status_code == 404:
        raise NotThereError
    if response.status_code != 200:
        raise ActionError(f"The LiveKit server could not do this (status {response.status_code}). Try again later.")


def _list(answer: object, member: str) -> list[Mapping[str, Any]]:
    found = answer.get(member) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise ActionError(UNREADABLE)
    return found


def _object(answer: object) -> Mapping[str, Any]:
    if not isinstance(answer, dict) or not isinstance(answer.get("permission"), dict):
        raise ActionError(UNREADABLE)
    return answer


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None
