"""Who follows and blocks whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    _pairs("follows", "follower_id", "followed_id")
    _pairs("blocks", "blocker_id", "blocked_id")


def _pairs(table: str, one: str, other: str) -> None:
    op.create_table(
        table,
        sa.Column(one, sa.String(length=40), nullable=False),
        sa.Column(other, sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint([one], ["accounts.id"], name=op.f(f"fk_{table}_{one}_accounts")),
        sa.ForeignKeyConstraint([other], ["accounts.id"], name=op.f(f"fk_{table}_{other}_accounts")),
        sa.PrimaryKeyConstraint(one, other, name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{other}"), table, [other], unique=False)


def downgrade() -> None:
    """Go back."""
    for table, other in (("blocks", "blocked_id"), ("follows", "followed_id")):
        op.drop_index(op.f(f"ix_{table}_{other}"), table_name=table)
        op.drop_table(table)
