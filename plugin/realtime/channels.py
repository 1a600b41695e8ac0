"""The names of channels: who hears what. Names are built here and nowhere else."""

from __future__ import annotations

#: Heard by every web process itself, never by a client: who may not hear what any more.
REVOCATIONS = "revocations"


def audience(session_id: str) -> str:
    """Everyone in one room session."""
    return f"audience:{session_id}"


def backstage(session_id: str) -> str:
    """Host, co-hosts and producers of one room session."""
    return f"backstage:{session_id}"


def person(session_id: str, account_id: str) -> str:
    """One person in one room session: invitations, their role, their own hand."""
    return f"person:{session_id}:{account_id}"


def asker(session_id: str, author_key: str) -> str:
    """Whoever stands behind an author key: news of their own questions, without naming the account."""
    return f"asker:{session_id}:{author_key}"


def conversation(conversation_id: str, number: int) -> str:
    """Everyone who may read one conversation; ``number`` counts up when what was told before is not for a newcomer."""
    return f"conversation:{conversation_id}:{number}"


def inbox(account_id: str) -> str:
    """One person's list of conversations."""
    return f"inbox:{account_id}"
