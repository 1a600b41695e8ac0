"""From the audience to the stage and back: consent, the server's word, and a card that never lies."""

from __future__ import annotations

from typing import Any

import pytest

from plugin.accounts import service as accounts
from plugin.core.actor import Actor
from plugin.core.errors import ConflictError, ForbiddenError, NotFoundError
from plugin.core.unit_of_work import unit_of_work
from plugin.rooms import bootstrap, hands, people, queries, sessions, stage, sweeps
from plugin.rooms.models import StageTurn
from plugin.rooms.ports import ActionError, Capability, PlatformEventKind, PlatformParticipant
from plugin.rooms.states import TurnState
from tests.rooms.audio_server import EVERYTHING
from tests.rooms.conftest import Clock
from tests.rooms.house import House


@pytest.fixture
def hana(house: House, clock: Clock) -> Actor:
    return house.hana()


@pytest.fixture
def lina(house: House, hana: Actor) -> Actor:
    house.join("Lina")
    return house.lina()


def invite(host: Actor, person: Actor, **more: Any) -> StageTurn:
    with unit_of_work():
        return stage.invite(host, person.participant_id, **more)


def accept(person: Actor, turn: StageTurn) -> StageTurn:
    with unit_of_work():
        return stage.accept(person, turn.id)


def end(actor: Actor, turn: StageTurn) -> StageTurn:
    with unit_of_work():
        return stage.end(actor, turn.id)


def card(host: Actor, turn: StageTurn) -> dict[str, Any]:
    """Return the turn as the desk shows it after a reload."""
    shown = {view["id"]: view for view in bootstrap.turns_view(host)}
    return shown.get(turn.id, {"state": None})


def bring_up(house: House, host: Actor, person: Actor) -> StageTurn:
    turn = accept(person, invite(host, person))
    house.relay()
    return turn


def test_the_whole_way_and_back(house: House, hana: Actor, lina: Actor) -> None:
    turn = invite(hana, lina, question_id="qst_linas")
    assert card(hana, turn)["state"] == "invited"
    accept(lina, turn)
    assert card(hana, turn)["state"] == "accepted"
    assert house.recorded("rooms.stage_confirmed") == 0
    house.relay()
    assert house.audio.calls == [("promote", "lina")]
    assert card(hana, turn)["state"] == "on_stage"
    assert house.person(lina).can_speak is True
    assert house.person(lina).role == "speaker"
    house.happens(PlatformEventKind.MIC_ON, PlatformParticipant("lina"))
    assert card(hana, turn)["is_audible"] is True
    assert house.recorded("rooms.stage_audible") == 1
    end(hana, turn)
    house.relay()
    assert ("demote", "lina") in house.audio.calls
    assert house.person(lina).can_speak is False
    assert card(hana, turn)["state"] is None
    assert house.recorded("rooms.stage_ended") == 1


def test_the_server_is_not_asked_before_the_person_agrees(house: House, hana: Actor, lina: Actor) -> None:
    invite(hana, lina)
    house.relay()
    assert house.audio.calls == []


def test_a_silent_server_makes_the_card_say_failed_within_ten_seconds(
    house: House, clock: Clock, hana: Actor, lina: Actor
) -> None:
    house.audio.is_confirming = False
    turn = accept(lina, invite(hana, lina))
    house.relay()
    for _ in range(9):
        assert card(hana, turn)["state"] in {"accepted", "failed"}
        clock.pass_by(1)
        house.relay()
    shown = card(hana, turn)
    assert shown["state"] == "failed"
    assert shown["failure"]["code"] == "no_answer"
    assert "Lina" in shown["failure"]["message"]
    assert house.recorded("rooms.stage_confirmed") == 0


def test_the_card_says_failed_even_when_the_worker_is_dead(
    house: House, clock: Clock, hana: Actor, lina: Actor
) -> None:
    turn = accept(lina, invite(hana, lina))
    clock.pass_by(10)
    shown = card(hana, turn)
    assert shown["state"] == "failed"
    assert shown["failure"]["message"]


def test_a_server_that_confirms_by_its_list_is_believed(house: House, clock: Clock, hana: Actor, lina: Actor) -> None:
    house.audio.is_confirming = False
    turn = accept(lina, invite(hana, lina))
    house.relay()
    house.audio.put("town-hall", PlatformParticipant("lina", can_speak=True))
    clock.pass_by(1)
    house.relay()
    assert card(hana, turn)["state"] == "on_stage"


def test_a_server_that_confirms_by_an_event_is_believed(house: House, clock: Clock, hana: Actor, lina: Actor) -> None:
    house.audio.is_confirming = False
    turn = accept(lina, invite(hana, lina))
    house.relay()
    house.happens(PlatformEventKind.ROLE_CHANGED, PlatformParticipant("lina", can_speak=True))
    assert card(hana, turn)["state"] == "on_stage"
    assert house.recorded("rooms.stage_confirmed") == 1


def test_a_late_word_shows_who_can_speak_and_revives_nothing(
    house: House, clock: Clock, hana: Actor, lina: Actor
) -> None:
    house.audio.is_confirming = False
    turn = accept(lina, invite(hana, lina))
    clock.pass_by(9)
    house.relay()
    house.happens(PlatformEventKind.ROLE_CHANGED, PlatformParticipant("lina", can_speak=True))
    assert card(hana, turn)["state"] == "failed"
    assert house.person(lina).can_speak is True


def test_a_refusal_is_shown_with_its_reason_and_can_be_tried_again(
    house: House, clock: Clock, hana: Actor, lina: Actor
) -> None:
    house.audio.error = ActionError("The server says that the room is locked.", is_final=True)
    turn = accept(lina, invite(hana, lina))
    house.relay()
    assert card(hana, turn)["failure"] == {"code": "refused", "message": "The server says that the room is locked."}
    house.audio.error = None
    with unit_of_work():
        stage.retry(hana, turn.id)
    house.relay()
    assert card(hana, turn)["state"] == "on_stage"
    assert card(hana, turn)["failure"] is None


def test_a_server_that_cannot_promote_yields_an_instruction_with_the_name(
    house: House, hana: Actor, lina: Actor
) -> None:
    house.audio.can = EVERYTHING - {Capability.PROMOTE}
    turn = bring_up(house, hana, lina)
    shown = card(hana, turn)
    assert shown["state"] == "failed"
    assert "Lina" in shown["failure"]["message"]
    assert "\n" not in shown["failure"]["message"]
    assert ("promote", "lina") not in house.audio.calls


def test_silence_lets_the_invitation_run_out(house: House, clock: Clock, hana: Actor, lina: Actor) -> None:
    turn = invite(hana, lina)
    clock.pass_by(29)
    house.relay()
    assert card(hana, turn)["state"] == "invited"
    clock.pass_by(2)
    house.relay()
    assert queries.turn(hana.session_id, turn.id).state == TurnState.EXPIRED
    with pytest.raises(ConflictError):
        accept(lina, turn)


def test_an_invitation_that_ran_out_reads_so_without_a_worker(
    house: House, clock: Clock, hana: Actor, lina: Actor
) -> None:
    turn = invite(hana, lina)
    clock.pass_by(31)
    assert card(hana, turn)["state"] is None
    assert sweeps.settle_overdue_turns() == 1
    assert queries.turn(hana.session_id, turn.id).state == TurnState.EXPIRED


@pytest.mark.parametrize(("limits", "seconds"), [("standard", 30), ("long", 120), ("none", None)])
def test_a_person_may_have_more_time(
    house: House, clock: Clock, hana: Actor, lina: Actor, limits: str, seconds: int | None
) -> None:
    with unit_of_work():
        accounts.prefer_time_limits(lina.account_id, limits)
    turn = invite(hana, lina)
    wait = (turn.expires_at - turn.invited_at).total_seconds() if turn.expires_at else None
    assert wait == seconds
    if limits == "none":
        clock.pass_by(3600)
        house.relay()
        assert card(hana, turn)["state"] == "invited"


def test_more_time_is_given_once(house: House, clock: Clock, hana: Actor, lina: Actor) -> None:
    turn = invite(hana, lina)
    for _ in range(2):
        with unit_of_work():
            turn = stage.extend(lina, turn.id)
    assert turn.expires_at is not None
    assert (turn.expires_at - turn.invited_at).total_seconds() == 60
    clock.pass_by(31)
    house.relay()
    assert card(hana, turn)["state"] == "invited"
    clock.pass_by(30)
    house.relay()
    assert card(hana, turn)["state"] is None


def test_answers_may_be_repeated(house: House, hana: Actor, lina: Actor) -> None:
    turn = invite(hana, lina)
    assert invite(hana, lina).id == turn.id
    accept(lina, turn)
    accept(lina, turn)
    house.relay()
    accept(lina, turn)
    end(lina, turn)
    end(lina, turn)
    house.relay()
    assert house.recorded("rooms.stage_accepted") == 1
    assert house.recorded("rooms.stage_ended") == 1
    assert house.audio.calls.count(("demote", "lina")) == 1


def test_declining_is_neutral_and_final(house: House, hana: Actor, lina: Actor) -> None:
    turn = invite(hana, lina)
    for _ in range(2):
        with unit_of_work():
            stage.decline(lina, turn.id)
    assert house.recorded("rooms.stage_declined") == 1
    with pytest.raises(ConflictError):
        accept(lina, turn)


def test_a_withdrawn_invitation_cannot_be_accepted(house: House, hana: Actor, lina: Actor) -> None:
    turn = invite(hana, lina)
    with unit_of_work():
        stage.withdraw(hana, turn.id)
    with pytest.raises(ConflictError):
        accept(lina, turn)
    house.relay()
    assert house.audio.calls == []


def test_withdrawn_after_the_person_agreed_gives_the_right_back(house: House, hana: Actor, lina: Actor) -> None:
    turn = accept(lina, invite(hana, lina))
    with unit_of_work():
        stage.withdraw(hana, turn.id)
    house.relay()
    assert ("promote", "lina") not in house.audio.calls
    assert house.person(lina).can_speak is False


def test_only_the_invited_person_answers(house: House, hana: Actor, lina: Actor) -> None:
    turn = invite(hana, lina)
    omar = house.omar()
    for answer in (stage.accept, stage.decline, stage.extend):
        with pytest.raises(NotFoundError), unit_of_work():
            answer(omar, turn.id)
    with pytest.raises(ForbiddenError), unit_of_work():
        stage.end(omar, turn.id)


def test_the_audience_does_not_invite(house: House, hana: Actor, lina: Actor) -> None:
    omar = house.omar()
    with pytest.raises(ForbiddenError):
        invite(omar, lina)


def test_nobody_is_invited_from_another_room(house: House, hana: Actor, lina: Actor) -> None:
    nadia = house.enter("Nadia", room="elsewhere")
    with pytest.raises(NotFoundError):
        invite(hana, nadia)
    turn = invite(hana, lina)
    other_host = house.enter("Otto", room="elsewhere", is_room_admin=True)
    for act in (stage.withdraw, stage.retry, stage.end):
        with pytest.raises(NotFoundError), unit_of_work():
            act(other_host, turn.id)


def test_who_is_not_here_cannot_be_invited(house: House, hana: Actor, lina: Actor) -> None:
    house.leave("Lina")
    with pytest.raises(ConflictError):
        invite(hana, lina)


def test_a_speaker_who_drops_out_keeps_the_stage_for_a_minute(
    house: House, clock: Clock, hana: Actor, lina: Actor
) -> None:
    turn = bring_up(house, hana, lina)
    house.leave("Lina")
    clock.pass_by(50)
    house.join("Lina", can_speak=True)
    clock.pass_by(20)
    house.relay()
    assert card(hana, turn)["state"] == "on_stage"
    house.leave("Lina")
    clock.pass_by(61)
    house.relay()
    assert card(hana, turn)["state"] is None


def test_a_speaker_who_joins_anew_as_a_listener_is_let_speak_again(
    house: House, clock: Clock, hana: Actor, lina: Actor
) -> None:
    turn = bring_up(house, hana, lina)
    house.leave("Lina")
    clock.pass_by(5)
    house.join("Lina")  # a reloaded page: its token knows nothing of the stage
    assert card(hana, turn)["state"] == "accepted"  # never *on stage* before the server has said so again
    house.relay()
    assert card(hana, turn)["state"] == "on_stage"
    assert house.audio.calls.count(("promote", "lina")) == 2


def test_a_right_that_the_server_takes_away_ends_the_turn(house: House, hana: Actor, lina: Actor) -> None:
    turn = bring_up(house, hana, lina)
    house.happens(PlatformEventKind.ROLE_CHANGED, PlatformParticipant("lina", can_speak=False))
    assert card(hana, turn)["state"] is None
    house.relay()
    assert ("demote", "lina") not in house.audio.calls


def test_a_right_that_cannot_be_taken_back_is_shown(house: House, clock: Clock, hana: Actor, lina: Actor) -> None:
    turn = bring_up(house, hana, lina)
    house.audio.error = ActionError("The server does not answer.")
    end(hana, turn)
    house.relay()
    assert card(hana, turn)["failure"]["code"] == "still_speaking"
    house.audio.error = None
    clock.pass_by(2)
    house.relay()
    assert house.person(lina).can_speak is False
    assert card(hana, turn)["state"] is None


def test_the_end_of_the_session_ends_the_turn(house: House, hana: Actor, lina: Actor) -> None:
    turn = bring_up(house, hana, lina)
    house.happens(PlatformEventKind.ROOM_ENDED)
    assert queries.turn(hana.session_id, turn.id).state == TurnState.LEFT


def test_a_new_invitation_puts_the_failed_one_away(house: House, hana: Actor, lina: Actor) -> None:
    house.audio.error = ActionError("No.", is_final=True)
    failed = bring_up(house, hana, lina)
    house.audio.error = None
    fresh = invite(hana, lina)
    assert fresh.id != failed.id
    assert card(hana, failed)["state"] is None
    assert card(hana, fresh)["state"] == "invited"


def test_the_hand_s_question_goes_with_the_person(house: House, hana: Actor, lina: Actor) -> None:
    with unit_of_work():
        hand = hands.raise_hand(lina)
        hand.question_id = "qst_linas"
    turn = invite(hana, lina, hand_id=hand.id)
    assert (turn.question_id, turn.hand_id) == ("qst_linas", hand.id)
    assert queries.active_turn_for_question(hana.session_id, "qst_linas") == turn


def test_back_to_the_audience_ends_the_turn_too(house: House, hana: Actor, lina: Actor) -> None:
    turn = bring_up(house, hana, lina)
    with unit_of_work():
        people.to_audience(hana, lina.participant_id)
    house.relay()
    assert card(hana, turn)["state"] is None
    assert house.person(lina).can_speak is False


def test_the_end_by_the_host_takes_the_right_back(house: House, hana: Actor, lina: Actor) -> None:
    bring_up(house, hana, lina)
    with unit_of_work():
        sessions.move(hana, "ended")
    house.relay()
    assert ("demote", "lina") in house.audio.calls


def test_nobody_s_hand_is_used_for_somebody_else(house: House, hana: Actor, lina: Actor) -> None:
    with unit_of_work():
        hand = hands.raise_hand(house.omar())
    with pytest.raises(NotFoundError):
        invite(hana, lina, hand_id=hand.id)


def test_nobody_speaks_unlisted(house: House, hana: Actor, lina: Actor) -> None:
    with unit_of_work():
        people.listen_quietly(lina, True)
    bring_up(house, hana, lina)
    assert house.person(lina).is_quiet is False
    assert house.session(hana).quiet_count == 0
