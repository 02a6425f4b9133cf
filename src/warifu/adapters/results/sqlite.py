"""Rows as a SQLite file: the one they were gathered in becomes the answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from pathlib import Path

from warifu.adapters.files.local import sync_folder
from warifu.adapters.results.unfinished import Unfinished
from warifu.domain.sweep.row import Row

_VIEW = """
CREATE VIEW finding AS
SELECT row.number, row.place, row.sha256, json_extract(each.value, '$.code') AS code,
  json_extract(each.value, '$.severity') AS severity, json_extract(each.value, '$.subject') AS subject,
  json_extract(each.value, '$.evidence') AS evidence
FROM row, json_each(row.findings) AS each
"""


class SqliteFile(Unfinished):
    """A `.sqlite` file: table `row`, view `finding` with a line for each, table `about` with the question."""

    def finish(self, told: Callable[[Row], None]) -> None:
        """Make the view, and give the file its name."""
        with self._errors():
            deque(self.told_rows(told), maxlen=0)
            db = self._session()
            db.execute("DROP INDEX IF EXISTS row_alike")
            db.execute("DROP VIEW IF EXISTS finding")
            db.execute(_VIEW)
            db.execute("COMMIT")
            self.close()
            real = Path(self.path).resolve()
            Path(self._place).replace(real)
            self.clear_beside()
            sync_folder(real.parent)
