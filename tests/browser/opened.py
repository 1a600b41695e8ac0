"""Opening the panel on a room on paper, and reading a few things that many tests read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.paper_server import PaperServer
from tests.browser.rooms_on_paper import Json
from tests.browser.watched_page import WatchedPage

Open = Callable[..., WatchedPage]


def opened(gallery: str, watched: Open, room: Json, **context: Any) -> tuple[WatchedPage, PaperServer]:
    """Open the panel on this room and wait until it is live."""
    page = watched(**context)
    server = PaperServer(page.page, room)
    page.page.goto(f"{gallery}/panel/ins_alone#room=ama&token=once")
    expect(page.page.locator(".panel:not(.skeleton)")).to_be_visible()
    wait_until(page.page, lambda: bool(server.sockets) and server.is_followed)
    return page, server


def wait_until(page: Page, holds: Callable[[], bool], milliseconds: int = 5000) -> None:
    """Let the page work until something holds; its routes and sockets only run while it does."""
    for _ in range(milliseconds // 20):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it did not come true in time")


def numbers(page: Page) -> list[str]:
    """Return the numbers in the audience's list, in drawn order."""
    found: list[str] = page.locator("ol.questions > li[data-id]").evaluate_all(
        "(rows) => rows.map((row) => row.dataset.id.replace(/^qst_0*/, 'Q'))"
    )
    return found


def tab_to(page: Page, name: str, most: int = 120) -> None:
    """Press Tab until what has this name has the focus; whoever has only a keyboard must get there."""
    target = "(document.activeElement.ariaLabel ?? document.activeElement.textContent ?? '').trim()"
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(target) == name:
            return
    raise AssertionError(f"the keyboard never reaches “{name}”")


def focused(page: Page) -> str:
    """Return what has the focus, well enough to compare."""
    text: str = page.evaluate("document.activeElement.outerHTML.slice(0, 80)")
    return text
