"""What a change board reads before and after: made of plan, estate and journal alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from warifu.domain.estate import (
    ByHand,
    Connection,
    Estate,
    Group,
    IdentitySlot,
    IdentityValue,
    Local,
    Node,
    Owner,
    Service,
    Template,
    TrustSlot,
    TrustValue,
    Window,
)
from warifu.domain.findings import Code, Finding, Lang
from warifu.domain.findings.text import columns
from warifu.domain.rotation import markdown, papers, result
from warifu.domain.rotation.change import AddAnchor, PutBack, ReplaceCa, ReplaceIdentity, RetireAnchor
from warifu.domain.rotation.papers import find_turn_back_times
from warifu.domain.rotation.plan import Outage, Plan, Proof, Waiver, Wave
from warifu.domain.rotation.progress import Event, Happened
from warifu.domain.rotation.steps import Adopt, Issue, Switch
from warifu.domain.rotation.waits import length
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Sha256

MADE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OLD, NEW, LEAF = "a" * 64, "b" * 64, "c" * 64
TEMPLATE = Template(
    identity="web",
    issuer_chain=(),
    root=Sha256(NEW),
    names=("web.example",),
    subject="",
    purposes=("serverAuth",),
    key="ec-p256",
    not_before=MADE,
    lifetime=timedelta(days=90),
)


def estate() -> Estate:
    web = Service(
        "web", "n1", "nginx", addresses=(Address("web.example", 443),), reload=("nginx", "-s", "reload")
    )
    return Estate(
        nodes={"n1": Node("n1", Local()), "n2": Node("n2", ByHand(), owner="鈴木|team")},
        services={"web": web, "app": Service("app", "n2", "by-hand")},
        slots={
            "web/id": IdentitySlot("web/id", "web", "web", "/c.pem"),
            "app/trust": TrustSlot("app/trust", "app", "s", "/t.pem"),
        },
        connections={
            "app-web": Connection("app-web", ("app",), ("web",), ("web/id",), ("app/trust",)),
            "aside": Connection("aside", ("x",), ("y",), ("y/id",), ("x/trust",)),
        },
        owners={"鈴木|team": Owner("鈴木|team", contact="suzuki@example.com")},
    )


def plan() -> Plan:
    trust = Switch(
        id="s2",
        why="w",
        kind="add-anchor",
        slot="app/trust",
        node="n2",
        before=(TrustValue((OLD,)),),
        after=TrustValue((OLD, NEW)),
        takes=5 * MINUTE,
    )
    switch = Switch(
        id="s3",
        why="w",
        kind="switch-identity",
        slot="web/id",
        node="n1",
        before=(IdentityValue(OLD),),
        after=IdentityValue(TEMPLATE.id),
        takes=2 * MINUTE,
    )
    issue = Issue(
        id="s1", why="w", identity="web", node="n1", slots=("web/id",), issuer="ca", template=TEMPLATE
    )
    waves = (
        Wave(1, "prepare", ((issue,),)),
        Wave(2, "trust", ((trust,),), good_until=MADE + 60 * MINUTE),
        Wave(3, "switch", ((switch,),), good_until=MADE + 90 * MINUTE, no_return=True),
    )
    return Plan(
        id="p1",
        estate="demo",
        estate_digest="e",
        made=MADE,
        changes=(ReplaceCa(OLD, NEW),),
        waves=waves,
        basis={},
        proof=Proof(12, ("app-web",)),
        waivers=(Waiver("printer", "tanaka", "no TLS", MADE + 600 * MINUTE),),
        ticket="CHG-7",
    )


EVENTS = (
    Event(MADE, Happened.STARTED),
    Event(MADE, Happened.APPROVED, values={"by": "sato", "digest": "deadbeef"}),
    Event(MADE + MINUTE, Happened.INTENDED, "s1"),
    Event(MADE + MINUTE, Happened.BYTES, "s1", values={"template": TEMPLATE.id, "leaf": LEAF, "chain": ""}),
    Event(MADE + 2 * MINUTE, Happened.DONE, "s1"),
    Event(MADE + 3 * MINUTE, Happened.INTENDED, "s3"),
    Event(MADE + 4 * MINUTE, Happened.INTENDED, "s3"),  # resumed
    Event(
        MADE + 6 * MINUTE,
        Happened.DONE,
        "s3",
        values={"fingerprints": LEAF, "witnesses": "handshake", "handshakes": "12"},
    ),
)


def squeezed(paper: str) -> str:
    """A paper without what fills up the columns of its tables."""
    return re.sub(r" +\|", " |", paper)


def change_request(*of: object, **more: object) -> str:
    return squeezed(papers.change_request(*of, **more))  # type: ignore[arg-type]  # passed on as it came


def result_report(*of: object, **more: object) -> str:
    return squeezed(result.result_report(*of, **more))  # type: ignore[arg-type]  # passed on as it came


def section(paper: str, name: str) -> str:
    """The text of one second-level section."""
    return paper.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize(
    ("lang", "sections"),
    [
        (
            Lang.EN,
            ["Scope of effect", "Procedure", "Latest time to turn back", "Way back", "Waivers", "Approvers"],
        ),
        (Lang.JA, ["影響範囲", "作業手順書", "切り戻し判断の期限", "切り戻し手順", "免除", "承認者"]),
    ],
)
def test_a_request_has_what_a_board_asks_for(lang: Lang, sections: list[str]) -> None:
    """Each part has its section with something in it, in the language asked for, ticket and digest included."""
    paper = change_request(plan(), estate(), lang, "CHG-7", digest="deadbeef" * 8)
    assert [] == [name for name in sections if not section(paper, name).strip()]
    assert "CHG-7" in paper.splitlines()[0]
    assert "--approve deadbeef" in paper
    assert "?" not in paper


def test_the_scope_names_the_touched_and_the_protected() -> None:
    """Nodes, services, slots and the connections that use them, with what is promised; others stay out."""
    scope = section(change_request(plan(), estate(), Lang.EN), "Scope of effect")
    assert "Changed: nodes 2, services 2, slots 2." in scope
    assert "| app-web | app | web | no attempt fails" in scope
    assert "aside" not in scope
    assert "No service is interrupted." in scope


def test_a_waiver_and_an_outage_are_told_before_the_promise() -> None:
    """What is left out of the proof does not read as proven."""
    waived = replace(
        plan(),
        proof=Proof(12, ("app-web",), waived=("app-web",)),
        outages=(Outage("app", ("s2",), 3 * MINUTE),),
    )
    scope = section(change_request(waived, estate(), Lang.EN), "Scope of effect")
    assert "| app-web | app | web | left out of the proof by a waiver" in scope
    assert "| app | 3 min 0 s | none |" in scope


def test_the_procedure_gives_command_result_and_time_of_each_step() -> None:
    """A reload shows its command and the address that must answer; a step by hand shows who does it."""
    procedure = section(change_request(plan(), estate(), Lang.EN), "Procedure")
    assert (
        "| s3 | n1 | certificate switched: web/id | `nginx -s reload` | "
        "full handshakes on web.example:443 present the new leaf | 2 min 0 s |" in procedure
    )
    assert "| by hand: 鈴木\\|team | every process of app is proven" in procedure
    assert "Expected time in all: 7 min 10 s." in procedure
    assert procedure.index("Point of no return") > procedure.index("Wave 3")


def test_the_latest_time_to_turn_back_leaves_room_for_the_way_back() -> None:
    """It is the earliest end so far, less what undoing takes; where nothing ends, nothing bounds it."""
    found = [(wave.number, by, back) for wave, by, back in find_turn_back_times(plan())]
    assert [
        (1, None, timedelta()),
        (2, MADE + 55 * MINUTE, 5 * MINUTE),
        (3, MADE + 53 * MINUTE, 7 * MINUTE),
    ] == found
    paper = change_request(plan(), estate(), Lang.EN)
    assert "| 3 | 2026-06-01 12:53:00+00:00 | 7 min 0 s |" in section(paper, "Latest time to turn back")


def test_the_way_back_runs_backwards_and_names_what_returns() -> None:
    """The last wave is undone first; a step that cannot be undone says so."""
    back = section(change_request(plan(), estate(), Lang.EN), "Way back")
    assert back.index("| 3 | s3 |") < back.index("| 2 | s2 |") < back.index("| 1 | s1 |")
    assert f"| 3 | s3 | web/id | put back {OLD} |" in back
    wave = plan().waves[2]
    step = wave.steps[0]
    assert isinstance(step, Switch)
    final = replace(plan(), waves=(replace(wave, chains=((step._replace(undo=False),),)),))
    assert "| none: needs approval |" in section(change_request(final, estate(), Lang.EN), "Way back")


def test_owners_of_what_is_touched_are_asked() -> None:
    """An owner appears with contact and with what they own; a bar in a name breaks no table."""
    asked = section(change_request(plan(), estate(), Lang.EN), "Approvers")
    assert "| Owner of n2 | 鈴木\\|team | suzuki@example.com |" in asked


@pytest.mark.parametrize(
    ("lang", "title"), [(Lang.EN, "# Report of the work"), (Lang.JA, "# 作業結果報告書")]
)
def test_a_report_opens_with_title_and_ticket(lang: Lang, title: str) -> None:
    """The reader sees at once which change it is about, in either language."""
    report = result_report(plan(), EVENTS, lang, digest="deadbeef" * 8)
    assert f"{title} CHG-7" == report.splitlines()[0]
    assert "?" not in report


def test_a_report_sets_actual_beside_planned_times() -> None:
    """A step that was resumed counts from its first beginning; one nobody began says so."""
    report = result_report(plan(), EVENTS, Lang.EN)
    steps = section(report, "Steps")
    assert (
        "| 3 | s3 | n1 | certificate switched | done | 2026-06-01 12:03:00+00:00 | "
        "2026-06-01 12:06:00+00:00 | 2 min 0 s | 3 min 0 s |" in steps
    )
    assert "| s2 | n2 | anchor added | not begun |" in steps
    assert "sato approved deadbeef" in section(report, "Approvals")


def test_a_report_shows_the_fingerprints_that_arrived() -> None:
    """Where the plan held a template, the report holds the leaf's own SHA-256."""
    assert f"| web/id | {OLD} | {LEAF} |" in section(
        result_report(plan(), EVENTS, Lang.EN), "Fingerprints (SHA-256)"
    )


def test_a_report_counts_the_handshakes_of_each_step() -> None:
    """Witness, instant and count of every step that was seen; a step that was not seen adds nothing."""
    shown = section(result_report(plan(), EVENTS, Lang.EN), "Handshakes")
    assert "confirmed a new value: 12; steps seen by a witness: 1." in shown
    assert "| s3 | web/id | handshake | 2026-06-01 12:06:00+00:00 | 12 |" in shown


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(milliseconds=640), "0.6 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(seconds=61), "1 min 1 s"),
        (timedelta(hours=25, minutes=3), "25 h 3 min"),
    ],
)
def test_spans_are_told_as_exactly_as_matters(span: timedelta, words: str) -> None:
    """Tenths below a minute, seconds below an hour, minutes above."""
    assert words == length(span, Lang.EN)


def test_a_report_says_why_it_stopped() -> None:
    """The reason is a sentence in the reader's language, with what was noted beside it."""
    values = {"why": "io.cannot-read", "path": "/p", "reason": "gone"}
    stopped = (*EVENTS, Event(MADE + 7 * MINUTE, Happened.STOPPED, "s2", values=values))
    told = section(result_report(plan(), stopped, Lang.JA), "待ち・停止・担当者の申告")
    assert "| s2 | 停止 | files(local): /p を読み取れません (gone)。 パス: /p；理由: gone |" in told


def test_a_report_of_an_unfinished_rollout_says_so() -> None:
    """Without an end there is no end time; with one, the result and the whole time are told."""
    assert "| Result | not ended |" in result_report(plan(), EVENTS, Lang.EN)
    ended = (*EVENTS, Event(MADE + 8 * MINUTE, Happened.ENDED, values={"state": "done"}))
    report = result_report(plan(), ended, Lang.EN)
    assert "| Result | done |" in report
    assert "| Actual time | 8 min 0 s |" in report
    assert "| Result | not ended |" in result_report(plan(), (), Lang.EN)


def test_each_wish_is_told_in_words() -> None:
    """Every kind of change has its sentence; stores that are not named are all concerned."""
    wishes = (
        ReplaceIdentity("web"),
        AddAnchor(NEW),
        RetireAnchor(OLD, ("s",)),
        PutBack("web/id", "d1"),
    )
    paper = section(change_request(replace(plan(), changes=wishes), estate(), Lang.EN), "What changes")
    assert [
        "- The identity `web` gets a new certificate.",
        f"- Trust stores begin to trust the anchor {NEW}: all concerned.",
        f"- Trust stores cease to trust the anchor {OLD}: s.",
        "- The slot `web/id` gets back the value d1 that it had.",
    ] == paper.strip().splitlines()


@pytest.mark.parametrize(
    ("proof", "promise"),
    [
        (Proof(1, (), broken=("app-web",)), "does not hold now; holds at the end"),
        (Proof(1, ("app-web",), modelled=("app-web",)), "modelled only"),
        (Proof(1, ()), "not part of the proof"),
    ],
)
def test_what_is_not_proven_is_not_promised(proof: Proof, promise: str) -> None:
    """Broken, modelled and unproven connections each say what they are."""
    paper = change_request(replace(plan(), proof=proof), estate(), Lang.EN)
    assert f"| app-web | app | web | {promise}" in paper


def test_a_restart_in_a_window_is_asked_for() -> None:
    """An interruption names its length and window; the step says that it interrupts, and how it restarts."""
    app = Service("app", "n1", "files", restart=("systemctl", "restart", "app"), owner="鈴木|team")
    window = Window("night", "Asia/Tokyo", (5, 6), time(1, 30), timedelta(hours=2, minutes=15))
    place = replace(
        estate(),
        services={**estate().services, "app": app},
        groups={"apps": Group("apps", ("app",), windows=("night",))},
        windows={"night": window},
    )
    step = plan().waves[1].steps[0]
    assert isinstance(step, Switch)
    wave = Wave(1, "trust", ((step._replace(node="n1", interrupts=True),),), waits=("papers.none",))
    cut = replace(plan(), waves=(wave,), outages=(Outage("app", ("s2",), 3 * MINUTE, "apps"),), waivers=())
    paper = change_request(cut, place, Lang.EN)
    assert (
        "| app | 3 min 0 s | night: from 01:30 for 2 h 15 min (Asia/Tokyo), weekdays Saturday, Sunday |"
        in paper
    )
    assert "anchor added: app/trust (interrupts the service) | `systemctl restart app` |" in paper
    assert "Starts only when: none" in paper
    assert "曜日 土、日" in change_request(cut, place, Lang.JA)
    going_on = replace(cut, waves=(replace(wave, waits=("rotation.wait-sessions",)),))
    noted = change_request(going_on, place, Lang.EN)
    assert ("Note: sessions that resume" in noted, "Starts only when" in noted) == (True, False)
    assert "none" == section(paper, "Waivers").strip()
    assert "| Owner of app | 鈴木\\|team |" in paper


def test_adopting_a_client_and_a_target_with_its_own_reload() -> None:
    """Adopting loads nothing and needs no undo; a client's leaf is proven in its processes."""
    step = plan().waves[2].steps[0]
    assert isinstance(step, Switch)
    client = Service("web", "n1", "files")
    adopt = Adopt(id="s0", why="w", slot="web/id", node="n1", value=IdentityValue(OLD))
    small = replace(
        plan(),
        waves=(Wave(1, "prepare", ((adopt,),)), Wave(2, "switch", ((step,),))),
        findings=(Finding(Code.TRUNCATED, "f.pem", {"label": "CERTIFICATE", "offset": 7}),),
    )
    paper = change_request(
        small, replace(estate(), services={"web": client, "app": estate().services["app"]}), Lang.EN
    )
    assert "| s0 | n1 | files adopted, contents unchanged: web/id | | paths lead to the same bytes" in paper
    assert "| the target's own reload | every process of web uses the new leaf |" in paper
    assert "| 1 | s0 | web/id | nothing to undo: nothing was loaded |" in paper
    assert "a block CERTIFICATE begins at byte 7 and never ends" in section(paper, "Remarks")


def test_what_the_estate_no_longer_has_is_still_told() -> None:
    """A paper about an estate that lost a slot names what it can, and does not fail."""
    paper = change_request(plan(), Estate(), Lang.EN)
    assert "| s3 | n1 | certificate switched: web/id |" in paper


TABLE_ROW = re.compile(r"(?<!\\)\|")


def misaligned(paper: str) -> list[str]:
    """Rows of tables whose bars do not stand below those of the rule, but for what is too wide to fill up."""
    wrong, rule = [], []
    lines = paper.splitlines()
    for number, line in enumerate(lines):
        if number + 1 < len(lines) and lines[number + 1].startswith("| ---"):
            rule = bars(lines[number + 1])
        if line.startswith("|") and bars(line)[:-1] != rule[:-1] and not has_wide_cell(line):
            wrong.append(line)
    return wrong


def has_wide_cell(line: str) -> bool:
    return any(columns(cell.strip()) > 60 for cell in TABLE_ROW.split(line))


def bars(line: str) -> list[int]:
    """The terminal columns in which the bars of a row stand."""
    return [columns(line[: found.start()]) for found in TABLE_ROW.finditer(line)]


@pytest.mark.parametrize("lang", list(Lang))
def test_tables_of_papers_line_up(lang: Lang) -> None:
    """Bars stand below each other, however many columns a character takes: Japanese two, ambiguous ones one."""
    for paper in (
        papers.change_request(plan(), estate(), lang, "CHG-7", digest="deadbeef" * 8),
        result.result_report(plan(), EVENTS, lang),
    ):
        assert "|" in paper
        assert [] == misaligned(paper)
    assert ["| 日本 | c |"] == misaligned("| a   | b |\n| --- | --- |\n| 日本 | c |\n")


def test_a_table_of_markdown_fills_up_its_columns() -> None:
    """Wide, ambiguous, half-width and combining characters; a bar in a name; a cell that is too wide for the others."""
    rows = [("日本語", 1), ("…→§", 2), ("ｱｲｳ", 3), ("か\u3099", 4), ("a|b", 5), ("", 6), ("w" * 61, 7)]
    lines = markdown.table(("k", "v"), rows).splitlines()
    assert "| k      | v |" == lines[0]
    assert "| ------ | --- |" == lines[1]
    assert {9} == {bars(line)[1] for line in lines[:-2]}
    assert f"| {'w' * 61} | 7 |" == lines[-2]
    assert ["| a |", "| --- |"] == markdown.table(("a",), []).splitlines()[:2]
