"""Rows as a SQLite file: the one they were gathered in becomes the answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from warifu.adapters.files.local import sync_folder
from warifu.adapters.results.unfinished import Unfinished
from warifu.domain.sweep.row import Row

_FINDING = """
CREATE VIEW finding AS
SELECT row.number, row.place, row.sha256, json_extract(each.value, '$.code') AS code,
  json_extract(each.value, '$.severity') AS severity, json_extract(each.value, '$.subject') AS subject,
  json_extract(each.value, '$.evidence') AS evidence
FROM row, json_each(row.findings) AS each
"""
_PLACE = """
CREATE VIEW place AS
SELECT number, place, offset, sha256 FROM row
UNION ALL
SELECT row.number, json_extract(each.value, '$[0]'), json_extract(each.value, '$[1]'), row.sha256
FROM row, json_each(row.elsewhere) AS each
"""


class SqliteFile(Unfinished):
    """A `.sqlite` file: table `row`, views `finding` and `place` with a line for each, table `about` with the question."""

    def finish(self, told: Callable[[Row], None]) -> None:
        """Make the views, and give the file its name."""
        with self._errors():
            deque(self.told_rows(told), maxlen=0)
            db = self._session()
            db.execute("DROP INDEX IF EXISTS row_alike")
            for name, view in (("finding", _FINDING), ("place", _PLACE)):
                db.execute(f"DROP VIEW IF EXISTS {name}")
                db.execute(view)
            db.execute("COMMIT")
            self.close()
            real = Path(self.path).resolve()
            Path(self._place).replace(real)
            self.clear_beside()
            sync_folder(real.parent)
