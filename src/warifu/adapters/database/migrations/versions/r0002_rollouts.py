"""Estates and rollouts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make their tables."""
    op.create_table(
        "estate",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_estate"),
    )
    op.create_table(
        "estate_rollout",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=False),
        sa.Column("plan_digest", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_estate_rollout"),
        sa.UniqueConstraint("number", name="uq_estate_rollout_number"),
    )
    op.create_table(
        "rollout_part",
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("rollout", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("part", "rollout", name="pk_rollout_part"),
        sa.ForeignKeyConstraint(["rollout"], ["estate_rollout.id"], name="fk_rollout_part_rollout"),
    )
    op.create_table(
        "rollout_row",
        sa.Column("rollout", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rollout", "number", name="pk_rollout_row"),
        sa.ForeignKeyConstraint(["rollout"], ["estate_rollout.id"], name="fk_rollout_row_rollout"),
    )
