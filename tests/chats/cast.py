"""What the people of these tests do in chats, in one line each, all over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from werkzeug.test import TestResponse

from plugin.accounts import relations
from plugin.core.actor import Actor
from plugin.core.unit_of_work import unit_of_work
from tests.messaging.cast import Cast


class Chats:
    """The cast, acquainted as a test needs it."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.hana, self.cole, self.sam = cast.hana, cast.cole, cast.sam
        self.lina, self.omar, self.nadia, self.zoe = cast.lina, cast.omar, cast.nadia, cast.zoe

    def __repr__(self) -> str:
        return "Chats()"

    def follow(self, actor: Actor, *others: Actor) -> None:
        """Follow people."""
        with unit_of_work():
            for other in others:
                relations.follow(actor, other.account_id)

    def acquaint(self, actor: Actor, *others: Actor) -> None:
        """Let people follow each other."""
        self.follow(actor, *others)
        for other in others:
            self.follow(other, actor)

    def block(self, actor: Actor, other: Actor) -> None:
        """Block somebody."""
        with unit_of_work():
            relations.block(actor, other.account_id)

    def write(self, actor: Actor, other: Actor, text: str = "Hello", client_id: str = "") -> TestResponse:
        """Say something to one person."""
        body = {"text": text, "client_id": client_id or uuid4().hex}
        return self.cast.ask(actor, "POST", f"/chats/direct/{other.account_id}/messages", body)

    def direct(self, actor: Actor, other: Actor, text: str = "Hello") -> str:
        """Say something to one person and return the id of the chat."""
        answer = self.write(actor, other, text)
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["conversation"]["id"])

    def start(self, actor: Actor, *others: Actor, **more: Any) -> TestResponse:
        """Start a group."""
        return self.cast.ask(actor, "POST", "/chats/groups", {"account_ids": ids(*others)} | more)

    def group(self, actor: Actor, *others: Actor, **more: Any) -> str:
        """Let people follow the starter, start a group of them and return its id."""
        for other in others:
            self.follow(other, actor)
        answer = self.start(actor, *others, **more)
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["conversation"]["id"])

    def add(self, actor: Actor, group_id: str, *others: Actor) -> TestResponse:
        """Add people to a group."""
        return self.cast.ask(actor, "POST", f"/chats/groups/{group_id}/members", {"account_ids": ids(*others)})

    def say(self, actor: Actor, conversation_id: str, text: str = "Hello") -> TestResponse:
        """Say something in a chat that exists."""
        body = {"text": text, "client_id": uuid4().hex}
        return self.cast.ask(actor, "POST", f"/conversations/{conversation_id}/messages", body)

    def listed(self, actor: Actor) -> list[str]:
        """Return the ids in somebody's list."""
        return [one["id"] for one in self.cast.get(actor, "/conversations")["items"]]

    def members(self, actor: Actor, conversation_id: str) -> dict[str, str]:
        """Return names and roles as a member sees them."""
        found = self.cast.get(actor, f"/conversations/{conversation_id}")["members"]
        return {one["name"]: one["role"] for one in found}

    def texts(self, actor: Actor, conversation_id: str) -> list[str]:
        """Return what somebody reads in a chat."""
        return [one["text"] for one in self.cast.get(actor, f"/conversations/{conversation_id}/messages")["items"]]

    def requests(self, actor: Actor) -> list[dict[str, Any]]:
        """Return the groups that ask somebody in."""
        found: list[dict[str, Any]] = self.cast.get(actor, "/chats/requests")["items"]
        return found


def ids(*people: Actor) -> list[str]:
    """Return the account ids of people."""
    return [one.account_id for one in people]


def refusal(answer: TestResponse) -> tuple[int, str]:
    """Return how somebody was refused."""
    return answer.status_code, answer.get_json().get("code", "")
