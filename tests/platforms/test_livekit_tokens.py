"""Who a LiveKit token names, and which tokens name nobody; no server is needed for that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from livekit import api

from plugin.core.actor import Role
from plugin.core.clock import now
from plugin.platforms.adapter import BadTokenError
from plugin.platforms.livekit import tokens
from tests.platforms import livekit_tokens
from tests.platforms.livekit_tokens import claims, signed, with_grants
from tests.servers.livekit import KEY, SECRET, join_token

ROOM = "ama-1400"
KEYS = {KEY: SECRET}


def test_a_token_of_the_official_package_names_its_person() -> None:
    identity = tokens.identity(join_token(ROOM, "lina"), KEYS, ROOM)
    assert (identity.platform_user_id, identity.name, identity.room) == ("lina", "Lina", ROOM)
    assert (identity.role, identity.is_room_admin, identity.can_speak) == (None, False, False)
    assert (identity.is_guest, identity.token_id) == (False, None)


@pytest.mark.parametrize("name", livekit_tokens.refused(ROOM))
def test_this_opens_nothing(name: str) -> None:
    with pytest.raises(BadTokenError):
        tokens.identity(livekit_tokens.refused(ROOM)[name], KEYS, ROOM)


def test_an_expired_token_is_told_as_such() -> None:
    with pytest.raises(BadTokenError, match="has ended"):
        tokens.identity(livekit_tokens.refused(ROOM)["expired"], KEYS, ROOM)


@pytest.mark.parametrize(("claim", "role"), [("host", Role.HOST), ("cohost", Role.COHOST)])
def test_the_signed_claim_makes_hosts(claim: str, role: Role) -> None:
    token = join_token(ROOM, "hana", attributes={"sidestage_role": claim})
    assert tokens.identity(token, KEYS, ROOM).role is role


@pytest.mark.parametrize(
    "attributes",
    [
        None,
        [],
        "host",
        {"sidestage_role": "HOST"},
        {"sidestage_role": "admin"},
        {"sidestage_role": ["host"]},
        {"role": "host"},
    ],
)
def test_nothing_else_makes_hosts(attributes: Any) -> None:
    token = signed(claims(ROOM, attributes=attributes, metadata='{"sidestage_role":"host"}', name="host"))
    assert tokens.identity(token, KEYS, ROOM).role is None


def test_a_claim_that_the_person_could_have_written_counts_for_nothing() -> None:
    made = claims(ROOM, attributes={"sidestage_role": "host"})
    made["video"]["canUpdateOwnMetadata"] = True
    assert tokens.identity(signed(made), KEYS, ROOM).role is None


def test_a_room_admin_is_known_as_such() -> None:
    assert tokens.identity(with_grants(ROOM, roomAdmin=True), KEYS, ROOM).is_room_admin
    assert not tokens.identity(with_grants(ROOM, roomAdmin="yes"), KEYS, ROOM).is_room_admin


@pytest.mark.parametrize(
    ("grants", "can_speak"),
    [
        ({}, True),
        ({"canPublish": True}, True),
        ({"canPublish": False}, False),
        ({"canPublish": True, "canPublishSources": []}, True),
        ({"canPublish": True, "canPublishSources": ["camera"]}, False),
        ({"canPublish": True, "canPublishSources": ["camera", "microphone"]}, True),
    ],
)
def test_who_may_speak_is_what_livekit_makes_of_the_grants(grants: dict[str, Any], can_speak: bool) -> None:
    assert tokens.identity(with_grants(ROOM, **grants), KEYS, ROOM).can_speak is can_speak


def test_a_person_without_a_name_is_called_by_their_identity() -> None:
    assert tokens.identity(signed(claims(ROOM, name="  ")), KEYS, ROOM).name == "lina"


def test_an_older_key_is_believed_while_keys_rotate() -> None:
    keys = {"APInewer": "a-newer-secret-of-more-than-32-characters", KEY: SECRET}
    assert tokens.identity(join_token(ROOM, "lina"), keys, ROOM).name == "Lina"


def test_a_token_without_end_in_sight_ends_where_time_does() -> None:
    assert tokens.identity(signed(claims(ROOM, exp=10**15)), KEYS, ROOM).expires_at.year == 9999


def test_the_official_package_believes_the_tokens_we_make() -> None:
    made = api.TokenVerifier(KEY, SECRET).verify(tokens.mint(KEY, SECRET, {"roomAdmin": True, "room": ROOM}))
    assert made.video is not None and made.video.room_admin and made.video.room == ROOM


def test_our_own_tokens_live_for_a_minute_and_open_no_panel() -> None:
    token = tokens.mint(KEY, SECRET, {"roomAdmin": True, "room": ROOM})
    with pytest.raises(BadTokenError):
        tokens.identity(token, KEYS, ROOM)
    with time_machine.travel(now() + timedelta(seconds=61)), pytest.raises(Exception, match="expired"):
        api.TokenVerifier(KEY, SECRET, leeway=timedelta(0)).verify(token)
