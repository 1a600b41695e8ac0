"""The hosts' box in real browsers against the whole Sidestage: two hosts talk, a listener gets no byte of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, Response, expect

from tests.browser.opened import Open
from tests.browser.watched_page import WatchedPage
from tests.servers.sidestage_stack import SidestageStack

pytestmark = [pytest.mark.redis, pytest.mark.timeout(240)]

WORD = "canary-aubergine"
Visit = Callable[..., "Visitor"]


@pytest.fixture
def stack(tmp_path: Path, redis_url: str) -> Iterator[SidestageStack]:
    """A Sidestage of this test alone, on SQLite."""
    with SidestageStack(tmp_path, f"sqlite:///{tmp_path / 'sidestage.db'}", redis_url) as running:
        yield running


class Heard:
    """Every byte that a page gets: bodies of answers and frames of sockets."""

    def __init__(self, page: Page) -> None:
        self.answers: list[Response] = []
        self.frames: list[str] = []
        self.taken = ""
        page.on("response", self._answered)
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: self.frames.append(str(frame))))

    def _answered(self, response: Response) -> None:
        self.answers.append(response)

    def text(self) -> str:
        """Everything as one text, our own files aside; a page that goes elsewhere takes its answers with it."""
        told = [one for one in self.answers if "/api/" in one.url and one.status != 204]
        self.answers = []
        self.taken += "\n".join(one.text() for one in told)
        return "\n".join([self.taken, *self.frames])


@dataclass
class Visitor:
    """One person's page of the demo room, the panel in it, and everything that came over the wire."""

    watched: WatchedPage
    heard: Heard
    panel: FrameLocator


@pytest.fixture
def visit(stack: SidestageStack, watched: Open) -> Visit:
    """Open somebody's page of the demo room."""

    def open_page(who: str, width: int = 1440, **context: Any) -> Visitor:
        page = watched(viewport={"width": width, "height": 900}, **context)
        visitor = Visitor(page, Heard(page.page), page.page.frame_locator("iframe"))
        page.page.goto(f"{stack.url}/demo/{who}")
        expect(visitor.panel.get_by_role("heading", name="Product AMA with Hana")).to_be_visible(timeout=30_000)
        return visitor

    return open_page


def box(panel: FrameLocator) -> Locator:
    """Return the plum box."""
    return panel.get_by_role("region", name="HOSTS ONLY")


def say(panel: FrameLocator, text: str) -> None:
    """Write to hosts only, by keyboard."""
    field = panel.get_by_label("Message to hosts only")
    field.fill(text)
    field.press("Enter")


def test_two_hosts_agree_who_is_next_and_a_listener_gets_no_byte_of_it(visit: Visit) -> None:
    lina, omar = visit("lina", 800), visit("omar", 800)
    lina.panel.get_by_label("Your question").fill("Will the beta run on our own servers?")
    lina.panel.get_by_role("radio", name="I want to ask it myself").check()
    lina.panel.get_by_role("button", name="Ask", exact=True).click()
    hana, cole = visit("hana").panel, visit("cole").panel
    expect(box(hana)).to_contain_text("HOSTS ONLY, 2 PEOPLE")
    expect(box(hana)).to_contain_text("Hana, Cole")
    say(hana, f"Q1 next? Nobody answered it yet. {WORD}")
    expect(box(cole).locator("li", has_text=WORD)).to_contain_text("Hana")
    say(cole, f"Mine, {WORD}. Two minutes, then **Lina** can speak.")
    mine = box(hana).locator("li", has_text="Two minutes")
    expect(mine.locator("strong")).to_have_text("Lina")
    mine.hover()
    mine.get_by_role("button", name="More for the message of Cole").click()
    mine.get_by_role("button", name="React with 👍").click()
    expect(box(cole).get_by_role("button", name="👍, 1 person: Hana")).to_be_visible()
    say(cole, f"/q 1 {WORD}")
    card = box(hana).locator(".shared article")
    expect(card).to_contain_text("Will the beta run on our own servers?")
    card.get_by_role("button", name="More for Q1").click()
    card.get_by_role("button", name="Bring up").click()
    expect(lina.panel.get_by_role("dialog", name="Hana invites you on stage")).to_be_visible()
    expect(box(cole).locator(".shared article")).to_contain_text("Lina is invited")
    omar.heard.text()
    omar.watched.page.reload()
    expect(omar.panel.get_by_label("Your question")).to_be_visible(timeout=30_000)
    for listener in (lina, omar):
        expect(listener.panel.get_by_text("HOSTS ONLY")).to_have_count(0)
        expect(listener.panel.get_by_role("tab", name="Hosts")).to_have_count(0)
        heard = listener.heard.text()
        assert "Will the beta run" in heard  # the ear works
        for word in (WORD, "backchannel", "cnv_", "msg_"):
            assert word not in heard


def test_whoever_is_demoted_loses_the_box_within_a_second(visit: Visit) -> None:
    hana, cole = visit("hana").panel, visit("cole", 1440).panel
    say(hana, f"Only among us: {WORD}")
    expect(box(cole).get_by_text(WORD)).to_be_visible()
    hana.get_by_role("tab", name="People").click()
    hana.get_by_role("button", name="Actions for Cole").click()
    hana.get_by_role("button", name="Take back co-host").click()
    expect(box(cole)).to_have_count(0, timeout=3000)
    expect(cole.get_by_text(WORD)).to_have_count(0)
    expect(cole.get_by_label("Your question")).to_be_visible(timeout=15_000)
    hana.get_by_role("tab", name="Desk").click()
    expect(box(hana)).to_contain_text("HOSTS ONLY, 1 PERSON")
