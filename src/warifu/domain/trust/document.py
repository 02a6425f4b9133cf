"""Reading TOML documents of ours: typed values out of tables, every fault remembered with its place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time

from warifu.domain.findings import Code
from warifu.domain.findings.text import Text, show
from warifu.domain.findings.toml_places import find_places
from warifu.domain.trust.demands import Disputed, PurposeEnd, ValidityLimit
from warifu.domain.x509 import Purpose
from warifu.errors import UsageError

_STEP = re.compile(r"([^.\[\]]+)(?:\[(\d+)\])?")


def line_of(error: UnicodeDecodeError) -> int:
    """Return the line at which bytes stop being UTF-8."""
    return error.object.count(b"\n", 0, error.start) + 1


class DocumentReader:
    """Reads typed values out of tables and remembers what is wrong with them.

    Args:
        source: what errors name: a path, or the name of a shipped document.
        text: the document, which is TOML; the line of each fault is looked up in it.
    """

    def __init__(self, source: str, text: str) -> None:
        self.source = source
        self.faults: list[UsageError] = []
        self._text = text

    def fault(self, code: str, where: str, found: object, known: Iterable[str] = (), **more: object) -> None:
        """Remember what is wrong at a place: `settings.longest`, `when[2].release`, `weights`, ..."""
        listed = tuple(sorted(known)) if isinstance(known, (set, frozenset)) else tuple(known)
        line = self._line(where)
        path = f"{self.source}:{line}" if line else self.source
        values = {"path": path, "key": where, "found": str(found)[:80] or '""', "known": listed, **more}
        self.faults.append(UsageError(code, **values))

    def _line(self, where: str) -> int:
        """Return the line of a key, or of the nearest table around it that stands in the text; 0 for none."""
        places = find_places(
            self._text
        )  # of a document with faults alone: the shipped ones are read at every start
        steps: list[str | int] = []
        for name, position in _STEP.findall(where):
            steps += [name, int(position) - 1] if position else [name]
        while steps and tuple(steps) not in places:
            steps.pop()
        return places.get(tuple(steps), 0)

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

    def number(
        self, table: Mapping[str, object], key: str, where: str, least: int = 0, most: int = (1 << 31) - 1
    ) -> int:
        """Return a whole number."""
        value = table.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        shown = "-" if value is None else value
        self.fault("trust.profile-wants-number", f"{where}{key}", shown, least=least, most=most)
        return least

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
            reader.number(table, "days", where, 1),
            reader.text(table, "source", where, needed=True),
        )


def read_ends(document: Mapping[str, object], reader: DocumentReader) -> Iterator[PurposeEnd]:
    """Yield each end of `[[purpose-ends]]`."""
    for where, table in reader.tables(document, "purpose-ends"):
        reader.strangers(table, ("purpose", "from", "source"), where)
        purpose = reader.text(table, "purpose", where, needed=True)
        yield PurposeEnd(
            purpose and read_purpose(purpose, reader, f"{where}purpose"),
            reader.instant(table, "from", where),
            reader.text(table, "source", where, needed=True),
        )


_PURPOSES = {
    "1.3.6.1.5.5.7.3.1": Purpose.SERVER_AUTH.value,
    "1.3.6.1.5.5.7.3.2": Purpose.CLIENT_AUTH.value,
    "2.5.29.37.0": Purpose.ANY.value,
}
_OID = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_AN_OID = "1.2.3.4 (OID)"
_HASHES = {
    name.replace("-", ""): name
    for name in (
        "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3-224", "sha3-256", "sha3-384", "sha3-512",
    )
}  # fmt: skip


def read_purpose(name: str, reader: DocumentReader, where: str) -> str:
    """Return a purpose as certificates are read: by its name, or an OID that has none here."""
    if name in _PURPOSES.values() or name in _PURPOSES or _OID.fullmatch(name):
        return _PURPOSES.get(name, name)
    reader.fault("trust.profile-wants-one-of", where, name, (*_PURPOSES.values(), _AN_OID))
    return name


def read_hash(name: str, reader: DocumentReader, where: str) -> str:
    """Return a hash as signatures are read, however it is written: `SHA-1`, `sha1`, `SHA_1`."""
    plain = name.casefold().replace("-", "").replace("_", "")
    if plain not in _HASHES:
        reader.fault("trust.profile-wants-one-of", where, name, _HASHES.values())
    return _HASHES.get(plain, name)


def read_oid(name: str, reader: DocumentReader, where: str) -> str:
    """Return a dotted object identifier."""
    if not _OID.fullmatch(name):
        reader.fault("trust.profile-wants-one-of", where, name, (_AN_OID,))
    return name
