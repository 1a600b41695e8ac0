"""What a panel needs to know of a session's Q&A when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plugin.core.actor import Actor
from plugin.core.database import session
from plugin.qa import authorship, limits, queries, views, wording
from plugin.qa.models import Question


def bootstrap(actor: Actor) -> Mapping[str, Any]:
    """Return the member ``qa``: every question the person may see, which are theirs, and what they voted for."""
    questions = session().scalars(queries.visible(actor).order_by(Question.number)).all()
    qa = {
        "questions": views.for_actor(actor, questions),
        "mine": [question.id for question in questions if authorship.is_author(actor, question)],
        "voted": queries.voted_ids(actor),
        "settings": views.settings_view(queries.settings(actor.session_id)),
        "limits": {
            "question_min": wording.MIN_LENGTH,
            "question_max": wording.MAX_LENGTH,
            "open_max": limits.open_max(actor),
        },
    }
    return {"qa": qa}
