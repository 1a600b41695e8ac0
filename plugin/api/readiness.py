"""What must work before this process can do its work, each with the sentence an operator needs when it does not."""

from __future__ import annotations

import redis
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from plugin.api.health import Check
from plugin.core import migrations, redis_client
from plugin.core.database import db, session


def checks() -> dict[str, Check]:
    """Return the checks of /readyz by name."""
    return {"database": check_database, "migrations": check_migrations, "redis": check_redis}


def check_database() -> str | None:
    """Whether the database answers."""
    try:
        session().execute(text("SELECT 1"))
        session().rollback()
    except SQLAlchemyError as error:
        return f"The database does not answer ({type(error).__name__}). Check DATABASE_URL and the server."
    return None


def check_migrations() -> str | None:
    """Whether the tables have the shape of this version."""
    try:
        found = migrations.current(db.engine)
    except SQLAlchemyError:
        return "The database does not answer, so its tables cannot be checked."
    if found != migrations.newest():
        return "The database's tables are of another version. Run `python -m plugin migrate`."
    return None


def check_redis() -> str | None:
    """Whether Redis answers; without it everything works, a second later."""
    try:
        redis_client.client().ping()
    except (redis.RedisError, OSError) as error:
        return f"Redis does not answer ({type(error).__name__}). Check REDIS_URL and the server."
    return None
