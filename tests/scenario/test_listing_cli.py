"""`warifu listing` as a person runs it; listings of the real tools where they are installed."""

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
from support.vendor_listings import alias_of, directory_id, published, store_listing, windows_listing
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


LISTED = (
    "listing",
    *("psc1=directory.txt", "psc1/TRUSTED_ROOTS=one.txt", "psc2/TRUSTED_ROOTS=two.txt"),
    *("--used", "used"),
)


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


@pytest.mark.req("S0-40", "S0-42")
@pytest.mark.parametrize("form", ["text", "pem"])
def test_a_root_without_key_id_is_flagged_and_matched_for_a_person_to_confirm(
    tmp_path: Path, form: str
) -> None:
    """`no SKI` stands at the directory's id, which is not its own; its neighbour, which has one, is not flagged."""
    bare = make_ca("Bare", now=NOW, end=NOW - DAY, ski=False)
    (tmp_path / "directory.txt").write_text(published(bare, NEW), "utf-8")
    (tmp_path / "one.txt").write_text(store_listing(bare, NEW, form=form), "utf-8")
    (tmp_path / "web.pem").write_bytes(WEB.pem)
    listed = ("listing", "psc1=directory.txt", "psc1=one.txt", "--used", "web.pem")
    ran = warifu(tmp_path, *listed)
    assert [True, False] == [f"{directory_id(one)}, no SKI" in ran.out for one in (bare, NEW)]
    name = "CN = Bare" if form == "text" else "CN=Bare"
    assert (
        f"{name} carries no SubjectKeyIdentifier (no SKI): nothing is to be removed by its key id." in ran.out
    )
    assert "--set key=none" in ran.out
    assert "New Root carries no" not in ran.out
    assert "SKI なし" in warifu(tmp_path, *listed, "--lang", "ja").out
    anchors = {one["key_id"]: one for one in document(tmp_path, *listed)["anchors"]}
    assert [False, True] == [anchors[directory_id(one)]["own_key_id"] for one in (bare, NEW)]
    wanted = ("remainder", True) if form == "text" else ("computed", False)
    assert wanted == tuple(anchors[directory_id(bare)][name] for name in ("match", "confirm"))
    confirm = f"Confirm first that id {directory_id(bare)} and this entry are the same certificate."
    assert (form == "text") == (confirm in ran.out)


@pytest.mark.req("S0-42", "S0-41")
def test_a_subject_that_fits_two_ids_is_refused_and_shown(tmp_path: Path) -> None:
    """Both ids are told, in text and to machines; nothing is proposed, and the exit code says that something is open."""
    old, twin = (make_ca("Old", now=NOW, ski=False) for _ in range(2))
    (tmp_path / "directory.txt").write_text(published(old, NEW, twin), "utf-8")
    (tmp_path / "one.txt").write_text(store_listing(old, NEW), "utf-8")
    listed = ("listing", "psc1=directory.txt", "psc1=one.txt")
    ran = warifu(tmp_path, *listed)
    ids = [directory_id(one) for one in (old, twin)]
    assert (1, True) == (ran.code, f"Not matched: CN = Old fits 2 ids ({', '.join(ids)})" in ran.out)
    assert "Confirm first" not in ran.out
    found = document(tmp_path, *listed)
    assert [(ids, [alias_of(old)])] == [
        (one["ids"], [held["alias"] for held in one["entries"]]) for one in found["refused"]
    ]
    assert {"key-id", "none"} == {one["match"] for one in found["anchors"]}


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
    places = [("psc1", "TRUSTED_ROOTS", alias_of(OLD)), ("psc2", "TRUSTED_ROOTS", alias_of(OLD))]
    assert places == [(one["node"], one["store"], one["alias"]) for one in alarm["entries"]]
    shown = warifu(estate, *LISTED).out
    assert "critical: expired and unused, 2 left\n" in shown
    assert all(f"  {node} {store} {alias}: " in shown for node, store, alias in places)
    (estate / "one.txt").write_text(store_listing(NEW), "utf-8")
    assert [1] == [one["count"] for one in document(estate, *LISTED)["alarms"]]
    fewer = warifu(estate, *LISTED).out
    assert ["psc2"] == [node for node, *_ in places if f"  {node} TRUSTED_ROOTS {alias_of(OLD)}: " in fewer]
    (estate / "two.txt").write_text(store_listing(NEW), "utf-8")
    assert [] == document(estate, *LISTED)["alarms"]
    assert "critical" not in warifu(estate, *LISTED).out


@pytest.mark.req("S0-03")
def test_an_expired_root_is_critical_whoever_needs_it(tmp_path: Path) -> None:
    """Unused, still needed, or not known: each is critical; the store is the one that the tool's own output names, too."""
    old = make_ca("Older Root", now=NOW, end=NOW - 5 * DAY)
    (tmp_path / "win.txt").write_text(windows_listing(old), "utf-8")
    (tmp_path / "late.pem").write_bytes(old.leaf("late.example", now=NOW).pem)
    (tmp_path / "web.pem").write_bytes(WEB.pem)
    words = {
        "late.pem": "expired and still needed",
        "web.pem": "expired and unused",
        "": "expired; whether it is used was not asked",
    }
    for used, said in words.items():
        listed = ("listing", "node1=win.txt", *(("--used", used) if used else ()))
        (alarm,) = document(tmp_path, *listed)["alarms"]
        assert [("critical", "node1", "Root", "0")] == [
            (alarm["severity"], one["node"], one["store"], one["alias"]) for one in alarm["entries"]
        ]
        assert f"critical: {said}" in warifu(tmp_path, *listed).out
    (told,) = document(tmp_path, "listing", "node1/My=win.txt")["alarms"]
    assert ["My"] == [one["store"] for one in told["entries"]]
    (tmp_path / "a=b.txt").write_text(windows_listing(old), "utf-8")
    (own,) = document(tmp_path, "listing", "a=b.txt")["alarms"]
    assert ["a=b.txt"] == [one["node"] for one in own["entries"]]


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
    assert f"{1:040X}" == shown[0]["anchors"][0]["key_id"]
    assert (
        "Page 4 of 4, 1000 anchors"
        in warifu(estate, "listing", "directory.txt", "--page", "4", "--page-size", "300").out
    )


@pytest.mark.req("S0-15")
def test_a_filter_finds_what_stands_on_any_page(tmp_path: Path) -> None:
    """Of a thousand entries three are expired, first, in the middle and last: the filter finds them before it pages."""
    ended = make_ca("Ended", now=NOW, end=NOW - DAY)
    good = make_ca("Good", now=NOW)
    blocks = {one: store_listing(one).partition("Alias :")[2] for one in (ended, good)}
    places = (0, 499, 999)
    text = "Number of entries in store :\t1000\n"
    for number in range(1000):
        block = blocks[ended if number in places else good]
        name, serial = f"entry {number:03}", f"{number + 1:02x}:{'5a' if number in places else '5b'}:00:01"
        block = re.sub(r"\A.*", f"\t{name}", block)
        block = re.sub(r"(Serial Number:\n\s*)\S+", rf"\g<1>{serial}", block)
        text += "Alias :" + block
    (tmp_path / "store.txt").write_text(text, "utf-8")
    listed = ("listing", "psc1=store.txt", "--state", "expired", "--page-size", "2")
    pages = [document(tmp_path, *listed, "--page", str(page))["anchors"] for page in (1, 2)]
    assert [["entry 000", "entry 499"], ["entry 999"]] == [
        [held["alias"] for one in page for held in one["entries"]] for page in pages
    ]
    assert {"expired"} == {one["state"] for page in pages for one in page}
    assert "Page 2 of 2, 3 anchors" in warifu(tmp_path, *listed, "--page", "2").out
    whole = document(tmp_path, "listing", "psc1=store.txt")["anchors"]
    assert [f"entry {number:03}" for number in range(1000)] == [
        held["alias"] for one in whole for held in one["entries"]
    ]


@pytest.mark.req("S0-22", "S0-24", "S0-25")
def test_an_anchor_is_asked_for_by_key_id_and_never_by_fingerprint(estate: Path) -> None:
    """The SHA-1 of its bytes is named as such."""
    assert [directory_id(NEW)] == [
        one["key_id"] for one in document(estate, *LISTED, "--show", directory_id(NEW))["anchors"]
    ]
    octets = ":".join(directory_id(NEW)[at : at + 2] for at in range(0, 40, 2))
    for spelt in (octets, octets.lower(), directory_id(NEW).lower()):
        (anchor,) = document(estate, *LISTED, "--show", spelt)["anchors"]
        assert directory_id(NEW) == anchor["key_id"]
    for at in (0, 20, 39):
        changed = (
            directory_id(NEW)[:at]
            + ("0" if directory_id(NEW)[at] != "0" else "1")
            + directory_id(NEW)[at + 1 :]
        )
        ran = warifu(estate, *LISTED, "--show", changed)
        assert (3, "", True) == (ran.code, ran.out, f"No anchor that was listed is {changed}" in ran.err)
    ran = warifu(estate, *LISTED, "--show", alias_of(OLD))
    assert (2, True) == (ran.code, "this is a fingerprint, not a key id" in ran.err)
    assert directory_id(OLD) in ran.err
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
    """Inside the frame that vecs-cli puts around it: every entry has all that it says, in text and to machines."""
    text = "Number of entries in store :\t2\n"
    for root in (OLD, NEW):
        text += f"Alias :\t{alias_of(root)}\nEntry type :\tTrusted Cert\n{dumped(root, tmp_path)}"
    for root, entry in zip((OLD, NEW), read_listing(text).entries, strict=True):
        agrees(root.value, entry)
        assert (True, tuple(sorted(root.value.key_usage or ()))) == (entry.is_ca, entry.key_usage)
    (tmp_path / "store.txt").write_text(text, "utf-8")
    listed = ("listing", "psc1/TRUSTED_ROOTS=store.txt")
    entries = [held for one in document(tmp_path, *listed)["anchors"] for held in one["entries"]]
    rows = dict(zip((alias_of(OLD), alias_of(NEW)), (OLD.value, NEW.value), strict=True))
    assert list(rows) == [one["alias"] for one in entries]
    shown = warifu(tmp_path, *listed, "--entries").out.splitlines()
    for entry, one in zip(entries, rows.values(), strict=True):
        name = f"CN = {one.subject.common_names[0]}"
        assert {
            "node": "psc1",
            "store": "TRUSTED_ROOTS",
            "subject": name,
            "issuer": name,
            "key_id": str(one.subject_key_id),
            "not_before": one.not_before.isoformat(),
            "not_after": one.not_after.isoformat(),
            "key_usage": sorted(one.key_usage or ()),
        } == {
            key: entry[key]
            for key in (
                "node",
                "store",
                "subject",
                "issuer",
                "key_id",
                "not_before",
                "not_after",
                "key_usage",
            )
        }
        assert ["cRLSign", "keyCertSign"] == entry["key_usage"]
        (line,) = [line for line in shown if entry["alias"] in line and "keyCertSign" in line]
        begins, ends = (moment.isoformat(sep=" ") for moment in (one.not_before, one.not_after))
        assert re.fullmatch(
            rf"psc1 +TRUSTED_ROOTS +{entry['alias']} +{name} +{name} +{one.subject_key_id} +"
            rf"{re.escape(begins)} +{re.escape(ends)} +cRLSign, keyCertSign *",
            line,
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


def test_two_certificates_of_one_nickname_are_both_listed(tmp_path: Path) -> None:
    """As the real NSS prints an old root and its successor of the same subject; the expired one is not dropped."""
    certutil = need_program("libnss3-tools", "certutil")
    base = f"sql:{tmp_path}"
    subprocess.run([certutil, "-N", "-d", base, "--empty-password"], capture_output=True, check=True)
    for number, root in enumerate((make_ca("Twin", now=NOW, end=NOW - DAY), make_ca("Twin", now=NOW))):
        (tmp_path / f"{number}.pem").write_bytes(root.pem)
        added = [
            "-A",
            "-d",
            base,
            "-n",
            f"twin{number}",
            "-t",
            "CT,C,C",
            "-i",
            str(tmp_path / f"{number}.pem"),
        ]
        subprocess.run([certutil, *added], capture_output=True, check=True)
    ran = subprocess.run(
        [certutil, "-L", "-d", base, "-n", "twin0"], capture_output=True, text=True, check=True
    )
    (tmp_path / "twin.txt").write_text(ran.stdout, "utf-8")
    found = document(tmp_path, "listing", "n=twin.txt")
    assert ["expired", "valid"] == sorted(one["state"] for one in found["anchors"])


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_a_short_list_cannot_tell_is_said(tmp_path: Path, lang: str) -> None:
    """Neither that nobody needs it nor that it has no key id; with the certificate itself it can be told."""
    digest = NEW.value.fingerprint.hex.upper()
    pairs = ":".join(digest[at : at + 2] for at in range(0, 64, 2))
    (tmp_path / "java.txt").write_text(
        "Your keystore contains 1 entry\n\n"
        f"new, Nov 23, 2026, trustedCertEntry, \nCertificate fingerprint (SHA-256): {pairs}\n",
        "utf-8",
    )
    (tmp_path / "used").mkdir()
    (tmp_path / "used/web.pem").write_bytes(WEB.pem)
    asked = ("listing", "n=java.txt", "--used", "used")
    (row,) = document(tmp_path, *asked)["anchors"]
    assert (False, [], None) == (row["judged"], row["needed_by"], row["own_key_id"])
    shown = warifu(tmp_path, *asked, "--lang", lang).out
    words = {
        "en": ("cannot be told", "not printed", "nobody", "no SKI"),
        "ja": ("判断不可", "表示なし", "範囲", "SKI なし"),
    }
    assert [True, True, False, False] == [word in shown for word in words[lang]]
    (tmp_path / "used/new.pem").write_bytes(NEW.pem)
    (row,) = document(tmp_path, *asked)["anchors"]
    assert (True, ["used/web.pem"], True) == (
        row["judged"],
        [one["place"] for one in row["needed_by"]],
        row["own_key_id"],
    )
