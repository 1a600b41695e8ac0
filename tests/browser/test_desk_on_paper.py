"""What a host does at the desk: a question's way onto the stage and back, co-hosts in between, and undo."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser import rooms_on_paper as paper
from tests.browser.opened import Open, opened, tab_to, wait_until

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
Q17 = {"number": 17, "text": "Will the beta run on our own servers, or only in your cloud?", "author": "Lina"}


def q17(**more: Any) -> paper.Json:
    """Return Lina's question as the server tells it."""
    return paper.question(17, Q17["text"], "Lina", votes=12, voice="speak", rank="a2", state="queued", **more)  # type: ignore[arg-type]


def card(page: Page, number: int) -> Locator:
    """Return the desk's card of a question."""
    return page.locator("host-desk article.item", has=page.get_by_text(f"Q{number}", exact=True))


def quiet_desk() -> paper.Json:
    """Return the hosts' room with nobody on stage."""
    room = paper.busy_room("Hana", "host")
    room["qa"]["questions"] = [one for one in room["qa"]["questions"] if one["state"] != "on_stage"]
    room["turns"] = []
    return room


def test_from_bring_up_to_on_stage_without_leaving_the_card(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, quiet_desk(), **WIDE)
    invited = paper.turn("Lina", "invited", "qst_0017")
    server.answers["/questions/qst_0017/bring-up"] = (200, {"question": q17(), "turn": invited})
    lina = card(page.page, 17)
    stage = page.page.get_by_role("article", name="ON STAGE NOW")
    lina.get_by_role("button", name="Bring up").click()
    expect(lina.get_by_text("Lina is invited")).to_be_visible()
    server.push(turn={**invited, "state": "accepted", "accepted_at": paper.ago(0), "version": 2})
    expect(lina.get_by_text("Lina accepted, connecting the microphone")).to_be_visible()
    expect(stage).to_have_count(0)
    on_stage = {**invited, "state": "on_stage", "accepted_at": paper.ago(2), "on_stage_at": paper.ago(0), "version": 3}
    server.push(turn=on_stage)
    server.push(question=q17(version=2) | {"state": "on_stage", "stage_started_at": paper.ago(0)})
    expect(stage.get_by_text("Lina is on stage, still muted").first).to_be_visible()
    server.push(turn={**on_stage, "is_audible": True, "version": 4})
    expect(stage.get_by_text("Lina is speaking")).to_be_visible()
    done = q17(version=3) | {"state": "answered_live", "answered_at": paper.ago(0), "undo_until": paper.ahead(10)}
    server.answers["/questions/qst_0017/answered"] = (200, done)
    stage.get_by_role("button", name="Answered", exact=True).click()
    expect(page.page.get_by_text("Q17 is answered.")).to_be_visible()
    server.answers["/questions/qst_0017/undo"] = (200, q17(version=4) | {"state": "on_stage"})
    page.page.get_by_role("button", name="Undo").click()
    expect(stage.get_by_text(str(Q17["text"]))).to_be_visible()


def test_an_audio_server_that_keeps_silent_is_failed_within_ten_seconds(gallery: str, watched: Open) -> None:
    accepted_at = time.monotonic() - 4
    room = paper.with_turn("accepted", accepted_at=paper.ago(4))
    page, server = opened(gallery, watched, room, **WIDE)
    lina = card(page.page, 17)
    expect(lina.get_by_text("connecting the microphone")).to_be_visible()
    expect(lina.get_by_text("Lina is not on stage.")).to_be_visible(timeout=8000)
    assert 9.5 <= time.monotonic() - accepted_at <= 11.5
    lina.get_by_role("button", name="Try again").click()
    wait_until(page.page, lambda: bool(server.written("/stage-turns/trn_lina/retry")))


def test_a_stage_that_is_taken_offers_the_one_way_on(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    taken = {"code": "stage_taken", "detail": "Q14 is on stage.", "question": {"number": 14}}
    path = "/questions/qst_0017/bring-up"
    server.answers[path] = lambda body: (200, q17()) if body.get("close_current") else (409, taken)
    card(page.page, 17).get_by_role("button", name="Bring up").click()
    card(page.page, 17).get_by_role("button", name="Close Q14 and bring up").click()
    wait_until(page.page, lambda: server.written(path) == [{}, {"close_current": True}])


def test_a_co_host_who_was_faster_is_named_and_one_click_goes_on(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    now = paper.question(11, "Can hosts see who asked?", "Ana Ruiz", state="later", version=2)
    stale = {
        "code": "stale_question",
        "detail": "This has changed.",
        "question": now,
        "changed_by": "Cole",
        "change": "later",
        "changed_at": paper.ago(3),
    }
    tries: list[int] = []

    def move(_body: Any) -> tuple[int, Any]:
        tries.append(1)
        return (409, stale) if len(tries) == 1 else (200, now | {"state": "queued", "rank": "a9", "version": 3})

    server.answers["/questions/qst_0011/moves"] = move
    card(page.page, 11).get_by_role("button", name="Queue").click()
    page.page.get_by_text("Put aside").click()
    expect(card(page.page, 11)).to_contain_text("Cole changed this 3 sec ago: Kept for later.")
    card(page.page, 11).get_by_role("button", name="Do it all the same").click()
    expect(page.page.get_by_text("Q11 is in the queue.")).to_be_visible()


def test_the_run_order_moves_by_keyboard_and_keeps_the_focus(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    server.answers["/questions/qst_0017/rank"] = (200, q17(version=2) | {"rank": "a0V"})
    grip = page.page.get_by_role("button", name="Move Q17, place 3 of 3")
    grip.focus()
    page.page.keyboard.press("Alt+ArrowUp")
    moved = page.page.get_by_role("button", name="Move Q17, place 2 of 3")
    expect(moved).to_be_focused()
    assert server.written("/questions/qst_0017/rank") == [{"after_id": "qst_0009"}]


def test_the_run_order_moves_by_mouse(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    server.answers["/questions/qst_0017/rank"] = (200, q17(version=2) | {"rank": "Zz"})
    grip = page.page.get_by_role("button", name="Move Q17, place 3 of 3").bounding_box()
    first = card(page.page, 9).bounding_box()
    assert grip and first
    page.page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.page.mouse.down()
    page.page.mouse.move(first["x"] + 60, first["y"] + 30, steps=6)
    page.page.mouse.move(first["x"] + 60, first["y"] + 8, steps=3)
    page.page.mouse.up()
    wait_until(page.page, lambda: server.written("/questions/qst_0017/rank") == [{"after_id": None}])


def test_review_open_and_put_aside(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    approved = paper.question(21, "Why did you drop the old import?", "Kim", version=2)
    server.answers["/questions/qst_0021/moves"] = (200, approved)
    card(page.page, 21).get_by_role("button", name="Approve").click()
    expect(page.page.get_by_text("Q21 is open to everyone.")).to_be_visible()
    declined = paper.question(22, "Is there an API for bots?", "Jun Tanaka", state="declined", version=2)
    server.answers["/questions/qst_0022/moves"] = (200, declined)
    card(page.page, 22).get_by_role("button", name="Decline").click()
    expect(page.page.get_by_text("Q22 is declined.")).to_be_visible()
    expect(page.page.get_by_text("Nothing waits for you.")).to_be_visible()
    assert server.written("/questions/qst_0021/moves") == [{"to": "open"}]


def test_seen_is_told_after_two_seconds_on_screen(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    wait_until(page.page, lambda: bool(server.written("/questions/seen")))
    told = [id_ for body in server.written("/questions/seen") for id_ in body["ids"]]
    assert "qst_0022" in told
    assert "qst_0021" not in told, "it was seen before"


def test_hands_are_invited_put_last_and_lowered(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    jun = page.page.locator("article.hand", has_text="Jun Tanaka")
    expect(jun).to_contain_text("first time speaking")
    expect(jun).to_contain_text("about prices for schools")
    server.answers["/stage-turns"] = (201, paper.turn("Jun Tanaka", "invited"))
    jun.get_by_role("button", name="Invite").click()
    expect(jun.get_by_text("Jun Tanaka is invited")).to_be_visible()
    assert server.written("/stage-turns") == [{"participant_id": "par_jun_tanaka", "hand_id": "hnd_jun_tanaka"}]
    no = paper.turn("Jun Tanaka", "declined", version=2)
    server.push(turn=no, removed={"kind": "turn", "id": no["id"]})
    expect(jun.get_by_text("Jun Tanaka would rather not right now")).to_be_visible()
    page.page.locator("article.hand", has_text="Ana Ruiz").get_by_role("button", name="Lower").click()
    expect(page.page.locator("article.hand")).to_have_count(1)


def test_a_person_is_removed_only_after_a_second_yes(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    page.page.get_by_role("button", name="Actions for Paulo Silva").click()
    page.page.get_by_role("button", name="Remove from the room").click()
    page.page.get_by_role("dialog", name="Remove Paulo Silva?").get_by_role("button", name="Cancel").click()
    assert server.written("/participants/par_paulo_silva/remove") == []
    page.page.get_by_role("button", name="Remove from the room").click()
    page.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    wait_until(page.page, lambda: bool(server.written("/participants/par_paulo_silva/remove")))


def test_room_settings_count_at_once(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, paper.busy_room("Hana", "host"), **WIDE)
    server.answers["/questions/settings"] = (200, {"moderation": "on", "vote_counts": "always", "version": 2})
    server.answers["/guest-links"] = (201, {"guest_token": "g", "url": "http://127.0.0.1/guest#token=g"})
    page.page.get_by_role("button", name="Settings").click()
    page.page.get_by_role("radio", name="Review all").check()
    wait_until(page.page, lambda: server.written("/questions/settings") == [{"moderation": "on"}])
    expect(page.page.get_by_text("People a speaker follows")).to_have_count(0)
    page.page.get_by_role("button", name="Make a link").click()
    expect(page.page.get_by_label("Guest link")).to_have_value("http://127.0.0.1/guest#token=g")
    page.page.get_by_role("button", name="End for everyone").click()
    page.page.get_by_role("dialog", name="End this session").get_by_role("button", name="Cancel").click()
    assert server.written("/session/transitions") == []


def test_a_producer_works_the_queue_and_cannot_manage_people(gallery: str, watched: Open) -> None:
    page, _ = opened(gallery, watched, paper.busy_room("Ivy", "producer"), **WIDE)
    expect(card(page.page, 17).get_by_role("button", name="Bring up")).to_be_visible()
    page.page.get_by_role("button", name="Actions for Paulo Silva").click()
    expect(page.page.get_by_role("button", name="Invite on stage")).to_be_visible()
    expect(page.page.get_by_role("button", name="Remove from the room")).to_have_count(0)


def test_the_whole_desk_with_the_keyboard(gallery: str, watched: Open) -> None:
    page, server = opened(gallery, watched, quiet_desk(), **WIDE)
    invited = paper.turn("Lina", "invited", "qst_0017")
    server.answers["/questions/qst_0017/bring-up"] = (200, {"question": q17(), "turn": invited})
    tab_to(page.page, "Move Q17, place 3 of 3")
    tab_to(page.page, "More for Q17")
    tab_to(page.page, "Bring up")
    page.page.keyboard.press("Enter")
    expect(card(page.page, 17).get_by_text("Lina is invited")).to_be_visible()
    tab_to(page.page, "Approve")
    page.page.keyboard.press("Space")
    wait_until(page.page, lambda: bool(server.written("/questions/qst_0021/moves")))
    tab_to(page.page, "Actions for Paulo Silva")
    page.page.keyboard.press("Enter")
    tab_to(page.page, "Remove from the room")
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("button", name="Cancel")).to_be_focused()
    page.page.keyboard.press("Enter")
    expect(page.page.get_by_role("button", name="Remove from the room")).to_be_focused()


def test_a_moderator_of_the_platform_may_end_and_remove_and_nothing_else(gallery: str, watched: Open) -> None:
    room = paper.busy_room("Mona", "listener")
    room["me"]["is_platform_moderator"] = True
    page, _ = opened(gallery, watched, room, **WIDE)
    page.page.get_by_role("button", name="Actions for Paulo Silva").click()
    expect(page.page.locator("people-list .inset button")).to_have_text(["Remove from the room"])
    page.page.get_by_role("button", name="Settings").click()
    expect(page.page.get_by_role("button", name="End for everyone")).to_be_visible()
    expect(page.page.get_by_text("Review before showing")).to_have_count(0)
