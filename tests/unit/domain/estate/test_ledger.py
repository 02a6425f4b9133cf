"""CSV ledgers in two languages and two encodings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.estate_texts import SMALL, estate_of
from warifu.domain.estate import ByAgent, ByHand, Identity, IdentitySlot, Ssh, TrustSlot
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.ledger import read_ledger, write_ledger
from warifu.domain.findings import Lang, say_error
from warifu.domain.trust.address import Address
from warifu.errors import RefusedError

JAPANESE = """種別,名前,ノード,到達方法,サービス,対象製品,アドレス,証明書またはストア,ファイル,鍵,証明書の名前,クライアント,サーバー,サーバー証明書スロット,クライアントの検証スロット,サーバー名,関係
証明書,tls,web-1,ssh ops@web-1,受付,nginx,[::1]:443;192.0.2.1:443,受付の証明書,/etc/web.crt,/etc/web.key,uketsuke.example;192.0.2.1,,,,,,
トラスト ストア,up,app-1,local,業務,files,,社内 CA,/etc/ca.pem,,,,,,,,
接続,業務から受付,,,,,,,,,,業務,受付,受付/tls,業務/up,uketsuke.example,申請
"""


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "cp932"])
def test_a_japanese_ledger_is_read_in_any_of_its_encodings(encoding: str) -> None:
    """The encoding is told from the bytes; headings are understood in Japanese."""
    estate = read_ledger(JAPANESE.encode(encoding), "台帳.csv")
    assert Ssh("ops@web-1") == estate.nodes["web-1"].reach
    assert (Address("::1", 443), Address("192.0.2.1", 443)) == estate.services["受付"].addresses
    assert Identity("受付の証明書", ("uketsuke.example", "192.0.2.1")) == estate.identities["受付の証明書"]
    assert TrustSlot("業務/up", "業務", "社内 CA", "/etc/ca.pem") == estate.slots["業務/up"]
    connection = estate.connections["業務から受付"]
    assert (("業務",), ("受付",), "申請") == (connection.clients, connection.servers, connection.relation)


def test_headings_of_earlier_ledgers_are_read() -> None:
    """Who answers for a service is its 担当者; a ledger that says 所有者 is read all the same, and so is a mere ストア."""
    current = write_ledger(estate_of(SMALL), "utf-8-sig", Lang.JA).decode("utf-8-sig")
    heading, _, rows = current.partition("\n")
    assert (True, True) == (",担当者," in heading, ",証明書またはトラスト ストア," in heading)
    former = heading.replace("担当者", "所有者").replace("証明書またはトラスト ストア", "証明書またはストア")
    told = [read_ledger(f"{one}\n{rows}".encode(), "l.csv") for one in (heading, former)]
    assert told[0] == told[1]


def test_utf8_has_a_byte_order_mark_and_cp932_has_none() -> None:
    """As spreadsheets want them; both read back the same."""
    estate = estate_of(SMALL)
    utf8, cp932 = (write_ledger(estate, encoding, Lang.JA) for encoding in ("utf-8-sig", "cp932"))
    assert utf8.startswith(b"\xef\xbb\xbf" + "種別".encode())
    assert cp932.startswith("種別".encode("cp932"))
    assert read_ledger(utf8, "a.csv") == read_ledger(cp932, "a.csv")


def test_what_cp932_cannot_carry_is_told_and_nothing_is_lost() -> None:
    """Row, column and character of each; the export is refused."""
    estate = estate_of(SMALL)
    web = estate.identities["web"]
    estate = replace(
        estate, identities={**estate.identities, "web": replace(web, names=("名\u301c.example", "😀"))}
    )
    with pytest.raises(RefusedError) as caught:
        write_ledger(estate, "cp932")
    told = say_error(caught.value, Lang.EN).splitlines()
    assert 3 == len(told)
    assert "U+301C" in told[1]
    assert "U+1F600" in told[2]
    assert ("names", "names") == tuple(part.values["column"] for part in caught.value.parts)


def test_cells_that_look_like_formulas_are_disarmed_and_restored() -> None:
    """No cell begins with = + - @; reading takes the apostrophe away again."""
    estate = estate_of(SMALL)
    slots = dict(estate.slots)
    slots["app/up"] = TrustSlot("app/up", "app", "up", '=cmd|" /C calc"!A0')
    slots["app/me"] = IdentitySlot("app/me", "app", "app", "'@x", "-1+1")
    estate = replace(estate, slots=slots)
    data = write_ledger(estate, "utf-8-sig")
    cells = [cell.strip('"') for line in data.decode("utf-8-sig").splitlines() for cell in line.split(",")]
    assert [] == [cell for cell in cells if cell[:1] in set("=+-@\t\r") and cell]
    assert slots["app/up"] == read_ledger(data, "l.csv").slots["app/up"]
    assert slots["app/me"] == read_ledger(data, "l.csv").slots["app/me"]


BAD = [
    ("estate.ledger-empty", None, 1, ""),
    ("estate.ledger-heading", None, 1, "kind,nodde\n"),
    ("estate.ledger-heading-twice", None, 1, "kind,node,ノード\n"),
    ("estate.ledger-no-kind", "kind", 1, "node,service\n"),
    ("estate.ledger-wrong", "kind", 2, "kind\nzebra\n"),
    ("estate.ledger-missing", "service", 3, "kind,node,service\n\nservice,n,\n"),
    ("estate.ledger-wrong", "target", 2, "kind,node,service,target\nservice,n,s,ngnix\n"),
    ("estate.ledger-wrong", "addresses", 2, "kind,node,service,target,addresses\nservice,n,s,files,x\n"),
    ("estate.ledger-wrong", "reach", 2, "kind,node,service,target,reach\nservice,n,s,files,telnet\n"),
    (
        "estate.ledger-contradicts",
        "service",
        3,
        "kind,node,service,target\nservice,n,s,files\nservice,n,s,nginx\n",
    ),
    ("estate.ledger-too-long", None, 2, "kind,node,service,target\nservice,n,s,files,more\n"),
    ("estate.ledger-broken", None, 2, 'kind,node\nservice,"n\n'),
    (
        "estate.ledger-twice",
        "name",
        3,
        "kind,node,service,target,name,holds,file\nidentity,n,s,files,t,i,/a\ntrust,n,s,files,t,x,/b\n",
    ),
    (
        "estate.ledger-wrong",
        "issuer",
        2,
        "kind,node,service,target,name,holds,file,issuer\nidentity,n,s,files,t,i,/a,nobody\n",
    ),
    (
        "estate.ledger-wrong",
        "client-certificate",
        3,
        (
            "kind,node,service,target,name,clients,servers,client-certificate\n"
            "service,n,s,files,,,,\nconnection,,,,c,s,s,perhaps\n"
        ),
    ),
    (
        "estate.ledger-twice",
        "name",
        4,
        (
            "kind,node,service,target,name,clients,servers\n"
            "service,n,s,files,,,\nconnection,,,,c,s,s\nconnection,,,,c,s,s\n"
        ),
    ),
    ("estate.ledger-wrong", "clients", 2, "kind,name,clients,servers\nconnection,c,nobody,nobody\n"),
]


@pytest.mark.parametrize(
    ("code", "column", "line", "text"), BAD, ids=[f"{b[0]}-{b[1]}-{number}" for number, b in enumerate(BAD)]
)
def test_a_bad_row_names_its_line_and_column(code: str, column: str | None, line: int, text: str) -> None:
    """The first fault is this one, at this place."""
    with pytest.raises(EstateError) as caught:
        read_ledger(text.encode(), "l.csv")
    fault = caught.value.faults[0]
    assert (code, f"l.csv:{line}", column) == (fault.code, fault.values["where"], fault.values.get("column"))


def test_a_row_after_a_cell_of_several_lines_keeps_its_line() -> None:
    """Lines are those of the file, not the count of rows."""
    text = 'kind,node,service,target,relation\nservice,n,s,files,"a\nb\nc"\nservice,n,t,bad,\n'
    with pytest.raises(EstateError) as caught:
        read_ledger(text.encode(), "l.csv")
    assert "l.csv:5" == caught.value.faults[0].values["where"]


def test_neither_utf8_nor_cp932_is_refused() -> None:
    """Bytes of no known encoding are not guessed at."""
    with pytest.raises(EstateError) as caught:
        read_ledger(b"kind,node\n\xe9\x00", "l.csv")
    assert ["estate.ledger-encoding"] == [fault.code for fault in caught.value.faults]


FAR = """
[nodes.far]
reach = "ssh"
destination = "ops@far"
[nodes.box]
reach = "by-hand"
platform = "windows"
[owners.ito]
[services.quiet]
node = "far"
target = "files"
owner = "ito"
[services.box]
node = "box"
target = "by-hand"
[services.box.identities.tls]
identity = "box"
certificate = "C:/box.crt"
sni = ["a;b", 'back\\slash']
[identities.box]
names = ["a;b", 'back\\slash']
owner = "ito"
"""


def test_every_reach_a_service_without_slots_and_awkward_names_read_back() -> None:
    """Services of far nodes and appliances, owners, and names that hold the separator come back as they were."""
    estate = estate_of(FAR)
    back = read_ledger(write_ledger(estate, "utf-8-sig"), "l.csv")
    assert estate == replace(back, name=estate.name)
    assert (Ssh("ops@far"), ByHand("windows")) == (back.nodes["far"].reach, back.nodes["box"].reach)
    assert ("a;b", "back\\slash") == back.identities["box"].names
    assert "ito" == back.services["quiet"].owner
    assert {} == read_ledger(write_ledger(estate, "utf-8-sig"), "l.csv", beside=estate).owners


@pytest.mark.parametrize(("expected", "word"), [(ByAgent(), "agent"), (ByAgent("a-7"), "agent a-7")])
def test_a_node_with_an_agent_is_read_from_a_ledger(expected: ByAgent, word: str) -> None:
    """Named as its node, or by a name of its own."""
    estate = read_ledger(JAPANESE.replace("ssh ops@web-1", word).encode(), "台帳.csv")
    assert expected == estate.nodes["web-1"].reach
