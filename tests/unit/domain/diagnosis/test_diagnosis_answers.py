"""What an answer holds beside its causes: reasons that nobody knows, other faults, several faults of one cause."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from support.mixed_uploads import broken_request, parts_cases
from support.pki import NOW, SERVER, make_ca
from support.target_cases import template_extensions
from support.vendor_faults import (
    CONNECTION,
    DELL_ARGUMENTS,
    chain,
    envelope,
    log_line,
    request,
    request_for,
    town,
    usage,
)
from warifu.domain.diagnosis import (
    Answer,
    Concerned,
    Outcome,
    Scene,
    Standing,
    causes_of,
    diagnose,
    find_messages,
    form_of,
    say_seen,
)
from warifu.domain.diagnosis.causes import CAUSES
from warifu.domain.diagnosis.looks import Seen
from warifu.domain.findings import Code, Finding, Lang
from warifu.domain.x509 import load, to_pem


def concerned(files: dict[str, bytes]) -> tuple[Concerned, ...]:
    return tuple(Concerned(path, form_of(data), load(data, path)) for path, data in files.items())


def answered(log: str, files: dict[str, bytes], *judged: Finding, anchors: bool = False) -> Answer:
    scene = Scene(NOW, concerned(files), anchors=(town().root.value,) if anchors else None)
    (answer,) = diagnose(find_messages(log), scene, {"dell-ome-migration": judged}).answers
    return answer


def looked(cause: str, scene: Scene) -> Seen:
    (found,) = [one for one in (*CAUSES.values(), *causes_of("number:13")) if one.id == cause]
    assert found.look is not None
    return found.look(scene)


def healthy() -> dict[str, bytes]:
    return {"chain.pem": to_pem(chain(town().leaf())), "ome.csr": request(town().key)}


def test_two_reasons_in_one_message_are_both_named() -> None:
    """The appliance may list several."""
    said = [DELL_ARGUMENTS["dell-purposes"], DELL_ARGUMENTS["dell-key-encipherment"]]
    answer = answered(envelope("CGEN1008", *said), {})
    named = {one.cause.id for one in answer.candidates if one.standing is Standing.NAMED}
    assert {"dell-purposes", "dell-key-encipherment"} == named


@pytest.mark.req("S4-43", "S4-45")
@pytest.mark.parametrize("name", ["", "AcmeWebServer"])
def test_the_remedy_names_the_template_to_be_changed(name: str) -> None:
    """The one that the certificate tells, in either language; else the one that the CA issues from."""
    extra = template_extensions(name=name)
    broken = {
        "dell-purposes": town().leaf(purposes=SERVER, extra=extra),
        "dell-key-encipherment": town().leaf(usage=usage(encipherment=False), extra=extra),
    }
    for cause, leaf in broken.items():
        (found,) = answered(log_line("CGEN1008"), {"chain.pem": to_pem(chain(leaf))}).holding
        assert cause == found.cause.id
        assert "template that the CA issues from" in found.remedy(Lang.EN)
        assert "CA のテンプレートで" in found.remedy(Lang.JA)
        for lang in Lang:
            assert bool(name) is ("AcmeWebServer" in found.remedy(lang))


@pytest.mark.req("S4-43")
def test_the_templates_of_both_sides_are_named() -> None:
    """Each once, where both sides of a pair have the fault; a cause that no file shows has its remedy all the same."""
    one, other = (
        concerned(
            {f"{name}.pem": to_pem(chain(town().leaf(purposes=SERVER, extra=template_extensions(name))))}
        )
        for name in ("One", "Two")
    )
    (answer,) = diagnose(find_messages(CONNECTION), Scene(NOW, one, other)).answers
    (sides,) = answer.holding
    assert sides.remedy(Lang.EN).endswith("the certificate template One, Two: change it there.")
    (number,) = diagnose(find_messages("vecs-cli failed. Error 5: x"), Scene(NOW)).answers
    plain = [one for one in number.candidates if one.seen is None]
    assert [one.cause.remedy.en for one in plain] == [one.remedy(Lang.EN) for one in plain]
    assert plain


@pytest.mark.req("S4-50")
def test_a_reason_that_nobody_knows_leaves_it_undecided() -> None:
    """Healthy by all that is known; the product knows something else, which is kept verbatim."""
    odd = "Certificate key algorithm not supported."
    answer = answered(log_line("CGEN1008", odd), healthy())
    assert (Outcome.UNEXPLAINED, (odd,)) == (answer.outcome, answer.unexplained)
    known = answered(log_line("CGEN1008", DELL_ARGUMENTS["dell-chain"]), healthy())
    assert (Outcome.STALE, ()) == (known.outcome, known.unexplained)
    field = answered(log_line("CGEN6002", "Locality"), healthy())
    assert (Outcome.STALE, ()) == (field.outcome, field.unexplained)


def test_a_fault_that_is_none_of_the_causes_is_told_beside_them() -> None:
    """What a cause explains is not told twice, and without a trust store nobody is told to be untrusted."""
    listed = [
        Finding(code, "x", {}) for code in (Code.EXPIRED, Code.PURPOSE_MISSING, Code.SELF_SIGNED_NOT_TRUSTED)
    ]
    answer = answered(log_line("CGEN1008"), healthy(), *listed)
    assert (listed[0],) == answer.beside
    assert (listed[0], listed[2]) == answered(log_line("CGEN1008"), healthy(), *listed, anchors=True).beside


def test_every_fault_of_a_request_is_told_at_once() -> None:
    """A wildcard, a field that is missing, five names, a long one, in one answer; the subject as people read it."""
    names = ["*.a.example", f"{'b' * 60}.example", "c.example", "d.example", "e.example"]
    files = {"a.csr": request(town().key, "*.a.example", L=""), "b.csr": request_for(town().key, names)}
    seen = looked("dell-request", Scene(NOW, concerned(files)))
    assert {
        "request-wildcard",
        "request-incomplete",
        "request-names",
        "request-name-wildcard",
        "request-name-long",
    } == {one.word for one in (seen, *seen.more)}
    told = say_seen(seen, Lang.EN)
    assert "emailAddress=pki@example.com" in told
    assert "1.2.840" not in told
    assert 5 == told.count("equest")


def test_a_request_whose_extensions_are_broken_stays_open_and_keeps_its_other_faults() -> None:
    """It is no reason to stop."""
    alone = looked("dell-request", Scene(NOW, concerned({"a.csr": broken_request()})))
    assert (Standing.POSSIBLE, "request-unreadable") == (alone.standing, alone.word)
    files = {"a.csr": broken_request(), "b.csr": request(town().key, L="")}
    both = looked("dell-request", Scene(NOW, concerned(files)))
    assert (Standing.HOLDS, "request-incomplete") == (both.standing, both.word)
    assert ["request-unreadable"] == [one.word for one in both.more]


def test_both_faults_of_a_database_certificate_are_told() -> None:
    """Neither serverAuth nor keyEncipherment."""
    leaf = town().leaf(purposes=None, usage=usage(encipherment=False))
    seen = looked("sql-purpose", Scene(NOW, concerned({"a.pem": leaf.pem})))
    assert ["purpose-missing", "encipherment-missing"] == [one.word for one in (seen, *seen.more)]
    fine = looked("sql-purpose", Scene(NOW, concerned({"a.pem": town().leaf(purposes=SERVER).pem})))
    assert Standing.RULED_OUT is fine.standing


def test_dates_of_either_end_rule_each_other_out() -> None:
    """What is not valid yet has not expired."""
    made = town()
    late = Scene(NOW, concerned({"a.pem": made.leaf(expired=True).pem}))
    assert (Standing.HOLDS, "expired") == (
        looked("sql-expired", late).standing,
        looked("sql-expired", late).word,
    )
    assert Standing.RULED_OUT is looked("sql-not-yet-valid", late).standing


def test_two_chains_of_one_side_ask_for_the_other_option() -> None:
    """They were given; where to put the second is said."""
    made = town()
    files = {"a.pem": to_pem(chain(made.leaf())), "b.pem": to_pem(chain(made.leaf(key=made.other)))}
    (answer,) = diagnose(find_messages(CONNECTION), Scene(NOW, concerned(files))).answers
    said = {one.seen.word for one in answer.candidates if one.standing is Standing.POSSIBLE and one.seen}
    assert {"other-not-told"} == said
    one = Scene(NOW, concerned({"a.pem": files["a.pem"]}))
    for cause in ("dell-authorities", "dell-pair-chain", "dell-pair-purposes"):
        assert "no-other" == looked(cause, one).word


def test_a_self_signed_certificate_alone_is_the_peers_own() -> None:
    """Whatever it says of being a CA; an intermediate alone is nobody's upload."""
    own = make_ca("db.example", expired=True)
    assert "expired" == looked("sql-expired", Scene(NOW, concerned({"a.pem": own.pem}))).word
    lone = Scene(NOW, concerned({"i.pem": town().first.pem}))
    assert "no-file" == looked("dell-purposes", lone).word


def test_a_container_leaves_the_encoding_open() -> None:
    """Sources differ on whether the product opens it."""
    held = next(case.files["chain.p7b"] for case in parts_cases() if case.name == "set-pem")
    seen = looked("dell-encoding", Scene(NOW, concerned({"chain.p7b": held})))
    assert (Standing.POSSIBLE, "container") == (seen.standing, seen.word)


def test_another_extension_of_a_request_is_no_fault() -> None:
    """Only names are looked at."""
    subject = x509.load_pem_x509_csr(request(town().key)).subject
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    signed = builder.add_extension(usage(), critical=True).sign(town().key, hashes.SHA256())
    files = {"a.csr": signed.public_bytes(Encoding.PEM)}
    assert "request-fine" == looked("dell-request", Scene(NOW, concerned(files))).word


def test_several_certificates_in_a_file_of_cas_count() -> None:
    """dir-cli is given CAs alone."""
    made = town()
    assert "no-file" == looked("number-13-several", Scene(NOW)).word
    one = Scene(NOW, concerned({"r.pem": made.root.pem}))
    assert "single" == looked("number-13-several", one).word
    two = Scene(NOW, concerned({"r.pem": made.root.pem + made.first.pem}))
    assert "several" == looked("number-13-several", two).word


def test_sql_server_itself_says_that_the_key_cannot_be_read() -> None:
    """Event 33565 with the sentence about its account: that cause is named, the others stay possible."""
    said = "Found the certificate in the local machine's store, but the SQL Server service account does not have access to it."
    (answer,) = diagnose(find_messages(said), Scene(NOW)).answers
    assert (Outcome.NAMED, "sql-key-access") == (answer.outcome, answer.candidates[0].cause.id)
    (number,) = diagnose(find_messages("Event ID: 33565"), Scene(NOW)).answers
    assert Outcome.OPEN is number.outcome
