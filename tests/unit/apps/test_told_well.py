"""What a person reads is whole: plans with their waits and engines, sums of many, entries of notices, folded lines."""

from __future__ import annotations

import io
import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from support.texts import every_text
from tools.pages import command_fault
from warifu.apps.cli.fold import fold
from warifu.apps.cli.plan import show_plan
from warifu.apps.cli.render import Output
from warifu.domain.estate import TrustValue
from warifu.domain.findings import Code, Finding, Lang, Severity, outline
from warifu.domain.findings.text import columns
from warifu.domain.rotation.plan import Plan, Proof, Wave
from warifu.domain.rotation.steps import Switch
from warifu.domain.watching.cause import Entry, Standing
from warifu.workflows.letters import entry_line

NOW = datetime(2026, 6, 1, tzinfo=UTC)
NEVER_FIRST = "、。）」』】！？ーぁぃぅぇぉっゃゅょァィゥェォッャュョ)]}"
NEVER_LAST = "（「『【([{"


def told(plan: Plan, lang: Lang) -> str:
    """What is shown of a plan."""
    kept = io.StringIO()
    show_plan(Output(lang, stream=kept), plan)
    return kept.getvalue()


@pytest.mark.parametrize("room", [31, 58])
def test_no_line_begins_or_ends_with_what_must_not(room: int) -> None:
    """Closing marks, small kana and 長音 begin no line, opening brackets end none, in any help or message."""
    wrong = []
    for where, text in every_text():
        for paragraph in text.ja.splitlines():
            for above, below in itertools.pairwise(fold(paragraph, room)):
                if below[0] in NEVER_FIRST:
                    wrong.append(f"{where}: {below}")
                if above[-1] in NEVER_LAST:
                    wrong.append(f"{where}: {above}")
    assert [] == wrong
    assert ["既存の", "ファイル"] == fold("既存のファイル", 9)
    assert ["名前 (値)", "です"] == fold("名前 (値) です", 9)
    assert 9 >= max(map(columns, fold("証明書を「信頼」します。", 9)))


@pytest.mark.parametrize("lang", Lang)
def test_a_plan_says_what_it_waits_for_and_what_it_does_not(lang: Lang) -> None:
    """What goes on while nothing is waited for is a note; engines are told with how often they were asked."""
    why, before = "rotation.why-retire-anchor", (TrustValue(("a" * 64, "b" * 64)),)
    step = Switch("s1", why, "remove-anchor", "app/trust", "n1", before, TrustValue(("b" * 64,)))
    waits = ("rotation.wait-sessions-for 90m", "rotation.wait-sessions")
    proof = Proof(mixtures=3, owed=("a",), engines={"cryptography": 2, "openssl": 4})
    plan = Plan("p", "shop", "d", NOW, (), (Wave(1, "retire", ((step,),), None, waits),), {}, proof)
    shown = told(plan, lang)
    waiting, note = (line for line in shown.splitlines() if re.match(r"  (waits|note|待機|注意): ", line))
    words = {Lang.EN: ("waits", "note", "openssl 4 times"), Lang.JA: ("待機", "注意", "openssl 4 回")}[lang]
    assert (True, True) == (waiting.startswith(f"  {words[0]}: "), note.startswith(f"  {words[1]}: "))
    assert words[2] in shown
    without = told(replace(plan, proof=replace(proof, engines={})), lang)
    assert {Lang.EN: ": none)", Lang.JA: ": なし)"}[lang] in without


def test_a_severity_stands_apart_from_the_sentence() -> None:
    """A Japanese sentence that begins with a name is not run into the word before it."""
    kept = io.StringIO()
    found = Finding(Code.EXPIRED, "x", {"who": "O=Example", "not_after": NOW, "now": NOW}, Severity.ERROR)
    Output(Lang.JA, stream=kept).findings([found])
    assert kept.getvalue().startswith("エラー: O=Example は ")


@pytest.mark.parametrize("lang", Lang)
def test_a_code_behind_a_title_ends_it(lang: Lang) -> None:
    """No full stop stands in the middle of a line that goes on."""
    assert not re.search(r"[.。] \(expired\)", outline("expired", "x", lang))


def test_an_entry_is_told_where_it_is_kept() -> None:
    """A leaf lies in no trust store; a file of a list has no node, and is not named twice."""
    entry = Entry(
        "web/tls", "web-1", "shop", "tls", Standing.IN_USE, "CN=shop", "ab", NOW + timedelta(days=1)
    )
    assert entry_line(entry, Lang.JA, UTC).startswith(
        "ノード web-1、保管先 shop、エイリアス tls (web/tls): CN=shop"
    )
    of_list = entry_line(replace(entry, node="-", place="old.pem", store="old.pem"), Lang.JA, UTC)
    assert of_list.startswith("保管先 old.pem、エイリアス tls: CN=shop")
    assert 1 == of_list.count("old.pem")


@pytest.mark.parametrize("lang", Lang)
def test_an_address_stands_once_in_its_line(lang: Lang) -> None:
    """It is neither a store nor the place of an alias."""
    place = "web.example:8443 (192.0.2.1:8443)"
    entry = Entry(place, "web.example", place, "AB12", Standing.IN_USE, "CN=shop", "ab", NOW)
    told = entry_line(entry, lang, UTC)
    node = {Lang.EN: "node", Lang.JA: "ノード"}[lang]
    assert told.startswith(f"{node} web.example ({place}): CN=shop")
    assert (1, 0) == (told.count("8443 ("), told.count("AB12"))


def test_what_stands_beside_each_other_is_parted_as_its_language_does() -> None:
    """A list of evidence holds commas of its own."""
    found = Finding(Code.EXPIRED, "x", {"who": "CN=x", "not_after": NOW, "now": NOW}, Severity.ERROR)
    for lang, mark, other in ((Lang.JA, "；", "; "), (Lang.EN, "; ", "；")):
        kept = io.StringIO()
        Output(lang, stream=kept).findings([found])
        seen = kept.getvalue().splitlines()[1]
        assert (2, 0) == (seen.count(mark), seen.count(other))


def test_every_command_within_a_sentence_is_understood() -> None:
    """Verbs and options that remedies, procedures and messages name are there, in both languages."""
    commands = {
        (where, command)
        for where, text in every_text()
        for said in (text.en, text.ja)
        for command in re.findall(r"`(warifu [^`]+)`", said)
        if "..." not in command  # any verb may stand there
    }
    assert len(commands) > 100
    faults = {(where, command, command_fault(command.split())) for where, command in commands}
    assert set() == {fault for fault in faults if fault[2]}
