"""Chats in real browsers against the whole Sidestage: two listeners follow each other, write, and see it live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import FrameLocator, Locator, expect

from tests.browser.opened import Open
from tests.browser.watched_page import WatchedPage
from tests.servers.sidestage_stack import SidestageStack

pytestmark = [pytest.mark.redis, pytest.mark.timeout(240)]

Visit = Callable[..., tuple[WatchedPage, FrameLocator]]
Scheme = Literal["light", "dark"]
SIZES: list[tuple[int, Scheme]] = [(1440, "light"), (320, "dark"), (768, "light")]


@pytest.fixture
def stack(tmp_path: Path, redis_url: str) -> Iterator[SidestageStack]:
    """A Sidestage of this test alone, on SQLite."""
    with SidestageStack(tmp_path, f"sqlite:///{tmp_path / 'sidestage.db'}", redis_url) as running:
        yield running


@pytest.fixture
def visit(stack: SidestageStack, watched: Open) -> Visit:
    """Open somebody's page of the demo room."""

    def open_page(who: str, width: int = 1200, height: int = 860, **context: Any) -> tuple[WatchedPage, FrameLocator]:
        page = watched(viewport={"width": width, "height": height}, **context)
        page.page.goto(f"{stack.url}/demo/{who}")
        panel = page.page.frame_locator("iframe")
        if width < 640:  # there the panel is a sheet below the room
            page.page.get_by_role("button", name="Open").click()
        expect(panel.get_by_role("heading", name="Product AMA with Hana")).to_be_visible(timeout=30_000)
        return page, panel

    return open_page


def tab(panel: FrameLocator, name: str) -> Locator:
    """Return a tab by the beginning of its name."""
    return panel.get_by_role("tab", name=name)


def follow(panel: FrameLocator, name: str) -> None:
    """Follow somebody from the list of who is here."""
    people = tab(panel, "People")
    if people.count():
        people.click()
    panel.get_by_role("button", name=f"Follow {name}", exact=True).click()
    expect(panel.get_by_role("button", name=f"Following {name}.")).to_have_attribute("aria-pressed", "true")


def write(panel: FrameLocator, name: str, text: str) -> None:
    """Write in the open chat, by keyboard."""
    field = panel.get_by_label(f"Message to {name}")
    field.fill(text)
    field.press("Enter")


def test_two_listeners_follow_each_other_and_chat(visit: Visit, tmp_path: Path) -> None:
    lina_page, lina = visit("lina", 700)
    omar_page, omar = visit("omar", 700)
    follow(lina, "Omar")
    lina.get_by_role("button", name="Actions for Omar").click()
    lina.get_by_role("button", name="Write a message").click()
    expect(lina.get_by_text("Only people who follow each other or share a conversation")).to_be_visible()
    follow(omar, "Lina")

    tab(omar, "Chats").click()
    expect(omar.get_by_text("No chats yet")).to_be_visible()
    omar.get_by_role("button", name="New chat").click()
    omar.get_by_role("button", name="Lina").click()
    expect(omar.get_by_text("To Lina only")).to_be_visible()
    expect(omar.get_by_role("heading", name="Lina")).to_be_focused()
    write(omar, "Lina", "Thanks for letting me go first!")
    expect(omar.get_by_role("log", name="Messages with").get_by_text("Thanks for letting me go first!")).to_be_visible()

    expect(tab(lina, "Chats")).to_have_text("Chats 1", use_inner_text=True, timeout=10_000)
    tab(lina, "Chats").click()
    lina.get_by_role("button", name="Back to all chats").click()
    row = lina.get_by_role("list", name="Your chats").get_by_role("button", name="Omar")
    expect(row).to_contain_text("Thanks for letting me go first!")
    expect(row).to_contain_text("1 unread message")
    row.press("Enter")
    write(lina, "Omar", "Any time.")
    expect(omar.get_by_role("log", name="Messages with").get_by_text("Any time.")).to_be_visible()
    expect(tab(lina, "Chats")).to_have_text("Chats", use_inner_text=True)

    lina.get_by_label("Message to Omar").fill("could you share the")
    lina.get_by_label("Message to Omar").press("Escape")
    expect(row).to_be_focused()
    expect(row).to_contain_text("Draft: could you share the", timeout=10_000)
    assert lina_page.accessibility_problems() == []
    assert omar_page.accessibility_problems() == []


def test_the_tab_at_every_width_and_light(visit: Visit, tmp_path: Path) -> None:
    _, omar = visit("omar", 700)
    _, first = visit("lina", 700)
    follow(omar, "Lina")
    follow(first, "Omar")
    first.get_by_role("button", name="Actions for Omar").click()
    first.get_by_role("button", name="Write a message").click()
    write(first, "Omar", "See you there on Thursday")
    expect(first.get_by_role("log", name="Messages with").get_by_text("See you there")).to_be_visible()
    tab(omar, "Chats").click()
    omar.get_by_role("list", name="Your chats").get_by_role("button", name="Lina").click()
    write(omar, "Lina", "Yes. I bring the numbers from the beta, and two questions that nobody asked today.")
    expect(first.get_by_role("log", name="Messages with").get_by_text("I bring the numbers")).to_be_visible()
    for width, scheme in SIZES:
        page, lina = visit("lina", width, color_scheme=scheme)
        tab(lina, "Chats").click()
        row = lina.get_by_role("list", name="Your chats").get_by_role("button", name="Omar")
        expect(row).to_be_visible()
        page.page.screenshot(path=tmp_path / f"list-{width}-{scheme}.png")
        assert page.accessibility_problems() == []
        row.click()
        expect(lina.get_by_role("log", name="Messages with").get_by_text("I bring the numbers")).to_be_visible()
        page.page.screenshot(path=tmp_path / f"chat-{width}-{scheme}.png")
        assert page.accessibility_problems() == []
        assert not page.is_too_wide()
