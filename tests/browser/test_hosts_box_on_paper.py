"""The hosts' box in every state: ten thousand messages, no connection, a refusal, on air, small, dark, by keyboard."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import rooms_on_paper as paper
from tests.browser.opened import Open, wait_until
from tests.browser.paper_server import PaperServer
from tests.browser.watched_page import WatchedPage

ID = "cnv_hosts"
CHANNEL = f"conversation:{ID}:1"
INBOX = "inbox:acc_hana"
WIDE = {"width": 1440, "height": 900}


def message(seq: int, text: str | None = None, who: str = "Cole", **more: Any) -> paper.Json:
    """Return one message as the server tells it."""
    said = text if text is not None else f"No. {seq}" + " and a few words more" * (seq % 4)
    return {
        "id": f"msg_{seq}",
        "conversation_id": ID,
        "seq": seq,
        "author": {"account_id": f"acc_{who.lower()}", "name": who},
        "text": said,
        "body": [{"type": "paragraph", "children": [{"type": "text", "text": said}]}],
        "cards": [],
        "mentions": [],
        "quote": None,
        "thread_id": None,
        "thread_count": 0,
        "reactions": [],
        "created_at": paper.ago(40_000 - seq * 3),
        "edited_at": None,
        "pinned_at": None,
        "is_deleted": False,
        "client_id": f"c{seq}",
        "version": 1,
        **more,
    }


def conversation(last_seq: int, **more: Any) -> paper.Json:
    """Return the hosts' conversation in Hana's view."""
    names = {"Hana": "host", "Cole": "cohost", "Sam": "producer", "Ivy": "producer"}
    return {
        "id": ID,
        "kind": "backchannel",
        "session_id": paper.SESSION,
        "name": None,
        "state": "open",
        "members": [{"account_id": f"acc_{who.lower()}", "name": who, "role": role} for who, role in names.items()],
        "member_count": 4,
        "last_seq": last_seq,
        "active_at": paper.ago(5),
        "created_at": paper.ago(5000),
        "closes_at": None,
        "deletes_at": None,
        "channel": CHANNEL,
        "version": 1,
        "last_read_seq": last_seq,
        "unread_count": 0,
        "draft": None,
        "can": {"post": True, "post_refusal": None, "moderate": True, "pin": True, "thread": False},
        "audience": {"kind": "hosts", "count": 4, "names": list(names)},
        **more,
    }


def hosts_room(last_seq: int, *, is_audible: bool = False, **more: Any) -> paper.Json:
    """Return the busy room with the hosts' conversation."""
    room = paper.busy_room("Hana", "host")
    for person in room["participants"]:
        if person["name"] == "Hana":
            person["is_audible"] = is_audible
    room["messaging"] = {
        "conversations": [conversation(last_seq, **more)],
        "limits": {"text_max": 4000, "edit_seconds": 900},
    }
    room["backchannel"] = {"conversation_id": ID, "shows_history": False, "version": 1}
    room["channels"].append({"name": INBOX, "seq": 0})
    return room


class Talk:
    """A page with the hosts' box, and the history behind it."""

    def __init__(self, gallery: str, page: WatchedPage, history: list[paper.Json], **more: Any) -> None:
        self.watched, self.page, self.history = page, page.page, history
        self.seqs: dict[str, int] = {}
        self.server = PaperServer(self.page, hosts_room(len(history), **more))
        self.server.answers[f"/conversations/{ID}"] = (200, self.server.room["messaging"]["conversations"][0])
        self.posted: list[paper.Json] = []
        self.page.route(re.compile(rf".*/api/v1/conversations/{ID}/messages"), self._messages)
        self.page.goto(f"{gallery}/panel/ins_alone#room=ama&token=once")
        expect(self.page.locator(".panel:not(.skeleton)")).to_be_visible()
        wait_until(self.page, lambda: bool(self.server.sockets) and self.server.is_followed)

    def _messages(self, route: Route) -> None:
        if self.server.is_away:
            return route.abort("internetdisconnected")
        if route.request.method == "POST":
            body: paper.Json = json.loads(route.request.post_data or "{}")
            self.posted.append(body)
            if body["text"] == "refused":
                return route.fulfill(status=409, json={"code": "read_only", "detail": "This can only be read now."})
            sent = message(
                len(self.history) + 1, body["text"], "Hana", client_id=body["client_id"], cards=body["cards"]
            )
            sent["created_at"] = paper.ago(0)
            self.history.append(sent)
            return route.fulfill(status=201, json=sent)
        before = int(parse_qs(urlsplit(route.request.url).query).get("before", ["999999"])[0])
        items = [one for one in self.history if one["seq"] < before][-50:]
        channel = {"name": CHANNEL, "seq": self.seqs.get(CHANNEL, 0)}
        window = {"items": items, "first_seq": 1, "last_seq": len(self.history), "gap": False, "channel": channel}
        return route.fulfill(status=200, json=window)

    def push(self, channel: str = CHANNEL, name: str = "messaging.message_sent", **data: Any) -> None:
        """Tell one change on a channel that counts for itself."""
        self.seqs[channel] = self.seqs.get(channel, 0) + 1
        self.server.seq = self.seqs[channel] - 1
        self.server.push(channel=channel, name=name, **data)

    def says(self, text: str, who: str = "Cole") -> None:
        """Let another host say something."""
        said = message(len(self.history) + 1, text, who, created_at=paper.ago(0))
        self.history.append(said)
        self.push(message=said, conversation={"id": ID, "last_seq": said["seq"], "active_at": paper.ago(0)})

    @property
    def box(self) -> Locator:
        """The plum box."""
        return self.page.locator(".hostsbox")

    @property
    def field(self) -> Locator:
        """Where one writes."""
        return self.page.get_by_label("Message to hosts only")


@pytest.fixture
def talk(gallery: str, watched: Open) -> Any:
    """Open the box on a history of so many messages."""

    def begin(count: int, viewport: Any = WIDE, **more: Any) -> Talk:
        history = [message(seq) for seq in range(1, count + 1)]
        return Talk(gallery, watched(viewport=viewport), history, **more)

    return begin


TOP_ROW = """(list) => { const edge = list.getBoundingClientRect().top;
  const row = [...list.querySelectorAll('li[data-seq]')].find((one) => one.getBoundingClientRect().bottom > edge + 1);
  return [Number(row.dataset.seq), Math.round(row.getBoundingClientRect().top - edge)]; }"""


def test_ten_thousand_messages_are_read_upwards_without_a_jump(talk: Any) -> None:
    opened = talk(10_000)
    listed = opened.page.get_by_role("log", name="Messages among hosts")
    expect(listed.get_by_text("No. 10000")).to_be_in_viewport()
    reached = 10_000
    for _ in range(12):
        listed.evaluate("(list) => { list.scrollTop = 500; list.dispatchEvent(new Event('scroll')); }")
        before = listed.evaluate(TOP_ROW)
        reached = before[0]
        wait_until(opened.page, lambda: listed.evaluate("(list) => list.scrollTop") > 700)
        after = listed.evaluate(TOP_ROW)
        assert after[0] == before[0]
        assert abs(after[1] - before[1]) <= 2
    assert reached < 9_700
    assert listed.locator("li[data-seq]").count() <= 160
    opened.says("Are you there?")
    latest = opened.page.get_by_role("button", name="1 new message")
    expect(latest).to_be_visible()
    assert listed.evaluate(TOP_ROW)[0] < 9_990
    latest.click()
    expect(listed.get_by_text("Are you there?")).to_be_in_viewport()
    assert listed.locator("li[data-seq]").count() <= 160


def test_my_bubble_is_there_at_once_and_says_how_it_stands(talk: Any) -> None:
    opened = talk(3)
    expect(opened.box.get_by_text("No. 3")).to_be_visible()
    opened.field.fill("refused")
    opened.field.press("Enter")
    expect(opened.box.get_by_text("Not sent. This can only be read now.")).to_be_visible()
    opened.box.get_by_role("button", name="Discard").click()
    expect(opened.box.get_by_text("refused")).to_have_count(0)
    opened.server.go_away()
    opened.field.fill("While away")
    opened.field.press("Enter")
    expect(opened.field).to_have_value("")
    expect(opened.box.locator("li", has_text="While away")).to_contain_text("Sending")
    expect(opened.box.get_by_text("Will send when you are back online")).to_be_visible(timeout=15_000)
    opened.server.come_back()
    opened.box.get_by_role("button", name="Try again").click()
    expect(opened.box.get_by_text("Will send when")).to_have_count(0)
    expect(opened.box.locator("li", has_text="While away")).to_have_count(1)
    assert len({body["client_id"] for body in opened.posted if body["text"] == "While away"}) == 1


def test_it_all_works_by_keyboard_and_only_what_is_new_is_read_aloud(talk: Any) -> None:
    opened = talk(3)
    keyboard = opened.page.keyboard
    expect(opened.box.get_by_text("No. 3")).to_be_visible()
    opened.field.focus()
    keyboard.type("First")
    keyboard.press("Shift+Enter")
    keyboard.type("second")
    keyboard.press("Enter")
    expect(opened.box.locator("li[data-seq='4']")).to_contain_text("second")
    assert opened.posted[-1]["text"] == "First\nsecond"
    keyboard.press("ArrowUp")
    expect(opened.field).to_have_value("First\nsecond")
    expect(opened.box.get_by_text("Changing your message")).to_be_visible()
    keyboard.press("Escape")
    expect(opened.field).to_have_value("")
    wait_until(
        opened.page,
        lambda: opened.page.locator("message-composer textarea").evaluate("(one) => one === document.activeElement"),
    )
    opened.box.get_by_role("button", name="More for the message of Cole").first.focus()
    keyboard.press("Enter")
    opened.box.get_by_role("button", name="Reply").focus()
    keyboard.press("Enter")
    expect(opened.box.get_by_text("Answering Cole")).to_be_visible()
    expect(opened.field).to_be_focused()
    keyboard.type("Yes")
    keyboard.press("Enter")
    wait_until(opened.page, lambda: opened.posted[-1].get("quote_id") == "msg_1")
    opened.says("Lina next")
    expect(opened.page.locator("#news p").last).to_have_text("Cole to hosts: Lina next")
    assert opened.page.locator("#news").inner_text().count("No. ") == 0


def test_a_draft_is_kept_on_the_server(talk: Any) -> None:
    opened = talk(2, draft={"text": "Half a thou", "quote_id": None, "updated_at": paper.ago(60)})
    expect(opened.field).to_have_value("Half a thou")
    opened.field.fill("Half a thought")
    wait_until(opened.page, lambda: opened.server.written(f"/conversations/{ID}/draft") == [{"text": "Half a thought"}])


def test_slash_shows_cards_that_act(talk: Any) -> None:
    opened = talk(2)
    opened.field.fill("/")
    expect(opened.box.get_by_role("list", name="Commands")).to_contain_text("/q 17")
    opened.field.fill("/q 99")
    opened.field.press("Enter")
    expect(opened.box.get_by_text("There is no question 99 here.")).to_be_visible()
    assert opened.posted == []
    opened.field.fill("/q 17 her turn?")
    opened.field.press("Enter")
    shared = opened.box.locator(".shared article")
    expect(shared).to_contain_text("Q17")
    assert [(body["text"], body["cards"]) for body in opened.posted] == [
        ("her turn?", [{"type": "question", "id": "qst_0017"}])
    ]
    shared.get_by_role("button", name="Later").click()
    wait_until(opened.page, lambda: bool(opened.server.written("/questions/qst_0017/moves")))
    assert opened.server.written("/questions/qst_0017/moves")[0]["to"] == "later"
    opened.field.fill("/who lina")
    opened.field.press("Enter")
    expect(opened.box.get_by_role("article", name="Lina", exact=True)).to_contain_text("listener")
    assert opened.watched.accessibility_problems() == []


def test_on_air_nothing_is_previewed_and_one_summary_comes_after(talk: Any) -> None:
    opened = talk(2, is_audible=True)
    expect(opened.page.get_by_text("You are on air: sounds and previews are off")).to_be_visible()
    said_before = opened.page.locator("#news p").count()
    for number in range(50):
        opened.says(f"Canary {number}")
    expect(opened.page.get_by_text("50 held for later")).to_be_visible()
    assert "Canary" not in opened.page.content()
    assert opened.page.locator("#news p").count() == said_before
    opened.field.fill("I am speaking")
    opened.field.press("Enter")
    expect(opened.box.get_by_text("I am speaking")).to_be_visible()
    assert "Canary" not in opened.page.content()
    assert opened.watched.accessibility_problems() == []
    hana = next(one for one in opened.server.room["participants"] if one["name"] == "Hana")
    opened.server.seq = 0
    opened.server.push(name="rooms.participant_changed", participant=hana | {"is_audible": False, "can_speak": False})
    expect(opened.page.get_by_text("You are on air: sounds")).to_have_count(0)
    expect(opened.box.get_by_text("Canary 49")).to_be_visible()
    expect(opened.page.locator("#news p").last).to_have_text("50 messages came while you were on air.")
    assert opened.page.locator("#news").inner_text().count("Canary") == 0


def test_what_is_held_on_air_can_be_looked_at(talk: Any) -> None:
    opened = talk(2, is_audible=True)
    expect(opened.box.get_by_text("No. 2")).to_be_visible()
    opened.says("Two minutes left")
    opened.page.get_by_role("button", name="Show now").click()
    expect(opened.box.get_by_text("Two minutes left")).to_be_visible()
    expect(opened.page.get_by_text("nothing held")).to_be_visible()


def test_whoever_is_put_out_has_nothing_of_it_on_the_screen(talk: Any) -> None:
    opened = talk(3)
    expect(opened.box.get_by_text("No. 3")).to_be_visible()
    opened.push(INBOX, "messaging.access_revoked", removed={"kind": "conversation", "id": ID})
    expect(opened.box).to_have_count(0)
    assert "No. 3" not in opened.page.content()


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_it_fits_and_has_no_barrier(talk: Any, width: int) -> None:
    opened = talk(30, viewport={"width": width, "height": 760})
    if width < 900:
        opened.page.get_by_role("tab", name="Hosts").click()
    expect(opened.box).to_contain_text("HOSTS ONLY, 4 PEOPLE")
    expect(opened.box).to_contain_text("To hosts only")
    long_words = "x" * 300
    opened.says(long_words)
    expect(opened.box.get_by_text(long_words)).to_be_visible()
    for scheme in ("light", "dark"):
        opened.page.emulate_media(color_scheme=scheme)
        assert opened.watched.accessibility_problems() == []
        assert not opened.watched.is_too_wide()


def test_a_listener_has_no_tab_and_no_box(gallery: str, watched: Open) -> None:
    page: Page = watched(viewport={"width": 600, "height": 760}).page
    server = PaperServer(page, paper.busy_room())
    page.goto(f"{gallery}/panel/ins_alone#room=ama&token=once")
    expect(page.get_by_role("tab", name="Q&A")).to_be_visible()
    assert page.get_by_role("tab", name="Hosts").count() == 0
    assert page.locator("hosts-box").count() == 0
    assert not any("conversations" in path for _, path, _ in server.asked)
