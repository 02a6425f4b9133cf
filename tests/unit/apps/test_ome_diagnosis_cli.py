"""`warifu diagnose` about OpenManage Enterprise: what people and programs are given, clause by clause."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from support.in_process import document, told
from support.pki import NOW, SERVER
from support.target_cases import template_extensions
from support.vendor_faults import (
    CONNECTION,
    DELL_ARGUMENTS,
    DELL_TEXTS,
    chain,
    envelope,
    log_line,
    request,
    town,
    usage,
)
from warifu.domain.x509 import to_pem

AT = ("--at", NOW.isoformat())
CHECKED = ("check", "chain.pem", "--profile", "dell-ome-migration", *AT)
UPLOAD = ["dell-csr-key", "dell-chain", "dell-common-name", "dell-purposes", "dell-key-encipherment"]
REMEDIES = {
    "dell-csr-key": "Make a request on this very appliance, have exactly that one signed, and upload the answer; "
    "a new request voids the one before.",
    "dell-chain": "Put every intermediate and the root into the file, leaf first, root last, none of them expired, and "
    "upload it again.",
    "dell-purposes": "Enable both purposes in the template that the CA issues from, and have it issued again: at a "
    "migration each appliance is server and client. Public CAs no longer sign both; use a private CA.",
    "dell-key-encipherment": "Enable key encipherment in the template that the CA issues from, with an RSA key, and "
    "have it issued again.",
}
TITLES = {
    "dell-csr-key": "The certificate was not issued for a request that this appliance made.",
    "dell-chain": "The chain is not whole or has expired: leaf, every intermediate and the root, each signed by the next.",
    "dell-purposes": "The leaf is not for both server and client authentication.",
    "dell-key-encipherment": "The leaf's key usage lacks keyEncipherment.",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to type in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARIFU_LANG", "en")
    return tmp_path


def put(name: str, data: bytes | str) -> str:
    Path(name).write_bytes(data.encode() if isinstance(data, str) else data)
    return name


def put_chain(**options: Any) -> tuple[str, str]:
    """The chain of an appliance and the request it answers."""
    return put("chain.pem", to_pem(chain(town().leaf(**options)))), put("ome.csr", request(town().key))


def answer_of(seen: dict[str, Any]) -> dict[str, Any]:
    (answer,) = seen["answers"]
    assert isinstance(answer, dict)
    return answer


def standing(answer: dict[str, Any]) -> dict[str, list[str]]:
    """The causes by what is known of them, in their order."""
    found: dict[str, list[str]] = {}
    for cause in answer["causes"]:
        found.setdefault(cause["standing"], []).append(cause["cause"])
    return found


@pytest.mark.req("S4-30", "S4-31")
@pytest.mark.parametrize(
    ("code", "causes"), [("CGEN1008", UPLOAD), ("CSEC9002", ["dell-encoding", "dell-key-encipherment"])]
)
def test_a_code_gives_text_resolution_and_causes_to_people_and_programs(
    capsys: pytest.CaptureFixture[str], code: str, causes: list[str]
) -> None:
    """The code is enough: the vendor's own sentences whole, and every cause with its check."""
    text, resolution = DELL_TEXTS[code]
    exit_code, seen = document(capsys, "diagnose", "--message", code)
    answer = answer_of(seen)
    assert (5, code, text, resolution) == (
        exit_code,
        answer["symptom"],
        answer["text"],
        answer["resolution"],
    )
    assert (causes, None) == ([one["cause"] for one in answer["causes"]], answer["means"])
    _, out = told(capsys, "diagnose", "--message", code)
    assert f"  says: {text}\n" in out
    assert f"  the vendor advises: {resolution}\n" in out
    places = [out.index(f"[open] {one['title']}") for one in answer["causes"]]
    assert sorted(places) == places
    _, japanese = document(capsys, "diagnose", "--message", code, "--lang", "ja")
    assert (text, True) == (
        answer_of(japanese)["text"],
        "要求" in japanese["answers"][0]["means"] or code != "CGEN1008",
    )


@pytest.mark.req("S4-34", "S4-42", "S4-44")
@pytest.mark.parametrize("cause", sorted(DELL_ARGUMENTS))
def test_a_line_of_the_log_leads_to_cause_and_remedy(capsys: pytest.CaptureFixture[str], cause: str) -> None:
    """Cause and remedy are told with nothing but the log, also where its words say something else ("web server")."""
    log = put("application.log", log_line("CGEN1008", DELL_ARGUMENTS[cause]))
    code, seen = document(capsys, "diagnose", log)
    answer = answer_of(seen)
    assert (1, {"named": [cause], "possible": [one for one in UPLOAD if one != cause]}) == (
        code,
        standing(answer),
    )
    assert (TITLES[cause], REMEDIES[cause]) == (answer["causes"][0]["title"], answer["causes"][0]["remedy"])
    _, out = told(capsys, "diagnose", log)
    before, _, after = out.partition(f"[named] {TITLES[cause]}\n")
    assert f"do: {REMEDIES[cause]}\n      procedure: `warifu procedure show ome-certificate-chain`\n" in after
    assert "do:" not in before
    assert 1 == after.count("do:")


@pytest.mark.req("S4-43", "S4-45")
@pytest.mark.parametrize(
    ("fault", "cause", "code"),
    [
        ({"purposes": SERVER}, "dell-purposes", "purpose-missing"),
        ({"usage": usage(encipherment=False)}, "dell-key-encipherment", "key-usage-incomplete"),
    ],
    ids=["purposes", "encipherment"],
)
def test_the_remedy_names_the_template_where_the_certificate_tells_it(
    capsys: pytest.CaptureFixture[str], fault: dict[str, Any], cause: str, code: str
) -> None:
    """By its name, or by its object identifier where that is all; of one without, where it would be changed."""
    general = "in the template that the CA issues from"
    told_names = {
        "AcmeWebServer": template_extensions(name="AcmeWebServer"),
        "1.3.6.1.4.1.311.21.8.7 100.3": template_extensions(oid="1.3.6.1.4.1.311.21.8.7", version=(100, 3)),
    }
    for name, extensions in told_names.items():
        chained, asked = put_chain(**fault, extra=extensions)
        files = (chained, asked, "--message", "CGEN1008", *AT)
        _, seen = document(capsys, "diagnose", *files)
        (found,) = [one for one in answer_of(seen)["causes"] if one["standing"] == "holds"]
        assert (cause, True) == (found["cause"], general in found["remedy"])
        assert found["remedy"].endswith(
            f"It was issued from the certificate template {name}: change it there."
        )
        (rule,) = found["findings"]
        assert (code, name) == (rule["code"], rule["evidence"]["template"])
        assert f"certificate template {name}: change it there." in rule["remedy"]
        assert f"template {name}: change it there." in told(capsys, "diagnose", *files)[1]
        japanese = told(capsys, "diagnose", *files, "--lang", "ja")[1]
        assert f"証明書テンプレートは {name} です。そこを変更してください。" in japanese
        assert f"   issued from the certificate template {name}\n" in told(capsys, *CHECKED)[1]
    chained, asked = put_chain(**fault)
    _, out = told(capsys, "diagnose", chained, asked, "--message", "CGEN1008", *AT)
    assert (True, False) == (general in out, "It was issued from" in out)
    assert "issued from the certificate template" not in told(capsys, *CHECKED)[1]


@pytest.mark.req("S4-36", "S4-37")
def test_what_is_missing_is_named_and_what_the_file_must_hold(capsys: pytest.CaptureFixture[str]) -> None:
    """An intermediate, the root: each by its name; the remedy wants every intermediate and the root."""
    whole = chain(town().leaf())
    asked = put("ome.csr", request(town().key))
    for certificates, missing, who in (
        ((whole[0], whole[2]), "CN=Inter-CA1", "CN=ome.example"),
        (whole[:2], "CN=Root-CA", "CN=Inter-CA1"),
        (whole[:1], "CN=Inter-CA1", "CN=ome.example"),
    ):
        files = (put("chain.pem", to_pem(certificates)), asked, "--message", "CGEN1008", *AT)
        code, seen = document(capsys, "diagnose", *files)
        assert (1, ["dell-chain"]) == (code, standing(answer_of(seen))["holds"])
        assert REMEDIES["dell-chain"] == answer_of(seen)["causes"][0]["remedy"]
        out = told(capsys, "diagnose", *files)[1]
        assert f"seen: {missing}, the issuer of {who}, is missing in chain.pem.\n" in out
        assert f"do: {REMEDIES['dell-chain']}\n" in out


@pytest.mark.req("S4-33")
def test_a_bundle_of_logs_gives_each_error_with_its_time_and_cause(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """As it was downloaded: both errors, each with its own time, line and cause."""
    log = log_line("CGEN1008", "Invalid CSR key.", when="2024-01-25 11:10:34.735") + log_line(
        "CSEC9002", method=False, when="2024-01-26 09:00:01.002"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        bundle.writestr("./tomcat/application.log", log)
    put("logs.zip", stream.getvalue())
    _, seen = document(capsys, "diagnose", "logs.zip")
    where = "logs.zip!./tomcat/application.log"
    assert [
        (
            "CGEN1008",
            where,
            1,
            "2024-01-25 11:10:34.735",
            {"named": ["dell-csr-key"], "possible": UPLOAD[1:]},
        ),
        (
            "CSEC9002",
            where,
            2,
            "2024-01-26 09:00:01.002",
            {"possible": ["dell-encoding", "dell-key-encipherment"]},
        ),
    ] == [
        (one["code"], one["source"], one["line"], one["when"], standing(answer))
        for answer in seen["answers"]
        for one in answer["messages"]
    ]
    out = told(capsys, "diagnose", "logs.zip")[1]
    assert f"{where}:1 2024-01-25 11:10:34.735 Invalid CSR key." in out
    assert f"{where}:2 2024-01-26 09:00:01.002" in out


@pytest.mark.req("S4-46", "S4-48", "S4-49")
def test_one_log_and_two_files_are_two_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    """CSEC9002 is of the single upload and says no more: its profile is that one's, and the file decides."""
    put("answer.json", envelope("CSEC9002"))
    put("usage.cer", town().leaf(purposes=SERVER, usage=usage(encipherment=False)).pem)
    put("der.cer", town().leaf(purposes=SERVER).value.der)
    put("garbage.cer", bytes(range(256)) * 3)
    wanted = {
        "usage.cer": (
            "dell-key-encipherment",
            "usage.cer: the key usage of CN=ome.example is digitalSignature, without keyEncipherment.",
            ["key-usage-incomplete"],
        ),
        "der.cer": ("dell-encoding", "der.cer is binary (DER), not Base64.", []),
        "garbage.cer": (
            "dell-encoding",
            "garbage.cer is of no form that is known here, not Base64.",
            [],
        ),
    }
    for file, (cause, sentence, codes) in wanted.items():
        code, seen = document(capsys, "diagnose", "answer.json", file, *AT)
        answer = answer_of(seen)
        (found,) = [one for one in answer["causes"] if one["standing"] == "holds"]
        assert (1, "CSEC9002", []) == (code, answer["symptom"], answer["messages"][0]["arguments"])
        assert (cause, sentence, codes) == (
            found["cause"],
            found["seen"]["text"],
            [one["code"] for one in found["findings"]],
        )
        if file != "garbage.cer":  # of which there is no certificate to be judged
            assert "dell-ome-server" == answer["profile"]
        out = told(capsys, "diagnose", "answer.json", file, *AT)[1]
        assert f"seen: {sentence}\n" in out
        assert f"do: {found['remedy']}\n" in out


@pytest.mark.req("S4-50")
def test_every_field_of_the_envelope_is_put_out(capsys: pytest.CaptureFixture[str]) -> None:
    """The error's own code and message, the related properties too; nothing is lost on the way to programs."""
    whole = json.loads(envelope("CGEN6002", "DistinguishedName"))
    (info,) = whole["error"]["@Message.ExtendedInfo"]
    info["RelatedProperties"] = ["#/DistinguishedName", "#/San"]
    other = {**info, "MessageId": "CGEN4711", "Message": "Ä\u3042.", "MessageArgs": ["odd", "two"]}
    whole["error"]["@Message.ExtendedInfo"].append(other)
    put("answer.json", json.dumps(whole))
    _, seen = document(capsys, "diagnose", "answer.json")
    (known,) = answer_of(seen)["messages"]
    shared = {
        "vendor": "dell-ome",
        "error_code": "Base.1.0.GeneralError",
        "error_message": "A general error has occurred. See ExtendedInfo for more information.",
        "properties": ["#/DistinguishedName", "#/San"],
        "severity": "Critical",
        "resolution": "Enter a valid value and retry the operation.",
        "when": "",
        "last": "",
        "level": "",
        "thread": "",
        "place": "",
        "source": "answer.json",
        "line": 1,
        "times": 1,
    }
    text = DELL_TEXTS["CGEN6002"][0]
    assert {**shared, "code": "CGEN6002", "text": text, "arguments": ["DistinguishedName"]} == known
    (kept,) = seen["unknown"]
    assert {**shared, "code": "CGEN4711", "text": "Ä\u3042.", "arguments": ["odd", "two"]} == kept
    out = told(capsys, "diagnose", "answer.json")[1]
    for line in ("argument: odd", "argument: two", "about: #/DistinguishedName", "about: #/San"):
        assert f"  {line}\n" in out


@pytest.mark.req("S4-61", "S4-01")
def test_a_text_without_code_gives_its_causes_with_the_check_that_decides(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The vendor's three first, in its order, each with its check; what two of ours add stands behind them."""
    code, seen = document(capsys, "diagnose", "--message", CONNECTION)
    answer = answer_of(seen)
    assert (5, "connection", *CONNECTION.split("\n")) == (
        code,
        answer["phase"],
        answer["text"],
        answer["resolution"],
    )
    checks = {
        "dell-authorities": "Compare issued-to and issued-by of both chains, row by row.",
        "dell-validity": "Judge each period by the clock of the appliance, not by yours.",
        "dell-depth": "Count the certificates of each chain.",
        "dell-pair-chain": "Follow issued-to and issued-by of both chains from the leaf to a self-signed root.",
        "dell-pair-purposes": "Look at the leaf's extensions: "
        "`openssl x509 -in FILE -noout -ext keyUsage,extendedKeyUsage`.",
    }
    assert list(checks.items()) == [(one["cause"], one["check"]) for one in answer["causes"]]
    out = told(capsys, "diagnose", "--message", CONNECTION)[1]
    places = [out.index(f"decided by: {check}\n") for check in checks.values()]
    assert sorted(places) == places
    assert 5 == out.count("decided by:")
    _, uploading = document(capsys, "diagnose", "--message", "CGEN1008")
    assert ("upload", UPLOAD) == (
        answer_of(uploading)["phase"],
        [one["cause"] for one in answer_of(uploading)["causes"]],
    )


@pytest.mark.req("S4-51")
@pytest.mark.parametrize("method", [True, False])
def test_the_head_of_a_log_line_comes_out_in_both_shapes(
    capsys: pytest.CaptureFixture[str], *, method: bool
) -> None:
    """Level, time, thread and class, and the method where it stands."""
    _, seen = document(capsys, "diagnose", put("application.log", log_line("CSEC9002", method=method)))
    (message,) = answer_of(seen)["messages"]
    assert {
        "level": "ERROR",
        "when": "2024-01-25 11:10:34.735",
        "thread": "ajp-nio-0:0:0:0:0:0:0:1-8009-exec-5",
        "place": "SSLController.uploadNewCertificateChain" if method else "SSLController",
    } == {name: message[name] for name in ("level", "when", "thread", "place")}


def test_a_template_that_cannot_be_read_is_none() -> None:
    """Its place is there, its value is no string: nothing is named, and nothing breaks."""
    oid = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2")
    leaf = town().leaf(extra=[(x509.UnrecognizedExtension(oid, b"\x02\x01\x05"), False)])
    assert None is leaf.value.template
