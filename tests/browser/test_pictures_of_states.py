"""Every state of the panel is drawn on purpose: it fits, reads well in both themes, and axe finds no barrier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser import rooms_on_paper as paper
from tests.browser.opened import Open, opened
from tests.browser.paper_server import PaperServer
from tests.browser.rooms_on_paper import Json

WIDTHS = {"phone": (320, 640), "tablet": (768, 900), "desk": (1440, 900)}
FAILURE = {"code": "unreachable", "message": "The audio server could not be reached."}
ROOMS: dict[str, Callable[[], Json]] = {
    "busy for a listener": paper.busy_room,
    "busy for a host": lambda: paper.busy_room("Hana", "host"),
    "busy for a producer": lambda: paper.busy_room("Ivy", "producer"),
    "empty for a listener": paper.bare_room,
    "empty for a host": lambda: paper.bare_room("Hana", "host"),
    "invited": paper.invited,
    "a host waits for an answer": lambda: paper.with_turn("invited"),
    "a host waits for the audio server": lambda: paper.with_turn("accepted"),
    "a host hears that it failed": lambda: paper.with_turn("failed", failure=FAILURE),
    "a host hears no": lambda: paper.with_turn("declined"),
    "as long as it may be": paper.awkward,
    "over": paper.ended,
}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("room", ROOMS)
def test_no_barrier_and_nothing_sticks_out(gallery: str, watched: Open, room: str, width: str) -> None:
    across, down = WIDTHS[width]
    themes: list[Literal["dark", "light"]] = ["dark", "light"]
    page, _ = opened(
        gallery, watched, ROOMS[room](), viewport={"width": across, "height": down}, color_scheme=themes[0]
    )
    assert page.accessibility_problems() == []
    assert not page.is_too_wide()
    page.page.emulate_media(color_scheme=themes[1])
    assert page.accessibility_problems() == []


@pytest.mark.parametrize("tab", ["Q&A", "Mine", "People"])
def test_every_tab_of_a_listener(gallery: str, watched: Open, tab: str) -> None:
    page, _ = opened(gallery, watched, paper.busy_room(), viewport={"width": 375, "height": 700})
    page.page.get_by_role("tab", name=tab).click()
    expect(page.page.get_by_role("tabpanel", name=tab)).to_be_visible()
    assert page.accessibility_problems() == []
    assert not page.is_too_wide()


@pytest.mark.parametrize("button", ["Settings", "Raise hand"])
@pytest.mark.parametrize("who", [("Lina", "listener"), ("Hana", "host")])
def test_every_dialog(gallery: str, watched: Open, who: tuple[str, str], button: str) -> None:
    if button == "Raise hand" and who[1] == "host":
        pytest.skip("hosts need not raise a hand")
    page, _ = opened(gallery, watched, paper.busy_room(*who), viewport={"width": 320, "height": 640})
    trigger = page.page.get_by_role("button", name=button)
    trigger.click()
    expect(page.page.get_by_role("dialog")).to_be_visible()
    assert page.accessibility_problems() == []
    assert not page.is_too_wide()
    page.page.keyboard.press("Escape")
    expect(trigger).to_be_focused()


@pytest.mark.parametrize("media", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_high_contrast_and_little_motion(gallery: str, watched: Open, media: dict[str, str]) -> None:
    page, _ = opened(gallery, watched, paper.busy_room("Hana", "host"), viewport={"width": 900, "height": 800}, **media)
    assert page.accessibility_problems() == []
    assert not page.is_too_wide()


def test_right_to_left(gallery: str, watched: Open) -> None:
    page, _ = opened(gallery, watched, paper.busy_room(), viewport={"width": 320, "height": 640})
    page.page.evaluate("document.documentElement.dir = 'rtl'")
    vote = page.page.get_by_role("button", name="Vote for Q9").bounding_box()
    assert vote is not None
    assert vote["x"] > 200, "what stood at the left stands at the right"
    assert not page.is_too_wide()
    arabic = page.page.get_by_text("هل ستدعمون")
    assert arabic.evaluate("(element) => getComputedStyle(element).direction") == "rtl"


def test_ten_thousand_questions_are_drawn_as_they_are_read(gallery: str, watched: Open) -> None:
    page, _ = opened(gallery, watched, paper.crowded(), viewport={"width": 375, "height": 700})
    rows = page.page.locator("ol.questions > li")
    expect(rows.first).to_be_visible()
    first = rows.count()
    assert 0 < first <= 130
    page.page.locator(".scroll").evaluate("(list) => list.scrollTo(0, list.scrollHeight)")
    expect(rows.nth(first + 20)).to_be_attached()


def test_loading_has_the_shape_of_what_comes(gallery: str, watched: Open) -> None:
    page = watched(viewport={"width": 375, "height": 700})
    server = PaperServer(page.page, paper.busy_room())
    page.page.route("**/api/v1/bootstrap", lambda _route: None)
    page.page.goto(f"{gallery}/panel/ins_alone#room=ama&token=once")
    expect(page.page.get_by_text("Opening the room")).to_be_attached()
    composer = page.page.locator(".composer").bounding_box()
    assert page.accessibility_problems() == []
    page.page.unroute("**/api/v1/bootstrap")
    page.page.goto("about:blank")
    page.page.goto(f"{gallery}/panel/ins_alone#room=ama&token=once")
    expect(page.page.get_by_role("heading", name="Product AMA with Hana")).to_be_visible()
    real = page.page.locator(".composer").bounding_box()
    assert composer and real
    assert abs(composer["y"] - real["y"]) <= 12
    assert server.written("/panel-sessions")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(401, "Your sign-in has ended"), (403, "You have left this room"), (500, "The room could not be opened")],
)
def test_rooms_that_do_not_open_say_why(gallery: str, watched: Open, status: int, sentence: str) -> None:
    page = watched(viewport={"width": 375, "height": 700})
    server = PaperServer(page.page, paper.busy_room())
    server.answers["/bootstrap"] = (status, {"code": "x", "detail": "It is closed for repairs."})
    server.answers["/panel-sessions/refresh"] = (401, {"code": "unauthenticated", "detail": ""})
    page.page.goto(f"{gallery}/panel/ins_alone#room=ama&token=once")
    expect(page.page.get_by_role("heading", name=sentence)).to_be_visible()
    assert page.accessibility_problems() == []


def test_a_page_without_a_room_says_where_to_go(gallery: str, watched: Open) -> None:
    page = watched(viewport={"width": 375, "height": 700})
    page.page.goto(f"{gallery}/panel/ins_alone")
    expect(page.page.get_by_role("heading", name="Waiting for the room")).to_be_visible()
    assert page.accessibility_problems() == []


def test_a_guest_gives_a_name_and_the_link_leaves_the_address(gallery: str, watched: Open) -> None:
    page = watched(viewport={"width": 375, "height": 700})
    server = PaperServer(page.page, paper.busy_room())
    page.page.goto(f"{gallery}/guest#token=secret-link")
    page.page.get_by_label("Your name").fill("Nadia")
    assert page.accessibility_problems() == []
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("heading", name="Product AMA with Hana")).to_be_visible()
    assert server.written("/guest-sessions") == [{"guest_token": "secret-link", "name": "Nadia"}]
    assert "secret" not in page.page.url


#: Hosts also load the desk and their own conversation; nobody else does.
@pytest.mark.parametrize(("name", "role", "budget"), [("Lina", "listener", 80_000), ("Hana", "host", 95_000)])
def test_the_first_load_stays_within_its_budget(gallery: str, watched: Open, name: str, role: str, budget: int) -> None:
    page, _ = opened(gallery, watched, paper.busy_room(name, role), viewport={"width": 375, "height": 700})
    sizes: dict[str, int] = page.page.evaluate(
        "Object.fromEntries(['resource', 'navigation'].flatMap((kind) => performance.getEntriesByType(kind))"
        ".filter((one) => !one.name.includes('/api/')).map((one) => [one.name, one.encodedBodySize]))"
    )
    assert len(sizes) > 30
    assert sum(sizes.values()) <= budget
