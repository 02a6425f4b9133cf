"""What each shipped procedure writes for one environment."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from warifu.domain.diagnosis import Filled, FilledStep, fill, read_procedure, worded, written
from warifu.domain.findings import Lang, say_error
from warifu.errors import RefusedError, UsageError

FOLDER = Path(__file__).resolve().parents[4] / "src/warifu/data/procedures"
ID = "EDCF46A5D0D0A0B8F5B0D0D5A7C3AB9C5F1E2D3C"
ALIAS = "37d1f5f385df9180a33d3b426478c27554c6bc97"
VECS = {
    "version": "6.7",
    "id": ID,
    "alias": ALIAS,
    "login": "administrator@vsphere.local",
    "nodes": "psc1.example, psc2.example",
}
SEPM = {"version": "14.3 RU1", "host": "sepm.example", "names": "sepm.example, 192.0.2.7"}
EXPRESSWAY = {
    "version": "X14.2",
    "role": "C",
    "host": "c1",
    "names": "c1,c2",
    "issuer": "same",
    "peers": "e1",
}
OME = {"version": "3.10", "target_version": "4.0", "source": "a", "target": "b"}


def filled(id_: str, given: dict[str, str]) -> Filled:
    procedure = read_procedure(id_, (FOLDER / f"{id_}.toml").read_text("utf-8"))
    return fill(procedure, given, today=date(2026, 11, 30))


def steps(id_: str, given: dict[str, str]) -> dict[str, FilledStep]:
    return {one.step.id: one for one in filled(id_, given).steps}


def gate(one: FilledStep) -> str:
    return one.say(one.step.gate, Lang.EN)


def code_of(id_: str, given: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(UsageError) as caught:
        filled(id_, given)
    return tuple(one.code for one in caught.value.parts)


@pytest.mark.req("S0-14")
@pytest.mark.parametrize("version", ["7.0", "8.0 U3"])
def test_vcenter_for_windows_ended_with_six_seven(version: str) -> None:
    """Its paths do not exist after that."""
    windows = {**VECS, "platform": "windows"}
    with pytest.raises(RefusedError) as caught:
        filled("vecs-root-removal", {**windows, "version": version})
    assert "6.0, 6.7 (platform=windows)" == caught.value.values["scope"]
    assert filled("vecs-root-removal", windows).steps


@pytest.mark.req("S0-25")
def test_the_fingerprint_that_is_the_alias_is_no_key_id() -> None:
    """A store's own alias is the SHA-1 of the certificate; upper case and colons do not make it a key id."""
    octets = ":".join(ALIAS[at : at + 2] for at in range(0, 40, 2)).upper()
    assert ("diagnosis.field-alias",) == code_of("vecs-root-removal", {**VECS, "id": octets})
    for given in (
        {"id": octets},
        {"id": ALIAS, "alias": f"x, {ALIAS}"},
        {"id": "ab" * 32},  # as long as SHA-256
    ):
        with pytest.raises(UsageError) as caught:
            filled("vecs-root-removal", {**VECS, **given})
        (part,) = caught.value.parts
        told = say_error(part, Lang.EN)
        assert ("id", True) == (part.values["field"], "this is a fingerprint, not a key id" in told), told
        assert told.startswith("id: ")
        assert "これは鍵 ID ではなくフィンガープリントです" in say_error(part, Lang.JA)
    assert filled("vecs-root-removal", {**VECS, "alias": "another"}).steps


@pytest.mark.req("S0-40", "S0-42")
def test_a_root_without_key_id_is_matched_before_it_is_saved() -> None:
    """Its dump shows no id: its certificate is listed and matched, and no gate asks for what it does not carry."""
    own, none = steps("vecs-root-removal", VECS), steps("vecs-root-removal", {**VECS, "key": "none"})
    assert {"list-store"} == set(own) - set(none)
    assert {"list-certificates", "match"} == set(none) - set(own)
    assert list(none).index("match") < list(none).index("export")
    assert none["list-certificates"].command.endswith("--store TRUSTED_ROOTS")
    assert f"--show {ID}" in none["match"].command
    for one in none.values():
        assert ("key id" in gate(one)) == (one.step.id == "export")
    assert "where the root carries one" in gate(none["export"])


@pytest.mark.req("S0-12")
def test_a_revoked_root_passes_the_gates() -> None:
    """It need not be past its end; its revocation is on record."""
    for key, id_ in (("own", "list-store"), ("none", "match")):
        assert "revocation is on record" in gate(steps("vecs-root-removal", {**VECS, "key": key})[id_])


@pytest.mark.req("S0-18")
def test_every_alias_is_deleted() -> None:
    """A copy under an alias of its own survives unpublishing: each has its command."""
    found = steps("vecs-root-removal", {**VECS, "alias": f"{ALIAS},a copy"})
    assert [
        f"/usr/lib/vmware-vmafd/bin/vecs-cli entry delete --store TRUSTED_ROOTS --alias {ALIAS}",
        "/usr/lib/vmware-vmafd/bin/vecs-cli entry delete --store TRUSTED_ROOTS --alias 'a copy'",
    ] == found["delete"].command.splitlines()
    text = found["delete"].say(found["delete"].step.text, Lang.EN)
    assert "On each of psc1.example, psc2.example" in text
    assert "On every node" in gate(found["delete"])


@pytest.mark.req("S0-53")
def test_the_crl_is_saved_with_its_root_and_comes_back_with_it() -> None:
    """Unpublishing removes both."""
    plain, both = steps("vecs-root-removal", VECS), steps("vecs-root-removal", {**VECS, "crl": "yes"})
    assert "crl" not in plain["export"].command
    assert "--outcert retired-root.pem --outcrl retired-root.crl --login" in both["export"].command
    undo = both["unpublish"].say(both["unpublish"].step.undo, Lang.EN)
    assert "publish --cert retired-root.pem --crl retired-root.crl --login" in undo


@pytest.mark.req("S0-05", "S0-45", "S0-46")
def test_successor_and_need_are_a_gate() -> None:
    """Nothing is stopped before nobody needs the root and its successor is published and valid."""
    (first, *_) = steps("vecs-root-removal", VECS).values()
    assert ("unneeded", True) == (first.step.id, "needed by nobody" in gate(first))
    assert "published and valid" in gate(first)


def test_commands_within_sentences_are_typed_as_commands_are() -> None:
    """The tool's whole path, spaces quoted, for the shell at hand; Windows has no openssl."""
    given = {**VECS, "platform": "windows", "output": r"C:\a b\r.pem", "alias": f"{ALIAS},a copy"}
    found = filled("vecs-root-removal", given)
    page = written(found, Lang.EN)
    assert '`certutil -dump "C:\\a b\\r.pem"`' in page
    assert r'`"C:\Program Files\VMware\vCenter Server\vmafdd\dir-cli.exe" trustedcert publish --cert' in page
    assert '--alias "a copy"' in page
    assert ("```bat\n" in page, "```sh\n" in page, "openssl" in page) == (True, False, False)
    appliance = written(filled("vecs-root-removal", {**VECS, "output": "a b.pem"}), Lang.JA)
    assert "`openssl x509 -noout -text -in 'a b.pem'`" in appliance
    assert "```sh\n" in appliance


@pytest.mark.req("S3-03", "S3-22", "X-07")
def test_an_expressway_is_judged_by_its_release() -> None:
    """One certificate for both before X15.5, two stores from then on; a backup first, the issuer compared."""
    old = steps("expressway-renewal", EXPRESSWAY)
    new = steps("expressway-renewal", {**EXPRESSWAY, "version": "X15.5", "role": "E"})
    assert ["backup", "baseline", "request", "sign", "compare", "install", "restart"] == list(old)
    assert ["backup", "baseline", "request", "sign-both", "compare", "install-both", "restart"] == list(new)
    assert "`warifu check --profile cisco-expressway@X14.2:C --csr REQUEST" in gate(old["sign"])
    assert "cisco-expressway@X15.5:E --csr" in gate(new["sign-both"])
    assert "cisco-expressway@X15.5:E+client --csr" in gate(new["sign-both"])
    assert "issuer=same" in gate(old["compare"])


@pytest.mark.req("S1-21", "S1-28")
def test_the_account_is_the_one_of_the_instance() -> None:
    """Unless another one is told; a missing instance is told once."""
    found = steps("sepm-certificate-expired", {**SEPM, "instance": "FOO"})
    text = found["key-access"].say(found["key-access"].step.text, Lang.EN)
    assert r"NT Service\MSSQL$FOO" in text
    told = filled("sepm-certificate-expired", {**SEPM, "instance": "FOO", "account": "svc"})
    assert "svc" == told.values["account"]
    assert ("diagnosis.field-missing",) == code_of("sepm-certificate-expired", {**SEPM, "instance": " "})


@pytest.mark.req("X-06")
def test_the_manager_reads_its_file_again_after_it_was_set_back() -> None:
    """The services are restarted between the value and the gate; the database twice, a command for each."""
    found = steps("sepm-certificate-expired", SEPM)
    *_, stop, start = found["restore"].powershell.strip().splitlines()
    assert ("Stop-Service" in stop, "Start-Service" in start) == (True, True)
    restarts = [id_ for id_, one in found.items() if "Restart-Service" in one.powershell]
    assert ["database", "unbind"] == restarts
    assert "`warifu check sepm.example:1433 " in gate(found["unbind"])


def test_replication_is_broken_first_and_restored_last() -> None:
    """Where there is any."""
    plain = list(steps("sepm-certificate-expired", SEPM))
    sites = list(steps("sepm-certificate-expired", {**SEPM, "replication": "yes"}))
    assert {"part", "join"} == set(sites) - set(plain)
    assert ["backup", "part"] == sites[:2]
    assert "join" == sites[-1]


@pytest.mark.req("S4-65")
def test_both_ends_of_a_migration_have_a_release_and_a_checked_chain() -> None:
    """Either end below 3.10 has no chain; each chain is judged by its own release before the two are compared."""
    with pytest.raises(RefusedError) as caught:
        filled("ome-migration", {**OME, "target_version": "3.9"})
    assert "3.9" == caught.value.values["version"]
    (first, second, *_) = steps("ome-migration", OME).values()
    assert [
        "warifu check --profile dell-ome-migration@3.10 source.pem",
        "warifu check --profile dell-ome-migration@4.0 target.pem",
    ] == first.command.strip().splitlines()
    assert ("chains", "pair") == (first.step.id, second.step.id)


@pytest.mark.req("S3-10", "S1-51")
@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("DNS:a.x, DNS:b.x", "a.x,b.x"),
        ("a.x,b.x", "a.x,b.x"),
        ("sepm.example.com, SEPM.example.com , IP Address:192.0.2.7,192.0.2.7", "sepm.example.com,192.0.2.7"),
        ("DNS Name=a.x,IP:2001:db8::1,dns:A.X", "a.x,2001:db8::1"),
    ],
)
def test_names_are_written_as_pages_take_them(given: str, written: str) -> None:
    """Without the prefix that tools print, each once whatever its case, in their order."""
    first, again = (
        filled("sepm-certificate-expired", {**SEPM, "names": one}).values["names"] for one in (given, written)
    )
    assert (written, written) == (first, again)


@pytest.mark.req("S3-31")
@pytest.mark.parametrize("lang", list(Lang))
def test_every_service_that_reads_a_store_is_named(lang: Lang) -> None:
    """Both stores of Unified CM: one service by the command line, the others in its console."""
    given = {**EXPRESSWAY, "issuer": "other", "callmanager": "yes"}
    step = steps("expressway-renewal", given)["trust-callmanager"].step
    for said in (step.text.text(lang), step.gate.text(lang)):
        assert [True] * 3 == [f"Cisco {one}" in said for one in ("Tomcat", "CallManager", "TFTP")]


@pytest.mark.req("S0-02")
def test_the_article_of_the_expired_manager_is_named() -> None:
    """Its symptoms are those of KB 229342; KB 232057 tells of the mails, and of the way while the certificate is valid."""
    document = filled("sepm-certificate-expired", SEPM).procedure
    assert "KB 229342" == document.source.id
    assert all("KB 229342" in said.en for point in document.disputed for said in point.sources)
    assert "KB 232057" in document.before[0].en


@pytest.mark.req("S1-49", "S1-51", "S1-57")
@pytest.mark.parametrize("signer", ["ca", "self"])
def test_key_request_and_pfx_of_a_manager_have_their_commands(signer: str) -> None:
    """Ours and the vendor's openssl; each name once and of its kind, and no password in any command."""
    given = {**SEPM, "names": "sepm.example, SEPM.example, 192.0.2.7, 2001:db8::7", "signer": signer}
    found = steps("sepm-certificate-expired", given)
    typed = "DNS:sepm.example,IP:192.0.2.7,IP:2001:db8::7"
    assert "--names sepm.example,192.0.2.7,2001:db8::7 " in found["make"].command
    assert f"-addext ('subjectAltName=' + '{typed}')" in found["make"].powershell
    assert "--format pkcs12 " in found["bundle"].command
    assert found["bundle"].command.endswith("--new-password-file -")
    assert "pkcs12 -export " in found["bundle"].powershell
    for one in (found["make"], found["bundle"]):
        assert not [word for word in ("-nodes", "-passin", "-passout", "pass:") if word in one.powershell]


@pytest.mark.req("S1-54", "S1-55")
def test_in_an_emergency_the_key_signs_its_own_certificate() -> None:
    """With the names and the days that were asked for, and as a leaf; a CA's certificate has no such step."""
    by_ca = steps("sepm-certificate-expired", SEPM)
    alone = steps("sepm-certificate-expired", {**SEPM, "signer": "self", "days": "30"})
    assert ({"sign"}, {"self-sign"}) == (set(by_ca) - set(alone), set(alone) - set(by_ca))
    script = alone["self-sign"].powershell
    wanted = "'DNS:sepm.example,IP:192.0.2.7'", "-days '30' ", "basicConstraints=critical,CA:FALSE"
    assert all(part in script for part in wanted)


def test_on_a_japanese_page_sources_are_named_in_japanese() -> None:
    """Where the document is Japanese, or a translation of another."""
    vecs = written(filled("vecs-root-removal", VECS), Lang.JA)
    assert "KB 319856 (KB 326288 の翻訳)" in vecs
    assert "KB 326288 (英語版、先に改訂されます)" in vecs
    assert "translation of" not in vecs
    for name in sorted(path.stem for path in FOLDER.glob("*.toml")):
        source = read_procedure(name, (FOLDER / f"{name}.toml").read_text("utf-8")).source
        if source.language == "ja":
            assert re.search("[ぁ-んァ-ン]", worded(source.title, Lang.JA)), name
