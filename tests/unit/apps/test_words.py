"""Tables that people read hold no machine words in Japanese; JSON keeps them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import pytest

from support.small_estate import SmallWorld
from warifu.adapters.probes.handshake import ALERTS
from warifu.apps.cli.estate_view import document_of, show_connections, show_tree
from warifu.apps.cli.render import Output, to_json
from warifu.domain.estate import ClientCertificate, Provenance
from warifu.domain.findings import Code, Finding, Lang, Severity, say_error, title, word, words
from warifu.domain.findings.causes import explain
from warifu.domain.findings.evidence import VALUES
from warifu.domain.rotation.progress import StepState
from warifu.domain.rotation.requests import Move, RequestState
from warifu.domain.trust import Basis, Outcome
from warifu.domain.x509 import read
from warifu.errors import RefusedError
from warifu.wire.evidence import Witness
from warifu.workflows.proving import Standing
from warifu.workflows.verdicts import ConnectionVerdict


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("client", ClientCertificate),
        ("provenance", Provenance),
        ("state", StepState),
        ("state", RequestState),
        ("move", Move),
        ("witness", Witness),
        ("rollout", ("open", "done", "abandoned", "superseded")),
        ("step", ("issue", "adopt", "load", "switch-identity", "add-anchor", "put-back")),
    ],
)
def test_every_word_has_its_japanese(kind: str, known: Iterable[str]) -> None:
    """No word of these lists is shown to a Japanese reader as a program writes it."""
    assert [] == [one for one in known if word(kind, one, Lang.JA) == one]


def test_a_name_of_the_users_is_shown_as_it_is() -> None:
    """What no table knows stays, alone and in a list."""
    assert "replication" == word("client", "replication", Lang.JA)
    assert "ファイル、mine" == words("witness", "file,mine", Lang.JA)


def test_a_state_inside_an_error_is_spoken() -> None:
    """The error keeps the machine word among its values, and its sentence has the reader's."""
    error = RefusedError("rollout.not-waiting", step="s1", state="done")
    assert "手順 s1 の状態は完了です" in say_error(error, Lang.JA)
    assert "done" == error.values["state"]


def test_an_estate_is_drawn_in_japanese_and_its_json_keeps_the_words() -> None:
    """Client certificate and provenance are words of the reader's language in the table alone."""
    world = SmallWorld()
    observed = world.look()
    verdicts = [
        ConnectionVerdict(name, Outcome.UNKNOWN, Basis.MODELLED, None, (), ())
        for name in world.estate.connections
    ]
    shown = io.StringIO()
    out = Output(Lang.JA, stream=shown)
    show_tree(out, world.estate, observed)
    show_connections(out, world.estate, verdicts)
    assert "必須" in shown.getvalue()
    assert "記述" in shown.getvalue()
    assert "(このマシン)" in shown.getvalue()
    assert not {"required", "declared", "(local)"} & set(shown.getvalue().split())
    kept = json.dumps(document_of(world.estate, observed, verdicts, Lang.JA), default=str)
    assert '"client_certificate": "required"' in kept
    assert '"provenance": "declared"' in kept


FOREIGN = ("ParseError", "ValueError", "codec", "ASN1", "asn1 value")


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"-----BEGIN CERTIFICATE-----\nMIIBIjAN\n-----END CERTIFICATE-----\n", "ASN.1"),
        (b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", "Base64"),
        (b"-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n", "ASN.1"),
        (b"\x30\x03\x02\x01\x05", "PKCS#7"),
    ],
)
def test_what_cannot_be_read_is_told_in_our_words(data: bytes, told: str, lang: Lang) -> None:
    """The file is named and the reason is a sentence of ours, in either language."""
    (found,) = read(data, "web.crt").findings
    sentence = title(found, lang)
    assert "web.crt" in sentence
    assert told in sentence
    assert [] == [word for word in FOREIGN if word in sentence + str(found.evidence)]


def test_every_alert_and_refusal_of_a_probe_is_a_sentence() -> None:
    """No alert's name stands alone; what no table knows is shown as it came."""
    assert [] == [name for name in ALERTS.values() if explain(name, Lang.JA) == name]
    assert "nothing listens there" in explain("connection-refused", Lang.EN)
    assert "応答が TLS ではありません" in explain("not-tls", Lang.JA)
    assert "web/tls: 信頼されていません" == explain("web/tls: not trusted", Lang.JA)
    assert "alert-77" == explain("alert-77", Lang.EN)


def test_what_a_finding_rests_on_is_told_in_words() -> None:
    """Names of evidence and words of ours among its values, in the reader's language; JSON keeps both."""
    evidence = {"verdict": "refused", "live": "holds"}
    found = Finding(Code.LIVE_DIFFERS, "app-to-web", evidence, Severity.WARNING)
    shown = io.StringIO()
    Output(Lang.JA, stream=shown).findings([found])
    assert "こちらの判定は拒否ですが、実際のハンドシェイクの結果は成立です" in shown.getvalue()
    assert "実際のハンドシェイク: 成立；判定: 拒否" in shown.getvalue()
    assert not {"refused", "holds", "verdict", "live="} & set(shown.getvalue().split())
    assert evidence == to_json(found, Lang.JA)["evidence"]


def test_every_state_of_a_proof_has_its_words() -> None:
    """None is shown as a program writes it."""
    assert set(VALUES["standing"]) == set(Standing)
    assert {one.value for one in Outcome} <= set(VALUES["verdict"])
