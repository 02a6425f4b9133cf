"""The first tables. Types are written out: what a later release makes of a column does not change this step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _about()
    _plans()
    _trust()
    _files()
    _people()
    _nodes()
    _orders()
    op.execute("INSERT INTO about (name, value) VALUES ('writer', '')")


def _about() -> None:
    op.create_table(
        "about",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_about"),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_table(
        "keyed_answer",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_keyed_answer"),
    )
    op.create_index("ix_keyed_answer_at", "keyed_answer", ["at"])
    op.create_table(
        "lease",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def _plans() -> None:
    op.create_table(
        "kept_plan",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_kept_plan"),
        sa.UniqueConstraint("number", name="uq_kept_plan_number"),
    )
    op.create_table(
        "plan_approval",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", "person", name="pk_plan_approval"),
        sa.ForeignKeyConstraint(["digest"], ["kept_plan.digest"], name="fk_plan_approval_digest"),
    )


def _trust() -> None:
    op.create_table(
        "trust_domain",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_trust_domain"),
    )
    op.create_table(
        "trust_version",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "version", name="pk_trust_version"),
        sa.ForeignKeyConstraint(["domain"], ["trust_domain.name"], name="fk_trust_version_domain"),
    )
    op.create_table(
        "trust_object",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_trust_object"),
    )
    op.create_table(
        "trust_anchor",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "version", "sha256", name="pk_trust_anchor"),
        sa.ForeignKeyConstraint(
            ["domain", "version"],
            ["trust_version.domain", "trust_version.version"],
            name="fk_trust_anchor_domain",
        ),
        sa.ForeignKeyConstraint(["sha256"], ["trust_object.sha256"], name="fk_trust_anchor_sha256"),
    )


def _files() -> None:
    op.create_table(
        "trust_crl",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("domain", "version", "sha256", name="pk_trust_crl"),
        sa.ForeignKeyConstraint(
            ["domain", "version"],
            ["trust_version.domain", "trust_version.version"],
            name="fk_trust_crl_domain",
        ),
        sa.ForeignKeyConstraint(["sha256"], ["trust_object.sha256"], name="fk_trust_crl_sha256"),
    )
    op.create_table(
        "signed_file",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_signed_file"),
    )
    op.create_index("ix_signed_file_mark", "signed_file", ["mark"])


def _people() -> None:
    op.create_table(
        "person",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("password_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_person"),
    )
    op.create_table(
        "person_certificate",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_person_certificate"),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name="fk_person_certificate_person"),
    )
    op.create_index("ix_person_certificate_person", "person_certificate", ["person"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_attempt"),
    )
    op.create_table(
        "session",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_session"),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name="fk_session_person"),
    )
    op.create_index("ix_session_ends", "session", ["ends"])
    op.create_index("ix_session_person", "session", ["person"])
    op.create_table(
        "sign_in_link",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_link"),
        sa.ForeignKeyConstraint(["person"], ["person.name"], name="fk_sign_in_link_person"),
    )
    op.create_index("ix_sign_in_link_person", "sign_in_link", ["person"])


def _nodes() -> None:
    op.create_table(
        "node",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("joined", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("domains", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_node"),
    )
    op.create_table(
        "node_identity",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("revoked", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name="pk_node_identity"),
        sa.ForeignKeyConstraint(["node"], ["node.name"], name="fk_node_identity_node"),
    )
    op.create_index("ix_node_identity_key", "node_identity", ["key"])
    op.create_index("ix_node_identity_node", "node_identity", ["node"])
    op.create_index("ix_node_identity_revoked", "node_identity", ["revoked"])
    op.create_table(
        "join_token",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_join_token"),
    )
    op.create_index("ix_join_token_node", "join_token", ["node"])


def _orders() -> None:
    op.create_table(
        "node_report",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("node", "kind", name="pk_node_report"),
    )
    op.create_table(
        "node_order",
        sa.Column("number", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("rollout", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_node_order"),
    )
    op.create_index("ix_node_order_node", "node_order", ["node"])
    op.create_index("ix_node_order_rollout", "node_order", ["rollout"])
