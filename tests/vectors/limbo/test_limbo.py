"""The cases of x509-limbo at hand: each verdict, each reason, and the runner for files of that kind."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tomllib
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from support.pki import NOW, make_ca
from support.vectors import ROOT, vector
from tools.limbo import (
    LIMIT,
    BadFileError,
    Result,
    main,
    purpose_of,
    read_cases,
    result_of,
    rule_set_of,
    run,
    totals_of,
)
from warifu.domain.findings import Code
from warifu.domain.x509 import RevocationList
from warifu.domain.x509.writer import crls_to_pem

HERE = Path(__file__).parent
SUITE = "limbo-dev.json.gz"
DIVERGENCES: dict[str, str] = tomllib.loads((HERE / "exceptions.toml").read_text("utf-8"))["divergences"]
CODES: dict[str, list[str]] = tomllib.loads((HERE / "codes.toml").read_text("utf-8"))["codes"]
MID = make_ca("Root").intermediate("Mid")
WEB = MID.leaf("web.example")


@cache
def results() -> tuple[Result, ...]:
    """What came of every case of the suite at hand, judged once."""
    return tuple(run(read_cases(vector(SUITE)), jobs=2))


def case(**changed: Any) -> dict[str, Any]:
    """A good chain as a case of the suite."""
    return {
        "id": "rfc5280::made-here",
        "expected_result": "SUCCESS",
        "validation_kind": "SERVER",
        "trusted_certs": [WEB.root.pem.decode()],
        "untrusted_intermediates": [MID.pem.decode()],
        "peer_certificate": WEB.pem.decode(),
        "validation_time": NOW.isoformat(),
        "expected_peer_name": {"kind": "DNS", "value": "web.example"},
        **changed,
    }


def test_every_verdict_is_the_suites_but_for_listed_divergences() -> None:
    """104 cases; what differs is listed with its reason, and what is listed still differs."""
    wrong = {one.id for one in results() if not one.right}
    assert set(DIVERGENCES) == wrong
    assert all(reason.strip() for reason in DIVERGENCES.values())


def test_no_case_hangs_and_nearly_all_are_right() -> None:
    """The bar: 98 of 104, and none without an answer within five seconds."""
    totals = totals_of(results())
    assert (104, 0, 0) == (totals["cases"], totals["hangs"], totals["crashes"])
    assert totals["right"] >= 98
    assert max(one.milliseconds for one in results()) < LIMIT * 1000


def test_every_refusal_names_its_reason() -> None:
    """Of each case that must be refused, the table names codes, and they are among those that refuse it."""
    refused = {one.id: set(one.codes) for one in results() if one.expected == "FAILURE"}
    assert set(refused) == set(CODES)
    assert {} == {name: refused[name] for name, wanted in CODES.items() if not set(wanted) <= refused[name]}
    known = {code.value for code in Code}
    assert set() == {code for wanted in CODES.values() for code in wanted} - known


def test_a_good_chain_is_accepted_and_each_fault_of_a_case_refuses() -> None:
    """What a case asks for counts: name, purpose, time, depth, key usage."""
    assert ("SUCCESS", ()) == answer()
    assert ("FAILURE", ("name-mismatch",)) == answer(expected_peer_name={"kind": "DNS", "value": "b.example"})
    named = [{"kind": "DNS", "value": "web.example"}, {"kind": "DNS", "value": "b.example"}]
    assert ("FAILURE", ("name-mismatch",)) == answer(expected_peer_name=None, expected_peer_names=named)
    assert ("FAILURE", ("purpose-missing",)) == answer(validation_kind="CLIENT")
    assert ("FAILURE", ("depth-exceeded",)) == answer(max_chain_depth=0)
    assert ("FAILURE", ("key-usage-unfit",)) == answer(key_usage=["keyEncipherment"])
    assert ("SUCCESS", ()) == answer(key_usage=["digitalSignature"])
    assert ("FAILURE", ("unreadable",)) == answer(
        peer_certificate="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    )


def answer(**changed: Any) -> tuple[str, tuple[str, ...]]:
    one = result_of(case(**changed), NOW)
    return one.ours, one.codes


def test_a_case_without_a_time_is_judged_now() -> None:
    """A null time means the time of the run."""
    assert "SUCCESS" == result_of(case(validation_time=None), NOW).ours
    assert "FAILURE" == result_of(case(validation_time=None), NOW.replace(year=2050)).ours


def test_crls_of_a_case_are_required() -> None:
    """Where a case has CRLs, every certificate of the chain must be covered by one."""
    crls = [crl_pem(MID.crl()), crl_pem(WEB.root.crl())]
    assert ("SUCCESS", ()) == answer(crls=crls)
    assert ("FAILURE", ("crl-missing",)) == answer(crls=crls[:1])
    assert ("FAILURE", ("revoked",)) == answer(crls=[crl_pem(MID.crl([WEB])), crls[1]])


def crl_pem(crl: RevocationList) -> str:
    return crls_to_pem([crl]).decode()


def test_the_rule_set_follows_from_the_id() -> None:
    """Also where suites were merged and ids have one part more."""
    sets = {
        "webpki::cn::x": "webpki-public",
        "webpki::san::x": "webpki-public",
        "online::x.com": "webpki-public",
        "rfc5280::nc::x": "rfc5280-strict",
        "limbo::webpki::x": "webpki-public",
        "unheard-of::x": "rfc5280-strict",
    }
    assert sets == {name: rule_set_of(name).name for name in sets}
    for name in ("webpki::cn::x", "webpki::san::x"):
        weight = rule_set_of(name).weight(Code.COMMON_NAME_UNLISTED)
        assert ("error" if "::cn::" in name else "warning") == weight


def test_the_purpose_is_the_cases_own_or_that_of_its_kind() -> None:
    """An EKU that is named counts; any purpose is none."""
    assert "serverAuth" == purpose_of(case())
    assert "clientAuth" == purpose_of(
        case(validation_kind="CLIENT", extended_key_usage=["anyExtendedKeyUsage"])
    )
    assert "1.3.6.1.5.5.7.3.4" == purpose_of(case(extended_key_usage=["emailProtection"]))


def test_a_case_that_does_not_end_is_a_hang_and_the_next_is_judged() -> None:
    """Its process is killed; another one goes on."""
    assert ["HANG", "HANG"] == [one.ours for one in run([case(), case()], limit=0.0)]
    assert ["SUCCESS", "CRASH", "SUCCESS"] == [
        one.ours for one in run([case(), case(peer_certificate=None), case()])
    ]


def suite_file(folder: Path, *cases: dict[str, Any]) -> Path:
    path = folder / "cases.json"
    path.write_text(json.dumps({"version": 1, "testcases": cases}), "utf-8")
    return path


def test_a_run_prints_a_line_a_case_and_ends_with_totals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 when all are as expected, 1 when one is not."""
    good = case(signature_algorithms=["RSA_WITH_SHA256"])
    assert 0 == main([str(suite_file(tmp_path, good))])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "ok    rfc5280::made-here expected SUCCESS ours SUCCESS (left out: signature_algorithms) "
    )
    assert lines[0].endswith(" ms")
    assert lines[1].startswith("cases: 1, right: 1, ")
    assert 1 == main([str(suite_file(tmp_path, case(max_chain_depth=0)))])
    assert "WRONG rfc5280::made-here expected SUCCESS ours FAILURE depth-exceeded" in capsys.readouterr().out


def test_the_runner_is_a_command_of_its_own(tmp_path: Path) -> None:
    """`tools/limbo.py FILE.json.gz --json` writes one document."""
    packed = tmp_path / "cases.json.gz"
    packed.write_bytes(gzip.compress(suite_file(tmp_path, case()).read_bytes()))
    done = subprocess.run(  # our own program
        [sys.executable, str(ROOT / "tools" / "limbo.py"), str(packed), "--json"],
        capture_output=True,
        check=True,
        text=True,
    )
    document = json.loads(done.stdout)
    assert 1 == document["totals"]["right"]
    assert {"id", "expected", "ours", "codes", "milliseconds"} <= set(document["cases"][0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is not JSON"),
        (b"\x1f\x8b\x08", "is damaged gzip"),
        (b"\x1f\x8b\x07" + bytes(20), "is damaged gzip"),
        (gzip.compress(b"{}")[:10] + b"\xff" * 20, "is damaged gzip"),
        (gzip.compress(b"{}")[:-1], "is damaged gzip"),
        (b"[" * 200_000, "nested too deep"),
        (b'{"testcases": [%s]}' % json.dumps(case(id=1)).encode(), "are no texts"),
        (b"[]", "no list `testcases`"),
        (b'{"testcases": [{"id": "a"}]}', "case 0 lacks expected_result"),
        (b'{"testcases": [1]}', "case 0 lacks"),
    ],
    ids=count(),
)
def test_a_file_of_another_kind_is_refused_by_name(
    tmp_path: Path, content: bytes, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 and one sentence."""
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert 2 == main([str(path)])
    assert said in capsys.readouterr().err
    with pytest.raises(BadFileError, match="cannot be read"):
        read_cases(tmp_path / "absent.json")


def test_a_file_that_unpacks_to_no_end_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is held beyond what the largest suite needs, packed or not."""
    monkeypatch.setattr("tools.limbo.MOST", 1_000)
    path = tmp_path / "x"
    for content in (gzip.compress(b" " * 2_000), b" " * 2_000):
        path.write_bytes(content)
        with pytest.raises(BadFileError, match="more than 1000 bytes"):
            read_cases(path)


def test_a_case_that_cannot_be_judged_says_why_in_its_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """One line, no traceback, and the others are judged."""
    bad = [case(untrusted_intermediates=None), case(validation_time="2030-01-01T00:00:00")]
    assert 1 == main([str(suite_file(tmp_path, *bad, case()))])
    said = capfd.readouterr()
    assert "" == said.err
    first, second, third, totals = said.out.splitlines()
    assert "ours CRASH (TypeError: 'NoneType' object is not iterable)" in first
    assert "ours CRASH (TypeError: can't compare" in second
    assert third.startswith("ok ")
    assert totals.endswith("crashes: 2")


def test_no_id_breaks_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A line a case, whatever the case is called."""
    main([str(suite_file(tmp_path, case(id="own::a\nok    x\x1b[2J")))])
    lines = capsys.readouterr().out.splitlines()
    assert 2 == len(lines)
    assert "own::a\\x0aok    x\\x1b[2J" in lines[0]


def test_who_stops_reading_gets_no_traceback(tmp_path: Path) -> None:
    """As `| head -1` does."""
    path = suite_file(tmp_path, *(case(id=f"own::{number}" + "x" * 5_000) for number in range(40)))
    with subprocess.Popen(  # our own program
        [sys.executable, str(ROOT / "tools" / "limbo.py"), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.read(10)
        ran.stdout.close()
        assert b"" == ran.stderr.read()
        assert 1 == ran.wait()
