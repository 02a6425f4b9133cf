"""What the rows of a sweep depend on is part of its question, so that answers to two are never mixed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from support.pki import NOW, make_ca
from support.requests import request_for, template_for
from support.revoking import REVOKED, ocsp_of
from warifu.apps.cli.check import _wish
from warifu.apps.cli.render import same_text
from warifu.apps.cli.sweep import question
from warifu.apps.cli.wish import Wish
from warifu.domain.findings import Code
from warifu.wiring import cli as wiring
from warifu.workflows.check import Checker, RevocationData, TrustFile

ROOT = make_ca("Root")
LEAF = ROOT.leaf("web.example")
WISH = Wish((), "out.jsonl", (), 1, 1, replace=False, question={"name": "web.example"})
CHECKER = replace(wiring.checker("tls-server", at=NOW), engines=())
STORE = TrustFile("", (ROOT.value,))


def changed(checker: Checker) -> set[str]:
    before, after = question(WISH, CHECKER, STORE), question(WISH, checker, STORE)
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("checker", "names"),
    [
        (CHECKER, set()),
        (replace(CHECKER, at=NOW.replace(year=2030)), set()),
        (replace(CHECKER, profile=replace(CHECKER.profile, rsa_bits=4096)), {"rules"}),
        (replace(CHECKER, profile=replace(CHECKER.profile, weights={Code.WEAK_KEY: None})), {"rules"}),
        (replace(CHECKER, covers=("a.example",)), {"covers"}),
        (replace(CHECKER, requests=(request_for(template_for(ROOT, "a.example")).request,)), {"requests"}),
        (replace(CHECKER, revocation=RevocationData((ROOT.crl(),), "leaf")), {"crls"}),
        (replace(CHECKER, revocation=RevocationData((ROOT.crl(revoked=[LEAF]),), "leaf")), {"crls"}),
        (replace(CHECKER, revocation=RevocationData(ocsp=(ocsp_of(LEAF, REVOKED),))), {"ocsp"}),
        (replace(CHECKER, passwords=(b"secret",)), {"passwords"}),
    ],
)
def test_content_is_asked_by_and_not_the_names_of_files(checker: Checker, names: set[str]) -> None:
    """Rules, requests, CRLs and responses that changed ask anew; the instant is kept by another way."""
    assert names == changed(checker)


def test_no_secret_is_kept_with_it() -> None:
    """Of passwords only how many there are."""
    asked = question(WISH, replace(CHECKER, passwords=(b"hunter2",)), STORE)
    assert "hunter2" not in str(asked)


def test_equal_rules_are_the_same_text_in_every_process() -> None:
    """Sets have another order in each; their text has not."""
    code = (
        "from warifu.apps.cli.render import same_text; from warifu.wiring import cli; "
        "print(same_text(cli.chosen_profile('cisco-expressway@X14:E')))"
    )
    source = str(Path(__file__).parents[3] / "src")
    ran = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONPATH": source, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "2")
    ]
    assert ran[0] == ran[1] == same_text(wiring.chosen_profile("cisco-expressway@X14:E")) + "\n"


def test_a_clock_that_is_asked_gives_the_instant_of_the_first_time() -> None:
    """The target's clock goes on while a sweep is interrupted: who is asked is part of the question, what it says is not."""
    asked = {
        "name": "", "consumer": None, "crl_mode": None, "target_clock": "10.0.0.1:443", "at": None, "lists": (),
        "file": "out.jsonl", "pools": (), "jobs": 1, "parallel": 1, "replace": False,
    }  # fmt: skip
    wished = _wish("tls-server", asked)  # type: ignore[arg-type]  # the options it reads
    assert ("", "10.0.0.1:443") == (wished.question["at-given"], wished.question["target-clock"])
