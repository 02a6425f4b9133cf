"""Judges pieces of a sweep and makes rows of them: what each process of it does.

What a process was begun with stays: profile, trust store, the verdicts on classes of paths. Signatures are kept
for one piece alone, so that its memory does not grow with what was judged.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from warifu.domain.findings import Code, Finding, Severity, rank
from warifu.domain.sweep.row import NO_FINDINGS, Row, clean, findings_text, problem_text, state_of, time_text
from warifu.domain.sweep.splitting import Form, certificates_of
from warifu.domain.trust import Verdict, judge_anchors
from warifu.domain.trust.leaves import LeafJudge
from warifu.domain.x509 import Certificate, Quietly, Reading, Request, load
from warifu.errors import UsageError, WarifuError
from warifu.ports.hosts import FileSeen
from warifu.workflows.chains import Presented
from warifu.workflows.check import Checked, Checker, Look, TrustFile
from warifu.workflows.piles import judge_leaves, leaves_of, places_of

_KEPT = 8  # piles whose paths are kept


@dataclass(frozen=True, slots=True)
class Setting:
    """What a process is begun with; certificates and requests as bytes, for their objects cannot be sent.

    Args:
        checker: without requests, and without what it has met.
        pool: CAs that may stand above leaves of a pile.
    """

    checker: Checker
    requests: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    pool: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Files:
    """Small files, each whole: (what was seen, somebody named it)."""

    files: tuple[tuple[FileSeen, bool], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pile.

    Args:
        base: where in the file it begins.
        authorities: the CAs of the whole pile, in DER.
    """

    path: str
    base: int
    form: Form
    data: bytes = field(repr=False)
    authorities: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Served:
    """What an address answered."""

    checked: Checked
    chain: tuple[bytes, ...] = field(repr=False)
    name: str = ""


Piece = Files | Part | tuple[Served, ...]
_desks: list[Desk] = []
"""The desk of this process."""


def begin(setting: Setting) -> None:
    """Set this process up."""
    _desks[:] = [Desk(setting)]


def rows_of(piece: Piece) -> list[Row]:
    """Return the rows of a piece."""
    return _desks[0].rows(piece)


def served(look: Look) -> Served:
    """Return what can be sent of what an address answered."""
    chain = look.presented
    bare = replace(look.found, certificates=(), verdict=None)
    return Served(bare, tuple(one.der for one in chain.chain) if chain else (), chain.name if chain else "")


class Desk:
    """Judges pieces, one after the other."""

    def __init__(self, setting: Setting) -> None:
        requests = tuple(Request(der) for der in setting.requests)
        self._checker = replace(setting.checker, requests=requests, met={})
        with Quietly():
            self._anchors = tuple(Certificate(der) for der in setting.anchors)
            self._pool = tuple(Certificate(der) for der in setting.pool)
        self._store = TrustFile("", self._anchors)
        self._context = self._checker.context()
        self._judges: dict[bytes, LeafJudge] = {}

    def rows(self, piece: Piece) -> list[Row]:
        """Return the rows of a piece."""
        self._checker.met.clear()
        match piece:
            case Files():
                return [row for seen, explicit in piece.files for row in self._file(seen, explicit=explicit)]
            case Part():
                return self._part(piece)
            case _:
                return [row for one in piece for row in self._address(one)]

    def _file(self, seen: FileSeen, *, explicit: bool) -> Iterator[Row]:
        if seen.kind == "other":
            passed = Finding(Code.NOT_A_FILE, seen.path, {}, Severity.NOTE)
            yield _row_of(Checked(seen.path, "file", findings=(passed,)))
            return
        look = self._checker.look_into(seen, explicit=explicit)
        if look.reading is not None and self._is_pile(look.reading):
            yield from self._small_pile(seen, look.reading)
            return
        (checked,) = self._checker.judged([look], self._store)
        same = hashlib.sha256(seen.data + f"\0{seen.mode:o} {explicit}".encode()).hexdigest()
        yield _row_of(checked)._replace(alike=f"file {same[:32]}" if checked.certificates else "")

    def _is_pile(self, reading: Reading) -> bool:
        """Many leaves and nothing that makes one of them the file's own; two beside CAs are a chain with a stranger."""
        leaves = leaves_of(reading, self._checker.profile)
        return leaves > 2 or 1 < leaves == len(dict.fromkeys(reading.certificates))

    def _small_pile(self, seen: FileSeen, reading: Reading) -> Iterator[Row]:
        places = places_of(seen.data)
        if reading.findings:
            yield _told(seen.path, reading.findings)
        authorities = [one for one in reading.certificates if one.is_ca]
        met = [(places.get(one.der, -1), one) for one in reading.certificates]
        yield from self._pile_rows(seen.path, met, self._judge(one.der for one in authorities))

    def _part(self, part: Part) -> list[Row]:
        judge = self._judge(part.authorities)
        rows: list[Row] = []
        met: list[tuple[int, Certificate]] = []
        listed = certificates_of(part.form, part.data)
        with Quietly():
            if listed is None:
                met += self._odd(part, part.base, part.data, rows)
            for place, der in listed or ():
                try:
                    met.append((part.base + place, Certificate(der)))
                except UsageError:
                    met += self._odd(part, part.base + place, der, rows)
        return rows + self._pile_rows(part.path, met, judge)

    def _odd(self, part: Part, base: int, data: bytes, rows: list[Row]) -> list[tuple[int, Certificate]]:
        """Return what the lenient reader makes of bytes that are not just certificates, and tell of the rest."""
        reading = load(data, part.path, self._checker.passwords)
        findings = [_moved(one, base) for one in reading.findings]
        if reading.keys:
            findings.append(Finding(Code.PRIVATE_KEY_EXPOSED, part.path, {}, Severity.ERROR))
        if findings:
            rows.append(_told(part.path, findings, base))
        return [(base, one) for one in reading.certificates]

    def _judge(self, authorities: Iterable[bytes]) -> LeafJudge:
        """Return what judges the leaves of a pile; the paths of the last few piles are remembered."""
        listed = tuple(dict.fromkeys(authorities))
        key = hashlib.sha256(b"".join(listed)).digest()
        known = self._judges.pop(key, None)
        if known is None:
            while len(self._judges) >= _KEPT:
                del self._judges[next(iter(self._judges))]
            with Quietly():
                pool = (*(Certificate(der) for der in listed), *self._pool)
            known = LeafJudge(pool, self._anchors, self._context)
        self._judges[key] = known
        return known

    def _pile_rows(self, path: str, met: Sequence[tuple[int, Certificate]], judge: LeafJudge) -> list[Row]:
        with Quietly():
            leaves = [one for _, one in met if not (one.may_be_ca and one.is_ca)]
        verdicts = iter(self._verdicts(leaves, judge))
        rows: list[Row] = []
        for place, one in met:
            if one.may_be_ca and one.is_ca:
                found = judge_anchors((one,), self._context)
                rows.append(_filled(Row(clean(path), place, "authority", state_of(found)), one, found))
            else:
                rows.append(_leaf_row(path, place, one, next(verdicts)))
        return rows

    def _verdicts(self, leaves: Sequence[Certificate], judge: LeafJudge) -> tuple[Verdict, ...]:
        engines = self._checker.engines
        return judge_leaves(
            leaves, judge, self._anchors, engines, replace(self._context, name=self._checker.name)
        )

    def _address(self, one: Served) -> Iterator[Row]:
        if not one.chain:
            yield _row_of(one.checked)
            return
        with Quietly():
            chain = tuple(Certificate(der) for der in one.chain)
        look = Look(replace(one.checked, certificates=chain), Presented(chain, one.name))
        for checked in self._checker.judged([look], self._store):
            yield _row_of(checked)


def _leaf_row(path: str, place: int, leaf: Certificate, verdict: Verdict) -> Row:
    row = Row(clean(path), place, "leaf", verdict.outcome.value, verdict.basis.value)
    return _filled(row, leaf, verdict.findings)


def _filled(row: Row, one: Certificate, findings: Sequence[Finding]) -> Row:
    """Return a row of a pile with what its certificate says."""
    names, key, said = one.names, one.public_key, findings_text(findings)
    return Row(
        row.place,
        row.offset,
        row.kind,
        row.verdict,
        row.basis,
        one.fingerprint.hex,
        clean(str(one.subject)),
        clean(str(one.issuer)),
        f"{one.serial:x}",
        time_text(one.not_before),
        time_text(one.not_after),
        clean(" ".join(names.texts)) if names else "",
        str(key) if key else "",
        said,
        "",
        _alike(row, one, said),
    )


def _alike(row: Row, one: Certificate, said: str) -> str:
    """Return what the same certificate in another pile is known by: beside other CAs its verdict may be another."""
    judged = "" if said == NO_FINDINGS else f" {row.verdict} {zlib.crc32(said.encode()):x}"
    return f"{row.kind} {one.fingerprint.hex[:32]}{judged}"


def _row_of(checked: Checked) -> Row:
    """Return the row of a file or an address."""
    verdict, problem = checked.verdict, checked.problem
    said, basis = state_of(checked.findings), ""
    if verdict is not None:
        said, basis = verdict.outcome.value, verdict.basis.value
    row = Row(clean(checked.subject), -1, checked.kind, said, basis, findings=findings_text(checked.findings))
    if problem is not None:
        row = row._replace(verdict="unseen", basis="", problem=problem_text(problem))
    one = _own(verdict, checked.certificates)
    return row if one is None else _filled(row, one, checked.findings)._replace(problem=row.problem, alike="")


def _own(verdict: Verdict | None, certificates: Sequence[Certificate]) -> Certificate | None:
    """Return the certificate that a row is about: the leaf, or the only one."""
    if verdict is not None:
        return verdict.path[0]
    return certificates[0] if len(certificates) == 1 else None


def _told(path: str, findings: Sequence[Finding], offset: int = -1) -> Row:
    """Return a row about the pile itself."""
    return Row(clean(path), offset, "file", state_of(findings), findings=findings_text(rank(findings)))


def _moved(finding: Finding, base: int) -> Finding:
    """Return a finding about a part with its place in the whole file."""
    offset = finding.evidence.get("offset")
    if not base or not isinstance(offset, int):
        return finding
    return replace(finding, evidence={**finding.evidence, "offset": offset + base})


def row_of_problem(path: str, kind: str, problem: WarifuError) -> Row:
    """Return the row of what could not be looked at."""
    return Row(clean(path), -1, kind, "unseen", problem=problem_text(problem))
