"""Vendors' procedures: data, checked, filled, written."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from warifu.domain.diagnosis import (
    Filled,
    Procedure,
    every_said,
    fill,
    read_procedure,
    shown,
    use_of,
    worded,
    written,
)
from warifu.domain.diagnosis.places import PLACES, product_of
from warifu.domain.diagnosis.procedure import REVIEWED_WITHIN
from warifu.domain.findings import Lang, Text, say_error
from warifu.errors import RefusedError, UsageError

FOLDER = Path(__file__).resolve().parents[4] / "src/warifu/data/procedures"
SHIPPED = {
    path.stem: read_procedure(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))
}
TODAY = date(2026, 11, 30)
VECS = {
    "version": "7.0",
    "id": "ED:CF:46:A5:D0:D0:A0:B8:F5:B0:D0:D5:A7:C3:AB:9C:5F:1E:2D:3C",
    "alias": "37d1f5f385df9180a33d3b426478c27554c6bc97",
    "login": "administrator@vsphere.local",
    "nodes": "psc1.example, psc2.example",
}
SEPM = {"version": "14.3 RU1", "host": "sepm.example", "names": "sepm.example, 192.0.2.7"}
MINIMAL = """
format = 1
id = "p"
product = "P"
reviewed = 2026-11-01
parameters = []
title = { en = "a", ja = "あ" }
source = { id = "S", title = "T", language = "en", revision = { en = "1", ja = "1" } }
[[steps]]
id = "one"
title = { en = "a", ja = "あ" }
owner = { en = "a", ja = "あ" }
text = { en = "a", ja = "あ" }
gate = { en = "a", ja = "あ" }
undo = { en = "a", ja = "あ" }
"""


def filled(id_: str, given: dict[str, str]) -> Filled:
    return fill(SHIPPED[id_], given, today=TODAY)


def replace(value: Any, **changed: object) -> Any:
    """A procedure or its source with something changed; they are structs, not dataclasses."""
    return msgspec.structs.replace(value, **changed)


def page_of_vecs(lang: Lang) -> str:
    return shown(SHIPPED["vecs-root-removal"], lang)


def commands(found: Filled) -> str:
    return "\n".join(f"{one.command}\n{one.powershell}" for one in found.steps)


def test_the_five_vendors_are_covered() -> None:
    """Root removal, the manager, trust authority in four parts, Expressway, and the chain with its migration."""
    assert [
        "expressway-renewal",
        "ome-certificate-chain",
        "ome-migration",
        "sepm-certificate-expired",
        "trust-authority-first-host",
        "trust-authority-later-host",
        "trust-authority-remove-host",
        "trust-authority-setup",
        "vecs-root-removal",
    ] == list(SHIPPED)


@pytest.mark.req("X-15")
@pytest.mark.parametrize("id_", sorted(SHIPPED))
def test_every_sentence_is_there_in_both_languages(id_: str) -> None:
    """And each language is its own, with the same values in it."""
    for said in every_said(SHIPPED[id_]):
        assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", said.en), said.en
        assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", said.ja), said.ja
        assert sorted(re.findall(r"\{\w+\}", said.en)) == sorted(re.findall(r"\{\w+\}", said.ja)), said.ja


@pytest.mark.req("S0-02", "S4-02", "S4-64")
def test_a_procedure_knows_where_it_comes_from() -> None:
    """Source, language, revision; a newer upstream text is shown as possibly stale, and the revision used is kept."""
    vecs = filled("vecs-root-removal", VECS)
    assert vecs.stale
    page = written(vecs, Lang.EN)
    assert "This translation may be stale: written from revision 2146011" in page
    assert "この訳文は古い可能性があります" in written(vecs, Lang.JA)
    source = vecs.procedure.source
    for lang in Lang:
        head = written(vecs, lang).split("\n\n")[1]
        assert all(worded(part, lang) in head for part in (source.id, source.title, source.revision))
    known = replace(vecs.procedure, source=replace(source, newer=""))
    given = {name: VECS[name] for name in VECS}
    current = fill(known, given, today=known.reviewed)
    assert (False, False) == (current.stale, "stale" in written(current, Lang.EN))
    ome = SHIPPED["ome-certificate-chain"].source
    assert ("KB 000221202", "version 4, 2024-06-11") == (ome.id, ome.revision.en)
    for id_ in ("ome-certificate-chain", "ome-migration"):
        ome = SHIPPED[id_].source
        assert ("KB 000221202", "en", "version 4, 2024-06-11", "How-To") == (
            ome.id,
            ome.language,
            ome.revision.en,
            ome.kind,
        )
        assert (
            "OpenManage Enterprise: troubleshooting certificate chain issues required for migration"
            == ome.title
        )
        assert ome.samples is not None
        assert "logs of January 2024" == ome.samples.en
        for lang, kind in ((Lang.EN, "Kind of document: How-To."), (Lang.JA, "文書の種類: How-To")):
            page = shown(SHIPPED[id_], lang)
            assert f"\n{kind}\n" in page
            assert ome.samples.text(lang) in page
            assert ome.title in page
    assert "Kind of document" not in page_of_vecs(Lang.EN)


@pytest.mark.req("S0-02")
def test_a_use_says_which_revision_the_page_was_made_from() -> None:
    """And keeps what was given, not what follows from it."""
    vecs = filled("vecs-root-removal", VECS)
    at = datetime(2026, 11, 30, tzinfo=UTC)
    used = use_of(vecs, b"page", "page.md", at)
    source = vecs.procedure.source
    assert (source.id, source.language, source.revision, source.newer, True) == (
        used.source,
        used.language,
        used.revision,
        used.newer,
        used.stale,
    )
    assert ("page.md", hashlib.sha256(b"page").hexdigest(), at) == (used.page, used.digest, used.at)
    assert {one.name for one in vecs.procedure.parameters} == set(used.values)
    assert used.name != use_of(vecs, b"other", "page.md", at).name


@pytest.mark.req("S0-02")
def test_a_procedure_that_nobody_reviewed_for_a_year_is_stale() -> None:
    """On the day after."""
    chain = SHIPPED["ome-certificate-chain"]
    last = chain.reviewed + REVIEWED_WITHIN
    assert [False, True] == [chain.is_stale(last), chain.is_stale(last + timedelta(days=1))]
    given = {"version": "4.0", "host": "ome.example"}
    old = fill(chain, given, today=last + timedelta(days=1))
    assert "last reviewed on" in written(old, Lang.EN)
    assert "stale" not in written(fill(chain, given, today=last), Lang.EN)


@pytest.mark.req("S0-08", "S1-07", "S4-65")
@pytest.mark.parametrize(
    ("id_", "given", "version"),
    [
        ("vecs-root-removal", VECS, "5.5"),
        ("sepm-certificate-expired", SEPM, "14.2"),
        ("sepm-certificate-expired", SEPM, "14.3 MP1"),
        ("ome-migration", {"source": "a", "target": "b", "target_version": "4.0"}, "3.9"),
        ("vecs-root-removal", VECS, "9.0"),
        ("trust-authority-remove-host", {"cluster": "c", "host": "h"}, "6.7"),
    ],
)
def test_another_release_gets_no_step(id_: str, given: dict[str, str], version: str) -> None:
    """Not applicable, and nothing is written, whatever else was given or left out."""
    floor = SHIPPED[id_].since_because
    code = "diagnosis.procedure-too-old" if floor else "diagnosis.procedure-not-applicable"
    for values in (given, {}, {**given, "odd": "x"}):
        with pytest.raises(RefusedError) as caught:
            filled(id_, {**values, "version": version})
        assert (code, version) == (caught.value.code, caught.value.values["version"])


@pytest.mark.req("S0-08", "S1-07")
@pytest.mark.parametrize(
    ("id_", "version"),
    [
        ("vecs-root-removal", "6.0"),
        ("vecs-root-removal", "6.7.0"),
        ("vecs-root-removal", "7.0"),
        ("vecs-root-removal", "8.0 U3"),
        ("sepm-certificate-expired", "14.3 RU1"),
        ("sepm-certificate-expired", "14.3 RU9"),
        ("sepm-certificate-expired", "14.3RU1"),
        ("sepm-certificate-expired", "14.3-ru1"),
        ("sepm-certificate-expired", "14.3  RU 1"),
        ("sepm-certificate-expired", "14.3 RU1 MP1"),
        ("sepm-certificate-expired", "15"),
        ("ome-migration", "3.10.1"),
        ("expressway-renewal", "X15.5"),
    ],
)
def test_releases_are_told_apart_by_their_numbers(id_: str, version: str) -> None:
    """3.10 is later than 3.9, and RU9 than RU1."""
    assert SHIPPED[id_].applies_to(version)
    assert not SHIPPED[id_].applies_to("none")


@pytest.mark.req("S1-07")
@pytest.mark.parametrize("version", ["14.3.1169", "14.3.3384.1000"])
def test_the_number_of_a_build_does_not_tell_its_release_update(version: str) -> None:
    """Neither taken nor called too old: the release is asked for. Other products count in dots, and are not asked."""
    with pytest.raises(RefusedError) as caught:
        filled("sepm-certificate-expired", {**SEPM, "version": version})
    assert "diagnosis.procedure-build-unknown" == caught.value.code
    assert all(version in say_error(caught.value, lang) for lang in Lang)
    assert not SHIPPED["ome-migration"].is_unknown_build("3.10.1")
    assert not SHIPPED["sepm-certificate-expired"].is_unknown_build("15.0.1")


@pytest.mark.req("S0-14", "S0-21")
@pytest.mark.parametrize(
    ("platform", "vecs", "directory"),
    [
        ("appliance", "/usr/lib/vmware-vmafd/bin/vecs-cli", "/usr/lib/vmware-vmafd/bin/dir-cli"),
        (
            "windows",
            r'"C:\Program Files\VMware\vCenter Server\vmafdd\vecs-cli.exe"',
            r'"C:\Program Files\VMware\vCenter Server\vmafdd\dir-cli.exe"',
        ),
    ],
)
def test_both_tools_are_called_where_the_platform_has_them(platform: str, vecs: str, directory: str) -> None:
    """Path and suffix of the appliance or of Windows, and nothing of the other."""
    found = commands(filled("vecs-root-removal", {**VECS, "platform": platform, "version": "6.7"}))
    assert f"{vecs} entry list --store TRUSTED_ROOTS --text" in found
    assert f"{directory} trustedcert list --login administrator@vsphere.local" in found
    assert (platform == "windows") == (".exe" in found)


@pytest.mark.req("S0-20")
def test_the_directory_is_not_asked_without_a_login_and_no_password_is_shown() -> None:
    """Without a login it is refused; with one the page says who, and the tool asks for the password."""
    with pytest.raises(UsageError) as caught:
        filled("vecs-root-removal", {name: value for name, value in VECS.items() if name != "login"})
    assert [("diagnosis.field-missing", "login")] == [
        (one.code, one.values["field"]) for one in caught.value.parts
    ]
    page = written(filled("vecs-root-removal", VECS), Lang.EN)
    assert "--login administrator@vsphere.local" in page
    assert "--password" not in page
    with pytest.raises(UsageError) as refused:
        filled("vecs-root-removal", {**VECS, "password": "hunter2"})
    assert "hunter2" not in str([one.values for one in refused.value.parts])


@pytest.mark.req("S0-27")
@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", None, "field-missing"),
        ("id", "  ", "field-missing"),
        ("id", "no hex", "field-unfit"),
        ("id", "ab" * 32, "field-fingerprint"),
        ("output", "a'; rm -rf /", "field-unfit"),
        ("output", "a\nb", "field-unfit"),
        ("login", "administrator", "field-unfit"),
        ("platform", "solaris", "field-choice"),
        ("nodes", "a,,b", "field-unfit"),
        ("alias", "$(x)`", "field-unfit"),
        ("odd", "x", "field-unknown"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_field(field: str, value: str | None, code: str) -> None:
    """Which field, and what is wrong with it; all at once."""
    given = {**VECS, **({field: value} if value is not None else {})}
    if value is None:
        del given[field]
    with pytest.raises(UsageError) as caught:
        filled("vecs-root-removal", given)
    assert "diagnosis.procedure-value" == caught.value.code
    assert [(f"diagnosis.{code}", field)] == [(one.code, one.values["field"]) for one in caught.value.parts]


def test_a_key_id_is_written_as_the_directory_has_it() -> None:
    """Without colons, in upper case."""
    assert "--id EDCF46A5D0D0A0B8F5B0D0D5A7C3AB9C5F1E2D3C" in commands(filled("vecs-root-removal", VECS))


def test_the_order_is_directory_then_store() -> None:
    """Nobody needs it, snapshot, look, save, unpublish, delete, refresh, restart; the point of no return is marked."""
    found = filled("vecs-root-removal", VECS)
    ids = [one.step.id for one in found.steps]
    assert [
        "unneeded",
        "snapshots",
        "list-store",
        "list-directory",
        "export",
        "unpublish",
        "delete",
        "refresh",
        "restart",
    ] == ids
    assert ["unpublish"] == [one.step.id for one in found.steps if one.step.no_return]
    assert "Point of no return. Way back: Publish it again" in written(found, Lang.EN)


def test_windows_steps_are_powershell_that_quotes_its_values() -> None:
    """Braces, dollar signs and spaces survive; a password is read, never given."""
    found = commands(filled("sepm-certificate-expired", {**SEPM, "instance": "SQL EXPRESS"}))
    assert "foreach ($store in 'Cert:\\LocalMachine\\My'" in found
    assert "-FilePath 'C:\\certwork\\sepm.pfx' -CertStoreLocation $store -Password $secret" in found
    assert "('MSSQL$' + 'SQL EXPRESS')" in found
    assert "{{" not in found


def test_a_windows_path_is_quoted_where_it_must_be() -> None:
    """A space wants quotes; a plain path none."""
    for output, typed in (
        (r"C:\a b\r.pem", r'"C:\a b\r.pem"'),
        (r"C:\r.pem", r"C:\r.pem"),
        ("a b.pem", '"a b.pem"'),
    ):
        given = {**VECS, "platform": "windows", "version": "6.7", "output": output}
        assert f"--outcert {typed} " in commands(filled("vecs-root-removal", given))


def test_steps_of_another_case_are_left_out() -> None:
    """The same issuer needs no trust to be spread; without Unified CM its step is absent."""
    given = {"version": "X14.2", "role": "C", "host": "c1", "names": "c1,c2", "issuer": "same", "peers": "e1"}
    plain = [one.step.id for one in filled("expressway-renewal", given).steps]
    whole = [
        one.step.id
        for one in filled("expressway-renewal", {**given, "issuer": "other", "callmanager": "yes"}).steps
    ]
    assert {"trust-self", "trust-peers", "trust-callmanager"} == set(whole) - set(plain)
    for changed in ({"issuer": "same"}, {"role": "E"}):
        case = {**given, "issuer": "other", "callmanager": "yes", **changed}
        assert "trust-callmanager" not in [one.step.id for one in filled("expressway-renewal", case).steps]
    later = {"version": "8.0", "cluster": "c", "authority": "a", "host": "h"}
    for kind, ids in (
        ("known", ["add"]),
        ("version", ["version", "add"]),
        ("both", ["hardware", "version", "add"]),
    ):
        assert ids == [
            one.step.id for one in filled("trust-authority-later-host", {**later, "class": kind}).steps
        ]


@pytest.mark.req("X-14")
def test_disputed_points_stand_with_both_sources() -> None:
    """Deleting after unpublishing, the reach of a refresh, four places or three, ten years or 365 days, one host's key, SFTP."""
    found = {
        "vecs-root-removal": ["deleted from the store", "reach the other controllers"],
        "sepm-certificate-expired": ["How many places", "How long"],
        "trust-authority-setup": ["endorsement key certificate"],
        "expressway-renewal": ["private key be taken"],
    }
    for id_, questions in found.items():
        procedure = SHIPPED[id_]
        assert len(questions) == len(procedure.disputed)
        for words, dispute in zip(questions, procedure.disputed, strict=True):
            assert words in dispute.question.en
            assert 2 == len(set(dispute.sources))
            page = shown(procedure, Lang.EN)
            assert all(source.en in page for source in dispute.sources)
            assert f"Taken here: {dispute.taken.en}" in page


@pytest.mark.parametrize("id_", sorted(SHIPPED))
def test_a_japanese_page_is_japanese(id_: str) -> None:
    """Revision, language, releases and what sources say, too."""
    page = shown(SHIPPED[id_], Lang.JA)
    assert [] == [words for words in ("as of", "(ja)", "(en)", " +。", " +,") if words in page]
    assert all(source.ja in page for dispute in SHIPPED[id_].disputed for source in dispute.sources)


@pytest.mark.parametrize("id_", sorted(SHIPPED))
@pytest.mark.parametrize("lang", list(Lang))
def test_every_procedure_can_be_shown(id_: str, lang: Lang) -> None:
    """With every parameter, step and gate."""
    page = shown(SHIPPED[id_], lang)
    assert all(f"`{one.name}`" in page for one in SHIPPED[id_].parameters)
    assert all(one.title.text(lang) in page and one.gate.text(lang) in page for one in SHIPPED[id_].steps)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "format 2"),
        ('id = "p"', 'id = "q"', "id q"),
        ('product = "P"', "product = 5", "Expected `str`"),
        ('product = "P"', 'product = "P"\nodd = 1', "odd"),
        ("format = 1", "format =", "Invalid value"),
        ('id = "one"', 'id = "one"\ncommand = "dir-cli --password hunter2"', "password"),
        ('id = "one"', 'id = "one"\ncommand = "openssl pkcs12 -passin pass:x"', "password"),
        ('id = "one"', 'id = "one"\npowershell = "X -Password abc"', "password"),
        ('id = "one"', 'id = "one"\ncommand = "{nobody}"', "nobody"),
        ('id = "one"', 'id = "one"\ncommand = "{"', "braces"),
        ('id = "one"', 'id = "one"\nonly = "nobody=x"', "nobody=x"),
        ('id = "one"', 'id = "one"\nonly = "x"', "one: x"),
        ('id = "one"', 'id = "one"\neach = "nobody"', "nobody"),
        (MINIMAL[MINIMAL.index("[[steps]]") :], "", "steps"),
        ("[[steps]]", MINIMAL[MINIMAL.index("[[steps]]") :] + "[[steps]]", "two of one id"),
    ],
)
def test_a_document_with_a_fault_is_refused(old: str, new: str, told: str) -> None:
    """What ships is whole; what somebody edits is told where it is not."""
    text = MINIMAL.replace(old, new)
    with pytest.raises(UsageError) as caught:
        read_procedure("p", text)
    assert told in str(caught.value.values["fault"])


def test_a_small_procedure_for_everyone() -> None:
    """No release, no parameter, no dispute, nothing before."""
    small: Procedure = read_procedure("p", MINIMAL)
    assert (Text("*", "すべて"), True) == (small.scope, small.applies_to("1"))
    page = written(fill(small, {}, today=TODAY), Lang.EN)
    assert "Where the sources disagree" not in page
    assert "14.3 RU1 +" == SHIPPED["sepm-certificate-expired"].scope.en


@pytest.mark.req("S1-03")
def test_known_places_name_their_product() -> None:
    """By the end of the path, whichever way its slashes go."""
    assert "Symantec Endpoint Protection Manager" == product_of(r"D:\SEPM\apache\conf\ssl\server.crt")
    assert "VMware vCenter Server" == product_of("/etc/vmware/vmware-vmafd/machine-ssl.crt")
    assert "" == product_of("/etc/ssl/xapache/conf/ssl/server.crt.old")
    assert 2 == len(PLACES)
