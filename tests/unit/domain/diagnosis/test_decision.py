"""Messages and files to causes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from support.mixed_uploads import mixed_cases
from support.pki import NOW, SERVER, make_ca
from support.vendor_faults import (
    CONNECTION,
    DELL_ARGUMENTS,
    Case,
    chain,
    envelope,
    every_case,
    log_line,
    request,
    town,
    upload_cases,
    usage,
)
from warifu.domain.diagnosis import (
    Concerned,
    Confidence,
    Diagnosis,
    Outcome,
    Scene,
    Standing,
    causes_of,
    diagnose,
    every_sentence,
    find_messages,
    form_of,
    say_seen,
    unknown,
)
from warifu.domain.diagnosis.catalogue import SYMPTOMS
from warifu.domain.diagnosis.causes import CAUSES
from warifu.domain.diagnosis.evidence import SEEN
from warifu.domain.diagnosis.rules_met import CODES, PROFILES
from warifu.domain.diagnosis.scene import Form
from warifu.domain.findings import Code, Finding, Lang
from warifu.domain.x509 import load, to_pem

CASES = {case.name: case for case in (*every_case(), *mixed_cases())}


def concerned(files: dict[str, bytes]) -> tuple[Concerned, ...]:
    return tuple(Concerned(path, form_of(data), load(data, path)) for path, data in files.items())


def scene_of(case: Case) -> Scene:
    return Scene(case.now, concerned(case.files), concerned(case.others), case.anchors, case.peer)


def diagnosed(case: Case) -> Diagnosis:
    return diagnose(find_messages(case.log), scene_of(case))


def holding(diagnosis: Diagnosis) -> frozenset[str]:
    """The causes that the files show."""
    return frozenset(one.cause.id for answer in diagnosis.answers for one in answer.holding)


@pytest.mark.req("X-12", "S4-32")
def test_the_confusion_matrix_is_the_identity() -> None:
    """Each broken upload gives the cause that was built into it and no other, whatever they share of the message."""
    wanted = {name: case.causes for name, case in CASES.items()}
    assert wanted == {name: holding(diagnosed(case)) for name, case in CASES.items()}
    shared = {case.log for name, case in CASES.items() if name.startswith("expressway")}
    assert 1 == len(shared)
    uploads = list(upload_cases())
    assert {"CGEN1008"} == {one.code for case in uploads for one in find_messages(case.log)}
    assert {
        "dell-csr-key",
        "dell-chain",
        "dell-common-name",
        "dell-purposes",
        "dell-key-encipherment",
    } == {cause for case in uploads for cause in holding(diagnosed(case))}


@pytest.mark.req("S4-34", "S4-42", "S4-44")
@pytest.mark.parametrize("cause", sorted(DELL_ARGUMENTS))
def test_what_the_log_names_is_the_cause_until_a_file_is_seen(cause: str) -> None:
    """The argument of CGEN1008 leads to its cause and remedy, also where it says something else ("web server")."""
    (answer,) = diagnose(find_messages(log_line("CGEN1008", DELL_ARGUMENTS[cause])), Scene(NOW)).answers
    assert (Outcome.NAMED, cause) == (answer.outcome, answer.candidates[0].cause.id)
    assert 5 == len(answer.candidates)
    remedies = {
        "dell-csr-key": "request on this very appliance",
        "dell-chain": "every intermediate and the root",
        "dell-purposes": "template that the CA issues from",
        "dell-key-encipherment": "Enable key encipherment in the template",
    }
    assert remedies[cause] in answer.candidates[0].cause.remedy.en


@pytest.mark.req("S4-30", "S4-31")
@pytest.mark.parametrize(
    ("code", "text", "advice", "count"),
    [
        ("CGEN1008", "Unable to process the request because an error occurred.", "Retry the operation.", 5),
        (
            "CSEC9002",
            "the certificate file provided is invalid",
            "CA certificate and private key are correct",
            2,
        ),
    ],
)
def test_a_code_leads_to_text_advice_and_causes(code: str, text: str, advice: str, count: int) -> None:
    """What a person types suffices."""
    (answer,) = diagnose(find_messages(code), Scene(NOW)).answers
    assert answer.symptom is not None
    assert answer.symptom.resolution is not None
    assert text in answer.symptom.text.en
    assert advice in answer.symptom.resolution.en
    assert (count, Outcome.OPEN) == (len(answer.candidates), answer.outcome)


@pytest.mark.req("S4-36", "S4-37")
def test_the_missing_issuer_is_named() -> None:
    """Not only that the chain is broken: who is missing, and what the file must hold."""
    (answer,) = diagnosed(CASES["intermediate-missing"]).answers
    (found,) = answer.holding
    assert found.seen is not None
    assert "CN=Inter-CA1, the issuer of CN=ome.example, is missing in chain.pem." == say_seen(
        found.seen, Lang.EN
    )
    assert "root" in found.cause.remedy.en


@pytest.mark.req("S4-38", "S4-39", "S4-40")
@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("leaf-nameless", "common-name-missing"),
        ("ca-nameless", "common-name-missing"),
        ("wildcard", "wildcard"),
    ],
)
def test_a_name_that_is_missing_or_wild_is_decided_by_the_file(name: str, word: str) -> None:
    """No log text is known for it; every certificate of the chain counts, and names as well as the common name."""
    (answer,) = diagnosed(CASES[name]).answers
    assert (frozenset({"dell-common-name"}), Outcome.SHOWN) == (
        frozenset(one.cause.id for one in answer.holding),
        answer.outcome,
    )
    assert answer.holding[0].seen is not None
    assert word == answer.holding[0].seen.word


def test_a_wildcard_among_the_alternative_names_counts() -> None:
    """The common name alone may be plain."""
    leaf = town().root.leaf("plain.example", "*.example.com")
    case = Case("x", log_line("CGEN1008"), frozenset(), {"a.pem": to_pem(chain(leaf))})
    assert "dell-common-name" in holding(diagnosed(case))


@pytest.mark.req("S4-46", "S4-48", "S4-49")
def test_the_file_decides_where_the_log_is_the_same() -> None:
    """CSEC9002 has no arguments: the same line, two files, two verdicts."""
    usage_case, form_case = CASES["single-no-encipherment"], CASES["der"]
    assert usage_case.log == form_case.log
    first, second = (diagnosed(case).answers[0] for case in (usage_case, form_case))
    assert (["dell-key-encipherment"], ["dell-encoding"]) == (
        [one.cause.id for one in first.holding],
        [one.cause.id for one in second.holding],
    )
    assert second.holding[0].seen is not None
    assert "leaf.cer is binary (DER), not Base64." == say_seen(second.holding[0].seen, Lang.EN)
    assert () == find_messages(usage_case.log)[0].arguments


@pytest.mark.req("S4-41")
def test_a_wildcard_in_a_request_is_seen_before_it_is_sent() -> None:
    """CGEN6002 and the request itself give the same answer."""
    assert frozenset({"dell-request"}) == holding(diagnosed(CASES["request-wildcard"]))
    (answer,) = diagnosed(replace(CASES["request-wildcard"], files={})).answers
    assert Outcome.NAMED is answer.outcome


@pytest.mark.req("S4-61", "S4-01")
def test_a_text_without_code_is_ranked_by_phase() -> None:
    """The connection phase has three causes, each with the check that decides; the upload phase has others."""
    (connection,) = diagnose(find_messages(CONNECTION), Scene(NOW)).answers
    (upload,) = diagnose(find_messages("CGEN1008"), Scene(NOW)).answers
    assert connection.symptom is not None
    assert upload.symptom is not None
    assert ("connection", "upload") == (connection.symptom.phase, upload.symptom.phase)
    ranked = [one.cause.id for one in connection.candidates]
    assert [
        "dell-authorities",
        "dell-validity",
        "dell-depth",
        "dell-pair-chain",
        "dell-pair-purposes",
    ] == ranked
    assert all(one.cause.check.en for one in connection.candidates)
    assert set() == {one.cause.id for one in connection.candidates} & {
        one.cause.id for one in upload.candidates
    }


@pytest.mark.parametrize("first", sorted(DELL_ARGUMENTS))
def test_two_causes_at_once_are_both_shown(first: str) -> None:
    """The appliance stops at the first; the file shows all, whichever one the log names."""
    leaf = town().leaf(purposes=SERVER, usage=usage(encipherment=False))
    case = Case(
        "x",
        log_line("CGEN1008", DELL_ARGUMENTS[first]),
        frozenset(),
        {"c.pem": to_pem(chain(leaf)), "r.csr": request(town().key)},
    )
    assert frozenset({"dell-purposes", "dell-key-encipherment"}) == holding(diagnosed(case))


@pytest.mark.parametrize("case", [case for case in upload_cases() if case.named], ids=lambda case: case.name)
def test_a_stale_log_beside_a_mended_file(case: Case) -> None:
    """The file was mended since: what the log names is ruled out and said to be stale, and nothing is blamed."""
    mended = {"chain.pem": to_pem(chain(town().leaf())), "ome.csr": request(town().key)}
    (answer,) = diagnosed(replace(case, files=mended)).answers
    assert (frozenset(), Outcome.STALE) == (holding(diagnosed(replace(case, files=mended))), answer.outcome)
    standing = {one.cause.id: one.standing for one in answer.candidates}
    assert Standing.RULED_OUT is standing[case.named]


@pytest.mark.parametrize("case", [case for case in every_case() if case.causes], ids=lambda case: case.name)
def test_a_healthy_file_is_never_blamed(case: Case) -> None:
    """No message makes a file guilty."""
    leaf = town().leaf(name="sepm.example")
    files = {
        "a.pem": leaf.pem,
        "a.csr": request(town().key),
        "a.key": leaf.key_pem,
    }
    if "CGEN1008" in case.log or case.others:
        files["a.pem"] = to_pem(chain(leaf))
    others = {"b.pem": to_pem(chain(town().leaf(key=town().other)))} if case.others else {}
    fine = replace(
        case,
        files=files,
        others=others,
        anchors=(town().root.value, town().first.value),
        peer="sepm.example",
        now=NOW,
    )
    assert frozenset() == holding(diagnosed(fine))


def test_everything_ruled_out_is_said() -> None:
    """A message that names nothing, a file that lacks nothing: none of the known causes."""
    files = {"chain.pem": to_pem(chain(town().leaf())), "ome.csr": request(town().key)}
    (answer,) = diagnosed(Case("x", log_line("CGEN1008"), frozenset(), files)).answers
    assert Outcome.CLEARED is answer.outcome


@pytest.mark.req("S4-50")
def test_an_unknown_code_is_kept_verbatim() -> None:
    """Nobody guesses what CGEN4711 means."""
    found = diagnose(find_messages(envelope("CGEN4711", "Ä\u3042")), Scene(NOW))
    assert () == found.answers
    (kept,) = found.unknown
    assert ("CGEN4711", "Something else happened.", ("Ä\u3042",)) == (kept.code, kept.text, kept.arguments)


def test_a_text_nobody_recognises_is_kept_verbatim() -> None:
    """As it was typed."""
    kept = unknown("  Out of cheese.\n", "typed")
    assert ("Out of cheese.", "typed", False) == (kept.text, kept.source, kept.is_known)


@pytest.mark.req("S1-04", "S1-05")
def test_a_screen_text_is_ranked_and_a_log_names() -> None:
    """The screen leaves three certificates' causes and a stopped service open; the log's line names the expired one."""
    (screen,) = diagnose(find_messages("予想外のサーバーエラー。"), Scene(NOW)).answers
    ranked = ["sql-expired", "sql-not-trusted", "sql-name", "sql-purpose", "sql-not-yet-valid", "sql-down"]
    assert ranked == [one.cause.id for one in screen.candidates]
    assert "server.crt" in screen.candidates[0].cause.check.en
    log = find_messages(CASES["database-expired"].log)
    told = diagnose(log, Scene(NOW)).answers
    assert [Outcome.OPEN, Outcome.NAMED] == [one.outcome for one in told]
    assert [Confidence.LOW, Confidence.MEDIUM] == [one.confidence for one in told]
    first = told[1].candidates[0]
    assert ("sql-expired", "sepm-certificate-expired") == (first.cause.id, first.cause.procedure)
    shown = diagnosed(CASES["database-expired"]).answers[1]
    assert (Outcome.SHOWN, Confidence.HIGH) == (shown.outcome, shown.confidence)


@pytest.mark.parametrize(
    ("status", "numbers"),
    [(216, {4312}), (144, {1168}), (159, {5023}), (162, {90018}), (5, {5}), (165, {100005, 90021})],
)
def test_an_exit_status_is_every_number_it_may_be(status: int, numbers: set[int]) -> None:
    """A shell shows the low eight bits."""
    (message,) = find_messages(f"dir-cli trustedcert get: exit status {status}")
    found = {cause.id for cause in causes_of(message.symptom)}
    assert {f"number-{number}" for number in numbers} <= found


def test_an_exit_status_that_no_number_has_is_kept() -> None:
    """Unknown stays unknown, for a number as for a status."""
    text = "vecs-cli: rc=77\nvecs-cli failed. Error 77777: x\n"
    assert ["77", "77777"] == [one.code for one in diagnose(find_messages(text), Scene(NOW)).unknown]


def test_a_number_with_one_cause_names_it() -> None:
    """4312: no such store or alias."""
    (answer,) = diagnose(
        find_messages(
            "vecs-cli failed. Error 4312: Operation failed with error ERROR_OBJECT_NOT_FOUND (4312) "
        ),
        Scene(NOW),
    ).answers
    assert (Outcome.NAMED, None, "number-4312") == (
        answer.outcome,
        answer.symptom,
        answer.candidates[0].cause.id,
    )


def test_trust_and_names_and_keys_stay_open_without_what_decides_them() -> None:
    """What was not given is asked for, by name."""
    leaf = town().leaf(name="sepm.example")
    own = make_ca("self.example")
    files = concerned({"server.crt": leaf.pem})
    words = {}
    for id_, scene in {
        "sql-not-trusted": Scene(NOW, files),
        "sql-name": Scene(NOW, files),
        "dell-authorities": Scene(NOW, files),
        "dell-csr-key": Scene(NOW, files),
        "dell-validity": Scene(NOW),
        "dell-encoding": Scene(NOW),
        "dell-request": Scene(NOW),
        "dell-chain": Scene(NOW),
    }.items():
        look = CAUSES[id_].look
        assert look is not None
        seen = look(scene)
        assert Standing.POSSIBLE is seen.standing
        words[id_] = seen.word
    assert [
        "no-anchors",
        "no-name",
        "no-other",
        "no-request",
        "no-file",
        "no-file",
        "no-request-given",
        "no-file",
    ] == list(words.values())
    look = CAUSES["sql-not-trusted"].look
    assert look is not None
    assert "no-anchors-self" == look(Scene(NOW, concerned({"s.crt": own.pem}))).word
    (key,) = causes_of("number:90018")
    assert key.look is not None
    assert "no-key" == key.look(Scene(NOW, files)).word


def test_a_root_that_did_not_sign_itself_is_no_root() -> None:
    """Self-issued is not self-signed."""
    made = town()
    rogue = make_ca("Root-CA")
    forged = replace(made.root, key=rogue.key).leaf(
        "Root-CA", ca=True, key=made.root.key, ski=False, aki=False
    )
    leaf = made.root.leaf("ome.example", aki=False)
    case = Case("x", log_line("CGEN1008"), frozenset(), {"a.pem": to_pem([leaf.value, forged.value])})
    (answer,) = diagnosed(case).answers
    assert "signature-wrong" in {one.seen.word for one in answer.holding if one.seen}


def test_a_file_that_is_cut_is_not_base64() -> None:
    """Whatever begins like a certificate and does not end."""
    look = CAUSES["dell-encoding"].look
    assert look is not None
    leaf = town().leaf()
    for data, word in (
        (leaf.pem + leaf.pem[:200], "not-whole"),
        (b"-----BEGIN CERTIFICATE-----\n", "not-whole"),
        (b"\x00\x01", "not-base64"),
        (b"MIIC" * 40, "not-base64"),
        (b"", "not-base64"),
    ):
        assert word == look(Scene(NOW, concerned({"a.pem": data}))).word


def test_an_elliptic_key_is_told_that_it_carries_no_encipherment() -> None:
    """The remedy is another kind of key."""
    look = CAUSES["dell-key-encipherment"].look
    assert look is not None
    ec = town().root.leaf("ec.example")
    assert "encipherment-of-no-rsa" == look(Scene(NOW, concerned({"a.pem": ec.pem}))).word


@pytest.mark.parametrize(("days", "word"), [(29, "expiring"), (31, "dates-fine"), (-1, "expired")])
def test_what_ends_soon_is_neither_fine_nor_ended(days: int, word: str) -> None:
    """Thirty days, as the manager counts."""
    (cause,) = [one for one in causes_of("sepm-expiring") if one.id == "sql-expiring"]
    assert cause.look is not None
    leaf = town().root.leaf("a.example", start=NOW - timedelta(days=90), end=NOW + timedelta(days=days))
    assert word == cause.look(Scene(NOW, concerned({"a.pem": leaf.pem}))).word


def test_every_sentence_is_reached_and_filled() -> None:
    """Each look's word has its sentence in both languages, with every place filled."""
    said = [
        (one.seen.word, say_seen(one.seen, lang))
        for case in CASES.values()
        for answer in diagnosed(case).answers
        for one in answer.candidates
        if one.seen
        for lang in Lang
    ]
    assert [] == [text for _, text in said if "{" in text or "?" in text]
    assert 30 < len({word for word, _ in said})
    assert {word for word, _ in said} <= set(SEEN)


def test_a_certificate_that_is_its_own_issuer_is_trusted_once() -> None:
    """Two CAs that signed each other end the search."""
    made = town()
    one = make_ca("One")
    two = make_ca("Two")
    cross = one.intermediate("Two", key=two.key)
    back = two.intermediate("One", key=one.key)
    look = CAUSES["sql-not-trusted"].look
    assert look is not None
    leaf = one.leaf("x.example")
    files = concerned({"a.pem": to_pem([leaf.value, cross.value, back.value])})
    assert "untrusted" == look(Scene(NOW, files, anchors=(made.root.value,))).word
    assert "trusted" == look(Scene(NOW, files, anchors=(two.value,))).word


@pytest.mark.req("X-15")
def test_every_sentence_is_in_both_languages() -> None:
    """No cause, symptom, number or look is left in one language."""
    listed = dict(every_sentence())
    assert 150 < len(listed)
    assert [] == [where for where, text in listed.items() if not text.en or not text.ja or text.en == text.ja]


@pytest.mark.req("X-05")
def test_cas_of_one_name_and_two_keys_agree_by_name_and_the_report_warns() -> None:
    """The appliance compares names; no side can verify the other, so the pair is not cleared."""
    made = town()
    twin = make_ca("Root-CA").intermediate("Inter-CA1")
    look = CAUSES["dell-authorities"].look
    assert look is not None
    ours = concerned({"a.pem": to_pem(chain(made.leaf()))})
    seen = look(Scene(NOW, ours, concerned({"b.pem": to_pem(chain(made.leaf(twin)))})))
    assert (Standing.HOLDS, "authorities-namesakes") == (seen.standing, seen.word)
    assert "same names and other keys" in say_seen(seen, Lang.EN)
    same = look(Scene(NOW, ours, concerned({"b.pem": to_pem(chain(made.leaf(key=made.other)))})))
    assert "authorities-same" == same.word


@pytest.mark.parametrize(
    ("data", "form"),
    [
        (b"01:00 the log begins with a figure", Form.OTHER),
        (b"CGEN1008", Form.OTHER),
        (b"0\x82\x01\x00", Form.DER),
        (b"MII" + b"A" * 200, Form.BARE_BASE64),
        ("-----BEGIN CERTIFICATE-----".encode("utf-16-be"), Form.UTF_16),
    ],
)
def test_a_file_is_told_by_its_first_bytes(data: bytes, form: Form) -> None:
    """A text that begins with a figure or is all letters is no certificate."""
    assert form is form_of(data)


def test_a_finding_of_the_profile_stands_beside_the_cause_it_shows() -> None:
    """Only where the cause holds, and only of its own codes."""
    case = CASES["no-encipherment"]
    told = [Finding(code, "x", {}) for code in (Code.KEY_USAGE_INCOMPLETE, Code.PURPOSE_MISSING)]
    (answer,) = diagnose(find_messages(case.log), scene_of(case), {"dell-ome-migration": told}).answers
    assert {"dell-key-encipherment": told[:1]} == {
        one.cause.id: list(one.findings) for one in answer.candidates if one.findings
    }
    assert [] == [id_ for id_ in CODES if id_ not in CAUSES]
    assert [] == [id_ for id_ in PROFILES if id_ not in SYMPTOMS]


@pytest.mark.req("S4-35", "S4-47")
def test_a_foreign_certificate_and_a_lone_leaf_are_refused_before_the_upload() -> None:
    """One was made for another request, one lacks the CAs that a migration wants: each with what to do."""
    (foreign,) = diagnosed(CASES["csr-key"]).answers
    (lone,) = diagnosed(CASES["leaf-alone"]).answers
    assert (["dell-csr-key"], ["dell-chain"]) == (
        [one.cause.id for one in foreign.holding],
        [one.cause.id for one in lone.holding],
    )
    assert "have exactly that one signed" in foreign.holding[0].cause.remedy.en
    assert "every intermediate and the root" in lone.holding[0].cause.remedy.en
