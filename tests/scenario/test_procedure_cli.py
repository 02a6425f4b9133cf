"""`warifu procedure` and `warifu plan procedure` as a person runs them."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from support.command import Ran, run_warifu
from support.pki import make_ca
from support.shipped import SHIPPED
from support.source import ROOT
from support.vendor_listings import directory_id
from tools.pages import disputed_page, procedures

OLD = make_ca("Old Root")


def warifu(folder: Path, *arguments: str) -> Ran:
    ran = run_warifu(*arguments, folder=folder, seconds=120)
    assert "Traceback" not in ran.err
    return ran


def document(folder: Path, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(warifu(folder, *arguments, "--json").out)
    return found


VECS = {
    "id": directory_id(OLD),
    "alias": "a",
    "login": "administrator@vsphere.local",
    "nodes": "psc1",
    "version": "7.0",
}


def settings(**changed: str) -> list[str]:
    return [one for name, value in {**VECS, **changed}.items() for one in ("--set", f"{name}={value}")]


@pytest.mark.req("S0-27")
def test_a_procedure_is_written_or_refused(tmp_path: Path) -> None:
    """A missing field or an impossible path stops it before any step, each by its field."""
    ran = warifu(tmp_path, "plan", "procedure", "vecs-root-removal", *settings(), "--out", "page.md")
    assert (0, "The procedure is in page.md\n") == (ran.code, ran.out.splitlines(keepends=True)[0])
    assert 9 == len(document(tmp_path, "plan", "procedure", "vecs-root-removal", *settings())["steps"])
    for changed, said in ({"id": ""}, "id: missing."), ({"output": "a; b"}, "output: "):
        lacking = warifu(
            tmp_path, "plan", "procedure", "vecs-root-removal", *settings(**changed), "--out", "none.md"
        )
        assert (2, "", True) == (lacking.code, lacking.out, said in lacking.err)
    assert not (tmp_path / "none.md").exists()


@pytest.mark.req("S0-02")
def test_which_revision_was_used_is_shown_and_kept(tmp_path: Path) -> None:
    """A newer text is known upstream: terminal and page say so, and the record keeps revision, page and its digest.

    The neighbour is nowhere called stale. Without --out nothing is kept, for nothing was written.
    """
    vecs = ("plan", "procedure", "vecs-root-removal", *settings())
    assert "may be stale" in warifu(tmp_path, *vecs).out
    assert not (tmp_path / ".warifu").exists()
    assert "No procedure was written out here." in warifu(tmp_path, "procedure", "used").out
    ran = warifu(tmp_path, *vecs, "--out", "vecs.md")
    told = [line for line in ran.out.splitlines() if "stale" in line]
    page = (tmp_path / "vecs.md").read_text("utf-8")
    assert 1 == len(told)
    assert told[0].startswith("This translation may be stale: written from revision 2146011")
    assert f"**{told[0]}**" in page
    made = document(tmp_path, *vecs)
    assert (True, made["source"]["revision"] in page) == (made["stale"], True)
    ome = ("--set", "version=4.0", "--set", "host=ome.example", "--out", "ome.md")
    current = warifu(tmp_path, "plan", "procedure", "ome-certificate-chain", *ome)
    assert (0, "The procedure is in ome.md\n") == (current.code, current.out)
    assert "stale" not in (tmp_path / "ome.md").read_text("utf-8")
    first, second = document(tmp_path, "procedure", "used")["used"]
    assert (made["reviewed"], True) == (first["reviewed"], first["stale"])
    assert first["source"].items() <= made["source"].items()
    assert {"id", "title", "language", "revision", "newer"} == set(first["source"])
    assert ("vecs.md", hashlib.sha256(page.encode()).hexdigest()) == (first["page"], first["sha256"])
    assert {**VECS, "id": directory_id(OLD)}.items() <= first["values"].items()
    assert ("KB 000221202", "version 4, 2024-06-11", False) == (
        second["source"]["id"],
        second["source"]["revision"],
        second["stale"],
    )
    shown = warifu(tmp_path, "procedure", "used").out
    (row,) = [line for line in shown.splitlines() if "vecs-root-removal" in line]
    assert [True, True, True] == [part in row for part in (made["source"]["revision"], "may be", "vecs.md")]
    (record, _) = sorted((tmp_path / ".warifu/procedures").iterdir())
    assert 0o600 == record.stat().st_mode & 0o777
    record.write_text("{}")
    broken = warifu(tmp_path, "procedure", "used")
    assert (5, True) == (broken.code, "is no record of a procedure" in broken.err)


@pytest.mark.req("S0-08", "S1-07")
@pytest.mark.parametrize(
    ("id_", "given", "release", "scope"),
    [
        ("vecs-root-removal", tuple(settings()), "5.5", "6.0, 6.7, 7.0, 8.0"),
        ("vecs-root-removal", (), "5.5", "6.0, 6.7, 7.0, 8.0"),
        ("sepm-certificate-expired", (), "14.2", "14.3 RU1 +"),
        ("sepm-certificate-expired", (), "14.3 MP1", "14.3 RU1 +"),
    ],
)
def test_another_release_is_told_before_anything_is_asked(
    tmp_path: Path, id_: str, given: tuple[str, ...], release: str, scope: str
) -> None:
    """Whether or not the rest is filled in: not applicable, with what it is for, and no step is written."""
    asked = ("plan", "procedure", id_, *given, "--set", f"version={release}", "--out", "none.md")
    ran = warifu(tmp_path, *asked)
    assert (3, "") == (ran.code, ran.out)
    assert f"{id_} is not applicable to " in ran.err
    assert release in ran.err
    assert scope in ran.err
    assert "missing" not in ran.err
    assert "適用できません" in warifu(tmp_path, *asked, "--lang", "ja").err
    assert not (tmp_path / "none.md").exists()


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
