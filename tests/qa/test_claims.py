"""A guest signs in: questions and votes go along, nothing is counted twice, nobody votes for themselves by it."""

from __future__ import annotations

from sqlalchemy import select

from plugin.core.database import session
from plugin.core.unit_of_work import unit_of_work
from plugin.qa import authorship, queries, service
from plugin.qa.models import Upvote
from plugin.qa.subscriptions import claim
from plugin.rooms import guests
from plugin.rooms import queries as rooms
from plugin.rooms.domain_events import GuestMerged
from tests.converges import Converges
from tests.qa.cast import Cast, ask, done, fresh


def _merge(cast: Cast) -> None:
    """Gus turns out to be Omar, and the worker hears of it."""
    with unit_of_work():
        live = rooms.session_for_update(cast.session_id)
        guests.merge(cast.gus, live, rooms.participant_by_id(live.id, cast.omar.participant_id))
    _hear(cast)


def _hear(cast: Cast) -> None:
    claim(
        GuestMerged(session_id=cast.session_id, from_account_id=cast.gus.account_id, to_account_id=cast.omar.account_id)
    )
    session().rollback()


def test_questions_and_votes_go_along(cast: Cast, converges: Converges) -> None:
    asked, other = ask(cast.gus), ask(cast.lina)
    done(service.vote, cast.gus, other.id)
    with converges(cast.hana, cast.lina, cast.omar):
        _merge(cast)
    claimed = fresh(asked)
    assert authorship.is_author(cast.omar, claimed)
    assert claimed.author_name == "Omar"
    assert (fresh(other).votes_count, fresh(other).guest_votes_count) == (1, 0)
    assert queries.voted_ids(cast.omar) == [other.id]
    assert queries.voted_ids(cast.gus) == []


def test_two_votes_become_one(cast: Cast) -> None:
    question = ask(cast.lina)
    for voter in (cast.gus, cast.omar, cast.sam):
        done(service.vote, voter, question.id)
    _merge(cast)
    counted = fresh(question)
    assert (counted.votes_count, counted.guest_votes_count) == (2, 0)


def test_a_vote_on_what_is_now_their_own_is_dropped(cast: Cast) -> None:
    of_guest, of_account = ask(cast.gus), ask(cast.omar)
    done(service.vote, cast.omar, of_guest.id)
    done(service.vote, cast.gus, of_account.id)
    done(service.vote, cast.sam, of_account.id)
    _merge(cast)
    assert fresh(of_guest).votes_count == 0
    assert fresh(of_account).votes_count == 1
    assert len(session().scalars(select(Upvote)).all()) == 1


def test_hearing_of_it_twice_changes_nothing(cast: Cast) -> None:
    question = ask(cast.lina)
    done(service.vote, cast.gus, question.id)
    ask(cast.gus)
    _merge(cast)
    _hear(cast)
    assert fresh(question).votes_count == 1


def test_presence_is_the_account_s_after_it(cast: Cast) -> None:
    question = ask(cast.gus)
    _merge(cast)
    found = authorship.author_of(fresh(question))
    assert (found.participant_id, found.is_present) == (cast.omar.participant_id, True)
