"""Answers kept for repeated requests: the same key gives the same answer, and the work is done once."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

from cryptography.fernet import Fernet
from flask import current_app, request
from sqlalchemy import Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from plugin.core.clock import now
from plugin.core.database import Base, UtcDateTime, session
from plugin.core.errors import InvalidError

KEPT_HOURS = 24
MAX_KEY_LENGTH = 255


class StoredAnswer(Base):
    """The answer to one keyed request, written in the same transaction as its work.

    ``key_hash`` is a keyed digest of who asked, where and with which key: the row must not tell who wrote what.
    ``body`` opens only with the key that the client sent and we do not keep: a text that was withdrawn or deleted
    meanwhile cannot be read here.
    """

    __tablename__ = "stored_answers"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now, index=True)


def key_hash(subject: str) -> str | None:
    """Return the digest under which this request's answer is kept, or None when it carries no key."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        return None
    if len(key) > MAX_KEY_LENGTH:
        raise InvalidError("The Idempotency-Key may have at most 255 characters.", code="idempotency_key_too_long")
    message = f"{subject}\n{request.method}\n{request.path}\n{key}"
    return _keyed(message.encode())


def request_hash() -> str:
    """Return a digest of what was sent, to tell a repeat from a reuse."""
    return _keyed(request.get_data(cache=True))


def _keyed(message: bytes) -> str:
    secret = str(current_app.config["SIDESTAGE_SECRET_KEY"]).encode()
    return hmac.new(secret, b"idempotency\n" + message, hashlib.sha256).hexdigest()


def stored_answer(digest: str) -> tuple[int, bytes] | None:
    """Return status and body of the kept answer; a key that was used for another body is refused."""
    found = session().get(StoredAnswer, digest)
    if found is not None and not hmac.compare_digest(found.request_hash, request_hash()):
        raise InvalidError("This Idempotency-Key was used for another request already.", code="idempotency_key_reused")
    return None if found is None else (found.status, _seal().decrypt(found.body))


def keep(digest: str, status: int, body: bytes) -> None:
    """Keep an answer beside the work it stands for."""
    sealed = _seal().encrypt(body)
    session().add(StoredAnswer(key_hash=digest, request_hash=request_hash(), status=status, body=sealed))


def _seal() -> Fernet:
    secret = str(current_app.config["SIDESTAGE_SECRET_KEY"]).encode()
    sent = request.headers["Idempotency-Key"].encode()
    derived = hmac.new(secret, b"stored answer\n" + sent, hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(derived))
