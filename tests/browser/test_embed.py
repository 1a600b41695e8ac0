"""The panel in somebody else's page: who may frame it, who may speak to it, and what it hands over."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from tests.browser import rooms_on_paper as paper
from tests.browser.opened import Open, wait_until
from tests.browser.paper_server import TOKENS, PaperServer
from tests.browser.watched_page import WatchedPage

FUZZ = """(origin) => {
  const frame = document.querySelector('iframe').contentWindow;
  const ours = { protocol: 'sidestage/1', type: 'sign_in', room: 'ama', token: 'evil' };
  const shapes = [
    null, 1, 'sign_in', [], {}, { type: 'theme', theme: 'dark' }, { protocol: 'sidestage/1' },
    { ...ours, protocol: 'sidestage/2' }, { ...ours, room: undefined }, { ...ours, room: 1 }, { ...ours, token: {} },
    { ...ours, token: '' }, { ...ours, token: 'x'.repeat(9000) }, { ...ours, type: 'sign_out' },
  ];
  for (let round = 0; round < 500; round += 1) frame.postMessage(shapes[round % shapes.length], origin);
}"""

SIBLING_SPEAKS = """(origin) => {
  const theme = { protocol: 'sidestage/1', type: 'theme', theme: 'dark' };
  const signIn = { protocol: 'sidestage/1', type: 'sign_in', room: 'ama', token: 'evil' };
  for (let round = 0; round < 100; round += 1) {
    parent.frames[0].postMessage(theme, origin);
    parent.frames[0].postMessage(signIn, origin);
  }
}"""

TOKENS_ON_PAPER = [value for value in TOKENS.values() if isinstance(value, str)]


def framed(gallery: str, watched: Open, wishes: str = "", **context: Any) -> tuple[WatchedPage, PaperServer, Frame]:
    """Open the host page and wait for the panel in its frame."""
    page = watched(**{"viewport": {"width": 420, "height": 720}, **context})
    server = PaperServer(page.page, paper.busy_room())
    page.page.goto(f"{gallery}/host-page{wishes}")
    panel = page.page.frame_locator("iframe")
    expect(panel.locator("h1", has_text="Product AMA with Hana")).to_be_attached()
    return page, server, page.page.frames[1]


def test_the_host_page_hands_over_a_fresh_token_at_every_start(gallery: str, watched: Open) -> None:
    page, server, frame = framed(gallery, watched)
    expected = {"install_id": "ins_framed", "room": "ama", "token": "token-1"}
    assert server.written("/panel-sessions") == [expected]
    page.page.evaluate("mounted.reload()")
    wait_until(page.page, lambda: len(server.written("/panel-sessions")) == 2)
    assert server.written("/panel-sessions")[1] == expected | {"token": "token-2"}
    assert "token" not in frame.url


def test_nothing_secret_is_kept_in_the_browser(gallery: str, watched: Open) -> None:
    _, _, frame = framed(gallery, watched)
    places = "localStorage, sessionStorage, document.cookie, history.state, document.documentElement.outerHTML"
    found: str = frame.evaluate(f"JSON.stringify([{places}])")
    for secret in ("token-1", *TOKENS_ON_PAPER):
        assert secret not in found


def test_a_page_of_another_origin_gets_no_panel(gallery: str, watched: Open) -> None:
    page = watched(viewport={"width": 420, "height": 720})
    stranger = gallery.replace("127.0.0.1", "localhost")
    page.page.goto(f"{stranger}/host-page")
    expect(page.page.locator("iframe")).to_be_visible()
    wait_until(page.page, lambda: any("frame-ancestors" in one or "Framing" in one for one in page.complaints))
    assert page.page.frames[1].url.startswith("chrome-error") or page.page.frames[1].url == ""
    page.complaints.clear()


def test_what_is_not_our_language_changes_nothing(gallery: str, watched: Open) -> None:
    page, server, frame = framed(gallery, watched)
    before = server.written("/panel-sessions")
    page.page.evaluate(FUZZ, gallery)
    page.page.wait_for_timeout(300)
    assert server.written("/panel-sessions") == before
    assert frame.evaluate("document.documentElement.dataset.theme") == "light"


def test_a_frame_beside_the_panel_cannot_sign_it_in(gallery: str, watched: Open) -> None:
    page, server, frame = framed(gallery, watched)
    page.page.evaluate("""() => new Promise((resolve) => {
      const sibling = document.createElement('iframe');
      sibling.src = '/host-page?sibling';
      sibling.onload = resolve;
      document.body.append(sibling);
    })""")
    # A panel that starts is one that waits for a token: the moment in which a false one would count.
    page.page.evaluate("mounted.reload()")
    sibling = next(one for one in page.page.frames if one.url.endswith("?sibling"))
    sibling.evaluate(SIBLING_SPEAKS, gallery)
    wait_until(page.page, lambda: len(server.written("/panel-sessions")) >= 2)
    sibling.evaluate(SIBLING_SPEAKS, gallery)
    page.page.wait_for_timeout(300)
    assert frame.evaluate("document.documentElement.dataset.theme") == "light"
    assert "evil" not in [one["token"] for one in server.written("/panel-sessions")]


def test_the_host_page_chooses_the_colours(gallery: str, watched: Open) -> None:
    page, _, frame = framed(gallery, watched)

    def accent() -> str:
        found: str = frame.evaluate("getComputedStyle(document.querySelector('.composer .primary')).backgroundColor")
        return found

    ours = accent()
    page.page.evaluate("mounted.setTheme({ mode: 'light', accent: '#7a1f5f' })")
    wait_until(page.page, lambda: accent() == "rgb(122, 31, 95)")
    page.page.evaluate("mounted.setTheme({ mode: 'light', accent: '#ffff00' })")
    wait_until(page.page, lambda: accent() == ours)
    page.page.evaluate("mounted.setTheme('dark')")
    wait_until(page.page, lambda: frame.evaluate("document.documentElement.dataset.theme") == "dark")
    assert page.accessibility_problems() == []


def test_the_bar_counts_while_the_panel_is_closed(gallery: str, watched: Open) -> None:
    page, server, _ = framed(gallery, watched)
    page.page.get_by_role("button", name="Close").click()
    bar = page.page.get_by_role("button", name="Open")
    expect(bar).to_contain_text("7 questions · 2 hands")
    box = bar.bounding_box()
    assert box
    assert box["height"] == 56
    server.push(turn=paper.turn("Lina", "invited", "qst_0017"))
    expect(bar).to_contain_text("You are invited on stage")
    page.page.reload()
    expect(page.page.get_by_role("button", name="Open")).to_be_visible()


def skip_link(page: Page) -> None:
    """Use the link that leads past the frame."""
    page.get_by_role("link", name="Skip the questions panel").focus()
    page.keyboard.press("Enter")


def test_the_keyboard_passes_the_panel(gallery: str, watched: Open) -> None:
    page, _, _ = framed(gallery, watched)
    skip_link(page.page)
    page.page.keyboard.press("Tab")
    expect(page.page.get_by_role("link", name="After the panel")).to_be_focused()
    assert page.page.get_by_role("link", name="Skip the questions panel").evaluate(
        "(link) => getComputedStyle(link).clipPath === 'inset(50%)' && link.offsetHeight === 1"
    ), "until it has the focus, nobody sees the link over what stands above the panel"


PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}
SHEET = "?layout=auto&leave_free=72"
MIC_TOP = 640 - 72


def edges(part: Locator) -> tuple[float, float]:
    """Return where something begins and ends, from the top of the page."""
    box = part.bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


def test_on_a_phone_the_panel_is_a_sheet_that_leaves_the_microphone_free(gallery: str, watched: Open) -> None:
    page, _, frame = framed(gallery, watched, SHEET, **PHONE)
    bar, sheet = page.page.locator("section > button"), page.page.locator("section")
    around = [page.page.get_by_role("heading"), page.page.get_by_role("link", name="After the panel")]
    stood = [edges(part) for part in around]
    expect(bar).to_contain_text("7 questions · 2 hands")
    assert edges(bar) == (MIC_TOP - 56, MIC_TOP)
    assert page.accessibility_problems() == []
    bar.click()
    assert edges(sheet) == (640 * 0.15, MIC_TOP)
    assert [edges(part) for part in around] == stood, "nothing jumps in the page"
    expect(bar).to_be_focused()
    expect(bar).to_have_attribute("aria-expanded", "true")
    assert page.accessibility_problems() == []
    assert not page.is_too_wide()
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("document.activeElement.tagName") == "IFRAME"
    frame.get_by_role("button", name="Raise hand").click()
    page.page.keyboard.press("Escape")
    expect(frame.get_by_role("dialog")).to_have_count(0)
    assert edges(sheet) == (640 * 0.15, MIC_TOP), "Escape first closes what is innermost"
    page.page.keyboard.press("Escape")
    expect(bar).to_be_focused()
    assert edges(sheet) == (MIC_TOP - 56, MIC_TOP)
    page.page.keyboard.press("Tab")
    expect(page.page.get_by_role("link", name="After the panel")).to_be_focused()


def test_the_sheet_follows_the_finger_and_the_arrow_keys(gallery: str, watched: Open) -> None:
    page, server, _ = framed(gallery, watched, SHEET, **PHONE)
    bar, mouse = page.page.locator("section > button"), page.page.mouse

    def pull(start: float, end: float) -> None:
        mouse.move(160, start)
        mouse.down()
        mouse.move(160, (start + end) / 2)
        mouse.move(160, end)
        mouse.up()

    pull(MIC_TOP - 28, 300)
    assert edges(bar)[0] == 272
    pull(300, 10)
    assert edges(bar)[0] == 640 * 0.15, "higher it does not go"
    pull(110, 540)
    expect(bar).to_have_attribute("aria-expanded", "false")
    bar.focus()
    page.page.keyboard.press("ArrowUp")
    expect(bar).to_have_attribute("aria-expanded", "true")
    page.page.keyboard.press("ArrowDown")
    assert edges(bar)[0] == 640 * 0.15 + 60
    for _ in range(5):
        page.page.keyboard.press("ArrowDown")
    expect(bar).to_have_attribute("aria-expanded", "false")
    server.push(turn=paper.turn("Lina", "invited", "qst_0017"))
    expect(bar).to_contain_text("You are invited on stage")
    expect(bar).to_have_attribute("aria-expanded", "false")


def test_a_turned_phone_keeps_the_same_panel(gallery: str, watched: Open) -> None:
    page, server, _ = framed(gallery, watched, SHEET, **PHONE)
    sheet = page.page.locator("section")
    page.page.set_viewport_size({"width": 640, "height": 360})
    expect(sheet).to_have_css("position", "relative")
    expect(page.page.frame_locator("iframe").get_by_label("Your question")).to_be_visible()
    page.page.set_viewport_size({"width": 320, "height": 640})
    expect(sheet).to_have_css("position", "fixed")
    assert len(server.written("/panel-sessions")) == 1


def test_the_sheet_stands_above_the_safe_area(gallery: str, watched: Open) -> None:
    page, _, _ = framed(gallery, watched, "?layout=sheet", **PHONE)
    client = page.context.new_cdp_session(page.page)
    client.send("Emulation.setSafeAreaInsetsOverride", {"insets": {"bottom": 34}})
    wait_until(page.page, lambda: edges(page.page.locator("section > button")) == (640 - 34 - 56, 640 - 34))
    assert edges(page.page.locator("section"))[1] == 640


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures_of_the_sheet(gallery: str, watched: Open, tmp_path: Path, theme: Literal["light", "dark"]) -> None:
    page, _, _ = framed(gallery, watched, f"{SHEET}&theme=auto", **PHONE, color_scheme=theme)
    page.page.screenshot(path=tmp_path / f"sheet-down-{theme}.png")
    page.page.get_by_role("button", name="Open").click()
    page.page.wait_for_timeout(300)
    page.page.screenshot(path=tmp_path / f"sheet-up-{theme}.png")
    assert page.accessibility_problems() == []
