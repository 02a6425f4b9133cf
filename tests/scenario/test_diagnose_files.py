"""`warifu diagnose` beside files that are not the one upload: keys, cut logs, chains in parts, the other side."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from support.command import run_warifu
from support.diagnosing import diagnose, holding, told
from support.mixed_uploads import broken_request
from support.pki import make_ca
from support.vendor_faults import chain, envelope, log_line, request, town
from warifu.domain.diagnosis import every_sentence
from warifu.domain.x509 import load, to_pem

CONNECTION = "Unable to mutually authenticate and connect to the remote appliance."


def test_a_chain_in_parts_blames_no_ca(tmp_path: Path) -> None:
    """Nor does the profile: what it finds is the upload's."""
    for name, one in zip(("leaf.pem", "inter.pem", "root.pem"), chain(town().leaf()), strict=True):
        (tmp_path / name).write_bytes(to_pem([one]))
    (tmp_path / "ome.csr").write_bytes(request(town().key))
    code, document = told(tmp_path, ".", "--message", "CGEN1008")
    assert (1, ["dell-chain"]) == (code, holding(document))
    (answer,) = document["answers"]
    assert ([], "dell-ome-migration") == (answer["beside"], answer["profile"])


@pytest.mark.parametrize("turned", [False, True])
def test_a_private_key_in_the_chain_is_told_and_never_shown(tmp_path: Path, turned: bool) -> None:
    """Issue of its own, whatever the message is about; what was read is counted by kind."""
    leaf = town().leaf()
    parts = [to_pem(chain(leaf)), leaf.key_pem]
    (tmp_path / "chain.pem").write_bytes(b"".join(reversed(parts) if turned else parts))
    (tmp_path / "ome.csr").write_bytes(request(town().key))
    ran = diagnose(tmp_path, "chain.pem", "ome.csr", "--message", "CGEN1008")
    assert (1, True) == (ran.code, "a private key lies where only certificates belong" in ran.out)
    assert "chain.pem: certificates 3, requests 0, private keys 1" in ran.out
    assert "ome.csr: certificates 0, requests 1, private keys 0" in ran.out
    assert leaf.key_pem.decode().splitlines()[2] not in ran.out
    assert ["private-key-exposed"] == [
        one["code"] for one in told(tmp_path, "chain.pem", "ome.csr", "--message", "CGEN1008")[1]["exposed"]
    ]


def test_an_expired_chain_is_not_cleared(tmp_path: Path) -> None:
    """None of the five causes of the message; a fault of the file all the same."""
    (tmp_path / "chain.pem").write_bytes(to_pem(chain(town().leaf(expired=True))))
    (tmp_path / "ome.csr").write_bytes(request(town().key))
    code, document = told(tmp_path, "chain.pem", "ome.csr", "--message", "CGEN1008")
    (answer,) = document["answers"]
    assert (1, [], ["expired"]) == (code, holding(document), [one["code"] for one in answer["beside"]])
    assert "have these faults" in diagnose(tmp_path, "chain.pem", "ome.csr", "--message", "CGEN1008").out


def test_a_reason_that_nobody_knows_is_undecided(tmp_path: Path) -> None:
    """With what the product said, verbatim."""
    (tmp_path / "answer.json").write_text(envelope("CGEN1008", "Key of an odd kind."), "utf-8")
    (tmp_path / "chain.pem").write_bytes(to_pem(chain(town().leaf())))
    (tmp_path / "ome.csr").write_bytes(request(town().key))
    ran = diagnose(tmp_path, "answer.json", "chain.pem", "ome.csr")
    assert (5, True) == (ran.code, "as it stands: Key of an odd kind." in ran.out)


@pytest.mark.req("S4-50")
def test_all_that_came_with_an_unknown_message_is_shown(tmp_path: Path) -> None:
    """Where it stood, its arguments, its weight and the vendor's advice."""
    (tmp_path / "a.log").write_text("x\n" + log_line("CGEN9999", "x y"), "utf-8")
    out = diagnose(tmp_path, "a.log").out
    for words in ("a.log:2 ", "argument: x y", "severity: Critical", "the vendor advises: Look elsewhere."):
        assert words in out


def test_logs_that_a_crash_spoiled_are_read_and_said(tmp_path: Path) -> None:
    """NULs at the end; a gzip without its end; a text in which nothing is known."""
    log = log_line("CGEN1008", "Invalid CSR key.").encode()
    (tmp_path / "nul.log").write_bytes(log + b"\0" * 4)
    assert "named" == told(tmp_path, "nul.log")[1]["answers"][0]["outcome"]
    (tmp_path / "cut.gz").write_bytes(gzip.compress(log + bytes(range(256)) * 9)[:-20])
    code, document = told(tmp_path, "cut.gz")
    assert [("cut.gz", "cut")] == [(one["path"], one["problem"]) for one in document["problems"]]
    (tmp_path / "plain.log").write_text("all is well\n", "utf-8")
    ran = diagnose(tmp_path, "plain.log", "cut.gz", "--message", "CGEN1008")
    assert "No message that is known here in plain.log." in ran.out
    assert "cut.gz ends in the middle" in ran.out
    assert 5 == diagnose(tmp_path, "plain.log").code
    assert code in {1, 5}


def test_lines_that_were_left_out_are_told(tmp_path: Path) -> None:
    """One word in more lines than are looked at."""
    (tmp_path / "flood.log").write_text("CGEN9998\n" * 50_001, "utf-8")
    ran = diagnose(tmp_path, "flood.log")
    assert "flood.log holds one word in more than 50,000 lines" in ran.out
    assert [("flood.log", "too-telling")] == [
        (one["path"], one["problem"]) for one in told(tmp_path, "flood.log")[1]["problems"]
    ]


def test_the_other_side_is_listed_and_two_of_one_side_are_told_how(tmp_path: Path) -> None:
    """Both chains are needed; which is whose is said by the option."""
    made = town()
    (tmp_path / "a.pem").write_bytes(to_pem(chain(made.leaf())))
    (tmp_path / "b.pem").write_bytes(to_pem(chain(made.leaf(key=made.other))))
    ran = diagnose(tmp_path, "a.pem", "--other", "b.pem", "--message", CONNECTION)
    assert (0, True) == (ran.code, "Looked at b.pem" in ran.out)
    ran = diagnose(tmp_path, "a.pem", "b.pem", "--message", CONNECTION)
    assert (5, True) == (ran.code, "give the other side's with `--other`" in ran.out)


def test_a_product_that_speaks_english_is_quoted_in_english(tmp_path: Path) -> None:
    """So that it can be compared with the screen; what it means follows. No field leaves no hole."""
    (tmp_path / "a.csr").write_bytes(broken_request())
    out = diagnose(tmp_path, "a.csr", "--message", "CGEN6002", "--lang", "ja").out
    assert "メッセージ: Unable to complete the request because the input value for ... is missing" in out
    assert "意味: ... の入力値がない" in out


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_secrets_of_a_log_are_never_shown_and_its_key_is_told(tmp_path: Path, lang: str) -> None:
    """Neither of a message that is known, nor of one that is not, nor of what somebody typed; in text and in JSON."""
    key = town().leaf().key_pem.decode()
    lines = (
        "2026-11-20 10:00:00 ERROR [token=hunter2] X - CGEN1008: failed, keystore password=hunter2",
        "2026-11-20 10:00:01 ERROR CGEN9999 Authorization: Bearer hunter2hunter2",
        key,
    )
    (tmp_path / "app.log").write_text("\n".join(lines), "utf-8")
    (tmp_path / "silent.log").write_text(key, "utf-8")
    asked = ("app.log", "silent.log", "--message", "it said passphrase: hunter2", "--lang", lang)
    both = [diagnose(tmp_path, *asked, *more) for more in ((), ("--json",))]
    for ran in both:
        assert 1 == ran.code
        assert "hunter2" not in ran.out + ran.err
        assert "***" in ran.out
        assert key.splitlines()[1] not in ran.out
    document = json.loads(both[1].out)
    assert document["redacted"]
    assert [["private-key-exposed", "app.log"], ["private-key-exposed", "silent.log"]] == [
        [one["code"], one["subject"]] for one in document["exposed"]
    ]
    assert not told(tmp_path, "--message", "CGEN1008")[1]["redacted"]


def test_every_command_of_a_remedy_mends_every_form(tmp_path: Path) -> None:
    """Typed as it stands: a certificate in DER, several one behind the other, a PKCS#7 set; no issuer is lost."""
    leaf = town().leaf()
    certificates = [one.parsed for one in chain(leaf)]
    (tmp_path / "set").write_bytes(pkcs7.serialize_certificates(certificates, Encoding.DER))
    (tmp_path / "ders").write_bytes(b"".join(one.der for one in chain(leaf)))
    (tmp_path / "one").write_bytes(leaf.value.der)
    told_commands = {
        command
        for name, text in every_sentence()
        if name.endswith((" remedy", " asks"))
        for said in (text.en, text.ja)
        for command in re.findall(r"`(warifu pack [^`]+)`", said)
    }
    assert {"leaf", "trust", "dell-ome-server", "dell-ome-migration"} == {
        one.split()[4] for one in told_commands
    }
    for command in sorted(told_commands):
        is_whole = "migration" in command
        for file in ("set", "ders") if is_whole or "trust" in command else ("set", "ders", "one"):
            words = [
                {"FILE": file, "FILE.pem": f"{file}.pem"}.get(word, word) for word in command.split()[1:]
            ]
            ran = run_warifu(*words, "--replace", folder=tmp_path, seconds=120)
            assert 0 == ran.code, (command, ran.err)
            held = load((tmp_path / f"{file}.pem").read_bytes()).certificates
            wanted = chain(leaf) if is_whole else chain(leaf)[1:] if "trust" in command else chain(leaf)[:1]
            assert set(wanted) == set(held), command


def test_a_whole_chain_is_no_fault_while_the_upload_is_not_known(tmp_path: Path) -> None:
    """Undecided, with the question; a log whose reason a mended file does not have is stale, and not undecided too."""
    (tmp_path / "chain.pem").write_bytes(to_pem(chain(town().leaf())))
    (tmp_path / "answer.json").write_text(envelope("CSEC9002"), "utf-8")
    code, document = told(tmp_path, "answer.json", "chain.pem")
    (answer,) = document["answers"]
    assert (5, [], "cleared") == (code, answer["beside"], answer["outcome"])
    assert "Which upload was it?" in answer["asks"]
    assert "To be told: Which upload" in diagnose(tmp_path, "answer.json", "chain.pem").out
    (tmp_path / "scm-server-0.log").write_text(
        "com.microsoft.sqlserver.jdbc.SQLServerException: The driver could not establish a secure connection to SQL "
        'Server. Error: "java.security.cert.CertificateExpiredException: NotAfter".\n',
        "utf-8",
    )
    (tmp_path / "good.pem").write_bytes(town().leaf().pem)
    code, document = told(tmp_path, "scm-server-0.log", "good.pem")
    assert (0, ["stale"]) == (code, [one["outcome"] for one in document["answers"]])


@pytest.mark.parametrize(("expired", "code", "ended"), [(True, 1, ["expired"]), (False, 5, [])])
def test_files_without_a_message_are_sent_to_check(
    tmp_path: Path, expired: bool, code: int, ended: list[str]
) -> None:
    """No cause is looked for; that a certificate has expired is told all the same, and --profile says why it cannot."""
    (tmp_path / "my chain.pem").write_bytes(to_pem(chain(town().leaf(expired=expired))))
    ran = diagnose(tmp_path, "my chain.pem")
    assert (code, True) == (ran.code, "`warifu check 'my chain.pem'`" in ran.out)
    assert "`warifu check 'my chain.pem'`" in diagnose(tmp_path, "my chain.pem", "--lang", "ja").out
    assert ended == [one["code"] for one in told(tmp_path, "my chain.pem")[1]["ended"]]
    assert [] == told(tmp_path, "my chain.pem", "--message", "CGEN1008")[1]["ended"]
    refused = diagnose(tmp_path, "my chain.pem", "--profile", "dell-ome-migration")
    assert (2, True) == (refused.code, "`warifu check FILE --profile dell-ome-migration`" in refused.err)


def test_the_command_names_what_it_could_not_read(tmp_path: Path) -> None:
    """In the files concerned and in a trust store; the cause that it shows is not ruled out."""
    whole = to_pem(chain(town().leaf()))
    (tmp_path / "chain.pem").write_bytes(whole[:-60])
    (tmp_path / "ome.csr").write_bytes(request(town().key))
    code, document = told(
        tmp_path, "chain.pem", "ome.csr", "--message", "Invalid certificate chain provided."
    )
    assert (1, ["dell-chain"]) == (code, holding(document))
    assert [("truncated", "chain.pem")] == [(one["code"], one["subject"]) for one in document["unread"]]
    (tmp_path / "sql.pem").write_bytes(make_ca("Root").leaf("sql.example").pem)
    (tmp_path / "anchors.pem").write_bytes(town().root.pem + make_ca("Root").pem[:-60])
    asked = (
        "sql.pem",
        "--anchors",
        "anchors.pem",
        "--message",
        "The certificate chain was issued by an authority that is not trusted",
    )
    code, document = told(tmp_path, *asked)
    assert ("anchors.pem", False) == (
        document["unread"][0]["subject"],
        "sql-not-trusted" in holding(document),
    )
    assert "begins at byte" in diagnose(tmp_path, *asked).out
