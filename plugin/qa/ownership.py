"""What rooms may ask Q&A: whether a question that somebody wants to link to their hand is their own."""

from __future__ import annotations

from plugin.core.actor import Actor
from plugin.qa import authorship, queries


class Ownership:
    """The `rooms.ports.Questions` of this feature."""

    def is_own(self, actor: Actor, question_id: str) -> bool:
        """Whether this person asked this question, in this session."""
        question = queries.question(question_id)
        return question is not None and authorship.is_author(actor, question)
