"""What a listener lives through: calm arrivals, asking, voting, a hand, an invitation, a lost connection."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import rooms_on_paper as paper
from tests.browser.opened import Open, focused, numbers, opened, wait_until

PHONE: dict[str, Any] = {"viewport": {"width": 375, "height": 760}}


def test_new_questions_wait_while_the_pointer_is_in_the_list(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    before = numbers(page.page)
    page.page.locator("ol.questions > li").nth(1).hover()
    for number in (30, 31):
        server.push(question=paper.question(number, f"Arrival {number}", "Omar", votes=90))
    pill = page.page.get_by_role("button", name="2 new questions")
    expect(pill).to_be_visible()
    assert numbers(page.page) == before
    pill.click()
    expect(page.page.get_by_text("Arrival 31")).to_be_visible()
    assert numbers(page.page)[1:3] == ["Q30", "Q31"]


def test_a_list_that_nobody_touches_follows_the_votes(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.push(question_id="qst_0019", votes=77)
    expect(page.page.get_by_role("button", name="Vote for Q19, 77 votes")).to_be_visible()
    assert numbers(page.page)[1] == "Q19"


def test_arrivals_never_move_the_focus_and_are_said_once(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    page.page.get_by_label("Your question").focus()
    page.page.keyboard.type("Half a thou")
    before = focused(page.page)
    for number in range(30, 36):
        server.push(question=paper.question(number, f"Arrival {number}", "Omar"))
    news = page.page.locator("#news")
    expect(news).to_have_text("New question from Omar: Arrival 30")
    assert focused(page.page) == before
    expect(page.page.get_by_label("Your question")).to_have_value("Half a thou")
    expect(news.locator("p").last).to_have_text("5 new questions", timeout=5000)


def test_asking_shows_at_once_and_is_confirmed(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.answers["/questions"] = lambda body: (
        201,
        paper.question(40, body["text"], "Lina", voice=body["voice"], seen_at=None),
    )
    expect(page.page.get_by_text("Everyone in the room will see this")).to_be_visible()
    page.page.get_by_label("Your question").fill("Who keeps the recording?")
    page.page.get_by_role("radio", name="I want to ask it myself").check()
    page.page.get_by_role("button", name="Ask", exact=True).click()
    row = page.page.locator("ol.questions article", has_text="Who keeps the recording?")
    expect(row.get_by_text("Yours", exact=True)).to_be_visible()
    expect(row).to_have_count(1)
    sent = server.written("/questions")
    assert [(body["text"], body["voice"]) for body in sent] == [("Who keeps the recording?", "speak")]
    assert sent[0]["client_id"]


def test_a_question_that_the_room_tells_before_the_answer_is_shown_once(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    asked = paper.question(43, "Which came first?", "Lina")

    def told_first(_body: Any) -> tuple[int, Any]:
        server.push(question=asked)  # the audience's channel may be the faster one
        server.push(channel=f"asker:{paper.SESSION}:key", question=asked)
        page.page.wait_for_timeout(300)
        rows = page.page.locator("ol.questions article", has_text="Which came first?")
        counts.append(rows.count())
        return 201, asked

    counts: list[int] = []
    server.answers["/questions"] = told_first
    page.page.get_by_label("Your question").fill("Which  came first?")
    page.page.keyboard.press("Enter")
    wait_until(page.page, lambda: bool(counts))
    expect(page.page.locator("ol.questions article", has_text="Which came first?")).to_have_count(1)
    assert counts == [1]


def test_a_limit_keeps_the_words_and_counts_down(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.answers["/questions"] = (429, {"code": "too_many", "detail": "Wait a little.", "retry_after_seconds": 25})
    field = page.page.get_by_label("Your question")
    field.fill("And another one?")
    field.press("Enter")
    expect(page.page.get_by_text("You can ask again in")).to_contain_text(re.compile(r"0:2\d"))
    expect(field).to_have_value("And another one?")
    expect(page.page.get_by_role("button", name="Ask", exact=True)).to_be_disabled()


def test_a_question_asked_offline_goes_out_when_the_network_is_back(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.go_away()
    expect(page.page.get_by_text(re.compile(r"As of \d+ sec ago, reconnecting"))).to_be_visible()
    field = page.page.get_by_label("Your question")
    field.fill("Can you hear me?")
    field.press("Enter")
    expect(page.page.get_by_text("Will send when you are back online")).to_be_visible(timeout=10_000)
    assert page.accessibility_problems() == []
    server.answers["/questions"] = lambda body: (201, paper.question(41, body["text"], "Lina"))
    server.come_back()
    expect(page.page.locator("article", has_text="Can you hear me?").get_by_text("Q41")).to_be_visible(timeout=20_000)
    expect(page.page.locator("status-line").get_by_text("reconnecting")).to_have_count(0)


def test_a_refused_question_stays_where_it_was_written(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.answers["/questions"] = (409, {"code": "too_many_open", "detail": "You have five open questions."})
    field = page.page.get_by_label("Your question")
    field.fill("A sixth one?")
    field.press("Enter")
    expect(page.page.get_by_text("You have five open questions.")).to_be_visible()
    expect(field).to_have_value("A sixth one?")


def test_a_vote_shows_at_once_and_falls_back_with_a_reason(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.answers["/questions/qst_0011/vote"] = (
        429,
        {"code": "too_many", "detail": "Thirty votes a minute are the most."},
    )
    page.page.get_by_role("button", name="Vote for Q11, 18 votes").click()
    expect(page.page.get_by_text("Thirty votes a minute are the most.")).to_be_visible()
    expect(page.page.get_by_role("button", name="Vote for Q11, 18 votes")).to_have_attribute("aria-pressed", "false")
    server.answers["/questions/qst_0012/vote"] = (
        200,
        paper.question(12, "Is there an API?", "Mira Sol", votes=8, version=2),
    )
    page.page.get_by_role("button", name="Vote for Q12, 7 votes").click()
    expect(page.page.get_by_role("button", name="Vote for Q12, 8 votes")).to_have_attribute("aria-pressed", "true")


def test_what_becomes_of_my_question(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    asker = f"asker:{paper.SESSION}:key"
    mine = paper.question(17, "Will the beta run on our own servers?", "Lina", votes=12, voice="speak")
    page.page.get_by_role("tab", name="Mine").click()
    expect(page.page.get_by_text("Next after 2")).to_be_visible()
    server.push(channel=asker, question={**mine, "state": "queued", "rank": "Zz", "version": 2})
    expect(page.page.get_by_text("Next", exact=True)).to_be_visible()
    server.push(channel=asker, question={**mine, "state": "on_stage", "stage_started_at": paper.ago(1), "version": 3})
    expect(page.page.get_by_text("On stage now")).to_be_visible()
    server.push(channel=asker, question={**mine, "state": "answered_live", "answered_at": paper.ago(1), "version": 4})
    expect(page.page.get_by_text("Answered live")).to_be_visible()


def test_raising_a_hand_and_its_place(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.answers["/hands"] = (201, paper.hand("Lina", 0, reason="about schools"))
    page.page.get_by_role("button", name="Raise hand").click()
    dialog = page.page.get_by_role("dialog", name="Raise your hand")
    dialog.get_by_label("What is it about?").fill("about schools")
    dialog.get_by_role("button", name="Raise hand").click()
    expect(page.page.get_by_text("Your hand is up: 3rd of 3")).to_be_visible()
    assert server.written("/hands") == [{"reason": "about schools"}]
    server.push(removed={"kind": "hand", "id": "hnd_jun_tanaka"})
    expect(page.page.get_by_text("Your hand is up: 2nd of 2")).to_be_visible()
    page.page.get_by_role("button", name="Lower hand").click()
    expect(page.page.get_by_role("button", name="Raise hand")).to_be_visible()


def test_an_invitation_waits_for_a_decision(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    field = page.page.get_by_label("Your question")
    field.focus()
    server.push(turn=paper.turn("Lina", "invited", "qst_0017"))
    dialog = page.page.get_by_role("dialog", name="Hana invites you on stage")
    expect(dialog.get_by_text("You come on stage muted")).to_be_visible()
    expect(dialog.get_by_role("button", name="Go on stage")).not_to_be_focused()
    page.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(field).to_be_focused()
    assert server.asked[-1][1] != "/stage-turns/trn_lina/decline", "closing the dialog is not a no"
    page.page.get_by_role("button", name="Answer").click()
    server.answers["/stage-turns/trn_lina/accept"] = (200, paper.turn("Lina", "accepted", "qst_0017", version=2))
    dialog.get_by_role("button", name="Go on stage").click()
    expect(page.page.get_by_text("Connecting you to the stage")).to_be_visible()
    on_stage = paper.turn("Lina", "on_stage", "qst_0017", version=3)
    server.push(turn=on_stage)
    expect(page.page.get_by_text("You are on stage and muted")).to_be_visible()
    server.push(turn={**on_stage, "is_audible": True, "version": 4})
    expect(page.page.get_by_text("You are on stage and can be heard")).to_be_visible()


def test_an_invitation_taken_back_closes_the_dialog(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.invited(), **PHONE)
    expect(page.page.get_by_role("dialog")).to_be_visible()
    gone = paper.turn("Lina", "withdrawn", "qst_0017", version=2)
    server.push(turn=gone, removed={"kind": "turn", "id": gone["id"]})
    expect(page.page.get_by_role("dialog")).to_have_count(0)


def test_a_new_role_reads_everything_anew(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.room = paper.busy_room("Lina", "cohost")
    server.push(name="rooms.role_changed", participant=paper.person("Lina", "cohost"))
    expect(page.page.get_by_role("tab", name="Desk")).to_be_visible()


@pytest.mark.parametrize(("name", "role"), [("Lina", "listener"), ("Hana", "host")])
def test_the_end_empties_the_room_for_everyone(gallery: str, watched: Open, name: str, role: str) -> None:
    page, server = opened(gallery, watched, paper.busy_room(name, role), **PHONE)
    page.page.get_by_role("tab", name="People").click()
    people = page.page.locator("people-list")
    expect(people.get_by_text("Jun Tanaka")).to_be_visible()
    server.room = paper.ended(name, role)
    reads = server.reads.count("/bootstrap")
    over = {**server.room["session"], "version": 2}
    server.push(channel=server.room["channels"][0]["name"], session=over)
    expect(people.get_by_text("Jun Tanaka")).to_have_count(0)
    server.push(channel=server.room["channels"][0]["name"], session={**over, "version": 3})
    page.page.wait_for_timeout(300)
    assert server.reads.count("/bootstrap") == reads + 1, "read once, and not at every word on the session"


def test_being_removed_is_said_plainly(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.push(name="rooms.removed", removed={"kind": "participant", "id": "par_lina"})
    expect(page.page.get_by_role("heading", name="You have left this room")).to_be_visible()


def test_the_whole_way_with_the_keyboard(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room(), **PHONE)
    server.answers["/questions"] = lambda body: (201, paper.question(42, body["text"], "Lina"))
    page.page.keyboard.press("Tab")
    expect(page.page.get_by_role("link", name="Skip to the questions")).to_be_focused()
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_label("Your question")).to_be_focused()
    page.page.keyboard.type("Only keys?")
    page.page.keyboard.press("Enter")
    wait_until(page.page, lambda: bool(server.written("/questions")))
    page.page.get_by_role("tab", name="Q&A").focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.page.get_by_role("tab", name="Mine")).to_be_focused()
    expect(page.page.locator("my-questions").get_by_text("Only keys?")).to_be_visible()
    outline: str = page.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "whoever has the focus shows it"
