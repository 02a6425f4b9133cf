"""What vendors' products say, found in texts."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.vendor_faults import DELL_ARGUMENTS, DELL_TEXTS, envelope, log_line
from warifu.domain.diagnosis import find_messages, find_typed, recognise
from warifu.domain.diagnosis.catalogue import NEAR, NEEDLES, NUMBERED, PHRASES, SYMPTOMS
from warifu.domain.diagnosis.causes import CAUSES
from warifu.domain.diagnosis.numbers import NUMBERS, behind


@pytest.mark.req("S4-50")
@pytest.mark.parametrize(
    ("code", "arguments"),
    [*(("CGEN1008", (said,)) for said in DELL_ARGUMENTS.values()), ("CSEC9002", ())],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_every_field_of_an_envelope_is_read(
    code: str, arguments: tuple[str, ...], indent: int | None
) -> None:
    """The six samples of the article, on one line and folded."""
    about = ("#/Certificate", "#/Chain")
    (found,) = find_messages(envelope(code, *arguments, indent=indent, about=about), "answer.json")
    text, resolution = DELL_TEXTS[code]
    assert ("dell-ome", code, code, text, arguments) == (
        found.vendor,
        found.symptom,
        found.code,
        found.text,
        found.arguments,
    )
    outer = ("Base.1.0.GeneralError", "A general error has occurred. See ExtendedInfo for more information.")
    assert ("Critical", resolution, about, outer, "answer.json", 1) == (
        found.severity,
        found.resolution,
        found.properties,
        found.envelope,
        found.source,
        found.line,
    )


@pytest.mark.req("S4-51")
@pytest.mark.parametrize("method", [True, False])
def test_both_shapes_of_a_log_line_are_read(method: bool) -> None:
    """Level, time, thread, class, and the method where it stands."""
    (found,) = find_messages("noise\n" + log_line("CSEC9002", method=method))
    assert ("ERROR", "2024-01-25 11:10:34.735", "ajp-nio-0:0:0:0:0:0:0:1-8009-exec-5", 2) == (
        found.level,
        found.when,
        found.thread,
        found.line,
    )
    assert ("SSLController.uploadNewCertificateChain" if method else "SSLController") == found.place


def test_an_envelope_on_the_line_below_keeps_the_head_above() -> None:
    """Some writers break the line first."""
    head, _, body = log_line("CGEN1008", "Invalid CSR key.").partition("{")
    (found,) = find_messages(f"{head}\n{{{body}")
    assert ("2024-01-25 11:10:34.735", 2) == (found.when, found.line)


def test_what_is_said_often_is_told_once() -> None:
    """With the first time and the last."""
    lines = [log_line("CGEN1008", "Invalid CSR key.", when=f"2024-01-25 11:10:3{n}.735") for n in range(5)]
    (found,) = find_messages("".join(lines))
    assert (5, "2024-01-25 11:10:30.735", "2024-01-25 11:10:34.735") == (found.times, found.when, found.last)


def test_an_envelope_that_was_cut_still_tells_its_code() -> None:
    """The end of a log that is being written, or a line that a pager folded."""
    whole = log_line("CGEN1008", "Invalid CSR key.")
    (found,) = find_messages(whole[: whole.index("Severity")])
    assert ("CGEN1008", ("Invalid CSR key.",)) == (found.code, found.arguments)
    (bare,) = find_messages(whole[: whole.index("MessageArgs")])
    assert ("CGEN1008", ()) == (bare.code, bare.arguments)
    assert [] == list(find_messages('{"error": {"code": "x", '))


@pytest.mark.parametrize(
    "text",
    [
        '{"error": {"@Message.ExtendedInfo": [1, "two", null]}}',
        '{"error": {"@Message.ExtendedInfo": "none"}}',
        '{"error": 1}',
        '{"Message": "OK"}',
        '{"Message": 1}',
        '{"error":' + "[" * 5000,
        "",
    ],
)
def test_json_of_another_kind_says_nothing(text: str) -> None:
    """Neither a message nor an error."""
    assert () == find_messages(text)


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_envelope_that_a_terminal_broke_is_read_whole(width: int, end: str) -> None:
    """Lines of eighty characters, cut wherever that is; what follows is read too."""
    whole = envelope("CGEN1008", DELL_ARGUMENTS["dell-purposes"])
    broken = end.join(whole[at : at + width] for at in range(0, len(whole), width))
    found, after = find_messages(f"{broken}{end}CSEC9002: refused")
    assert ((DELL_ARGUMENTS["dell-purposes"],), "CSEC9002") == (found.arguments, after.code)
    assert DELL_TEXTS["CGEN1008"][0] == found.text
    assert found.arguments == find_messages(broken)[0].arguments


@pytest.mark.req("S4-50")
def test_an_answer_of_expressway_that_nobody_knows_is_kept_verbatim() -> None:
    """Where it is all there is; a log of another program has such objects in every line."""
    answer = '{"Message":"Certificate is not trusted by any CA"}'
    for text in (answer, f"HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n{answer}\n"):
        (found,) = find_messages(text)
        assert ("cisco-expressway", "", "Certificate is not trusted by any CA") == (
            found.vendor,
            found.symptom,
            found.text,
        )
    assert () == find_messages(f"2026-06-01 {answer}\n")
    assert () == find_messages(f"{answer}\n{answer}")
    assert () == find_messages('{"Message":"Root Certificate updated."}')


def test_fields_of_another_kind_are_left_out() -> None:
    """What should be words and is not counts as absent."""
    (found,) = find_messages(
        '{"error": {"@Message.ExtendedInfo": [{"MessageId": 5, "MessageArgs": [1, "b"]}]}}'
    )
    assert ("", ("b",), "") == (found.code, found.arguments, found.text)


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("予想外のサーバーエラー。", "sepm-login"),
        ("Unexpected server error.", "sepm-login"),
        (
            "SSL Provider: The certificate chain was issued by an authority that is not trusted.",
            "sql-untrusted",
        ),
        ("SSL Provider: 受信した証明書の有効期限が切れています。", "sql-expired"),
        ("SSL Provider: The target principal name is incorrect.", "sql-name"),
        (
            "The driver could not establish a secure connection to SQL Server by using SSL encryption.",
            "sql-secure-connection",
        ),
        ("Error: 26014, Severity: 16, State: 1.", "sql-start"),
        ("イベント ID: 33565", "sql-start"),
        ("Error: 17182, Severity: 16", "sql-network"),
        ("SQL Server では、Windows が信頼しない証明書が使用されています。", "sepm-database"),
        ('HTTP/1.1 200 OK\n\n{"Message":"Bad Request"}', "expressway-refused"),
        ('{"Message": "Conflict"}', "expressway-conflict"),
        (
            "vecs-cli failed. Error 4312: Operation failed with error ERROR_OBJECT_NOT_FOUND (4312) ",
            "number:4312",
        ),
        ("dir-cli failed, error= The credentials are wrong. 9234", "number:9234"),
        ("vecs-cli の終了コード: 216", "status:216"),
        ("CGEN1008: Unable to process the request because an error occurred.", "CGEN1008"),
        ("Unable to mutually authenticate and connect to the remote appliance.", "ome-connection"),
        ("User Certificate is not a web server certificate.", "CGEN1008"),
        ("予想外のサーバエラー。", "sepm-login"),
        ("Error: 26011, Severity: 16, State: 1.", "sql-start"),
        ("Event ID: 26016", "sql-start"),
        ('Failed to validate the server name "sepm1" in a certificate during SSL', "sql-name"),
        ("Failed to validate the server name &quot;sepm1&quot; in a certificate during SSL", "sql-name"),
        ("com.microsoft.sqlserver.jdbc: CertificateNotYetValidException: NotBefore", "sql-not-yet-valid"),
        ('"POST /platformcom/api/v1/certmgr/config/identity/certificates HTTP/1.1" 500 88', "cucm-upload"),
        ("HTTP 500 from POST https://c/api/v1/certmgr/config/identity/certificates", "cucm-upload"),
        ("Error : Store [FOO] does not exist", "number:4312"),
        ("Error: Error: You have to provide both server and upn", "number:5023"),
        ("DIR-CLI FAILED. Error 1168: x", "number:1168"),
        (
            "Event ID: 36882 The certificate received from the remote server was issued by an untrusted certificate authority.",
            "sql-untrusted",
        ),
        (
            "リモート サーバーから受信した証明書は、信頼されていない証明機関によって発行されています。",
            "sql-untrusted",
        ),
        (
            "The certificate received from the remote server has either expired or is not yet valid. The TLS connection ...",
            "sql-expired",
        ),
        (
            "リモート サーバーから受信した証明書は、期限が切れているかまたはまだ有効ではありません。",
            "sql-expired",
        ),
        ("The certificate received from the remote server does not contain the expected name.", "sql-name"),
        ("certificate store, but the SQL Server service account does not have access to it.", "sql-start"),
    ],
)
def test_each_message_is_known_by_its_words(text: str, symptom: str) -> None:
    """As screens, mails, event logs and tools have them."""
    assert [symptom] == [found.symptom for found in find_messages(text)]


@pytest.mark.parametrize(
    "text",
    [
        "26010 items were moved",
        "certificate expires next year",
        "rc=5",
        "2 errors: 17182x",
        "Event ID: 26013\nThe certificate was successfully loaded for encryption.",
        "vecs-cli exit status 0",
        "the page [1] does not exist",
        '"POST /platformcom/api/v1/certmgr/config/identity/certificates HTTP/1.1" 200 500',
    ],
)
def test_a_number_alone_is_no_message(text: str) -> None:
    """Logs are full of numbers."""
    assert () == find_messages(text)


def test_the_two_sentences_of_one_failure_are_kept() -> None:
    """vecs-cli shows an LDAP text beside a Windows one; the number decides."""
    (found,) = find_messages(
        "vecs-cli failed. Error 11: Possible errors: \nLDAP error: Administrative limit exceeded"
    )
    assert "vecs-cli failed. Error 11: Possible errors:" == found.text


def test_every_symptom_leads_to_causes_that_exist() -> None:
    """The catalogue names nothing that is not there, and every cause is somebody's."""
    used = [cause for symptom in SYMPTOMS.values() for cause in symptom.causes]
    assert set(CAUSES) == set(used)
    assert [] == [
        one for symptom in SYMPTOMS.values() for one in symptom.named.values() if one not in symptom.causes
    ]
    known = {symptom for symptom, _ in (*PHRASES, *NEAR)}
    assert set() == (known | set(NUMBERED.values())) - set(SYMPTOMS)
    assert known | {"code", "tool"} == {kind for _, kind in NEEDLES}


@pytest.mark.parametrize(("status", "number"), [(216, 4312), (144, 1168), (159, 5023), (162, 90018)])
def test_an_exit_status_is_the_low_eight_bits(status: int, number: int) -> None:
    """All numbers that come to it are listed, and nothing else."""
    assert number in behind(status)
    assert [] == [one for one in behind(status) if one & 0xFF != status]
    assert 40 < len(NUMBERS)


@examples(300)
@given(st.text(alphabet='{}[]",:\n \\eMsagrobdI1CGENvcs-lifd.E()\u4e88', max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    """Only messages come out."""
    assert isinstance(find_messages('{"error":' + text), tuple)
    assert isinstance(find_messages(text), tuple)


def test_hostile_openings_end() -> None:
    """A hundred thousand envelopes that never end."""
    assert () == find_messages('{"error":[' * 100_000)


@pytest.mark.parametrize("word", ["vecs-cli ", "vecs-cli failed, error= ", "cgen\n", " expired"])
def test_a_hostile_text_takes_no_longer_than_its_length(word: str) -> None:
    """Half a million characters of a word of the catalogue, on one line or on many."""
    begun = process_time()
    find_messages(word * (500_000 // len(word)))
    assert 10 > process_time() - begun


def test_letters_that_grow_in_lower_case_shift_nothing() -> None:
    """The dotted capital I becomes two characters; the line is still the line."""
    (found,) = find_messages("\u0130\u0130\nvecs-cli failed. Error 4312: \u0130")
    assert ("vecs-cli failed. Error 4312: \u0130", 2) == (found.text, found.line)


def test_a_failure_without_number_is_no_message() -> None:
    """There is nothing to look up."""
    assert () == find_messages("dir-cli failed, error= something")


def test_a_line_beyond_all_measure_is_read_around_the_word() -> None:
    """A log without line ends."""
    (found,) = find_messages("x" * 5000 + " invalid csr key " + "y" * 5000)
    assert ("CGEN1008", 1) == (found.symptom, found.line)


@pytest.mark.parametrize(
    "text",
    [
        "curl: (60) SSL certificate problem: certificate has expired",
        "SSLHandshakeException: PKIX path building failed: unable to find valid certification path to requested target",
        "java.security.cert.CertificateExpiredException: NotAfter: Sun May 31 12:00:00 UTC 2026",
        '10.0.0.1 - - "GET /" unexpected server error while reading upstream',
    ],
)
def test_what_any_program_says_is_the_databases_only_beside_its_name(text: str) -> None:
    """curl, a shop and a proxy have certificates of their own; the same words below SQL Server's name are its."""
    assert () == find_messages(text, "app.log")
    head = "com.microsoft.sqlserver.jdbc.SQLServerException: no connection\n"
    assert 1 == len(find_messages(f"{head}{text}", "app.log"))
    assert 1 == len(find_messages(text, "tomcat/logs/scm-server-0.log"))
    assert () == find_messages(f"{head}{'x' * 9000}\n{text}", "app.log")


_OUTER = "com.microsoft.sqlserver.jdbc.SQLServerException: The driver could not establish a secure connection to SQL Server"
_INNER = "java.security.cert.CertificateExpiredException: NotAfter: Fri Nov 20 09:00:00 JST 2026"


@pytest.mark.parametrize(
    ("text", "symptoms"),
    [
        (f'{_OUTER} by using SSL. Error: "{_INNER}".', {"sql-expired"}),
        (f"{_OUTER}\n\tat com.microsoft.X\n... 3 more\nCaused by: {_INNER}", {"sql-expired"}),
        (
            f"{_OUTER}\n2026-11-22 10:00:02 another line\nCaused by: {_INNER}",
            {"sql-secure-connection", "sql-expired"},
        ),
        (f"{_OUTER}\n\tat com.microsoft.X", {"sql-secure-connection"}),
        (f"{_OUTER}", {"sql-secure-connection"}),
        (f"{_INNER} com.microsoft.sqlserver\n{_OUTER}", {"sql-secure-connection", "sql-expired"}),
    ],
)
def test_one_failure_is_told_by_its_reason(text: str, symptoms: set[str]) -> None:
    """What a driver says around a reason that is known, in its line or its trace, is no second message."""
    assert symptoms == {one.symptom for one in find_messages(text)}


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        ("Unable to process the request because an\n error occurred.", "CGEN1008"),
        ("unexpected  SERVER error", "sepm-login"),
        ("予想外の\nサーバーエラー。", "sepm-login"),
        ("予想外のｻｰﾊﾞｰｴﾗｰ。", "sepm-login"),
        ("dir-cli  failed.  Error  1168 :", "number:1168"),
        ("DIR-CLI FAILED. ERROR 1168:", "number:1168"),
        ("cgen1008", "CGEN1008"),
        ("ＣＧＥＮ１００８", "CGEN1008"),
        ("26010", "sql-start"),
        (" 17182\n", "sql-network"),
        ("4312", "number:4312"),
        ("４３１２", "number:4312"),
        ("216", "status:216"),
        ("13", "status:13"),
        ("件名: Symantec Endpoint Protection Manager がデータベースに接続できません", "sepm-database"),
        (
            "Symantec Endpoint Protection Manager (SEPM) が Microsoft SQL Server データベースに接続できません。",
            "sepm-database",
        ),
        ("Symantec Endpoint Protection Manager cannot connect to the database", "sepm-database"),
    ],
)
def test_what_is_typed_is_known_however_it_is_broken_and_spaced(text: str, symptom: str) -> None:
    """A screen breaks lines, a keyboard has wide letters; what was typed stays as it is."""
    (found,) = find_typed(text)
    assert (symptom, text.strip()) == (found.symptom, found.text)


def test_what_nobody_types_stays_unknown() -> None:
    """A number of no product."""
    assert () == find_typed("26013")


def test_a_word_said_without_end_hides_no_other_word() -> None:
    """One message in more lines than are looked at: the others are seen, and that something was left out is told."""
    plain = recognise("CGEN1008\n" * 25_000 + "CGEN6002\n")
    assert ([("CGEN1008", 25_000), ("CGEN6002", 1)], False) == (
        [(one.code, one.times) for one in plain.messages],
        plain.is_cut,
    )
    flood = recognise("CGEN1008\n" * 50_001 + "dir-cli failed. Error 1168:\n")
    assert ([("CGEN1008", 50_000), ("1168", 1)], True) == (
        [(one.code, one.times) for one in flood.messages],
        flood.is_cut,
    )
    assert not recognise("CGEN1008\n" * 50_000).is_cut
