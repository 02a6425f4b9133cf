"""Every finding has a case in which the program's own code reports it, and the example that people read is it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from support import rule_cases, target_cases
from support.finding_cases import CASES, example
from support.shipped import chosen
from tools.finding_pages import Steady, findings
from warifu.adapters.libraries.package import PackageLibrary
from warifu.apps.cli.explain import page_of
from warifu.domain.findings import Code, Lang
from warifu.domain.findings.meaning import is_weighed
from warifu.workflows.examples import load_examples

ROOT = Path(__file__).resolve().parents[3]


def test_every_code_has_a_case_that_reports_it() -> None:
    """A code without an example is named here; `example` fails where a case does not report its code."""
    assert set() == set(Code) ^ set(CASES)
    assert {code: code for code in Code} == {code: found.code for code, found in findings().items()}


def test_every_code_has_its_example_in_both_languages() -> None:
    """What `warifu explain` shows comes with the program, complete."""
    shipped = load_examples(PackageLibrary())
    assert set(Code) == set(shipped)
    assert [] == [code for code, one in shipped.items() if set(Lang) != set(one.title) & set(one.remedy)]
    assert [] == [code for code, one in shipped.items() if one.title[Lang.EN] == one.title[Lang.JA]]


def test_no_example_has_a_hole() -> None:
    """The case gives all the evidence that the sentences show: a `?` would be a hole."""
    shipped = load_examples(PackageLibrary())
    holes = [
        code
        for code, one in shipped.items()
        for lang in Lang
        for said in (one.title[lang], one.remedy[lang])
        if re.search(r"(?<![a-z])[?]", said)
    ]
    assert [] == holes


def test_every_code_has_its_page() -> None:
    """The page that the command names is there, and no page is left of a code that is gone."""
    assert {page_of(code) for code in Code} == {
        f"docs/findings/{page.name}" for page in (ROOT / "docs" / "findings").glob("*.md")
    }


def test_what_is_said_of_weights_is_what_the_rules_do() -> None:
    """A finding that profiles weigh has the weight of its case's profile."""
    wrong = []
    cases: dict[Code, Callable[[], rule_cases.Case | target_cases.TargetCase]] = {
        **{code: make for code, (make, _) in rule_cases.CASES.items()},
        **{code: make for code, (make, _) in target_cases.CASES.items()},
    }
    for code, make in cases.items():
        assert is_weighed(code), code
        named = make().profile
        expected = (chosen(named) if isinstance(named, str) else named).weight(code)
        wrong += [
            code for found in make().judged().findings if found.code is code and found.severity != expected
        ]
    assert [] == wrong


def test_digits_of_every_run_have_stand_ins() -> None:
    """Equal digits stay equal, a head stays a head, case and colons stay; words and dates are left alone."""
    fingerprint = "ab" * 32
    steady = Steady(Code.EXPIRED)
    whole, head = steady(f"{fingerprint} {fingerprint[:16]}").split()
    assert whole.startswith(head)
    assert whole != fingerprint
    assert Steady(Code.EXPIRED)("cd" * 32) == whole
    assert steady(fingerprint.upper()) == whole.upper()
    assert ":" in steady(":".join(["AB"] * 20))
    assert "web.example 2026-06-01 12:00:00" == steady("web.example 2026-06-01 12:00:00")


def test_a_case_that_reports_another_code_is_noticed() -> None:
    """An example is of its own code."""
    assert Code.EXPIRED is example(Code.EXPIRED).code
