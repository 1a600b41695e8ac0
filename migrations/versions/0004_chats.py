"""Chats: groups, who was asked into one, who may ask."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forwards."""
    op.create_table(
        "chat_groups",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("history", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_chat_groups")),
    )
    op.create_table(
        "chat_preferences",
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("group_invites", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_chat_preferences_account_id_accounts")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_chat_preferences")),
    )
    op.create_table(
        "group_requests",
        sa.Column("conversation_id", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("invited_by_id", sa.String(length=40), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_group_requests_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["accounts.id"], name=op.f("fk_group_requests_invited_by_id_accounts")
        ),
        sa.PrimaryKeyConstraint("conversation_id", "account_id", name=op.f("pk_group_requests")),
    )
    op.create_index("ix_group_requests_account_id_state", "group_requests", ["account_id", "state"], unique=False)
    op.create_index(op.f("ix_group_requests_invited_by_id"), "group_requests", ["invited_by_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_group_requests_invited_by_id"), table_name="group_requests")
    op.drop_index("ix_group_requests_account_id_state", table_name="group_requests")
    op.drop_table("group_requests")
    op.drop_table("chat_preferences")
    op.drop_table("chat_groups")
