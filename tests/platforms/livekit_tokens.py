"""Join tokens that must open nothing, made by the official package and by hand."""

from __future__ import annotations

import base64
import functools
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.servers.livekit import KEY, SECRET


def claims(room: str, **changes: Any) -> dict[str, Any]:
    """The claims of a good join token; a change to None leaves the claim out."""
    now = int(time.time())
    grants = {"roomJoin": True, "room": room, "canSubscribe": True}
    made = {"iss": KEY, "sub": "lina", "name": "Lina", "nbf": now, "exp": now + 600, "video": grants, **changes}
    return {name: value for name, value in made.items() if value is not None}


def signed(made: dict[str, Any], secret: str = SECRET, **header: Any) -> str:
    """These claims under a signature; ``header`` may name another algorithm or a key id."""
    algorithm = header.pop("alg", "HS256")
    return jwt.encode(made, secret, algorithm=algorithm, headers=header)


def with_grants(room: str, /, **changes: Any) -> str:
    """A well signed token with these video grants changed."""
    made = claims(room)
    made["video"] = {name: value for name, value in {**made["video"], **changes}.items() if value is not None}
    return signed(made)


def role_in(token: str) -> str | None:
    """The role that a token claims, whoever signed it."""
    found = jwt.decode(token, options={"verify_signature": False}).get("attributes", {}).get("sidestage_role")
    return None if found is None else str(found)


def refused(room: str) -> dict[str, str]:
    """Tokens by what is wrong with them."""
    now = int(time.time())
    good = claims(room)
    return {
        "nothing": "",
        "no token at all": "lina",
        "one million letters": "A" * 1_000_000,
        "another secret": signed(good, "another-secret-of-more-than-32-characters"),
        "an unknown key": signed(claims(room, iss="APIsomebodyelse")),
        "no issuer": signed(claims(room, iss=None)),
        "an issuer that is a list": _by_hand(claims(room, iss=[KEY])),
        "expired": signed(claims(room, exp=now - 31)),
        "never ending": signed(claims(room, exp=None)),
        "not valid yet": signed(claims(room, nbf=now + 60)),
        "for another audience": signed(claims(room, aud="another-service")),
        "no person": signed(claims(room, sub=None)),
        "a blank person": signed(claims(room, sub=" ")),
        "no algorithm": _by_hand(good, alg="none").rpartition(".")[0] + ".",
        "a longer hash": signed(good, alg="HS512"),
        "a key pair": jwt.encode(good, _private_key(), algorithm="RS256"),
        "a webhook's token": signed(claims(room, video=None, sha256="47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")),
        "a token for the server API": with_grants(room, roomJoin=None, roomAdmin=True),
        "another room": with_grants(f"{room}-other"),
        "no room": with_grants(room, room=None),
        "any room": with_grants(room, room=""),
        "joining as a word": with_grants(room, roomJoin="true"),
        "hidden": with_grants(room, hidden=True),
        "a recorder": with_grants(room, recorder=True),
        "an agent": with_grants(room, agent=True),
        "an agent by kind": signed(claims(room, kind="agent")),
        "an egress by kind": signed(claims(room, kind="egress")),
        "grants that are a list": signed(claims(room, video=["roomJoin"])),
        "a foreign letter in the signature": _with_letter(signed(good), "!"),
        "a line break in the signature": _with_letter(signed(good), "\n"),
        "padding": signed(good) + "=",
        "a space before": " " + signed(good),
        "Bearer before": "Bearer " + signed(good),
    }


def _with_letter(token: str, letter: str) -> str:
    return token[:-5] + letter + token[-5:]


def _by_hand(made: dict[str, Any], alg: str = "HS256") -> str:
    encoded = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": alg, "typ": "JWT"}, made))
    algorithm = jwt.get_algorithm_by_name("HS256")
    return f"{encoded}.{_base64(algorithm.sign(encoded.encode(), SECRET.encode()))}"


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@functools.cache
def _private_key() -> bytes:
    key = rsa.generate_private_key(65_537, 2048)
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
