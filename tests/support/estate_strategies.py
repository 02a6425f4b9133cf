"""Random estates, as a Hypothesis strategy."""

from __future__ import annotations

import posixpath
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from warifu.domain.estate import (
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
from warifu.domain.estate.parse import KEY_SPECS
from warifu.domain.estate.parse_services import CONSUMERS, TARGETS
from warifu.domain.trust.address import Address

TEXT = st.one_of(
    st.sampled_from(["", "日本語", 'a"b\\c', "tab\there", "\x7f\x01", "=x", "a;b", "# no comment", "[x]"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
).map(str.strip)
PATH = TEXT.map(lambda text: posixpath.normpath("/p" + text))  # as they are read: without steps up
TEXTS = st.lists(TEXT.filter(bool), max_size=3).map(tuple)
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
