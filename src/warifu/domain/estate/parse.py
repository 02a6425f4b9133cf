"""Estate files -> `Estate`, as docs/estate.md describes them.

Nothing stops at the first fault: all are collected, over all files, and raised together. Names are
unique within their kind across the files that are read together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol, TypeVar

from warifu.domain.estate.faults import EstateError, Faults
from warifu.domain.estate.model import (
    ByAgent,
    ByHand,
    CrlMode,
    Estate,
    Group,
    Identity,
    IdentitySlot,
    IssuerSpec,
    Local,
    Node,
    Owner,
    Place,
    Reach,
    Service,
    Ssh,
    TrustSlot,
    TrustStore,
    Waiver,
    Window,
)
from warifu.domain.estate.parse_connections import DeclaredConnection, declare_connection, resolve_connections
from warifu.domain.estate.parse_services import read_service
from warifu.domain.estate.parse_watch import read_watch
from warifu.domain.estate.references import check_references
from warifu.domain.estate.table_reader import Section, Source, shown
from warifu.domain.estate.watch_spec import WatchSpec
from warifu.domain.findings.toml_places import find_places, read_toml
from warifu.domain.trust.profile import PROFILES
from warifu.errors import UsageError

KEY_SPECS = ("rsa-2048", "rsa-3072", "rsa-4096", "ec-p256", "ec-p384", "ed25519")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)


class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def place(self) -> Place: ...


_Thing = TypeVar("_Thing", bound=_Named)


@dataclass
class _Draft:
    """What the files declare, before references are followed."""

    faults: Faults
    zone_exists: Callable[[str], bool]
    estate_name: str = ""
    watch: WatchSpec | None = None
    watch_at: str = ""
    kinds: dict[str, dict[str, _Named]] = field(default_factory=dict)
    connections: dict[str, DeclaredConnection] = field(default_factory=dict)
    waivers: list[tuple[Waiver, Section]] = field(default_factory=list)
    sections: dict[Place, Section] = field(default_factory=dict)

    def add(self, kind: str, thing: _Named, section: Section) -> None:
        """Keep a thing and its table; a second one of the same name is a fault."""
        self.sections[thing.place] = section
        kept = self.kinds.setdefault(kind, {})
        other = kept.setdefault(thing.name, thing)
        if other is not thing:
            self.faults.add(
                UsageError(
                    "estate.twice",
                    where=f"{thing.place.file}:{thing.place.line}",
                    key=thing.place.key,
                    first=f"{other.place.file}:{other.place.line}",
                )
            )

    def of(self, kind: str, _type: type[_Thing]) -> dict[str, _Thing]:
        """Return the things of a kind by name."""
        return {name: thing for name, thing in self.kinds.get(kind, {}).items() if isinstance(thing, _type)}


def parse_estate(
    sources: Sequence[Source], *, zone_exists: Callable[[str], bool] = lambda _zone: True
) -> Estate:
    """Read estate files together.

    Args:
        sources: the files, in the order their faults are reported in.
        zone_exists: tells whether a time zone is known where the plan will be carried out.

    Raises:
        EstateError: `estate.invalid`, with every fault of every file.
    """
    faults = Faults()
    draft = _Draft(faults, zone_exists)
    roots = [root for source in sources if (root := _root(source, faults)) is not None]
    if len(roots) < len(sources):
        raise EstateError(faults.found)
    for root in roots:
        _read_nodes(root, draft)
    for root in roots:
        _read_rest(root, draft)
    estate = _assemble(draft)
    if faults.found:
        raise EstateError(faults.found)
    return estate


def _root(source: Source, faults: Faults) -> Section | None:
    try:
        values = read_toml(source.text, source.file)
    except UsageError as error:
        faults.add(error)
        return None
    return Section(values, source, find_places(source.text), (), faults)


def _read_nodes(root: Section, draft: _Draft) -> None:
    for section in root.tables("nodes"):
        draft.add("nodes", _node(section), section)


def _read_rest(root: Section, draft: _Draft) -> None:
    local = {name for name, node in draft.of("nodes", Node).items() if isinstance(node.reach, Local)}
    about = root.table("estate")
    if about is not None:
        _read_about(about, draft)
    watch = root.table("watch")
    if watch is not None:
        _read_watching(watch, draft)
    for section in root.tables("services"):
        service, slots = read_service(section, local)
        draft.add("services", service, section)
        for slot, inner in slots:
            draft.add("slots", slot, inner)
    for section in root.tables("connections"):
        declared = declare_connection(section)
        draft.add("connections", declared, section)
        draft.connections.setdefault(declared.name, declared)
    readers: Mapping[str, Callable[[Section], _Named]] = {
        "owners": _owner,
        "identities": _identity,
        "trust-stores": _trust_store,
        "groups": _group,
        "windows": lambda section: _window(section, draft.zone_exists),
        "issuers": _issuer,
    }
    for kind, read in readers.items():
        for section in root.tables(kind):
            draft.add(kind, read(section), section)
    for section in root.list_of_tables("waivers"):
        _read_waiver(section, draft)
    root.close()


def _assemble(draft: _Draft) -> Estate:
    from_files = Estate(
        name=draft.estate_name or "estate",
        nodes=draft.of("nodes", Node),
        identities=draft.of("identities", Identity),
        trust_stores=draft.of("trust-stores", TrustStore),
        groups=draft.of("groups", Group),
        windows=draft.of("windows", Window),
        owners=draft.of("owners", Owner),
        issuers=draft.of("issuers", IssuerSpec),
        waivers=tuple(waiver for waiver, _ in draft.waivers),
        services=draft.of("services", Service),
        slots={**draft.of("slots", IdentitySlot), **draft.of("slots", TrustSlot)},
        watch=draft.watch,
    )
    connections = resolve_connections(from_files, draft.connections.values(), draft.faults)
    estate = replace(from_files, connections=connections)
    check_references(estate, draft.sections, draft.faults)
    subjects = {*estate.connections, *estate.nodes}
    for waiver, section in draft.waivers:
        if waiver.subject and waiver.subject not in subjects:
            section.unknown_reference("subject", waiver.subject, "connections", subjects)
    return estate


def _read_about(section: Section, draft: _Draft) -> None:
    name = section.text("name")
    if name and draft.estate_name not in ("", name):
        draft.faults.add(
            UsageError(
                "estate.two-names",
                where=section.where("name"),
                key=section.key("name"),
                found=name,
                first=draft.estate_name,
            )
        )
    draft.estate_name = draft.estate_name or name
    section.close()


def _read_watching(section: Section, draft: _Draft) -> None:
    spec = read_watch(section, draft.zone_exists)
    if draft.watch is None:
        draft.watch, draft.watch_at = spec, section.where()
    else:
        first = draft.watch_at
        draft.faults.add(UsageError("estate.twice", where=section.where(), key=section.key(), first=first))


def _node(section: Section) -> Node:
    reach = _reach(section)
    node = Node(
        section.name,
        reach,
        owner=section.text("owner"),
        state=section.file("state", resolve=isinstance(reach, Local)),
        place=section.place,
    )
    section.close()
    return node


def _reach(section: Section) -> Reach:
    word = section.choice("reach", ("local", "ssh", "by-hand", "agent"), "local")
    if word == "ssh":
        return Ssh(
            section.needed("destination", 'destination = "ops@web-1"'),
            section.texts("options"),
            section.flag("sudo"),
        )
    if word == "by-hand":
        return ByHand(section.choice("platform", ("appliance", "windows", "linux"), "appliance"))
    if word == "agent":
        return ByAgent(section.text("agent"))
    return Local()


def _owner(section: Section) -> Owner:
    owner = Owner(
        section.name,
        section.text("contact"),
        section.duration("answer-within", timedelta(days=7)),
        section.duration("remind-every", timedelta(days=1)),
        place=section.place,
    )
    section.close()
    return owner


def _identity(section: Section) -> Identity:
    identity = Identity(
        section.name,
        section.texts("names"),
        section.text("subject"),
        section.text("issuer"),
        section.choice("profile", tuple(PROFILES), "tls-server"),
        section.choice("key", KEY_SPECS, "ec-p256"),
        section.duration("lifetime", timedelta(days=90)),
        section.text("owner"),
        place=section.place,
    )
    section.close()
    return identity


def _trust_store(section: Section) -> TrustStore:
    store = TrustStore(
        section.name,
        CrlMode(section.choice("crl-mode", [mode.value for mode in CrlMode], CrlMode.OFF.value)),
        section.flag("partial-chain"),
        section.flag("single"),
        section.text("owner"),
        place=section.place,
    )
    section.close()
    return store


def _group(section: Section) -> Group:
    group = Group(
        section.name,
        section.texts("services"),
        section.number("max-unavailable", 1, least=0),
        section.texts("windows"),
        place=section.place,
    )
    if not group.services and isinstance(section.values.get("services", []), list):
        section.missing("services", 'services = ["web"]')
    section.close()
    return group


def _window(section: Section, zone_exists: Callable[[str], bool]) -> Window:
    section.needed("zone", 'zone = "Asia/Tokyo"')
    window = Window(
        section.name,
        section.zone("zone", zone_exists),
        tuple(_weekdays(section)),
        _start(section),
        section.duration("length", timedelta(hours=1)),
        tuple(_freezes(section)),
        place=section.place,
    )
    section.close()
    return window


def _weekdays(section: Section) -> Iterator[int]:
    named = section.maybe_texts("weekdays")
    for word in WEEKDAYS if named is None else named:
        if word in WEEKDAYS:
            yield WEEKDAYS.index(word)
        else:
            section.unknown_word("weekdays", word, WEEKDAYS)


def _start(section: Section) -> time:
    value = section.raw("start")
    if isinstance(value, time):
        return value
    if isinstance(value, str):
        try:
            parsed = time.fromisoformat(value)
        except ValueError:
            pass
        else:
            if parsed.tzinfo is None:
                return parsed
    section.faults.add(
        UsageError(
            "estate.not-time", where=section.where("start"), key=section.key("start"), found=shown(value)
        )
    )
    return time()


def _freezes(section: Section) -> Iterator[tuple[date, date]]:
    value = section.raw("freezes")
    for position, pair in enumerate(value if isinstance(value, list) else [] if value is None else [value]):
        days = [_day(item) for item in pair] if isinstance(pair, list) else []
        first, last = days if len(days) == 2 else (None, None)
        if first is not None and last is not None and first <= last:
            yield first, last
            continue
        section.faults.add(
            UsageError(
                "estate.not-freeze",
                where=section.where("freezes", position),
                key=section.key("freezes"),
                found=shown(pair),
            )
        )


def _day(value: object) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def _issuer(section: Section) -> IssuerSpec:
    issuer = IssuerSpec(
        section.name,
        section.choice("kind", ("local", "by-hand"), ""),
        section.source.resolve(section.needed("folder", 'folder = "ca"')),
        section.file("passphrase-file", resolve=True),
        section.file("chain", resolve=True),
        section.text("owner"),
        place=section.place,
    )
    section.close()
    return issuer


def _read_waiver(section: Section, draft: _Draft) -> None:
    expires = section.moment("expires")
    if expires is None and not section.has("expires"):
        section.missing("expires", "expires = 2027-01-31T00:00:00Z")
    waiver = Waiver(
        section.needed("subject", 'subject = "app-to-legacy"'),
        section.needed("by", 'by = "Ito"'),
        section.needed("reason", 'reason = "legacy has no test instance"'),
        expires or _NEVER,
    )
    draft.waivers.append((waiver, section))
    section.close()
