"""Writes rollout-1.json: a plan and the journal of its half-done rollout, as release 0.1 writes them.

Run once for a release and never again for the same format: later releases must read the file as it is.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warifu.domain.estate import IdentityValue, Template, TrustValue
from warifu.domain.rotation.change import ReplaceCa
from warifu.domain.rotation.plan import Outage, Plan, Proof, Waiver, Wave
from warifu.domain.rotation.progress import Event, Happened
from warifu.domain.rotation.steps import Adopt, Issue, Load, Switch
from warifu.domain.x509 import Sha256
from warifu.wire import plan as plans
from warifu.wire.evidence import Evidence, Outcome, Stage, Witness, encode
from warifu.wire.journal import to_row

AT = datetime(2026, 11, 21, 9, 0, 0, tzinfo=UTC)
OLD, NEW, MID = "a" * 64, "b" * 64, "c" * 64


def plan() -> Plan:
    """A plan with every kind of step."""
    template = Template(
        "web",
        (Sha256(MID),),
        Sha256(NEW),
        ("web.example",),
        "CN=web.example",
        ("serverAuth",),
        "ec-p256",
        AT,
        timedelta(days=90),
    )
    old, both, new = TrustValue((OLD,)), TrustValue((OLD, NEW)), TrustValue((NEW,))
    was, will = IdentityValue("d" * 64, (OLD,)), IdentityValue("template:web", (MID,))
    issue = Issue(
        id="issue:web",
        why="rotation.why-issue",
        identity="web",
        node="n",
        slots=("web/tls",),
        issuer="ca",
        template=template,
    )
    adopt = Adopt(id="adopt:web/tls", why="rotation.why-adopt", slot="web/tls", node="n", value=was)
    add = Switch(
        id="app/up#1",
        why="rotation.why-spread",
        kind="add-anchor",
        slot="app/up",
        node="n",
        before=(old,),
        after=both,
    )
    load = Load(
        id="db/tls#1",
        why="rotation.why-settle",
        slot="db/tls",
        node="n",
        before=(was,),
        after=was,
        interrupts=True,
    )
    turn = Switch(
        id="web/tls#1",
        why="rotation.why-renew",
        kind="switch-identity",
        slot="web/tls",
        node="n",
        before=(was,),
        after=will,
    )
    gone = Switch(
        id="app/up#2",
        why="rotation.why-replace-ca",
        kind="remove-anchor",
        slot="app/up",
        node="n",
        before=(both,),
        after=new,
        undo=False,
    )
    waves = (
        Wave(1, "prepare", ((issue,), (adopt,))),
        Wave(2, "trust", ((add,), (load,)), AT + timedelta(days=30)),
        Wave(3, "switch", ((turn,),), AT + timedelta(days=30)),
        Wave(4, "retire", ((gone,),), AT + timedelta(days=60), ("rotation.wait-sessions",), no_return=True),
    )
    return Plan(
        id="plan-20261121T090000Z",
        estate="shop",
        estate_digest="e" * 64,
        made=AT,
        changes=(ReplaceCa(OLD, NEW, "ca"),),
        waves=waves,
        basis={"app/up": (old,), "web/tls": (was,), "db/tls": (was,)},
        proof=Proof(12, ("app-to-web",), ("old-batch",), ("lab",), (), {"openssl": 3}),
        good_until=AT + timedelta(days=30),
        templates={"template:web": template},
        certificates={OLD: base64.b64encode(b"x").decode()},
        answers={"f" * 64: True},
        waivers=(Waiver("lab", "Ito", "no test instance", AT + timedelta(days=9)),),
        outages=(Outage("db", ("db/tls#1",), timedelta(seconds=5)),),
        ticket="CHG-1",
    )


def events() -> list[Event]:
    """What happened until the driver was killed in the middle of a step."""
    seen = Evidence(
        "app/up",
        Stage.PROVEN,
        Outcome.YES,
        Witness.SENTINEL,
        AT,
        "9" * 64,
        "boot",
        12.5,
        {"address": "127.0.0.1:1"},
    )
    arrived = {
        "template": "template:web",
        "leaf": "1" * 64,
        "chain": MID,
        "der": "eA==,eQ==",
        "request": "web-1",
        "key_node": "n",
        "key_path": "/k",
    }
    told = [
        (Happened.STARTED, "", 0, {"by": "ito", "digest": "0" * 64}),
        (Happened.APPROVED, "", 0, {"by": "ito", "digest": "0" * 64}),
        (Happened.WAVE_OPENED, "", 1, {}),
        (Happened.INTENDED, "issue:web", 0, {}),
        (Happened.BYTES, "issue:web", 0, arrived),
        (Happened.DONE, "issue:web", 0, {"fingerprints": "1" * 64}),
        (Happened.INTENDED, "adopt:web/tls", 0, {}),
        (Happened.DONE, "adopt:web/tls", 0, {"backup": "/b"}),
        (Happened.WAVE_OPENED, "", 2, {}),
        (Happened.INTENDED, "app/up#1", 0, {}),
        (Happened.EVIDENCE, "app/up#1", 0, {"evidence": encode([seen])}),
        (Happened.DONE, "app/up#1", 0, {"witnesses": "sentinel"}),
        (Happened.INTENDED, "db/tls#1", 0, {}),
        (Happened.WAITING, "db/tls#1", 0, {"why": "rollout.waiting-for-owner", "owner": "dba"}),
        (Happened.REMINDED, "db/tls#1", 0, {"owner": "dba", "overdue": "false"}),
        (Happened.STATEMENT, "db/tls#1", 0, {"owner": "dba", "statement": "restarted"}),
        (Happened.DONE, "db/tls#1", 0, {"witnesses": "owner"}),
        (Happened.WAVE_OPENED, "", 3, {}),
        (Happened.STOPPED, "web/tls#1", 0, {"why": "rollout.step-stopped", "codes": "key-mismatch"}),
        (Happened.INTENDED, "web/tls#1", 0, {}),
    ]
    return [
        Event(AT + timedelta(seconds=n), kind, step, wave, values)
        for n, (kind, step, wave, values) in enumerate(told)
    ]


if __name__ == "__main__":
    rows = [[event.at.isoformat(), *to_row(event)] for event in events()]
    document = {"plan": json.loads(plans.encode(plan())), "rows": rows}
    path = Path(__file__).with_name("rollout-1.json")
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
