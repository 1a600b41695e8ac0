"""The panel in somebody else's page: who may frame it, who may speak to it, and what it hands over."""

from __future__ import annotations

from playwright.sync_api import Frame, Page, expect

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

TOKENS_ON_PAPER = [value for value in TOKENS.values() if isinstance(value, str)]


def framed(gallery: str, watched: Open) -> tuple[WatchedPage, PaperServer, Frame]:
    """Open the host page and wait for the panel in its frame."""
    page = watched(viewport={"width": 420, "height": 720})
    server = PaperServer(page.page, paper.busy_room())
    page.page.goto(f"{gallery}/host-page")
    panel = page.page.frame_locator("iframe")
    expect(panel.get_by_role("heading", name="Product AMA with Hana")).to_be_visible()
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
    sibling = next(one for one in page.page.frames if one.url.endswith("?sibling"))
    before = len(server.written("/panel-sessions"))
    sibling.evaluate(
        """(origin) => {
      const message = { protocol: 'sidestage/1', type: 'theme', theme: 'dark' };
      for (let round = 0; round < 100; round += 1) parent.frames[0].postMessage(message, origin);
    }""",
        gallery,
    )
    page.page.wait_for_timeout(300)
    assert frame.evaluate("document.documentElement.dataset.theme") == "light"
    assert len([one for one in server.written("/panel-sessions") if one["token"] == "evil"]) == 0
    assert len(server.written("/panel-sessions")) >= before


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
