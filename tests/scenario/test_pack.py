"""`warifu pack` as a person runs it; what it writes is opened again by openssl, keytool and NSS."""

from __future__ import annotations

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, argv, environment, run_warifu
from support.containers import PASSWORD, Workshop
from support.pki import BOTH, make_ca, make_key
from support.usages import key_usage
from warifu.domain.x509 import Certificate, load, to_pem

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = make_ca("Root", now=NOW, key=make_key("rsa"))
MID = ROOT.intermediate("Mid", now=NOW)
WEB = MID.leaf(
    "web.example",
    now=NOW,
    key=make_key("rsa"),
    purposes=BOTH,
    usage=key_usage("digital_signature", "key_encipherment"),
)
LEAF, CHAIN, WHOLE = (WEB.value,), (WEB.value, MID.value), (WEB.value, MID.value, ROOT.value)


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    """A heap as it lies about: DER, PEM, keys, a stranger."""
    made = Workshop.of(WEB, tmp_path)
    (tmp_path / "password").chmod(0o600)
    (tmp_path / "leaf.cer").write_bytes(WEB.value.der)
    (tmp_path / "heap.pem").write_bytes(to_pem([ROOT.value, WEB.value, MID.value]))
    (tmp_path / "pool").mkdir()
    (tmp_path / "pool" / "mid.txt").write_bytes(MID.value.der)
    (tmp_path / "pool" / "root.cer").write_bytes(ROOT.pem)
    (tmp_path / "pool" / "readme").write_text("nothing of ours\n")
    return made


def pack(shop: Workshop, *arguments: str) -> Ran:
    return run_warifu("pack", *arguments, folder=shop.folder, seconds=120)


def report(shop: Workshop, *arguments: str) -> dict[str, Any]:
    """The answer in JSON of a run that wrote its file."""
    ran = pack(shop, *arguments, "--json")
    assert (0, "") == (ran.code, ran.err), ran.out
    document: dict[str, Any] = json.loads(ran.out)
    return document


def held(shop: Workshop, name: str) -> tuple[Certificate, ...]:
    return load(shop.bytes_of(name)).certificates


def refused(ran: Ran, code: int, *said: str) -> None:
    assert code == ran.code, ran.out + ran.err
    assert all(one in ran.err for one in said), ran.err


@pytest.mark.req("S3-20", "S3-36", "S4-15")
def test_der_comes_out_as_base64_with_the_same_fingerprint(shop: Workshop) -> None:
    """Binary in, 64 columns out, read by openssl; garbage is refused and nothing is written."""
    document = report(shop, "leaf.cer", "--form", "leaf", "--out", "out.pem")
    shown = shop.openssl("x509", "-in", "out.pem", "-noout", "-fingerprint", "-sha256")
    assert WEB.value.fingerprint.hex == shown.partition("=")[2].strip().replace(":", "").lower()
    assert [WEB.value.fingerprint.hex] == [one["sha256"] for one in document["certificates"]]
    assert hashlib.sha256(shop.bytes_of("out.pem")).hexdigest() == document["sha256"]
    assert 64 == max(len(line) for line in shop.bytes_of("out.pem").splitlines())
    (shop.folder / "garbage.cer").write_bytes(b"\x30\x82\x01" + bytes(range(200)))
    refused(pack(shop, "garbage.cer", "--form", "leaf", "--out", "no.pem"), 2, "certificate could be read")
    assert not (shop.folder / "no.pem").exists()


@pytest.mark.req("X-01", "S3-35")
def test_one_identity_for_three_targets_is_three_files(shop: Workshop) -> None:
    """Leaf alone, leaf with intermediates, up to the root: each is what its target's rules pass, and openssl verifies it."""
    wanted = {"cisco-expressway@X14:E": LEAF, "tls-server": CHAIN, "dell-ome-migration": WHOLE}
    for number, (profile, certificates) in enumerate(wanted.items()):
        name = f"{number}.pem"
        assert 0 == pack(shop, "heap.pem", "--for", profile, "--out", name).code
        assert certificates == held(shop, name)
        rest = ("-untrusted", "pool/mid.pem" if len(certificates) == 1 else name)
        (shop.folder / "pool" / "mid.pem").write_bytes(MID.pem)
        assert "OK" in shop.openssl("verify", "-CAfile", "root.pem", *rest, name)
        anchors = "heap-anchors.pem"
        (shop.folder / anchors).write_bytes(ROOT.pem + (MID.pem if len(certificates) == 1 else b""))
        ran = run_warifu(
            "check",
            name,
            "--profile",
            profile,
            "--anchors",
            anchors,
            "--json",
            folder=shop.folder,
            seconds=60,
        )
        (subject,) = json.loads(ran.out)["subjects"]
        found = {finding["code"] for finding in subject["findings"]}
        assert set() == found & {"file-holds-more", "root-not-sent", "not-base64", "chain-unordered"}
        assert "accepted" == subject["verdict"]["outcome"], ran.out
    assert 3 == len({shop.bytes_of(f"{number}.pem") for number in range(3)})


@pytest.mark.req("S3-35", "S4-09")
def test_strict_refuses_what_is_not_as_wanted(shop: Workshop) -> None:
    """More than the leaf, another order, DER: each is refused by its reason; without --strict it is put right and told."""
    for source, form, wanted, reason in (
        ("chain.pem", "leaf", LEAF, "1 certificate more than the 1"),
        ("heap.pem", "chain-with-root", WHOLE, "CN=web.example, CN=Mid, CN=Root"),
        ("leaf.cer", "leaf", LEAF, "is not Base64"),
    ):
        refused(pack(shop, source, "--form", form, "--strict", "--out", "x.pem"), 3, reason)
        assert not (shop.folder / "x.pem").exists()
        ran = pack(shop, source, "--form", form, "--out", "y.pem", "--replace")
        assert (0, True, wanted) == (ran.code, reason in ran.out, held(shop, "y.pem"))
    assert 0 == pack(shop, "y.pem", "--form", "leaf", "--strict", "--out", "z.pem").code


@pytest.mark.req("S3-26", "S4-22", "S4-11")
def test_a_chain_is_completed_from_pools_or_the_missing_issuer_is_named(shop: Workshop) -> None:
    """Leaf and library give the whole chain; without one certificate of it, nothing is written and its name is said."""
    report(shop, "leaf.cer", "--pool", "pool", "--form", "chain-with-root", "--out", "whole.pem")
    assert WHOLE == held(shop, "whole.pem")
    assert held(shop, "whole.pem")[-1].is_self_issued
    refused(
        pack(shop, "leaf.cer", "--pool", "pool/root.cer", "--form", "chain", "--out", "no.pem"),
        3,
        "CN=Mid",
        "--pool",
    )
    refused(pack(shop, "chain.pem", "--form", "chain-with-root", "--out", "no.pem"), 3, "CN=Root")
    assert not (shop.folder / "no.pem").exists()
    document = report(shop, "chain.pem", "--form", "chain-with-root", "--incomplete", "--out", "part.pem")
    assert (False, CHAIN) == (document["complete"], held(shop, "part.pem"))
    false = make_ca("Root", now=NOW, key=make_key("rsa"))
    (shop.folder / "false.pem").write_bytes(false.pem)
    refused(
        pack(shop, "chain.pem", "--pool", "false.pem", "--form", "chain-with-root", "--out", "no.pem"),
        3,
        false.value.fingerprint.short,
    )


@pytest.mark.req("S1-14", "S1-57")
@pytest.mark.parametrize("cipher", ["modern", "legacy"])
def test_a_pkcs12_identity_is_opened_by_three_readers(shop: Workshop, cipher: str) -> None:
    """openssl, keytool and NSS open it with its password and refuse another; the key in it is that of the leaf."""
    document = report(
        shop,
        *("heap.pem", "key.pem", "--format", "pkcs12", "--cipher", cipher, "--alias", "web"),
        *("--new-password-file", "password", "--out", "web.p12"),
    )
    assert ("0600", 0o600) == (document["mode"], (shop.folder / "web.p12").stat().st_mode & 0o777)
    assert WEB.value.public_key is not None
    assert WEB.value.public_key.sha256.hex == document["key"]
    opened = ("pkcs12", "-in", "web.p12", "-passin", f"pass:{PASSWORD}")
    shown = shop.openssl(*opened, "-info", "-noout")
    assert ("AES-256-CBC" if cipher == "modern" else "3-KeyTripleDES-CBC") in shown
    key = load(shop.openssl(*opened, "-nocerts", "-nodes").encode()).keys[0]
    assert WEB.value.public_key == key.public_key
    listed = shop.keytool("-list", "-v", "-keystore", "web.p12", "-storepass", PASSWORD)
    assert "Alias name: web" in listed
    assert ("PrivateKeyEntry" in listed, "Certificate chain length: 2" in listed) == (True, True)
    shop.run("certutil", "-N", "-d", ".", "--empty-password", package="libnss3-tools")
    with pytest.raises(AssertionError, match="SEC_ERROR_BAD_PASSWORD"):
        shop.run("pk12util", "-i", "web.p12", "-d", ".", "-W", "wrong-1", package="libnss3-tools")
    assert "u,u,u" not in shop.run("certutil", "-L", "-d", ".", package="libnss3-tools")
    shop.run("pk12util", "-i", "web.p12", "-d", ".", "-W", PASSWORD, package="libnss3-tools")
    assert "u,u,u" in shop.run("certutil", "-L", "-d", ".", package="libnss3-tools")
    for argv_of_reader in (
        ("openssl", "pkcs12", "-in", "web.p12", "-passin", "pass:wrong-1", "-noout"),
        ("keytool", "-list", "-keystore", "web.p12", "-storepass", "wrong-1"),
    ):
        ran = subprocess.run(argv_of_reader, cwd=shop.folder, capture_output=True, text=True, check=False)
        assert (True, True) == (ran.returncode != 0, "password" in (ran.stdout + ran.stderr).lower())


def test_a_key_store_of_java_is_opened_by_keytool(shop: Workshop) -> None:
    """An identity whose key keytool can take out again with the password, and a chain of two."""
    report(
        shop,
        *("heap.pem", "key.pem", "--format", "jks", "--alias", "Web"),
        *("--new-password-file", "password", "--out", "web.jks"),
    )
    listed = shop.keytool("-list", "-v", "-keystore", "web.jks", "-storepass", PASSWORD)
    assert ("Alias name: web" in listed, "Certificate chain length: 2" in listed) == (True, True)
    shop.keytool(
        *("-importkeystore", "-srckeystore", "web.jks", "-srcstorepass", PASSWORD),
        *("-destkeystore", "again.p12", "-deststorepass", PASSWORD, "-deststoretype", "PKCS12"),
    )
    (key,) = load(shop.bytes_of("again.p12"), passwords=[PASSWORD.encode()]).keys
    assert WEB.value.public_key == key.public_key


@pytest.mark.parametrize("format_", ["pkcs12", "jks"])
def test_keytool_takes_a_trust_store_for_one(shop: Workshop, format_: str) -> None:
    """Every CA of the heap under an alias of its own, each a trustedCertEntry; the leaf stays out."""
    document = report(
        shop,
        *("heap.pem", "--form", "trust", "--format", format_),
        *("--new-password-file", "password", "--out", "trust"),
    )
    listed = shop.keytool("-list", "-keystore", "trust", "-storepass", PASSWORD)
    assert 2 == listed.count("trustedCertEntry")
    assert ("root," in listed, "mid," in listed) == (True, True)
    assert [WEB.value.fingerprint.hex] == [one["sha256"] for one in document["left_out"]]
    assert (None, "0644") == (document["key"], document["mode"])


def test_a_p7b_is_opened_by_openssl_and_keytool(shop: Workshop) -> None:
    """Every certificate of the chain is in it."""
    report(shop, "heap.pem", "--form", "chain-with-root", "--format", "p7b", "--out", "web.p7b")
    shown = shop.openssl("pkcs7", "-inform", "DER", "-in", "web.p7b", "-print_certs")
    assert 3 == shown.count("BEGIN CERTIFICATE")
    assert 3 == shop.keytool("-printcert", "-file", "web.p7b").count("Owner:")


def test_der_holds_one_certificate(shop: Workshop) -> None:
    """A chain does not fit; a leaf comes out byte for byte."""
    refused(pack(shop, "heap.pem", "--format", "der", "--out", "x.cer"), 2, "--form leaf")
    report(shop, "heap.pem", "--format", "der", "--form", "leaf", "--out", "x.cer")
    assert WEB.value.der == shop.bytes_of("x.cer")


def test_an_old_container_becomes_a_private_file_for_a_server(shop: Workshop) -> None:
    """Certificates and key out of RC2, into PEM of mode 0600 which openssl finds to fit together."""
    shop.export("old.p12", "-legacy")
    document = report(
        shop,
        *("old.p12", "--pool", "pool", "--with-key", "--password-file", "password", "--out", "server.pem"),
    )
    assert ("0600", 0o600) == (document["mode"], (shop.folder / "server.pem").stat().st_mode & 0o777)
    certificate = shop.openssl("x509", "-in", "server.pem", "-noout", "-pubkey")
    assert certificate == shop.openssl("pkey", "-in", "server.pem", "-pubout")
    locked = report(
        shop,
        *("old.p12", "--pool", "pool", "--with-key", "--password-file", "password"),
        *("--new-password-file", "password", "--out", "locked.pem"),
    )
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in shop.bytes_of("locked.pem")
    assert document["key"] == locked["key"]


def test_a_key_that_does_not_belong_writes_nothing(shop: Workshop) -> None:
    """Another key, no key, a locked one: each is told, and no line of a key shows."""
    (shop.folder / "other.pem").write_bytes(MID.key_pem)
    locked = WEB.private_key.to_encrypted_pkcs8(b"unknown")
    (shop.folder / "locked.pem").write_bytes(locked)
    for files, code, said in (
        (("other.pem",), 3, "does not belong"),
        ((), 2, "is not among the files"),
        (("locked.pem",), 2, "--password-file"),
    ):
        ran = pack(shop, "heap.pem", *files, "--with-key", "--out", "x.pem")
        refused(ran, code, said)
        assert not any(line in ran.err for line in MID.key_pem.decode().splitlines()[1:-1])
    assert not (shop.folder / "x.pem").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("heap.pem", "key.pem", "--format", "pkcs12", "--out", "x"), "--new-password-file"),
        (("heap.pem", "--with-key", "--format", "der", "--out", "x"), "No private key goes into der"),
        (("heap.pem", "--for", "dell-ome-server", "--format", "p7b", "--out", "x"), "Base64"),
        (("absent.pem", "--out", "x"), "absent.pem"),
        (("heap.pem", "--out", "absent/x"), "mkdir -p absent"),
        (("pool/readme", "--out", "x"), "certificate could be read"),
    ],
)
def test_wrong_orders_are_told(shop: Workshop, arguments: tuple[str, ...], said: str) -> None:
    """Exit code 2, a sentence that says what to do, and nothing written."""
    before = sorted(shop.folder.iterdir())
    refused(pack(shop, *arguments), 2, said)
    assert before == sorted(shop.folder.iterdir())


def test_no_file_is_overwritten_unasked(shop: Workshop) -> None:
    """What is there stays, until --replace; then its mode is that of the new file."""
    target = shop.folder / "there.pem"
    target.write_bytes(b"mine")
    target.chmod(0o666)
    refused(pack(shop, "heap.pem", "--out", "there.pem"), 3, "--replace")
    assert b"mine" == target.read_bytes()
    report(shop, "heap.pem", "key.pem", "--with-key", "--replace", "--out", "there.pem")
    assert 0o600 == target.stat().st_mode & 0o777


def test_trust_of_a_target_is_packed_by_its_profile(shop: Workshop) -> None:
    """A profile of a trust store asks for CAs alone."""
    document = report(shop, "heap.pem", "--for", "vcenter-trusted-root", "--out", "trust.pem")
    assert ("trust", {MID.value, ROOT.value}) == (document["form"], set(held(shop, "trust.pem")))


@pytest.mark.req("S1-48")
def test_no_program_of_the_machine_is_needed(shop: Workshop) -> None:
    """With nothing on the PATH, old containers are opened and new ones written."""
    shop.export("old.p12", "-legacy")
    ran = subprocess.run(
        argv(
            *("pack", "old.p12", "--pool", "pool", "--format", "pkcs12", "--password-file", "password"),
            *("--out", "new.p12"),
        ),
        cwd=shop.folder,
        env=environment() | {"PATH": str(shop.folder / "nothing")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (0, b"") == (ran.returncode, ran.stderr)
    assert CHAIN == load(shop.bytes_of("new.p12"), passwords=[PASSWORD.encode()]).certificates


def test_a_ca_is_not_written_for_a_leaf_that_cannot_be_read(shop: Workshop) -> None:
    """A damaged or truncated leaf above its CA, or the CA alone: refused, the lost block named, nothing written."""
    whole = to_pem([WEB.value])
    body = whole.splitlines()
    damaged = b"\n".join([body[0], b"?" + body[1][1:], *body[2:], b""])
    lost = {
        "damaged.pem": damaged + MID.pem,
        "cut.pem": MID.pem + whole[:300],
        "two.pem": damaged + MID.pem + ROOT.pem,
    }
    for name, data in {**lost, "alone.pem": MID.pem}.items():
        (shop.folder / name).write_bytes(data)
        for asked in ((), ("--for", "dell-ome-server", "--pool", "pool")):
            ran = pack(shop, name, *asked, "--out", "out.pem")
            refused(ran, 3, "No leaf is among", *([f"{name}: what begins at byte"] if name in lost else []))
            assert not (shop.folder / "out.pem").exists()
    assert MID.value in held(shop, _packed(shop, "alone.pem", "--form", "trust"))


def _packed(shop: Workshop, *arguments: str) -> str:
    assert 0 == pack(shop, *arguments, "--out", "packed.pem").code
    return "packed.pem"


def test_a_pipe_is_read_and_japanese_is_spoken(shop: Workshop) -> None:
    """What another program sends is packed like a file."""
    ran = subprocess.run(
        argv("pack", "/dev/stdin", "--form", "leaf", "--out", "out.pem", "--lang", "ja"),
        cwd=shop.folder,
        env=environment(),
        input=shop.bytes_of("heap.pem"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (0, b"") == (ran.returncode, ran.stderr)
    assert "書き込みました" in ran.stdout.decode()
    assert LEAF == held(shop, "out.pem")
