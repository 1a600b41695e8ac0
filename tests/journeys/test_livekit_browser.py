"""The main journey with nothing left out: real LiveKit, real people in it, a whole Sidestage, panels in Chromium."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.browser.watched_page import WatchedPage
from tests.journeys.livekit_evening import Evening
from tests.journeys.room_page import RoomPage
from tests.servers.audio_client import AudioClient
from tests.servers.waiting import wait_until

pytestmark = [pytest.mark.livekit, pytest.mark.redis, pytest.mark.browser]

QUESTION = "How do you keep going when nobody listens?"
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 400, "height": 760}


class Panels:
    """Panels in pages of the site, one for each person."""

    def __init__(self, evening: Evening, site: RoomPage, chromium: Browser) -> None:
        self._evening, self._site, self._chromium = evening, site, chromium
        self.pages: list[WatchedPage] = []

    def open(self, who: str, token: str, viewport: dict[str, int]) -> FrameLocator:
        """Open the site's page as this person and return the panel in it."""
        watched = WatchedPage(self._chromium.new_context(viewport=viewport))  # type: ignore[arg-type]
        self.pages.append(watched)
        evening = self._evening
        watched.page.goto(
            self._site.show(
                who, token, sidestage=evening.sidestage.url, install_id=evening.install_id, room=evening.room
            )
        )
        return watched.page.frame_locator("iframe")


def test_from_a_question_to_a_voice_and_back(evening: Evening, site: RoomPage, chromium: Browser) -> None:
    panels = Panels(evening, site, chromium)
    hana, lina = evening.host_token("hana"), evening.listener_token("lina")
    hanas_ears, lina_audio = evening.people.join_with(hana), evening.people.join_with(lina)
    desk = panels.open("hana", hana, WIDE)
    panel = panels.open("lina", lina, NARROW)

    ask(panel)
    card = desk.get_by_role("article").filter(has_text=QUESTION)
    card.get_by_role("button", name="More for Q1").click()
    card.get_by_role("button", name="Bring up").click()

    invitation = panel.get_by_role("dialog", name="Hana invites you on stage")
    expect(invitation).to_contain_text(QUESTION)
    assert not lina_audio.can_publish
    expect(desk.get_by_text("Lina is on stage")).to_have_count(0)
    invitation.get_by_role("button", name="Go on stage").click()

    expect(desk.get_by_text("Lina is on stage, still muted").first).to_be_visible(timeout=10_000)
    wait_until(lambda: lina_audio.can_publish, "Lina's LiveKit client to be told that it may publish")
    expect(panel.get_by_text("You are on stage and muted")).to_be_visible()
    speak(lina_audio, hanas_ears)
    expect(desk.get_by_text("Lina is speaking").first).to_be_visible(timeout=10_000)
    expect(panel.get_by_text("You are on stage and can be heard")).to_be_visible()

    desk.get_by_role("button", name="Answered", exact=True).click()
    wait_until(lambda: not lina_audio.can_publish, "Lina's right to publish to be taken back")
    expect(desk.get_by_text("Nothing on stage")).to_be_visible()
    expect(panel.get_by_text("You are on stage and can be heard")).to_have_count(0)
    for page in panels.pages:
        page.close()
        assert page.complaints == []


def ask(panel: FrameLocator) -> None:
    """Write the question and want to ask it oneself."""
    panel.get_by_label("Your question").fill(QUESTION)
    panel.get_by_role("radio", name="I want to ask it myself").check()
    panel.get_by_role("button", name="Ask", exact=True).click()


def speak(speaker: AudioClient, listener: AudioClient) -> None:
    """Open the microphone, and hear it at the other end."""
    speaker.publish_tone()
    listener.wait_to_hear("lina")
