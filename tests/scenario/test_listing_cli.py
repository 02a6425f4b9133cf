"""`warifu listing` and `warifu procedure` as a person runs them; listings of the real tools where they are installed."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, run_warifu
from support.pki import DAY, Entity, make_ca
from support.running import need_program
from support.shipped import SHIPPED
from support.source import ROOT
from support.vendor_listings import alias_of, directory_id, published, store_listing, windows_listing
from tools.pages import disputed_page, procedures
from warifu.domain.diagnosis import Entry, read_listing
from warifu.domain.x509 import Certificate

NOW = datetime.now(UTC).replace(microsecond=0)
OLD = make_ca("Old Root", now=NOW, end=NOW - DAY)
NEW = make_ca("New Root", now=NOW)
WEB = NEW.leaf("web.example", now=NOW)


def warifu(folder: Path, *arguments: str) -> Ran:
    ran = run_warifu(*arguments, folder=folder, seconds=120)
    assert "Traceback" not in ran.err
    return ran


@pytest.fixture
def estate(tmp_path: Path) -> Path:
    """Two nodes under one directory, an expired root on both, and what is in use."""
    (tmp_path / "directory.txt").write_text(published(OLD, NEW), "utf-8")
    (tmp_path / "one.txt").write_text(store_listing(OLD, NEW), "utf-16")
    (tmp_path / "two.txt").write_text(store_listing(NEW, OLD, form="pem"), "utf-8")
    (tmp_path / "used").mkdir()
    (tmp_path / "used/web.pem").write_bytes(WEB.fullchain_pem)
    return tmp_path


LISTED = ("listing", "psc1=directory.txt", "psc1=one.txt", "psc2=two.txt", "--used", "used")


def document(folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(warifu(folder, *arguments, "--json").out)
    return found


def test_the_board_says_what_may_go_and_who_needs_the_rest(estate: Path) -> None:
    """The expired root is unused and may go, with the command that writes its procedure; the new one has a user."""
    ran = warifu(estate, *LISTED)
    assert 1 == ran.code
    assert "critical: expired and unused, 2 left" in ran.out
    assert f"--set id={directory_id(OLD)} --set alias={alias_of(OLD)} --set nodes=psc1,psc2" in ran.out
    old, new = document(estate, *LISTED)["anchors"]
    assert ("expired", True, []) == (old["state"], old["may_go"], old["needed_by"])
    assert ("valid", False, ["used/web.pem"]) == (
        new["state"],
        new["may_go"],
        [one["place"] for one in new["needed_by"]],
    )
    assert ["psc1", "psc2"] == [one["node"] for one in old["entries"]]


@pytest.mark.req("S0-18")
def test_the_command_names_every_alias_and_is_taken(estate: Path) -> None:
    """A copy under an alias of its own is deleted too: the line that is shown, with its gaps filled, writes the paper."""
    text = store_listing(NEW, OLD, OLD, aliases=[alias_of(NEW), "a copy", alias_of(OLD)])
    (estate / "two.txt").write_text(text, "utf-8")
    ran = warifu(estate, *LISTED)
    assert "expired and unused, 3 left" in ran.out
    (line,) = [line.strip() for line in ran.out.splitlines() if line.startswith("  warifu plan procedure")]
    typed = line.replace("RELEASE", "7.0").replace("LOGIN", "a@vsphere.local")
    page = warifu(estate, *shlex.split(typed)[1:]).out
    assert f"--alias {alias_of(OLD)}\n" in page
    assert "--alias 'a copy'\n" in page


@pytest.mark.req("S0-40", "S0-53")
def test_the_command_tells_what_the_root_lacks_and_what_goes_with_it(tmp_path: Path) -> None:
    """No key id of its own, and a CRL in the directory; a file's name is no node's name."""
    old = make_ca("Bare", now=NOW, end=NOW - DAY, ski=False)
    (tmp_path / "directory.txt").write_text(published(old).replace("\tno", "\tyes"), "utf-8")
    (tmp_path / "one.txt").write_text(store_listing(old), "utf-8")
    (tmp_path / "web.pem").write_bytes(WEB.pem)
    ran = warifu(tmp_path, "listing", "directory.txt", "one.txt", "--used", "web.pem")
    assert f"--set alias={alias_of(old)} --set nodes=NODES --set key=none --set crl=yes --set" in ran.out


def test_a_list_of_nothing_says_so(tmp_path: Path) -> None:
    """And no head of a table stands alone."""
    (tmp_path / "empty.txt").write_text("Number of entries in store :\t0\n", "utf-8")
    ran = warifu(tmp_path, "listing", "empty.txt")
    assert (0, "Nothing is listed.\n") == (ran.code, ran.out)


def test_a_day_of_an_unknown_zone_is_shown_as_a_day(tmp_path: Path) -> None:
    """`certutil` of Windows prints local time without its zone; a machine is told both ends of what it may mean."""
    today = NOW.replace(hour=0, minute=0, second=0)
    (tmp_path / "win.txt").write_text(windows_listing(make_ca("W", now=NOW, end=NOW), lang="ja"), "utf-8")
    ran = warifu(tmp_path, "listing", "win.txt")
    assert f"{today.date()}, local time" in " ".join(ran.out.split())
    (anchor,) = document(tmp_path, "listing", "win.txt")["anchors"]
    assert [
        "expiring",
        (today - timedelta(hours=14)).isoformat(),
        (today + timedelta(hours=36)).isoformat(),
    ] == [
        anchor["state"],
        *(datetime.fromisoformat(anchor[key]).isoformat() for key in ("not_after_earliest", "not_after")),
    ]


@pytest.mark.req("S0-03", "S0-18")
def test_the_alarm_names_node_and_alias_and_closes_with_the_last(estate: Path) -> None:
    """Gone from one node: still open, one left. Gone from both: no alarm."""
    (alarm,) = document(estate, *LISTED)["alarms"]
    assert ("critical", 2) == (alarm["severity"], alarm["count"])
    assert [("psc1", alias_of(OLD)), ("psc2", alias_of(OLD))] == [
        (one["node"], one["alias"]) for one in alarm["entries"]
    ]
    (estate / "one.txt").write_text(store_listing(NEW), "utf-8")
    assert [1] == [one["count"] for one in document(estate, *LISTED)["alarms"]]
    (estate / "two.txt").write_text(store_listing(NEW), "utf-8")
    assert [] == document(estate, *LISTED)["alarms"]


@pytest.mark.req("S0-15")
def test_pages_and_states_choose_what_is_shown(estate: Path) -> None:
    """A thousand anchors, filtered and paged, nothing lost."""
    records = "".join(
        f"#{n}:\nCN(id):\t\t{n:040X}\nSubject DN:\tCN=R{n}\nCRL present:\tno\n" for n in range(1, 1001)
    )
    (estate / "directory.txt").write_text(f"Number of certificates:\t1000\n{records}", "utf-8")
    shown = [
        document(estate, "listing", "directory.txt", "--page", str(page), "--page-size", "300")
        for page in range(1, 5)
    ]
    assert [300, 300, 300, 100] == [len(one["anchors"]) for one in shown]
    assert 1000 == len({one["key_id"] for page in shown for one in page["anchors"]})
    only = document(estate, *LISTED, "--state", "expired")
    assert [directory_id(OLD)] == [one["key_id"] for one in only["anchors"]]
    assert (
        "Page 4 of 4, 1000 anchors"
        in warifu(estate, "listing", "directory.txt", "--page", "4", "--page-size", "300").out
    )


def test_an_anchor_is_asked_for_by_key_id_and_never_by_fingerprint(estate: Path) -> None:
    """The SHA-1 of its bytes is named as such."""
    assert [directory_id(NEW)] == [
        one["key_id"] for one in document(estate, *LISTED, "--show", directory_id(NEW))["anchors"]
    ]
    ran = warifu(estate, *LISTED, "--show", alias_of(OLD))
    assert (2, True) == (ran.code, "is a fingerprint" in ran.err)
    (estate / "directory.txt").write_text(published(OLD, NEW).replace("\t2", "\t3", 1), "utf-8")
    cut = warifu(estate, *LISTED)
    assert (2, True) == (cut.code, "says 3 entries, and 2 follow" in cut.err)


def dumped(entity: Entity, tmp_path: Path) -> str:
    """What the real openssl prints of a certificate."""
    (tmp_path / "x.pem").write_bytes(entity.pem)
    argv = [need_program("openssl", "openssl"), "x509", "-in", str(tmp_path / "x.pem"), "-noout", "-text"]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout


def agrees(certificate: Certificate, entry: Entry) -> None:
    """The entry says what the certificate is."""
    assert (
        certificate.subject_key_id,
        certificate.not_before,
        certificate.not_after,
        f"{certificate.serial:x}",
    ) == (
        entry.key_id,
        entry.not_before,
        entry.not_after,
        entry.serial,
    )


@pytest.mark.req("S0-13")
def test_the_dump_of_the_real_openssl_is_read(tmp_path: Path) -> None:
    """Inside the frame that vecs-cli puts around it."""
    text = "Number of entries in store :\t2\n"
    for root in (OLD, NEW):
        text += f"Alias :\t{alias_of(root)}\nEntry type :\tTrusted Cert\n{dumped(root, tmp_path)}"
    for root, entry in zip((OLD, NEW), read_listing(text).entries, strict=True):
        agrees(root.value, entry)
        assert (True, ("keyCertSign",)) == (
            entry.is_ca,
            tuple(one for one in entry.key_usage if one == "keyCertSign"),
        )


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("option", ["-v", "-rfc"])
def test_the_real_keytool_is_read_in_both_languages(tmp_path: Path, lang: str, option: str) -> None:
    """A trust store of two, listed by the tool itself."""
    keytool = need_program("default-jdk-headless", "keytool")
    store = ["-keystore", str(tmp_path / "t.p12"), "-storepass", "changeit", "-storetype", "PKCS12"]
    for name, root in (("old", OLD), ("new", NEW)):
        (tmp_path / f"{name}.pem").write_bytes(root.pem)
        argv = [
            keytool,
            "-importcert",
            "-noprompt",
            "-alias",
            name,
            "-file",
            str(tmp_path / f"{name}.pem"),
            *store,
        ]
        subprocess.run(argv, capture_output=True, check=True)
    speak = [
        f"-J-Duser.language={lang}",
        "-J-Dfile.encoding=UTF-8",
        "-J-Dstdout.encoding=UTF-8",
        "-J-Duser.timezone=UTC",
    ]
    ran = subprocess.run([keytool, *speak, "-list", option, *store], capture_output=True, check=True)
    found = {entry.label: entry for entry in read_listing(ran.stdout.decode()).entries}
    agrees(OLD.value, found["old"])
    agrees(NEW.value, found["new"])
    assert NEW.value.fingerprint.hex == found["new"].sha256


def test_the_real_nss_is_read(tmp_path: Path) -> None:
    """Nicknames, and the dump of one."""
    certutil = need_program("libnss3-tools", "certutil")
    base = f"sql:{tmp_path}"
    (tmp_path / "new.pem").write_bytes(NEW.pem)
    for argv in (
        ["-N", "--empty-password"],
        ["-A", "-n", "New Root", "-t", "CT,C,C", "-i", str(tmp_path / "new.pem")],
    ):
        subprocess.run([certutil, argv[0], "-d", base, *argv[1:]], capture_output=True, check=True)
    listed = [
        subprocess.run([certutil, "-L", "-d", base, *more], capture_output=True, text=True, check=True).stdout
        for more in ([], ["-n", "New Root"])
    ]
    assert ["New Root"] == [one.label for one in read_listing(listed[0]).entries]
    (entry,) = read_listing(listed[1]).entries
    agrees(NEW.value, entry)


VECS = {
    "id": directory_id(OLD),
    "alias": "a",
    "login": "administrator@vsphere.local",
    "nodes": "psc1",
    "version": "7.0",
}


def settings(**changed: str) -> list[str]:
    return [one for name, value in {**VECS, **changed}.items() for one in ("--set", f"{name}={value}")]


@pytest.mark.req("S0-02", "S0-08", "S0-27")
def test_a_procedure_is_written_or_refused(tmp_path: Path) -> None:
    """Written with the revision it was made from; another release or a missing field stops it before any step."""
    ran = warifu(tmp_path, "plan", "procedure", "vecs-root-removal", *settings(), "--out", "page.md")
    assert (0, "The procedure is in page.md\n") == (ran.code, ran.out)
    assert "may be stale" in (tmp_path / "page.md").read_text("utf-8")
    made = document(tmp_path, "plan", "procedure", "vecs-root-removal", *settings())
    assert (True, 9, True) == (made["stale"], len(made["steps"]), "2146011" in made["source"]["revision"])
    older = warifu(
        tmp_path, "plan", "procedure", "vecs-root-removal", *settings(version="5.5"), "--out", "none.md"
    )
    assert (3, False, True) == (older.code, (tmp_path / "none.md").exists(), "not applicable" in older.err)
    lacking = warifu(tmp_path, "plan", "procedure", "vecs-root-removal", *settings(id=""))
    assert (2, True) == (lacking.code, "id: missing." in lacking.err)


def test_procedures_are_listed_and_shown(tmp_path: Path) -> None:
    """Nine of them; an unknown one is told with those that exist; --set wants a name and a value."""
    listed = document(tmp_path, "procedure", "list")["procedures"]
    assert 9 == len(listed)
    assert "vecs-root-removal" in warifu(tmp_path, "procedure", "list").out
    shown = warifu(tmp_path, "procedure", "show", "ome-migration", "--lang", "ja")
    assert (0, True) == (shown.code, "次に進む条件:" in shown.out)
    assert "KB 000221202" == document(tmp_path, "procedure", "show", "ome-migration")["source"]["id"]
    unknown = warifu(tmp_path, "plan", "procedure", "nothing")
    assert (2, True) == (unknown.code, "vecs-root-removal" in unknown.err)
    assert 2 == warifu(tmp_path, "plan", "procedure", "ome-migration", "--set", "version").code
    assert 2 == warifu(tmp_path, "plan", "procedure", "ome-migration", "--out", "no/such.md").code


@pytest.mark.req("X-14")
def test_the_page_of_disputes_has_every_one_with_all_its_sources() -> None:
    """Of procedures and of profiles: the question in both languages, and each source, two at least."""
    page = (ROOT / "docs/procedures/disputed.md").read_text("utf-8")
    shown = {
        section.partition("\n")[0]: re.findall(r"^- (?!Taken here)(.+)$", section, re.MULTILINE)
        for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    }
    asked: list[tuple[str, Any]] = [
        (one.question.en, one) for procedure in procedures() for one in procedure.disputed
    ]
    asked += [
        (f"{family.name}, {one.rule}: {one.question.en}", one)
        for family in SHIPPED
        for one in family.base.disputed
    ]
    assert {question: [f"{said.en} / {said.ja}" for said in one.sources] for question, one in asked} == shown
    assert [] == [question for question, sources in shown.items() if len(set(sources)) < 2]
    assert all(f"\n{one.question.ja}\n" in page for _, one in asked)
    assert {"dell-ome-migration, chain-too-deep", "cisco-expressway, wildcard-refused"} <= {
        question.partition(":")[0] for question in shown
    }
    assert page == disputed_page(procedures(), SHIPPED)
