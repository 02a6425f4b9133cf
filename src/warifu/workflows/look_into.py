"""What a node sees besides its stores: chains that its services present, and what lies in files it was told to look into.

What could not be looked at is told as that: nobody shall take silence for absence. Passwords open files here and go
nowhere. Of private keys nothing is told but the certificates beside them.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import unquote

from warifu.domain import x509
from warifu.domain.directory.look_settings import Look, LookAt
from warifu.domain.directory.outputs import DEFAULT_PASSWORD, LOCKED, Output, OutputKind, OutputSettings
from warifu.domain.estate import Service
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate, RevocationList
from warifu.domain.x509.reading import Reading
from warifu.errors import CouldNotLookError, WarifuError
from warifu.ports.hosts import HostReader
from warifu.ports.probes import Ask, Prober
from warifu.wire.agent import EntryTold, LookKind
from warifu.workflows.take_up import to_base64

_PIN = re.compile(
    r"(?:sha256/{1,2})?(?P<base64>[A-Za-z0-9+/]{43}=)|(?P<hex>(?:[0-9A-Fa-f]{2}:?){20}(?:(?:[0-9A-Fa-f]{2}:?){12})?)"
)
_MOST_TOLD = 10_000


@dataclass(frozen=True, slots=True)
class Looking:
    """Looks, by what the settings say now.

    Args:
        settings: None where a node has none.
    """

    settings: Callable[[], OutputSettings | None]
    host: HostReader
    prober: Prober

    def look(self) -> tuple[EntryTold, ...]:
        """Return everything that was seen, sorted so that the same things are the same inventory."""
        try:
            settings = self.settings()
        except WarifuError as error:
            return (_unseen("settings", error.code),)
        if settings is None:
            return ()
        told: list[EntryTold] = []
        for service in settings.services.values():
            told += self._service(service)
        for look in settings.looks:
            told += self._or_unseen(look.path, partial(self._file, look))
        for output in settings.outputs:
            told += self._or_unseen(output.path, partial(self._output, output))
        return tuple(sorted(told, key=lambda one: (one.kind, one.store, one.alias, one.fingerprint)))

    def _or_unseen(self, place: str, look: Callable[[], Iterator[EntryTold]]) -> list[EntryTold]:
        try:
            return list(look())
        except WarifuError as error:
            return [_unseen(place, error.code)]

    def _service(self, service: Service) -> Iterator[EntryTold]:
        for address in service.addresses:
            yield from self._or_unseen(f"{service.name} {address}", partial(self._probe, service, address))

    def _probe(self, service: Service, address: Address) -> Iterator[EntryTold]:
        answered = self.prober.ask(Ask(address, service.dialect, sni=_sni(address)), via=self.host)
        if not answered.chain:
            reason = answered.refused or "no-certificate"
            raise CouldNotLookError("io.host-cannot-dial", host="-", address=address, reason=reason)
        yield _chain(LookKind.LIVE, service.name, str(address), answered.chain)

    def _file(self, look: Look) -> Iterator[EntryTold]:
        seen = self.host.read(look.path)
        if seen.kind != "file":
            raise CouldNotLookError("io.cannot-read", path=look.path, reason="-")
        match look.kind:
            case LookAt.CALLERS:
                yield from _callers(look.path, seen.data.decode("utf-8", "replace"))
            case LookAt.PINS:
                yield from _pins(look.path, seen.data.decode("utf-8", "replace"))
            case LookAt.PUBLISHED:
                for one in self._load(look, seen.data).certificates:
                    yield _chain(LookKind.PUBLISHED, look.path, one.label, (one,))
            case LookAt.CERTIFICATES:
                yield from _held(look.path, self._load(look, seen.data))

    def _load(self, look: Look, data: bytes) -> Reading:
        reading = x509.load(data, look.path, self._passwords(look.password_file))
        if reading.lost or not reading.holds_anything:
            raise CouldNotLookError("io.cannot-read", path=look.path, reason="-")
        return reading

    def _passwords(self, path: str) -> tuple[bytes, ...]:
        if not path:
            return ()
        seen = self.host.read(path)
        return (seen.data.split(b"\n", 1)[0].rstrip(b"\r"),)

    def _output(self, output: Output) -> Iterator[EntryTold]:
        """Yield the anchors that an output holds now, by fingerprint alone: what they are is known."""
        if output.kind is OutputKind.SYSTEM:
            return
        paths: Sequence[str] = (output.path,)
        if output.kind is OutputKind.HASHED:
            paths = self.host.names(output.path)
        passwords = self._passwords(output.password_file)
        if output.kind in LOCKED and not passwords:
            passwords = (DEFAULT_PASSWORD,)
        found: set[str] = set()
        for seen in self.host.read_all(paths):
            if isinstance(seen, CouldNotLookError):
                raise seen
            if seen.kind == "file":
                found |= {
                    one.fingerprint.hex for one in x509.load(seen.data, seen.path, passwords).certificates
                }
        for fingerprint in found:
            yield EntryTold(output.name, output.path, LookKind.OUTPUT, fingerprint)


def _held(path: str, reading: Reading) -> Iterator[EntryTold]:
    """Yield what lies in a file: chains that somebody would present, anchors that somebody trusts, CRLs."""
    listed: set[Certificate] = set()
    for entry in reading.entries:
        listed |= set(entry.certificates)
        if entry.key is not None or entry.locked:
            if entry.certificates:
                yield _chain(LookKind.EMBEDDED, path, entry.alias, entry.certificates)
        else:
            for one in entry.certificates:
                yield _chain(LookKind.ANCHOR, path, entry.alias or one.label, (one,))
    bare = [one for one in reading.certificates if one not in listed]
    leaves = [one for one in bare if not one.is_ca]
    above = tuple(one for one in bare if one.is_ca)
    for leaf in leaves:
        yield _chain(LookKind.EMBEDDED, path, leaf.label, (leaf, *above))
    if not leaves:
        for one in above:
            yield _chain(LookKind.ANCHOR, path, one.label, (one,))
    for crl in reading.crls:
        yield _crl(path, crl)


def _callers(path: str, text: str) -> Iterator[EntryTold]:
    """Yield who called, each client certificate once, by the newest line that has it.

    A line is as nginx writes `$time_iso8601 $remote_addr $ssl_client_escaped_cert`.
    """
    newest: dict[str, tuple[datetime, str, tuple[Certificate, ...]]] = {}
    for line in text.splitlines():
        parts = line.split(" ", 2)
        when = _moment(parts[0]) if len(parts) == 3 else None
        if when is None:
            continue
        chain = x509.load(unquote(parts[2]).encode(), path).certificates
        known = newest.get(chain[0].fingerprint.hex) if chain else None
        if chain and (known is None or known[0] <= when):
            newest[chain[0].fingerprint.hex] = (when, parts[1], chain)
        if len(newest) > _MOST_TOLD:
            raise CouldNotLookError("io.cannot-read", path=path, reason="-")
    for when, address, chain in newest.values():
        yield _chain(LookKind.CALLER, path, address, chain, last=when)


def _pins(path: str, text: str) -> Iterator[EntryTold]:
    for line in text.splitlines():
        for match in _PIN.finditer(line.partition("#")[0]):
            value = match["hex"].replace(":", "").lower() if match["hex"] else _unpacked(match["base64"])
            if value:
                yield EntryTold(path, value[:16], LookKind.PIN, value)


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _chain(
    kind: LookKind, store: str, alias: str, chain: Sequence[Certificate], *, last: datetime | None = None
) -> EntryTold:
    first = chain[0]
    return EntryTold(
        store,
        alias,
        kind.value,
        first.fingerprint.hex,
        first.subject_key_id.hex if first.subject_key_id else "",
        str(first.subject),
        str(first.issuer),
        first.not_after,
        chain=tuple(to_base64(one.der) for one in chain),
        last=last,
    )


def _crl(path: str, crl: RevocationList) -> EntryTold:
    return EntryTold(
        path,
        crl.issuer_text,
        LookKind.CRL_FILE.value,
        crl.fingerprint.hex,
        issuer=crl.issuer_text,
        not_after=crl.next_update,
        crl=to_base64(crl.der),
    )


def _unseen(place: str, reason: str) -> EntryTold:
    return EntryTold(place, reason, LookKind.UNSEEN.value)


def _sni(address: Address) -> str:
    """Return the name to send: none for an IP address. RFC 6066 §3."""
    return "" if re.fullmatch(r"[0-9.]+|.*:.*", address.host) else address.host
