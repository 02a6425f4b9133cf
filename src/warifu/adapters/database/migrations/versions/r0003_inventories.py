"""An inventory is kept as the node signed it; who told one before is asked for it again."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_REPORTS = sa.table(
    "node_report",
    sa.column("node", sa.Text),
    sa.column("kind", sa.Text),
    sa.column("document", sa.LargeBinary),
)


def upgrade() -> None:
    """Forget inventories that were kept without their signatures, and that they are known."""
    db = op.get_bind()
    db.execute(sa.delete(_REPORTS).where(_REPORTS.c.kind == "inventory"))
    for node, document in db.execute(
        sa.select(_REPORTS.c.node, _REPORTS.c.document).where(_REPORTS.c.kind == "seen")
    ).all():
        seen = json.dumps({**json.loads(document), "inventory": ""}).encode()
        wanted = sa.update(_REPORTS).where(_REPORTS.c.node == node, _REPORTS.c.kind == "seen")
        db.execute(wanted.values(document=seen))
