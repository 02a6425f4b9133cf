"""`warifu check --profile tpm-ek` on what the maker of a TPM put into it: certificates of a real software TPM."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, run_warifu
from support.swtpm import MAKER, MODEL, VERSION, SoftwareTpm


@pytest.fixture(scope="module")
def tpm(tmp_path_factory: pytest.TempPathFactory) -> SoftwareTpm:
    """One TPM for all tests of this module; nothing of it is changed."""
    made = SoftwareTpm.make(tmp_path_factory.mktemp("tpm") / "made")
    made.certify_platform("platform.cer")
    return made


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> SoftwareTpm:
    """Another maker of the same name."""
    return SoftwareTpm.make(tmp_path_factory.mktemp("other") / "made")


def checked(folder: Path, anchors: str, *more: str) -> Ran:
    ran = run_warifu("check", "--profile", "tpm-ek", "--anchors", anchors, *more, folder=folder, seconds=60)
    assert "Traceback" not in ran.err
    return ran


def judged(folder: Path, anchors: str, file: str) -> tuple[int, str, dict[str, Any], dict[str, list[Any]]]:
    """Exit code, verdict, the certificate as it is shown, and errors with their evidence."""
    ran = checked(folder, anchors, file, "--json")
    (subject,) = json.loads(ran.out)["subjects"]
    errors: dict[str, list[Any]] = {}
    for one in subject["findings"]:
        if one["severity"] == "error":
            errors.setdefault(one["code"], []).append(one["evidence"])
    return ran.code, subject["verdict"]["outcome"], subject["certificates"][0], errors


@pytest.mark.req("S2-08", "S2-15")
@pytest.mark.parametrize(("file", "key"), [("rsa.cer", "RSA 2048"), ("ec.cer", "EC secp384r1")])
def test_the_certificate_of_a_real_software_tpm_is_read(tpm: SoftwareTpm, file: str, key: str) -> None:
    """Accepted beneath its maker's CA; maker, model and version are shown, in text and to machines, and nothing is odd."""
    code, outcome, certificate, errors = judged(tpm.folder, "maker.pem", file)
    assert (0, "accepted", {}, key) == (code, outcome, errors, certificate["key"])
    assert {"maker": MAKER, "maker_name": "", "model": MODEL, "version": VERSION} == certificate["tpm"]
    english = checked(tpm.folder, "maker.pem", file).out
    assert f"TPM: maker {MAKER}, model {MODEL}, version {VERSION}\n" in english
    assert "certificate alone, accepted" in english
    japanese = checked(tpm.folder, "maker.pem", file, "--lang", "ja").out
    assert f"TPM: 製造元 {MAKER}、モデル {MODEL}、バージョン {VERSION}\n" in japanese
    assert ("engine-not-run" in english, "canary" in english) == (
        False,
        False,
    )  # no library of TLS would ever be asked


@pytest.mark.req("S2-08")
def test_another_certificate_of_the_same_tpm_is_no_endorsement_key_s(tpm: SoftwareTpm) -> None:
    """Its platform certificate, by the same CA: refused for its purpose and for each of the three names it lacks."""
    code, outcome, certificate, errors = judged(tpm.folder, "maker.pem", "platform.cer")
    assert (1, "refused", None) == (code, outcome, certificate["tpm"])
    assert {"purpose-missing", "directory-attribute-missing"} == set(errors)
    assert [("2.23.133.8.1", "2.23.133.8.2")] == [
        (one["wanted"], one["purposes"]) for one in errors["purpose-missing"]
    ]
    assert ["2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"] == [
        one["missing"] for one in errors["directory-attribute-missing"]
    ]


@pytest.mark.req("S2-15")
def test_the_signature_of_another_maker_is_denied(tpm: SoftwareTpm, other: SoftwareTpm) -> None:
    """Equal names, another key: refused for the signature. Without the maker's CA: refused, for the issuer is missing."""
    code, outcome, _, errors = judged(tpm.folder, str(other.folder / "maker.pem"), "rsa.cer")
    assert (1, "refused", {"signature-wrong"}) == (code, outcome, set(errors))
    assert "CN=swtpm-localca" == errors["signature-wrong"][0]["issuer"]
    code, outcome, _, errors = judged(tpm.folder, "root.pem", "rsa.cer")
    assert (1, "refused", {"issuer-missing"}) == (code, outcome, set(errors))
