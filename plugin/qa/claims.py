"""What a guest asked and voted for, carried over to the account with which they signed in."""

from __future__ import annotations

from plugin.accounts import queries as accounts
from plugin.qa import authorship, moves, votes
from plugin.qa.domain_events import QuestionClaimed, QuestionTallied
from plugin.rooms import queries as rooms


def claim(session_id: str, from_account_id: str, to_account_id: str) -> None:
    """Move questions and votes from one account to the other; a second vote, or one on an own question, is dropped."""
    person = rooms.participant(session_id, to_account_id)
    name = person.name if person else accounts.account(to_account_id).name
    claimed = authorship.reassign_questions(session_id, from_account_id, to_account_id, name)
    counted_anew = authorship.reassign_votes(session_id, from_account_id, to_account_id)
    for question in claimed:
        moves.announce(question, QuestionClaimed)
    for question in counted_anew:
        votes.recount(question)
        moves.announce(question, QuestionTallied)
