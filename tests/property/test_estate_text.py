"""Written estates read back as they were; merged files keep what people wrote."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from support.estate_texts import SMALL
from warifu.domain.estate import (
    Address,
    ByHand,
    ClientCertificate,
    Connection,
    CrlMode,
    Estate,
    Group,
    Identity,
    IdentitySlot,
    IssuerSpec,
    Loading,
    Local,
    Node,
    Owner,
    Provenance,
    Service,
    Slot,
    Ssh,
    TrustSlot,
    TrustStore,
    Waiver,
    Window,
)
from warifu.domain.estate.merge import merge
from warifu.domain.estate.parse import KEY_SPECS, parse_estate
from warifu.domain.estate.parse_services import CONSUMERS, TARGETS
from warifu.domain.estate.table_reader import Source
from warifu.domain.estate.write import write_estate

TEXT = st.one_of(
    st.sampled_from(["", "日本語", 'a"b\\c', "tab\there", "\x7f\x01", "=x", "a;b", "# no comment", "[x]"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
)
PATH = TEXT.map(lambda text: "/p" + text)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
SPAN = st.integers(1, 999).flatmap(
    lambda count: st.sampled_from(
        [timedelta(days=count), timedelta(hours=count), timedelta(minutes=count), timedelta(seconds=count)]
    )
)
MOMENT = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
HOST = st.sampled_from(["127.0.0.1", "::1", "web.example", "fe80::1%eth0"])
REACH = st.one_of(
    st.just(Local()),
    st.builds(Ssh, st.just("ops@web"), TEXTS, st.booleans()),
    st.builds(ByHand, st.sampled_from(["appliance", "windows", "linux"])),
)


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    nodes = {
        name: Node(name, draw(REACH), draw(st.sampled_from(["", "team"])), draw(PATH))
        for name in ("n1", "n-2")
    }
    services: dict[str, Service] = {}
    slots: dict[str, Slot] = {}
    for number, name in enumerate(draw(st.sampled_from([("web",), ("web", "app.1"), ("web", "db", "日本")]))):
        services[name] = Service(
            name,
            draw(st.sampled_from(sorted(nodes))),
            draw(st.sampled_from(TARGETS)),
            draw(st.sampled_from(CONSUMERS)),
            tuple(Address(host, 1000 + number) for host in draw(st.sets(HOST, max_size=2))),
            draw(st.sampled_from(["tls", "postgresql"])),
            draw(st.sampled_from(list(Loading))),
            draw(TEXTS),
            draw(TEXTS),
            draw(TEXTS),
            draw(st.dictionaries(TEXT.map(lambda text: "k" + text), PATH, max_size=2)),
        )
        for label in draw(st.sampled_from([("a",), ("a", "b")])):
            slots[f"{name}/{label}"] = IdentitySlot(
                f"{name}/{label}", name, "one", draw(PATH), draw(PATH), draw(PATH), draw(TEXTS), draw(TEXT)
            )
        slots[f"{name}/t"] = TrustSlot(f"{name}/t", name, "store", draw(PATH), draw(PATH))
    names = sorted(services)
    connections = {}
    for number in range(draw(st.integers(0, 2))):
        client, server = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        mode = draw(st.sampled_from(list(ClientCertificate)))
        mutual = mode is not ClientCertificate.NONE
        connections[f"c{number}"] = Connection(
            f"c{number}",
            (client,),
            (server,),
            (f"{server}/a",),
            draw(st.sampled_from([(), (f"{client}/t",)])),
            mode,
            draw(st.sampled_from([(), (f"{client}/a",)])) if mutual else (),
            (f"{server}/t",) if mutual else (),
            draw(TEXT),
            draw(TEXT),
            draw(TEXTS),
            relation=draw(TEXT),
            provenance=draw(st.sampled_from(list(Provenance))),
            seen=draw(MOMENT),
            unknown_trust=draw(st.booleans()),
        )
    start = time(draw(st.integers(0, 23)), draw(st.integers(0, 59)))
    return Estate(
        draw(st.sampled_from(["estate", "shop", 'q"'])),
        nodes,
        services,
        slots,
        {
            "one": Identity(
                "one", draw(TEXTS), draw(TEXT), key=draw(st.sampled_from(KEY_SPECS)), lifetime=draw(SPAN)
            )
        },
        {
            "store": TrustStore(
                "store", draw(st.sampled_from(list(CrlMode))), draw(st.booleans()), draw(st.booleans())
            )
        },
        connections,
        {"g": Group("g", tuple(names), draw(st.integers(0, 3)), ("w",))},
        {"w": Window("w", "Asia/Tokyo", (0, 6), start, draw(SPAN), ((date(2026, 1, 1), date(2026, 1, 2)),))},
        {"team": Owner("team", draw(TEXT), draw(SPAN), draw(SPAN))},
        {
            "ca": IssuerSpec(
                "ca", draw(st.sampled_from(["local", "by-hand"])), draw(PATH), draw(PATH), draw(PATH)
            )
        },
        (Waiver(draw(st.sampled_from(["n1", *connections])), "Ito", "why", draw(MOMENT)),),
    )


@settings(max_examples=100, deadline=None)
@given(estates())
def test_a_written_estate_reads_back_as_it_was(estate: Estate) -> None:
    """Write and read are inverse, and the text is the same each time."""
    text = write_estate(estate)
    again = parse_estate([Source("estate.toml", text, "/srv")])
    assert estate == again
    assert text == write_estate(again)


@settings(max_examples=60, deadline=None)
@given(estates(), st.data())
def test_a_merge_keeps_the_text_and_adds_what_is_new(estate: Estate, data: st.DataObject) -> None:
    """What stands in the file stays byte for byte; merging the same scan again changes nothing."""
    services = data.draw(st.sets(st.sampled_from(sorted(estate.services)), min_size=1))
    kept_slots = {name: slot for name, slot in estate.slots.items() if slot.service in services}
    part = replace(
        estate,
        services={name: estate.services[name] for name in services},
        slots=kept_slots,
        connections={
            name: one for name, one in estate.connections.items() if {*one.clients, *one.servers} <= services
        },
        groups={},
        waivers=(),
    )
    text = "# by hand\n" + write_estate(part).replace("\n[", "\n# kept \n[")
    texts, difference = merge([Source("e.toml", text, "/srv")], replace(estate, waivers=()), into="e.toml")
    merged = texts.get("e.toml", text)
    assert merged.startswith(text)
    assert () == difference.changed
    assert () == difference.held_back
    assert () == difference.vanished
    whole = parse_estate([Source("e.toml", merged, "/srv")])
    assert replace(estate, waivers=()) == whole
    assert ({}, True) == _again(merged, replace(estate, waivers=()))


def _again(text: str, estate: Estate) -> tuple[dict[str, str], bool]:
    texts, difference = merge([Source("e.toml", text, "/srv")], estate, into="e.toml")
    return dict(texts), difference.is_empty


@settings(max_examples=40, deadline=None)
@given(estates(), st.booleans())
def test_a_merge_never_touches_what_people_wrote(estate: Estate, ends_well: bool) -> None:
    """Whatever the scan holds, the old text is a prefix of the new one, and the new one is an estate."""
    text = SMALL if ends_well else SMALL.rstrip("\n")
    texts, _ = merge([Source("e.toml", text, "/srv")], replace(estate, waivers=()), into="e.toml")
    merged = texts.get("e.toml", text)
    assert merged.startswith(text)
    parse_estate([Source("e.toml", merged, "/srv")])
