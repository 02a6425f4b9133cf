"""Reading TOML documents of ours: typed values out of tables, every fault remembered with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time

from warifu.domain.findings import Code
from warifu.domain.findings.text import Text, show
from warifu.domain.trust.demands import Disputed, PurposeEnd, ValidityLimit
from warifu.errors import UsageError


def load_toml(text: str) -> tuple[dict[str, object], int]:
    """Return a document's tables and 0; or no table and the line at which the text stops being TOML.

    That is the last line where no other is known.
    """
    try:
        return tomllib.loads(text), 0
    except (ValueError, RecursionError) as error:  # also of numbers with thousands of digits
        found = re.search(r"at line (\d+)", str(error))
        return {}, int(found[1]) if found else text.count("\n") + 1


class DocumentReader:
    """Reads typed values out of tables and remembers what is wrong with them."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[UsageError] = []

    def fault(self, code: str, where: str, found: object, known: Iterable[str] = ()) -> None:
        """Remember what is wrong at a place."""
        values = {"path": self.source, "key": where, "found": str(found)[:80] or '""', "known": tuple(known)}
        self.faults.append(UsageError(code, **values))

    def table(self, table: Mapping[str, object], key: str, where: str) -> dict[str, object]:
        """Return a table; an empty one where there is none."""
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        self.fault("trust.profile-wants-table", f"{where}{key}", value)
        return {}

    def tables(self, table: Mapping[str, object], key: str) -> Iterator[tuple[str, dict[str, object]]]:
        """Yield each table of a list with its place."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.fault("trust.profile-wants-tables", key, value)
            return
        for position, one in enumerate(value, start=1):
            yield f"{key}[{position}].", one

    def text(self, table: Mapping[str, object], key: str, where: str = "", *, needed: bool = False) -> str:
        """Return a text; empty where there is none."""
        value = table.get(key, "")
        if not isinstance(value, str) or (needed and not value.strip()):
            self.fault("trust.profile-wants-text", f"{where}{key}", value)
            return ""
        return value

    def texts(
        self, table: Mapping[str, object], key: str, where: str = "", known: Sequence[str] = ()
    ) -> tuple[str, ...]:
        """Return a list of texts."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            self.fault("trust.profile-wants-texts", f"{where}{key}", value)
            return ()
        for one in value:
            if known and one not in known:
                self.fault("trust.profile-wants-one-of", f"{where}{key}", one, known)
        return tuple(value)

    def spoken(self, table: Mapping[str, object], key: str, where: str = "") -> Text:
        """Return a sentence in both languages."""
        both = self.table(table, key, where)
        return Text.quoted(
            self.text(both, "en", f"{where}{key}.", needed=True),
            self.text(both, "ja", f"{where}{key}.", needed=True),
        )

    def sentences(self, table: Mapping[str, object], key: str, where: str = "") -> tuple[Text, ...]:
        """Return a list of sentences: each a text, the same in both languages, or a table with `en` and `ja`."""
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, (str, dict)) for one in value):
            self.fault("trust.profile-wants-texts", f"{where}{key}", value)
            return ()
        return tuple(
            Text(one, one) if isinstance(one, str) else self.spoken({key: one}, key, where) for one in value
        )

    def instant(self, table: Mapping[str, object], key: str, where: str) -> datetime:
        """Return a date as the instant it begins, UTC."""
        value = table.get(key)
        if isinstance(value, datetime) and value.tzinfo is not None:
            with suppress(OverflowError):  # at the ends of time, where UTC is another year
                return value.astimezone(UTC)
        elif isinstance(value, date) and not isinstance(value, datetime):
            return datetime.combine(value, time(), UTC)
        self.fault("trust.profile-wants-date", f"{where}{key}", value)
        return datetime.min.replace(tzinfo=UTC)

    def number(self, table: Mapping[str, object], key: str, where: str) -> int:
        """Return a whole number."""
        value = table.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31:
            return value
        self.fault("trust.profile-wants-number", f"{where}{key}", value)
        return 0

    def strangers(self, table: Mapping[str, object], known: Iterable[str], where: str = "") -> None:
        """Remember every key that is not known here."""
        for key in sorted(set(table) - set(known)):
            self.fault("trust.profile-unknown-key", f"{where}{key}", key, known)

    def problem(self, code: str) -> UsageError:
        """Return one error that has every fault as a part."""
        found = UsageError(code, path=self.source, count=len(self.faults))
        found.parts = tuple(self.faults)
        return found

    def check(self, code: str) -> None:
        """Make sure that nothing is wrong.

        Raises:
            UsageError: `code`, with one part for every fault.
        """
        if self.faults:
            raise self.problem(code)


def read_disputed(
    document: Mapping[str, object], reader: DocumentReader, settings: Collection[str]
) -> Iterator[Disputed]:
    """Yield each rule on which sources disagree.

    Args:
        settings: what a rule may be besides the code of a finding.
    """
    for where, table in reader.tables(document, "disputed"):
        reader.strangers(table, ("rule", "question", "sources"), where)
        rule = reader.text(table, "rule", where, needed=True)
        if rule not in set(Code) and rule not in settings:
            reader.fault("trust.profile-wants-code", f"{where}rule", rule)
        sources = reader.sentences(table, "sources", where)
        if len(sources) < 2:
            reader.fault("trust.profile-wants-two-sources", f"{where}sources", show(sources))
        yield Disputed(rule, reader.spoken(table, "question", where), sources)


def read_limits(document: Mapping[str, object], reader: DocumentReader) -> Iterator[ValidityLimit]:
    """Yield each limit of `[[validity]]`."""
    for where, table in reader.tables(document, "validity"):
        reader.strangers(table, ("from", "days", "source"), where)
        yield ValidityLimit(
            reader.instant(table, "from", where),
            reader.number(table, "days", where),
            reader.text(table, "source", where, needed=True),
        )


def read_ends(document: Mapping[str, object], reader: DocumentReader) -> Iterator[PurposeEnd]:
    """Yield each end of `[[purpose-ends]]`."""
    for where, table in reader.tables(document, "purpose-ends"):
        reader.strangers(table, ("purpose", "from", "source"), where)
        yield PurposeEnd(
            reader.text(table, "purpose", where, needed=True),
            reader.instant(table, "from", where),
            reader.text(table, "source", where, needed=True),
        )
