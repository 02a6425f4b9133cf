"""What a finding rests on is told in words; JSON and journals keep what programs wrote."""

from __future__ import annotations

import pytest

from warifu.domain.findings import Code, Finding, Lang, list_seen, say_error, title
from warifu.domain.findings.evidence import spoken
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


def test_an_error_stands_inside_a_title() -> None:
    """Its own full stop does not end the sentence around it."""
    told = title(Finding(Code.NOT_SEEN, "web-1", {"reason": CLOSED}), Lang.EN)
    assert "web-1 could not be looked at: files(local): cannot read /x: this user may not." == told


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
