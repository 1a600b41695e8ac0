"""One person's panel on paper: the state it builds from answers and pushes by the rules of docs/messaging.md."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from typing import Any

from plugin.core.actor import Actor
from plugin.core.errors import NotFoundError
from plugin.messaging.channel_policy import POLICIES
from plugin.realtime import channel_log, channels
from tests.messaging.cast import Cast

View = dict[str, Any]

#: Only answers to requests carry these.
ASKED_FOR = ("audience", "can", "first_seq", "receipts")
LISTED_MAX = 15


class Mirror:
    """What one person sees of one conversation, live."""

    def __init__(self, cast: Cast, actor: Actor, conversation_id: str) -> None:
        self.cast, self.actor, self.id = cast, actor, conversation_id
        self.is_online = True
        self.conversation: View | None = None
        self.messages: dict[str, View] = {}
        self.heard: dict[str, int] = {}
        self._waiting: deque[View] = deque()
        self.inbox = channels.inbox(actor.account_id)
        self.boot()

    # -- fetching

    def boot(self) -> None:
        """Start from nothing, as a reload does."""
        self.heard = channel_log.latest([self.inbox])
        self.fetch()

    def fetch(self) -> None:
        """Fetch the conversation and its messages, and listen from there on."""
        self.conversation, self.messages = None, {}
        self.heard = {self.inbox: self.heard[self.inbox]}
        window = self._get(f"/conversations/{self.id}/messages?limit=100")
        if window is None:
            return
        self._fetch_conversation()
        self.messages = {message["id"]: message for message in window["items"]}
        self.heard[window["channel"]["name"]] = window["channel"]["seq"]

    def _fetch_conversation(self) -> None:
        full = self._get(f"/conversations/{self.id}")
        self.conversation = None if full is None else {key: full[key] for key in full if key not in ASKED_FOR}

    def _get(self, path: str) -> View | None:
        answer = self.cast.ask(self.actor, "GET", path)
        assert answer.status_code in {200, 404}
        found: View = answer.get_json()
        return found if answer.status_code == 200 else None

    # -- hearing

    def hear(self, frame: View) -> None:
        """Take a frame from the socket."""
        if self.is_online:
            self._take(frame)

    def reconnect(self) -> None:
        """Come back and catch up on every channel; what may not be heard any more is fetched anew."""
        self.is_online = True
        for name in list(self.heard):
            if not self._catch_up(name):
                self.fetch()
                return

    def _catch_up(self, name: str) -> bool:
        if not self._may_hear(name):
            return False
        for _, text in channel_log.since(name, self.heard[name], 500):
            self._take(_frame(text))
        return True

    def _may_hear(self, name: str) -> bool:
        try:
            return POLICIES[name.partition(":")[0]](self.actor, name)
        except NotFoundError:
            return False

    def _take(self, frame: View) -> None:
        name = frame["channel"]
        if "seq" not in frame or name not in self.heard or frame["seq"] <= self.heard[name]:
            return
        assert frame["seq"] == self.heard[name] + 1, "a hole in a channel"
        self.heard[name] = frame["seq"]
        self._apply(frame["name"], frame["data"])

    # -- the rules

    def _apply(self, name: str, data: View) -> None:
        if data.get("removed", {}).get("id") == self.id:
            self.conversation, self.messages = None, {}
            self.heard = {self.inbox: self.heard[self.inbox]}
            return
        if name == "messaging.channel_renewed":
            self._move(data["conversation"]["channel"])
        if self.conversation is None:
            if data.get("conversation", {}).get("id") == self.id:
                self.fetch()
            return
        if "message" in data:
            self._message(data["message"], is_new=name == "messaging.message_sent")
        rules = {
            "conversation": self._merge,
            "quote": self._quote,
            "thread": self._thread,
            "reaction": self._reaction,
            "stale": self._refresh,
        }
        for part in rules.keys() & data.keys():
            rules[part](data[part])

    def _move(self, channel: str) -> None:
        self.heard = {self.inbox: self.heard[self.inbox], channel: 0}
        if not self._catch_up(channel):
            self.fetch()

    def _merge(self, conversation: View) -> None:
        assert self.conversation is not None
        if conversation["id"] != self.id:
            return
        if conversation.get("version", 0) < self.conversation["version"] and "version" in conversation:
            return
        if conversation.get("last_seq", 0) < self.conversation["last_seq"] and "last_seq" in conversation:
            return
        self.conversation |= conversation

    def _is_mine(self, message: View) -> bool:
        return message["author"] is not None and message["author"]["account_id"] == self.actor.account_id

    def _message(self, message: View, *, is_new: bool) -> None:
        held = self.messages.get(message["id"])
        if held is None and not is_new:
            return
        if held is not None and message["version"] < held["version"]:
            return
        self._count(message, held, is_new=is_new)
        self.messages[message["id"]] = (held or {}) | message

    def _count(self, message: View, held: View | None, *, is_new: bool) -> None:
        assert self.conversation is not None
        state = self.conversation
        if is_new and message["seq"] > state["last_seq"]:
            state["is_archived"] = False
            if self._is_mine(message):
                state["unread_count"], state["last_read_seq"] = 0, message["seq"]
            else:
                state["unread_count"] += 1
        dies = message["is_deleted"] and held is not None and not held["is_deleted"]
        if dies and state["member_count"] > LISTED_MAX and message["seq"] > state["last_read_seq"]:
            self._fetch_conversation()

    def _quote(self, quote: View) -> None:
        assert self.conversation is not None
        for message in self.messages.values():
            if message["quote"] and message["quote"]["id"] == quote["id"]:
                message["quote"] = quote
        last = self.conversation["last_message"]
        if last and last["id"] == quote["id"]:
            self.conversation["last_message"] = last | quote
        draft = self.conversation["draft"]
        if draft and quote["is_deleted"] and draft["quote_id"] == quote["id"]:
            draft["quote_id"] = None

    def _thread(self, thread: View) -> None:
        if thread["message_id"] in self.messages:
            self.messages[thread["message_id"]]["thread_count"] = thread["count"]

    def _reaction(self, reaction: View) -> None:
        message = self.messages.get(reaction["message_id"])
        if message is None:
            return
        known = {one["emoji"]: one for one in message["reactions"]}
        emoji = reaction["emoji"]
        mine = known.get(emoji, {}).get("mine", False)
        if reaction["account_id"] == self.actor.account_id:
            mine = reaction["is_on"]
        known[emoji] = {"emoji": emoji, "count": reaction["count"], "people": reaction["people"], "mine": mine}
        message["reactions"] = [one for one in known.values() if one["count"]]

    def _refresh(self, stale: View) -> None:
        message_id = stale["id"]
        for held in list(self.messages.values()):
            if held["id"] == message_id or (held["quote"] or {}).get("id") == message_id:
                fresh = self._get(f"/messages/{held['id']}")
                assert fresh is not None
                self.messages[held["id"]] = fresh
        self._fetch_conversation()

    # -- comparing

    def picture(self) -> View:
        """Return what is on the screen, in an order that does not matter."""
        return {
            "conversation": self.conversation,
            "messages": {id_: _steady(message) for id_, message in sorted(self.messages.items())},
        }


def _steady(message: Mapping[str, Any]) -> View:
    reactions = {
        one["emoji"]: {**one, "people": sorted(person["account_id"] for person in one["people"])}
        for one in message["reactions"]
    }
    return {**message, "reactions": reactions}


def _frame(text: str) -> View:
    frame: View = json.loads(text)
    return frame
