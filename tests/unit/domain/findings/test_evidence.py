"""What a finding rests on is told in words; JSON and journals keep what programs wrote."""

from __future__ import annotations

import pytest

from warifu.domain.findings import Code, Finding, Lang, list_seen, say_error, title
from warifu.domain.findings.evidence import NAMES, OWN_NAMES, spoken
from warifu.domain.findings.meaning import name_holes
from warifu.domain.findings.text import Text
from warifu.errors import CouldNotLookError, WarifuError

CLOSED = CouldNotLookError("io.cannot-read", path="/x", reason="Permission denied")


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ({"ca": True}, "CA かどうか: はい"),
        ({"reason": "not trusted"}, "理由: 信頼されていません"),
        ({"standing": "not-live"}, "状態: 別のものを使用中"),
        ({"where": "disk"}, "場所: ディスク上の内容"),
        ({"leaf": "disk"}, "リーフ: disk"),
        ({"reason": CLOSED}, "理由: files(local): /x を読み取れません (このユーザーには権限がありません)"),
        ({"reason": WarifuError("of.tomorrow", a=1)}, "理由: of.tomorrow (a=1)"),
        ({"novel": ("x", "y")}, "novel: x、y"),
    ],
)
def test_each_kind_of_value_is_said(evidence: dict[str, object], expected: str) -> None:
    """Yes and no, reasons, states, whole errors; what no table knows stays as it is."""
    assert (expected,) == list_seen(Finding(Code.NOT_SEEN, "x", evidence), Lang.JA)


@pytest.mark.parametrize(
    "code", [Code.FORECAST_LIFETIME_SHORTER, Code.FORECAST_LIFETIME_REFUSED, Code.VALIDITY_TOO_LONG]
)
def test_a_number_of_days_is_said_with_its_unit(code: Code) -> None:
    """Where neither its name nor a sentence says what it counts."""
    finding = Finding(code, "x", {"found": 200, "limit": 1})
    assert ("実際の内容: 200 日", "上限: 1 日") == list_seen(finding, Lang.JA)
    assert ("found: 200 days", "limit: 1 day") == list_seen(finding, Lang.EN)


def test_an_error_stands_inside_a_title() -> None:
    """Its own full stop does not end the sentence around it."""
    told = title(Finding(Code.NOT_SEEN, "web-1", {"reason": CLOSED}), Lang.EN)
    assert "web-1 could not be looked at: files(local): cannot read /x: this user may not." == told


@pytest.mark.parametrize(
    ("code", "name", "label"),
    [
        (Code.RENEWAL_NAMES_GAINED, "extra", "追加分"),
        (Code.ISSUED_NAMES_DIFFER, "extra", "計画外"),
        (Code.NAME_CONSTRAINT_UNFIT, "limit", "制約"),
        (Code.CHAIN_TOO_DEEP, "limit", "上限"),
        (Code.REQUEST_KEY_DIFFERS, "request", "証明書要求"),
        (Code.VALIDITY_TOO_LONG, "source", "出典"),
        (Code.ISSUER_REISSUED, "times", "枚数"),
        (Code.REQUEST_LABEL_TOO_SHORT, "least", "必要な文字数"),
        (Code.NAME_MISMATCH, "names", "証明書にある名前"),
        (Code.CLOCK_SKEWED, "now", "時刻"),
        (Code.EXPIRED, "now", "判定時点"),
    ],
)
def test_a_name_that_means_something_else_in_a_finding_is_said_so(code: Code, name: str, label: str) -> None:
    """The label fits the finding, in what was seen and in what `explain` shows."""
    assert (f"{label}: 1",) == list_seen(Finding(code, "x", {name: 1}), Lang.JA)
    assert f"<{label}>" == name_holes(Text(f"{{{name}}}", f"{{{name}}}"), Lang.JA, code)


def test_every_label_of_its_own_is_used() -> None:
    """It stands for evidence that has a name, and says something else than that one."""
    for labels in OWN_NAMES.values():
        assert [] == [name for name, text in labels.items() if text == NAMES[name]]


def test_what_is_absent_is_said_in_words() -> None:
    """No dash stands for a reason, an issuer or a date that nobody gave; JSON keeps it."""
    evidence = {"cause": "-", "wanted": "-", "schedule": "-", "good": "-"}
    assert {"cause": "記載なし", "schedule": "なし", "good": "該当なし"}.items() <= spoken(
        evidence, Lang.JA
    ).items()
    assert "unknown (give" in str(spoken(evidence, Lang.EN)["wanted"])
    told = title(Finding(Code.REVOKED, "x", {"cause": "-"}), Lang.JA)
    assert "理由: 記載なし" in told


def test_an_order_is_told_with_arrows() -> None:
    """Names in it hold commas of their own."""
    assert ("正しい順序: O=A,CN=a → O=A,CN=b",) == list_seen(
        Finding(Code.CHAIN_UNORDERED, "x", {"order": ("O=A,CN=a", "O=A,CN=b")}), Lang.JA
    )


def test_names_stand_in_one_order() -> None:
    """The same finding gives the same line, however it was put together."""
    evidence = {"wanted": 2, "found": "root"}
    assert ("found: root", "wanted: 2") == list_seen(Finding(Code.KEY_OWNER_DIFFERS, "/k", evidence), Lang.EN)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"step": "s1", "codes": "write-failed,of-tomorrow"},
            "元に戻しました: s1 に書き込めません (…)。元のファイルはそのままです (write-failed)、of-tomorrow",
        ),
        (
            {"codes": "key-mismatch"},
            "元に戻しました: 秘密鍵 (…) は証明書 … (…) のものではありません (key-mismatch)",
        ),
    ],
)
def test_codes_that_a_journal_kept_are_told_as_titles(values: dict[str, str], expected: str) -> None:
    """The evidence is gone, the sentence is not; a code of a later version stays."""
    assert expected == say_error(WarifuError("rollout.step-stopped", **values), Lang.JA)


def test_a_sentence_of_a_profile_is_told_in_the_language_asked_for() -> None:
    """Why a target wants something stands in both languages in its document."""
    because = Text("it encrypts", "暗号化するため")
    assert {"because": "it encrypts"} == spoken({"because": because}, Lang.EN)
    assert {"because": "暗号化するため"} == spoken({"because": because}, Lang.JA)


def test_acts_and_roles_are_said_in_words() -> None:
    """A list of roles becomes a list of names."""
    refused = WarifuError("directory.not-allowed", act="plan", roles=("operator", "trust-administrator"))
    assert "Not allowed (make a plan)" in say_error(refused, Lang.EN)
    assert say_error(refused, Lang.EN).endswith("operator, trust administrator.")
    assert "運用者、トラスト管理者" in say_error(refused, Lang.JA)
