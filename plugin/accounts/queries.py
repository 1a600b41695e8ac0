"""Accounts, found by what we know of them."""

from __future__ import annotations

from sqlalchemy import select

from plugin.accounts.models import Account, PlatformIdentity
from plugin.core.database import session


def account(account_id: str) -> Account:
    """Return the account."""
    return session().get_one(Account, account_id)


def account_by_identity(install_id: str, platform_user_id: str) -> Account | None:
    """Return whom the audio server of this install knows by that id."""
    return session().scalar(
        select(Account)
        .join(PlatformIdentity, PlatformIdentity.account_id == Account.id)
        .where(PlatformIdentity.install_id == install_id, PlatformIdentity.platform_user_id == platform_user_id)
    )
