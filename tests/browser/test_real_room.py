"""The panel against the whole Sidestage: real server, worker and sockets, with the demo platform as the audio room."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from flask import Flask
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy import select

from plugin.application import create_app
from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.core.database import db
from plugin.core.unit_of_work import unit_of_work
from plugin.qa.models import Question
from plugin.rooms.models import Hand, RoomSession
from tests.app_fixtures import SECRET_KEY, settings_for
from tests.browser.demo_crowd import Crowd, fresh_room
from tests.browser.opened import Open
from tests.browser.watched_page import REPOSITORY, accessibility_problems
from tests.servers.redis_server import RedisServer
from tests.servers.sidestage_stack import SidestageStack

pytestmark = [pytest.mark.redis, pytest.mark.timeout(180)]

#: `SIDESTAGE_PICTURES=docs/pictures` renews the pictures of the documents; else they stay with the test.
PICTURES = os.environ.get("SIDESTAGE_PICTURES")
BETA = "Will the beta run on our own servers, or only in your cloud?"
BUILD = "How do you decide what not to build when everyone asks for it?"
NAMES = (
    "Mira Sol", "Jun Tanaka", "Ana Ruiz", "Paulo Silva", "Kim Larsen", "Noor Haddad", "Tomás Vega", "Ines Roth",
    "Yuki Mori", "Ada Obi", "Leo Brandt", "Sofia Conti", "Ravi Menon", "Elif Kaya", "Hugo Blanc", "Maja Novak",
    "Zoe Clarke", "Finn Olsen", "Lea Weiss", "Omid Karimi", "Carla Pinto", "Ben Adler", "Nina Petrova", "Sam Okoro",
)  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, redis_server: RedisServer) -> Iterator[SidestageStack]:
    """One Sidestage for all tests here, on SQLite; each of them has a room of its own."""
    directory = tmp_path_factory.mktemp("real_room")
    redis_server.empty()
    with SidestageStack(directory, f"sqlite:///{directory / 'sidestage.db'}", redis_server.url) as running:
        yield running


@pytest.fixture(scope="module")
def beside(stack: SidestageStack) -> Iterator[Flask]:
    """The application in this process, on the database and the Redis of the other one."""
    of_stack = stack.environment
    app = create_app(
        settings_for(
            stack.directory / "beside",
            of_stack["DATABASE_URL"],
            of_stack["REDIS_URL"],
            public_url=stack.url,
            secret_key=SECRET_KEY,
        )
    )
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def room(beside: Flask) -> None:
    """A room in which nothing has happened yet."""
    fresh_room(beside)


@pytest.fixture
def crowd(stack: SidestageStack, beside: Flask) -> Crowd:
    """People without a browser in the demo room."""
    return Crowd(beside, stack.url)


@pytest.fixture
def visit(stack: SidestageStack, watched: Open) -> Callable[..., tuple[Page, FrameLocator]]:
    """Open somebody's page of the demo room; returns the page and the panel in it."""

    def open_page(who: str, width: int = 1200, height: int = 800, **context: Any) -> tuple[Page, FrameLocator]:
        page = watched(viewport={"width": width, "height": height}, **context).page
        page.goto(f"{stack.url}/demo/{who}")
        panel = page.frame_locator("iframe")
        expect(panel.get_by_role("heading", name="Product AMA with Hana")).to_be_visible(timeout=15_000)
        return page, panel

    return open_page


Visit = Callable[..., tuple[Page, FrameLocator]]


def ask(panel: FrameLocator, text: str, voice: str = "I want to ask it myself") -> None:
    """Ask as the person behind this panel."""
    panel.get_by_label("Your question").fill(text)
    panel.get_by_role("radio", name=voice).check()
    panel.get_by_role("button", name="Ask", exact=True).click()
    expect(panel.locator("article.mine", has_text=text)).to_contain_text("Yours")


def desk_card(desk: FrameLocator, text: str) -> Any:
    """Return the desk's card of a question."""
    return desk.locator("article.item", has=desk.locator(".words", has_text=text))


def test_from_a_question_to_the_stage_and_back(visit: Visit, stack: SidestageStack) -> None:
    hana_page, desk = visit("hana", 1600, 900)
    lina_page, lina = visit("lina")
    omar_page, omar = visit("omar")
    ask(lina, BETA)
    expect(desk_card(desk, BETA)).to_contain_text("wants to speak")
    omar.get_by_role("button", name="Vote for Q1, 0 votes").click()
    expect(desk_card(desk, BETA)).to_contain_text("1 vote")
    expect(lina.locator("article.mine")).to_contain_text("1")
    desk_card(desk, BETA).get_by_role("button", name="Queue").click()
    expect(lina.get_by_text("Yours · next")).to_be_visible()
    lina.get_by_role("tab", name="Mine").click()
    expect(lina.get_by_text("Seen by a host")).to_be_visible()
    desk_card(desk, BETA).get_by_role("button", name="Bring up").click()
    dialog = lina.get_by_role("dialog", name="Hana invites you on stage")
    expect(dialog.get_by_text(BETA)).to_be_visible()
    expect(desk_card(desk, BETA)).to_contain_text("Lina is invited")
    dialog.get_by_role("button", name="Go on stage").click()
    stage = desk.get_by_role("article", name="ON STAGE NOW")
    expect(stage).to_contain_text("Lina is on stage, still muted", timeout=10_000)
    expect(omar.get_by_role("article", name="ON STAGE NOW")).to_contain_text(BETA)
    lina_page.get_by_role("button", name="Unmute").click()
    expect(stage).to_contain_text("Lina is speaking")
    expect(lina.get_by_text("You are on stage and can be heard")).to_be_visible()
    stage.get_by_role("button", name="Answered", exact=True).click()
    expect(lina.get_by_text("Answered live")).to_be_visible()
    expect(lina_page.get_by_text("You are listening.")).to_be_visible(timeout=10_000)
    expect(omar.get_by_role("article", name="ON STAGE NOW")).to_have_count(0)
    assert accessibility_problems(hana_page) == []
    assert accessibility_problems(lina_page) == []
    assert "secret" not in stack.logs().lower() or stack.environment["SIDESTAGE_SECRET_KEY"] not in stack.logs()


@pytest.mark.parametrize("behaviour", ["refuses", "silent"])
def test_an_audio_room_that_does_not_do_it(visit: Visit, behaviour: str) -> None:
    hana_page, desk = visit("hana", 1600, 900)
    _, lina = visit("lina")
    ask(lina, BETA)
    set_behaviour = """(wish) => fetch('/demo/behaviour', { method: 'POST', body: JSON.stringify({ behaviour: wish }),
      headers: { 'X-Sidestage-Demo': '1', 'Content-Type': 'application/json' } }).then((answer) => answer.status)"""
    assert hana_page.evaluate(set_behaviour, behaviour) == 200
    desk_card(desk, BETA).get_by_role("button", name="More for Q1").click()
    desk_card(desk, BETA).get_by_role("button", name="Bring up").click()
    lina.get_by_role("dialog").get_by_role("button", name="Go on stage").click()
    accepted_at = time.monotonic()
    expect(desk_card(desk, BETA)).to_contain_text("Lina is not on stage.", timeout=12_000)
    assert time.monotonic() - accepted_at < 11
    expect(desk.get_by_role("article", name="ON STAGE NOW")).to_have_count(0)
    assert hana_page.evaluate(set_behaviour, "normal") == 200
    desk_card(desk, BETA).get_by_role("button", name="Try again").click()
    expect(desk.get_by_role("article", name="ON STAGE NOW")).to_contain_text("Lina is on stage", timeout=10_000)


def fill_the_room(crowd: Crowd) -> None:
    """Let the room look like an evening on which much is asked."""
    crowd.join(*NAMES)
    crowd.join("Sam", role=Role.SPEAKER)
    crowd.join("Ivy", role=Role.PRODUCER)
    crowd.join("Cole", role=Role.COHOST)
    asked = {
        "chat": crowd.ask("Mira Sol", "What happens to our chat when the room ends?", voters=21),
        "small": crowd.ask("Paulo Silva", "Could a small team start with this on one machine?", "either", voters=14),
    }
    crowd.ask("Ana Ruiz", "Can hosts see who asked anonymously? Please be honest.", voters=18)
    crowd.ask("Noor Haddad", "Is there an API, so that our bot can post the agenda?", voters=7)
    crowd.ask("Tomás Vega", "Which languages come next?", voters=5)
    crowd.ask("Leo Brandt", "Do you plan rooms for more than ten thousand people?", voters=2)
    for question in asked.values():
        crowd.call("Ivy", "POST", f"/questions/{question['id']}/moves", {"to": "queued"})
    crowd.call("Cole", "PATCH", "/questions/settings", {"moderation": "newcomers"})
    crowd.ask("Kim Larsen", "Why did you drop the old import? It broke our whole course.")
    crowd.ask("Ines Roth", "Is there an API for bots?")
    crowd.call("Jun Tanaka", "POST", "/hands", {"reason": "about prices for schools"})
    crowd.call("Ana Ruiz", "POST", "/hands", {})


def let_time_pass(crowd: Crowd) -> None:
    """Let it be half past: the pictures show an evening, not its first seconds."""
    with crowd.app.app_context(), unit_of_work() as work:
        for question in work.session.scalars(select(Question)):
            question.asked_at -= timedelta(minutes=24 - 2 * question.number)
        for live in work.session.scalars(select(RoomSession).where(RoomSession.started_at.is_not(None))):
            live.started_at = now() - timedelta(minutes=34, seconds=2)
        for hand in work.session.scalars(select(Hand)):
            hand.raised_at -= timedelta(seconds=40 + 25 * (hand.order_key % 3))


def picture(page: Page, folder: Path, name: str) -> None:
    """Keep the panel as it stands, in both themes."""
    page.mouse.move(2, 2)
    scroll_up = (
        "for (const one of document.querySelectorAll('.col, .scroll')) one.scrollTop = 0; document.activeElement.blur()"
    )
    page.frames[1].evaluate(scroll_up)
    themes: list[Literal["light", "dark"]] = ["light", "dark"]
    for theme in themes:
        page.emulate_media(color_scheme=theme)
        page.wait_for_timeout(400)
        page.locator("iframe").screenshot(path=folder / f"{name}-{theme}.png")
        assert (folder / f"{name}-{theme}.png").stat().st_size > 20_000


def test_pictures_for_the_documents(visit: Visit, crowd: Crowd, tmp_path: Path) -> None:
    folder = REPOSITORY / PICTURES if PICTURES else tmp_path
    fill_the_room(crowd)
    crowd.call("Cole", "PATCH", "/questions/settings", {"moderation": "off"})
    asker_page, asker = visit("omar")
    ask(asker, BUILD)
    _, lina = visit("lina")
    ask(lina, BETA)
    for number, voters in ((9, 23), (10, 12)):
        asked = crowd.call("Cole", "GET", f"/questions/by-number/{number}")
        for name in NAMES[:voters]:
            crowd.call(name, "PUT", f"/questions/{asked['id']}/vote")
    crowd.call("Cole", "PATCH", "/questions/settings", {"moderation": "newcomers"})
    let_time_pass(crowd)
    hana_page, desk = visit("hana", 1880, 872)
    lina_page, lina = visit("lina", 1200, 792)
    desk_card(desk, BETA).get_by_role("button", name="Queue").click()
    desk_card(desk, BUILD).get_by_role("button", name="More for").click()
    desk_card(desk, BUILD).get_by_role("button", name="Bring up").click()
    asker.get_by_role("button", name="Go on stage").click()
    asker_page.get_by_role("button", name="Unmute").click(timeout=15_000)
    expect(desk.get_by_role("article", name="ON STAGE NOW")).to_contain_text("Omar is speaking")
    lina.get_by_role("button", name="Vote for Q1,").click()
    expect(lina.get_by_role("button", name="Vote for Q1,")).to_have_attribute("aria-pressed", "true")
    expect(desk.get_by_role("button", name="Undo")).to_have_count(0, timeout=15_000)
    assert accessibility_problems(hana_page) == []
    assert accessibility_problems(lina_page) == []
    picture(hana_page, folder, "desk")
    picture(lina_page, folder, "listener")


def test_a_restart_of_the_server_loses_nothing(visit: Visit, stack: SidestageStack) -> None:
    _, desk = visit("hana", 1600, 900)
    _, omar = visit("omar")
    ask(omar, BUILD, "Read it out")
    expect(desk_card(desk, BUILD)).to_be_visible()
    stack.web[0].stop()
    expect(omar.get_by_text("reconnecting").first).to_be_visible(timeout=15_000)
    stack.web[0].start(seconds=40)
    expect(omar.locator("status-line")).not_to_contain_text("reconnecting", timeout=45_000)
    desk_card(desk, BUILD).get_by_role("button", name="Queue").click(timeout=45_000)
    expect(omar.get_by_text("Yours · next")).to_be_visible(timeout=15_000)
