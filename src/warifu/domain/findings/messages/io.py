"""Messages whose keys begin with `io.`: the world could not be asked or changed."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "io.cannot-read": Text(
        "files(local): cannot read {path}: {reason}.",
        "files(local): {path} を読み取れません ({reason})。",
    ),
    "io.cannot-write": Text(
        "files(local): cannot write {path}: {reason}; what was there is unchanged.",
        "files(local): {path} に書き込めません ({reason})。元の内容は変わっていません。",
    ),
}
