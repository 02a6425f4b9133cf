"""A CA that people talk to: requests leave in a batch, certificates come back in any order and form.

    out/      one request a file, and a page in each language that says what to ask for
    in/       what came back; read, never moved
    record/   what was handed over and what was taken: a file taken once may be removed from in/

Everything in `in/` may be hostile or broken: what is not understood is a finding, and stays.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from warifu.adapters.issuers.manifest import Handed, hand_over, manifest
from warifu.domain.estate import Template
from warifu.domain.findings import Code, Finding, Lang, Severity
from warifu.domain.rotation.answers import Offered, Sought, match
from warifu.domain.rotation.comparison import request_differs
from warifu.domain.rotation.requests import request_id
from warifu.domain.x509 import Certificate, PublicKey, Request, read, to_pem
from warifu.errors import CouldNotLookError, RefusedError
from warifu.ports.files import Files
from warifu.ports.issuers import Collected, Issued, Issuer

MAX_BYTES: Final = 1 << 20  # a chain is some kilobytes; a pile of hundreds stays below this
MAX_FILES: Final = 10_000


class ByHandIssuer(Issuer):
    """Writes requests for people, and reads what they bring back.

    Args:
        name: the issuer's name in the estate.
        folder: its folder.
        files: our files.
        chain: its certificates where they are known, issuing one first, root last.
    """

    def __init__(self, name: str, folder: str, files: Files, chain: Sequence[Certificate] = ()) -> None:
        self._name = name
        self._folder = folder
        self._files = files
        self._chain = tuple(chain)

    def submit(self, request: Request, template: Template, *, now: datetime) -> None:
        """Write the request and the pages; the record last, so that a kill before it repeats all of it.

        Raises:
            RefusedError: `io.issuer-refused`.
            CouldNotLookError: `io.cannot-write`.
        """
        differs = request_differs(request, template)
        if differs:
            raise RefusedError(
                "io.issuer-refused", issuer=self._name, request=request.fingerprint.short, differs=differs
            )
        name = request_id(template.identity, request.public_key)
        record = self._record(request.public_key, "json")
        if self._handed(record) == request.fingerprint.hex:
            return
        self._files.write(self._at("out", f"{name}.csr"), request.to_pem(), mode=0o644)
        handed = hand_over(name, request, template, now=now)
        self._write_pages(also=handed)
        self._files.write(record, msgspec.json.encode(handed))

    def collect(self, requests: tuple[Request, ...]) -> Collected:
        """Return what has come back so far, and a finding for each thing in `in/` that answers no request."""
        offered, findings = self._offered()
        taken = {request: self._taken(request) for request in requests}
        remembered = self._every_leaf_taken()
        fresh = [offer for offer in offered if offer.certificate not in remembered]
        old = [Offered(c, "record") for pile in taken.values() for c in pile]
        sought = [Sought(r.fingerprint.hex, r.public_key.sha256) for r in requests]
        found = match([*old, *fresh], sought, known=self._chain)
        by_name = {request.fingerprint.hex: request for request in requests}
        issued = tuple(Issued(by_name[m.id], m.leaf, m.chain) for m in found.matches)
        new = [one for one in issued if self._take(one, taken[one.request])]
        if new:  # the pages once for all of them, and not for each
            self._write_pages()
        return Collected(issued, (*findings, *found.findings))

    def _take(self, issued: Issued, present: tuple[Certificate, ...]) -> bool:
        """Record an answer; tell whether it is new."""
        pile = (issued.leaf, *issued.chain)
        if present == pile:
            return False
        self._files.write(self._record(issued.request.public_key, "pem"), to_pem(pile))
        return True

    def _taken(self, request: Request) -> tuple[Certificate, ...]:
        path = self._record(request.public_key, "pem")
        return read(self._files.read(path), path).certificates if self._files.exists(path) else ()

    def _every_leaf_taken(self) -> frozenset[Certificate]:
        piles = (read(self._files.read(path), path).certificates for path in self._records("pem"))
        return frozenset(pile[0] for pile in piles if pile)

    def _handed(self, path: str) -> str:
        return _decode(self._files.read(path), path).request if self._files.exists(path) else ""

    def _write_pages(self, also: Handed | None = None) -> None:
        answered = {Path(path).stem for path in self._records("pem")}
        rows = {one.id: one for one in map(self._row, self._records("json")) if one.key not in answered}
        if also is not None:
            rows[also.id] = also
        outstanding = sorted(rows.values(), key=lambda one: (one.since, one.id))
        for lang in Lang:
            page = manifest(self._name, self._at("in"), outstanding, lang)
            self._files.write(self._at("out", f"manifest.{lang}.md"), page.encode(), mode=0o644)

    def _row(self, path: str) -> Handed:
        return _decode(self._files.read(path), path)

    def _offered(self) -> tuple[list[Offered], list[Finding]]:
        offered: list[Offered] = []
        findings: list[Finding] = []
        for number, path in enumerate(_files_below(self._at("in"))):
            if number >= MAX_FILES:
                findings.append(_not_read(self._at("in"), f"more than {MAX_FILES} files"))
                break
            reason = _unfit(path)
            if reason:
                findings.append(_not_read(path, reason))
                continue
            try:
                reading = read(self._files.read(path), path)
            except CouldNotLookError as error:
                findings.append(_not_read(path, str(error.values.get("reason", error.code))))
                continue
            findings.extend(reading.findings)
            if not reading.holds_anything and not reading.findings:
                findings.append(Finding(Code.NOTHING_READ, path, {}, Severity.WARNING))
            if reading.keys or reading.encrypted_keys:
                findings.append(Finding(Code.PRIVATE_KEY_EXPOSED, path, {}, Severity.ERROR))
            offered.extend(Offered(certificate, path) for certificate in reading.certificates)
        return offered, findings

    def _records(self, suffix: str) -> tuple[str, ...]:
        folder = self._at("record")
        if not self._files.exists(folder):
            return ()
        return tuple(path for path in self._files.names(folder) if path.endswith(f".{suffix}"))

    def _record(self, key: PublicKey, suffix: str) -> str:
        return self._at("record", f"{key.sha256.hex}.{suffix}")

    def _at(self, *parts: str) -> str:
        return str(Path(self._folder, *parts))


def _decode(data: bytes, path: str) -> Handed:
    try:
        return msgspec.json.decode(data, type=Handed)
    except msgspec.MsgspecError as error:
        raise CouldNotLookError("issue.request-file-unreadable", path=path, reason=str(error)) from error


def _files_below(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield str(Path(place, name))


def _unfit(path: str) -> str:
    """Return why a path is not read: only plain files of a bearable size are (a pipe would block for ever)."""
    try:
        seen = Path(path).stat()
    except OSError as error:
        return str(error.strerror)
    if not stat.S_ISREG(seen.st_mode):
        return "not a plain file"
    return "larger than is read" if seen.st_size > MAX_BYTES else ""


def _not_read(path: str, reason: str) -> Finding:
    return Finding(Code.ANSWER_NOT_READ, path, {"reason": reason, "limit": MAX_BYTES}, Severity.WARNING)
