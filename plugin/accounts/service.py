"""Accounts: recognise a person the audio server names, admit a guest, merge the two when a guest signs in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from plugin.accounts import queries, relations
from plugin.accounts.models import Account, PlatformIdentity, TimeLimits
from plugin.core.database import session
from plugin.core.errors import ConflictError, InvalidError
from plugin.core.text import clean_line, skeleton

NAME_MAX = 120
GUEST_NAME_MIN, GUEST_NAME_MAX = 2, 20
#: Shown for a person whom the audio server does not name.
NAMELESS = "Someone"
UNDO_SECONDS = {TimeLimits.STANDARD: 10, TimeLimits.LONG: 60, TimeLimits.NONE: None}
LONG_INVITE_SECONDS = 120


@dataclass(frozen=True)
class Profile:
    """What a verified source says about a person; None and empty leave what is known."""

    name: str = ""
    avatar_url: str | None = None
    locale: str | None = None
    is_guest: bool | None = None
    is_platform_moderator: bool | None = None


def recognise(install_id: str, platform_user_id: str, profile: Profile) -> Account:
    """Return the account behind an identity of this install, made on first sight, with what is new about it."""
    account = queries.account_by_identity(install_id, platform_user_id)
    if account is None:
        account = _first_sight(install_id, platform_user_id, profile)
    _refresh(account, profile)
    return account


def _first_sight(install_id: str, platform_user_id: str, profile: Profile) -> Account:
    database = session()
    account = Account(install_id=install_id, name=shown_name(profile.name) or NAMELESS)
    try:
        with database.begin_nested():
            database.add(account)
            database.flush()
            identity = PlatformIdentity(install_id=install_id, platform_user_id=platform_user_id, account_id=account.id)
            database.add(identity)
    except IntegrityError:  # the same person came through another door at this very moment
        known = queries.account_by_identity(install_id, platform_user_id)
        if known is None:
            raise
        return known
    return account


def _refresh(account: Account, profile: Profile) -> None:
    account.name = shown_name(profile.name) or account.name
    account.avatar_url = profile.avatar_url or account.avatar_url
    account.locale = profile.locale or account.locale
    if profile.is_guest is not None:
        account.is_guest = profile.is_guest
    if profile.is_platform_moderator is not None:
        account.is_platform_moderator = profile.is_platform_moderator


def shown_name(name: str) -> str:
    """Return a name as we show it: one clean line, cut at `NAME_MAX`."""
    return clean_line(name)[:NAME_MAX].strip()


def admit_guest(install_id: str, name: str, hosts_names: Iterable[str]) -> Account:
    """Make an account for someone without one; the name must not pass for a host's."""
    name = clean_line(name)
    if not GUEST_NAME_MIN <= len(name) <= GUEST_NAME_MAX:
        raise InvalidError(
            f"Choose a name of {GUEST_NAME_MIN} to {GUEST_NAME_MAX} characters.",
            code="bad_guest_name",
            fields={"name": ["Between 2 and 20 characters."]},
        )
    _ensure_tells_apart(name, hosts_names)
    account = Account(install_id=install_id, name=name, is_guest=True)
    session().add(account)
    session().flush()
    return account


def _ensure_tells_apart(name: str, hosts_names: Iterable[str]) -> None:
    looks_like = skeleton(name)
    if not looks_like:
        raise InvalidError("Choose a name with letters or digits in it.", code="bad_guest_name")
    if any(looks_like == skeleton(host) for host in hosts_names):
        raise ConflictError("A host of this room has a name that looks like this one.", code="name_taken_by_host")


def merge_guest(guest: Account, account: Account) -> None:
    """Remember that the guest account is this person's; the caller moves what the guest did."""
    if not guest.is_guest or guest.merged_into_id or guest.id == account.id or guest.install_id != account.install_id:
        raise ConflictError("This guest sign-in cannot be joined to your account.", code="cannot_merge")
    guest.merged_into_id = account.id
    relations.pass_on_blocks(guest.id, account.id)
    if account.time_limits == TimeLimits.STANDARD:
        account.time_limits = guest.time_limits


def prefer_time_limits(account_id: str, time_limits: str) -> Account:
    """Keep how much time the person wants for decisions."""
    account = queries.account(account_id)
    account.time_limits = TimeLimits(time_limits)
    return account


def undo_seconds(time_limits: str) -> int | None:
    """Return how long the person may undo; None for as long as nothing else changed."""
    return UNDO_SECONDS[TimeLimits(time_limits)]


def time_to_answer(time_limits: str, standard_seconds: int) -> timedelta | None:
    """Return how long an invitation waits for this person; None until it is withdrawn."""
    if time_limits == TimeLimits.NONE:
        return None
    seconds = max(standard_seconds, LONG_INVITE_SECONDS) if time_limits == TimeLimits.LONG else standard_seconds
    return timedelta(seconds=seconds)
