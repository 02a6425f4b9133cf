"""Chains and pairs of OpenManage Enterprise on the command line, clause by clause."""

from __future__ import annotations

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.in_process import document, told
from support.pki import BOTH, CLIENT, DAY, SERVER, Entity, make_ca, make_key
from support.usages import key_usage
from warifu.apps.cli import main
from warifu.domain.x509 import Certificate, to_pem

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root-CA", now=NOW)
FIRST = ROOT.intermediate("Inter-CA1", now=NOW)
SECOND = ROOT.intermediate("Inter-CA2", now=NOW)
USES = key_usage("digital_signature", "key_encipherment")
RSA = make_key("rsa")
OME = ("--profile", "dell-ome-migration", "--at", NOW.isoformat())
SINGLE = ("--profile", "dell-ome-server", "--at", NOW.isoformat(), "--anchors", "trusted.pem")
DIFFER = (
    "error The issuers of a.pem ↔ b.pem differ: CN=Inter-CA1 here, CN=Inter-CA2 there (the same on both sides: "
    "CN=Root-CA)."
)
ISSUE_ALIKE = (
    "Have both certificates issued by one CA, through the same intermediates up to the same root, and upload both "
    "chains again. By path validation alone the pair may hold; this target asks for more."
)
TOO_OLD = (
    "The procedure ome-migration is not applicable to Dell OpenManage Enterprise 3.9: chain upload is not available "
    "before 3.10. It is for 3.10 +. No step was written."
)
MIGRATION = {"version": "3.10", "source": "a", "target": "b", "target_version": "4.0"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to type in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARIFU_LANG", "en")
    (tmp_path / "trusted.pem").write_bytes(to_pem([FIRST.value, ROOT.value]))
    return tmp_path


def appliance(name: str, issuer: Entity = FIRST, **options: Any) -> Entity:
    return issuer.leaf(name, **{"now": NOW, "purposes": BOTH, "usage": USES, "key": RSA, **options})


def whole(entity: Entity) -> tuple[Certificate, ...]:
    return (entity.value, *(one.value for one in entity.above))


def put(name: str, *certificates: Certificate) -> str:
    Path(name).write_bytes(to_pem(certificates))
    return name


def pair_of(one: Entity, other: Entity) -> tuple[str, str]:
    return put("a.pem", *whole(one)), put("b.pem", *whole(other))


def wrong(findings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The errors that rules find; engines have limits of their own, such as eight CAs."""
    return [one for one in findings if one["severity"] == "error" and one["code"] != "engine-refused"]


def errors(findings: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in wrong(findings)]


def table(out: str) -> list[list[str]]:
    """The rows below "ISSUED TO": cells of both sides."""
    lines = out.split("ISSUED TO", 1)[1].splitlines()[2:]
    return [line.split() for line in lines[: lines.index("")]]


SOURCE, TARGET = appliance("oment-310"), appliance("oment-400")


@pytest.mark.req("S4-54", "S4-56", "S4-28")
def test_a_pair_beneath_the_same_cas_passes_row_by_row(capsys: pytest.CaptureFixture[str]) -> None:
    """The example: both verdicts are valid, and issued-to and issued-by of both sides stand in a table."""
    a, b = pair_of(SOURCE, TARGET)
    code, seen = document(capsys, "pair", a, b, *OME)
    assert (0, True, "valid", "valid", []) == (
        code,
        seen["fine"],
        seen["standard"],
        seen["target"]["verdict"],
        seen["findings"],
    )
    above = [{"to": "Inter-CA1", "by": "Root-CA"}, {"to": "Root-CA", "by": "Root-CA"}]
    assert [
        [{"to": "oment-310", "by": "Inter-CA1"}, *above],
        [{"to": "oment-400", "by": "Inter-CA1"}, *above],
    ] == [end["issued"] for end in seen["ends"]]
    code, out = told(capsys, "pair", a, b, *OME)
    assert (0, True) == (code, "dell-ome-migration: valid.\n" in out)
    assert [
        ["oment-310", "Inter-CA1", "oment-400", "Inter-CA1"],
        ["Inter-CA1", "Root-CA", "Inter-CA1", "Root-CA"],
        ["Root-CA", "Root-CA", "Root-CA", "Root-CA"],
    ] == table(out)


@pytest.mark.req("S4-57", "S4-58", "S4-55")
def test_another_intermediate_is_valid_by_the_standard_and_refused_by_the_vendor(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Both verdicts are shown, which CAs differ, that the root is the same, and why it matters."""
    a, b = pair_of(SOURCE, appliance("oment-400", SECOND))
    code, seen = document(capsys, "pair", a, b, *OME)
    assert (1, "valid", "invalid") == (code, seen["standard"], seen["target"]["verdict"])
    assert ["issuers-differ"] == errors(seen["findings"])
    code, out = told(capsys, "pair", a, b, *OME)
    assert 1 == code
    for line in (
        "Standard (path validation): valid, either end may call.",
        "dell-ome-migration: invalid.",
        "Handshakes would succeed; dell-ome-migration refuses all the same, because it asks for more.",
        DIFFER,
        f"  remedy: {ISSUE_ALIKE}",
    ):
        assert f"{line}\n" in out
    assert ["oment-310", "Inter-CA1", "oment-400", "Inter-CA2"] == table(out)[0]


@pytest.mark.req("S4-54", "S4-55")
@pytest.mark.parametrize("sent", [1, 2])
def test_a_chain_that_lacks_cas_is_to_be_completed_and_nothing_issued_anew(
    capsys: pytest.CaptureFixture[str], sent: int
) -> None:
    """As far as both chains go the names agree, so nothing is said to differ; what is missing is told of that end."""
    a, b = put("a.pem", *whole(SOURCE)), put("b.pem", *whole(TARGET)[:sent])
    code, seen = document(capsys, "pair", a, b, *OME)
    assert (1, [], "invalid") == (code, seen["findings"], seen["target"]["verdict"])
    source, target = (end["findings"] for end in seen["target"]["ends"])
    assert ([], True) == (errors(source), "root-not-sent" in errors(target))
    assert "one CA" not in " ".join(one["remedy"] for one in target)
    other = put("b.pem", *whole(appliance("oment-400", SECOND))[:sent])
    (found,) = document(capsys, "pair", a, other, *OME)[1]["findings"]
    assert ("issuers-differ", "CN=Inter-CA1", "CN=Inter-CA2") == (
        found["code"],
        found["evidence"]["mine"],
        found["evidence"]["theirs"],
    )


@pytest.mark.req("S4-23", "S4-04")
def test_whom_each_side_trusts_is_shown_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The sets of both sides, one of them empty: that side trusts nobody, and the pair is refused."""
    a, b = pair_of(SOURCE, appliance("oment-400", make_ca("Other-Root", now=NOW)))
    ends = document(capsys, "pair", a, b, *OME)[1]["ends"]
    assert [["CN=Root-CA"], ["CN=Other-Root"]] == [end["trusts"] for end in ends]
    assert [ROOT.value.fingerprint.hex] == ends[0]["anchors"]
    first, second = told(capsys, "pair", a, b, *OME)[1].split("\nB: ", 1)
    assert first.startswith("A: a.pem; 3 certificates, trusts 1 anchor, ")
    assert second.startswith("b.pem; 2 certificates, trusts 1 anchor, ")
    assert f"trusts CN=Root-CA, SHA-256 {ROOT.value.fingerprint.hex}" in first
    assert ("trusts CN=Other-Root, SHA-256 " in second, "trusts CN=Root-CA" in second) == (True, False)
    put("b.pem", TARGET.value)
    code, seen = document(capsys, "pair", a, b, *OME)
    assert (1, "invalid", [["CN=Root-CA"], []]) == (
        code,
        seen["standard"],
        [end["trusts"] for end in seen["ends"]],
    )
    out = told(capsys, "pair", a, b, *OME)[1]
    assert "B: b.pem; 1 certificate, trusts 0 anchors" in out
    assert 1 == out.count("   trusts CN=")
    many = [make_ca(f"Root {number:02}", key=RSA, now=NOW).value for number in range(12)]
    put("store.pem", *many)
    out = told(capsys, "pair", a, b, "--trust-b", "store.pem", *OME)[1]
    assert ("   trusts CN=Root 09," in out, "CN=Root 10," in out, "   and 2 more\n" in out) == (
        True,
        False,
        True,
    )


@pytest.mark.req("S4-07", "S4-47")
def test_a_migration_does_not_start_before_the_chain_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """The first step of the procedure, typed as it is written: a lone leaf is stopped there, with advice."""
    settings = [word for name, value in MIGRATION.items() for word in ("--set", f"{name}={value}")]
    _, page = document(capsys, "plan", "procedure", "ome-migration", *settings)
    steps = page["steps"]
    assert ["chains", "pair", "clocks", "connect", "migrate"] == [one["id"] for one in steps]
    assert "Neither finds anything." == steps[0]["gate"]
    commands = [shlex.split(line)[1:] for line in steps[0]["command"].splitlines() if line.strip()]
    put("target.pem", *whole(TARGET))
    put("source.pem", SOURCE.value)
    trusted = ("--anchors", "trusted.pem", "--at", NOW.isoformat())
    seen = [document(capsys, *command, *trusted) for command in commands]
    assert [1, 0] == [code for code, _ in seen]
    lone = seen[0][1]["subjects"][0]
    assert (["source.pem", "refused"]) == [lone["subject"], lone["verdict"]["outcome"]]
    (advice,) = [one["remedy"] for one in lone["findings"] if one["code"] == "root-not-sent"]
    assert "warifu pack FILE --form chain-with-root" in advice
    put("source.pem", *whole(SOURCE))
    assert [0, 0] == [main.run([*command, *trusted]) for command in commands]


@pytest.mark.req("S4-59", "S4-60")
def test_a_clock_two_years_ahead_and_a_chain_of_eleven_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Expired by the target's own clock, whose skew is reported of that end alone; eleven fail with the limit of ten."""
    a, b = pair_of(SOURCE, TARGET)
    ahead = ("--clock-b", (NOW + 730 * DAY).isoformat())
    code, seen = document(capsys, "pair", a, b, *OME, *ahead)
    assert (1, [("clock-skewed", "b.pem")]) == (
        code,
        [(one["code"], one["subject"]) for one in seen["findings"]],
    )
    assert "730 days" == seen["findings"][0]["evidence"]["skew"]
    assert ([], ["expired"]) == tuple(errors(end["findings"]) for end in seen["target"]["ends"])
    dates = [
        (look["acceptor"], one["evidence"]["clock"])
        for look in seen["looks"]
        for one in look["findings"]
        if one["code"] == "expired"
    ]
    assert [("b.pem", "b.pem")] * 2 == dates
    code, out = told(capsys, "pair", a, b, *OME, *ahead)
    assert "The clock of b.pem says" in out
    assert ", 730 days away from ours.\n" in out
    assert "seen (expired): by the clock of: b.pem;" in out
    code, seen = document(capsys, "pair", a, b, *OME, "--clock-b", NOW.isoformat())
    assert (0, []) == (code, seen["findings"])
    issuer = FIRST
    for number in range(7):
        issuer = issuer.intermediate(f"Deep{number}", now=NOW)
    code, seen = document(capsys, "pair", *pair_of(appliance("a", issuer), appliance("b", issuer)), *OME)
    assert (0, "valid", "valid") == (code, seen["standard"], seen["target"]["verdict"])  # ten
    issuer = issuer.intermediate("Deep7", now=NOW)
    a, b = pair_of(appliance("a", issuer), appliance("b", issuer))
    code, seen = document(capsys, "pair", a, b, *OME)
    assert (1, "invalid") == (code, seen["target"]["verdict"])
    assert [["chain-too-deep"]] * 2 == [errors(end["findings"]) for end in seen["target"]["ends"]]
    assert "has 11 certificates; the target takes 10 at most." in told(capsys, "pair", a, b, *OME)[1]


@pytest.mark.req("S4-17", "S4-18", "S4-19")
def test_a_chain_needs_both_purposes_and_the_reason_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Either alone fails with the purpose that is missing; the single certificate passes with serverAuth."""
    why = "either appliance may be the server or the client of the connection"
    for purposes, missing in ((SERVER, "clientAuth"), (CLIENT, "serverAuth")):
        lone = appliance("oment-310", purposes=purposes)
        file = put("chain.pem", *whole(lone))
        code, seen = document(capsys, "check", file, *OME, "--anchors", "trusted.pem")
        found = wrong(seen["subjects"][0]["findings"])
        assert (1, ["purpose-missing"], missing) == (
            code,
            [one["code"] for one in found],
            found[0]["evidence"]["wanted"],
        )
        out = told(capsys, "check", file, *OME, "--anchors", "trusted.pem")[1]
        assert why in out
        out = told(capsys, "check", file, *OME, "--anchors", "trusted.pem", "--lang", "ja")[1]
        assert "どちらのアプライアンスもサーバーにもクライアントにもなるため" in out
        single = main.run(["check", put("leaf.pem", lone.value), *SINGLE])
        assert (0 if purposes is SERVER else 1) == single


@pytest.mark.req("S4-20", "S4-21")
def test_key_encipherment_is_wanted_and_ec_keys_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    """Of an RSA key without it, and of an EC key, for which the remedy says that the bit does not apply."""
    signs = key_usage("digital_signature")
    for key, kind in ((RSA, "RSA 2048"), (make_key(), "EC")):
        file = put("chain.pem", *whole(appliance("oment-310", usage=signs, key=key)))
        code, seen = document(capsys, "check", file, *OME, "--anchors", "trusted.pem")
        found = wrong(seen["subjects"][0]["findings"])
        assert (1, ["key-usage-incomplete"]) == (code, [one["code"] for one in found])
        assert ("keyEncipherment", True) == (
            found[0]["evidence"]["missing"],
            str(found[0]["evidence"]["key"]).startswith(kind),
        )
        assert "keyEncipherment does not apply to EC keys" in found[0]["remedy"]
        assert "the key in the certificate encrypts the traffic" in json.dumps(found[0]["evidence"])
    for key, noted in ((RSA, []), (make_key(), ["encipherment-unfit"])):  # the bit is there
        file = put("chain.pem", *whole(appliance("oment-310", key=key)))
        code, seen = document(capsys, "check", file, *OME, "--anchors", "trusted.pem")
        findings = seen["subjects"][0]["findings"]
        assert [] == wrong(findings)
        assert noted == [one["code"] for one in findings if one["code"] == "encipherment-unfit"]
        assert all("RFC 8813" in one["clause"] for one in findings if one["code"] in noted)


@pytest.mark.req("S4-10", "S4-15", "S4-16")
def test_the_single_upload_is_one_certificate_in_base64(capsys: pytest.CaptureFixture[str]) -> None:
    """A chain is more than that; DER is told as such and written as Base64; garbage is refused with the reason."""
    leaf, chain = put("leaf.pem", SOURCE.value), put("chain.pem", *whole(SOURCE))
    Path("leaf.cer").write_bytes(SOURCE.value.der)
    found = {
        name: errors(document(capsys, "check", name, *SINGLE)[1]["subjects"][0]["findings"])
        for name in (leaf, chain, "leaf.cer")
    }
    assert {leaf: [], chain: ["file-holds-more"], "leaf.cer": ["not-base64"]} == found
    assert (
        "is binary (DER); the target reads Base64 text alone (PEM)."
        in told(capsys, "check", "leaf.cer", *SINGLE)[1]
    )
    assert 0 == main.run(["pack", "leaf.cer", "--for", "dell-ome-server", "--out", "new.pem"])
    assert SOURCE.pem == Path("new.pem").read_bytes()
    Path("garbage.cer").write_bytes(bytes(range(256)) * 3)
    capsys.readouterr()
    assert 2 == main.run(["pack", "garbage.cer", "--for", "dell-ome-server", "--out", "no.pem"])
    assert "No certificate could be read in garbage.cer." in capsys.readouterr().err
    assert not Path("no.pem").exists()
    code, out = told(capsys, "check", "garbage.cer", *SINGLE)
    assert (1, True) == (code, "garbage.cer: holds no certificate, key, request or CRL." in out)


@pytest.mark.req("S4-22", "S4-25", "S4-27")
def test_the_root_is_wanted_and_ten_are_the_most_however_many_are_sent(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without the root it fails by its name; ten pass, eleven fail with the limit, also where the store completes them."""
    issuer, made = FIRST, {}
    for number in range(8):
        issuer = issuer.intermediate(f"Deep{number}", now=NOW)
        made[number + 4] = appliance("deep", issuer)  # leaf, these, Inter-CA1 and the root
    for count, sent, wanted in (
        (10, 10, []),
        (11, 11, ["chain-too-deep"]),
        (10, 9, ["root-not-sent"]),
        (11, 10, ["root-not-sent", "chain-too-deep"]),
    ):
        file = put("chain.pem", *whole(made[count])[:sent])
        code, seen = document(capsys, "check", file, *OME, "--anchors", put("root.pem", ROOT.value))
        found = wrong(seen["subjects"][0]["findings"])
        assert (int(bool(wanted)), sorted(wanted)) == (code, sorted(one["code"] for one in found))
        shown = {one["code"]: one["evidence"] for one in found}
        if "root-not-sent" in shown:
            assert "CN=Root-CA" == shown["root-not-sent"]["root"]
        if "chain-too-deep" in shown:
            assert (11, 10) == (shown["chain-too-deep"]["found"], shown["chain-too-deep"]["limit"])
    told(capsys, "pack", put("chain.pem", *whole(made[10])[:9]), "--pool", "root.pem", "--for", "dell-ome-migration", "--out", "new.pem")  # fmt: skip
    assert 0 == main.run(["check", "new.pem", *OME, "--anchors", "root.pem"])


@pytest.mark.req("S4-65")
@pytest.mark.parametrize(("name", "label"), [("version", "3.9"), ("target_version", "3.9")])
def test_a_release_below_the_floor_has_no_chain_upload(
    capsys: pytest.CaptureFixture[str], name: str, label: str
) -> None:
    """Either end: the reason is told in both languages, and no step is written."""
    given = {**MIGRATION, name: label}
    settings = [word for key, value in given.items() for word in ("--set", f"{key}={value}")]
    for lang, sentence in (
        (
            "en",
            TOO_OLD,
        ),
        ("ja", "3.10 より前のリリースではチェーンをアップロードできません"),
    ):
        capsys.readouterr()
        assert 3 == main.run(["plan", "procedure", "ome-migration", *settings, "--lang", lang])
        said = capsys.readouterr()
        assert ("", True) == (said.out, sentence in said.err)
    chain = ["--set", "version=3.9", "--set", "host=ome.example"]
    assert 3 == main.run(["plan", "procedure", "ome-certificate-chain", *chain])
    assert "chain upload is not available before 3.10" in capsys.readouterr().err


@pytest.mark.req("S4-64", "S4-02")
@pytest.mark.parametrize("id_", ["ome-certificate-chain", "ome-migration"])
def test_where_a_procedure_comes_from_is_stored_and_shown(
    capsys: pytest.CaptureFixture[str], id_: str
) -> None:
    """Product, title, publication, version, kind and the date of the samples, of each procedure of the article."""
    _, seen = document(capsys, "procedure", "show", id_)
    assert ("Dell OpenManage Enterprise", "3.10 +") == (seen["product"], seen["releases"])
    assert {
        "id": "KB 000221202",
        "title": "OpenManage Enterprise: troubleshooting certificate chain issues required for migration",
        "language": "en",
        "revision": "version 4, 2024-06-11",
        "newer": None,
        "kind": "How-To",
        "samples": "logs of January 2024",
    } == seen["source"]
    out = told(capsys, "procedure", "show", id_)[1]
    assert "revision version 4, 2024-06-11; reviewed 2026-11-22.\nKind of document: How-To.\n" in out
    assert "Its samples: logs of January 2024.\n" in out
    assert (
        "掲載されている出力例: 2024 年 1 月のログ"
        in told(capsys, "procedure", "show", id_, "--lang", "ja")[1]
    )
