"""The Japanese that operators read: its words are the glossary's, its spelling is one, and nothing is left in English."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.texts import every_text, prose
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.table import ENTRIES
from warifu.domain.findings.text import Lang, Text

ROOT = Path(__file__).resolve().parents[3]
JAPANESE = r"[ぁ-んァ-ヶー一-龠々]"
ALLOWED = frozenset(
    (Path(__file__).with_name("allowed_words.txt")).read_text("utf-8").split()
)  # names of products, programs, standards and their fields, which no language translates
FORBIDDEN = {
    r"サーバ(?!ー)": "サーバー",
    r"フォルダ(?!ー)": "フォルダー",
    r"ユーザ(?!ー)": "ユーザー",
    r"コンテナ(?!ー)": "コンテナー",
    r"エントリ(?!ー)": "エントリー",
    r"パラメータ(?!ー)": "パラメーター",
    r"ブラウザ(?!ー)": "ブラウザー",
    r"コンピュータ(?!ー)": "コンピューター",
    r"ライブラリー": "ライブラリ",
    r"ハンドシェーク": "ハンドシェイク",
    r"トラストストア": "トラスト ストア",
    r"トラストアンカー": "トラスト アンカー",
    r"(?<!トラスト )アンカー": "トラスト アンカー",
    r"(?<!トラスト )(?<!キー)(?<!証明書)(?<!エンドポイント )ストア(?!$)": "トラスト ストア",
    r"コモンネーム": "コモン ネーム",
    r"機械": "マシン",
    r"利用者": "ユーザー",
    r"キー ID": "鍵 ID",
    r"ステップ": "手順",
    r"(?<!メンテナンス)時間枠|保守時間": "メンテナンス時間帯",
    r"後戻りできない地点": "後戻りできない時点",
    r"カナリア|試験接続": "試験ハンドシェイク",
    r"(?<!変更)申請書": "証明書要求 (the file), 申請 (the record)",
    r"(?<!証明書)要求(?=[をがはにのと])": "証明書要求",
    r"(?<!管理対象)(?<!お使いの)(?<!複製した)環境(?!変数)": "管理対象環境",
    r"指紋": "フィンガープリント",
    r"ロールバック": "切り戻し",
    r"critical": "クリティカル",
    r"わか[りるら]": "分かる",
    r"下さい": "ください",
    r"全て": "すべて",
    r"既に": "すでに",
    r"出来(?!事)": "できる",
    r"二つ|三つ|二度|一つ(?!も|ずつ)": "1 つ, 2 つ",
    r"である(?=[。)]|$)|のだ。|(?<!ん)だ。": "です, ます",
    r"公的|公開 CA|公開のルート": "パブリック CA",
    r"私設|社内 CA": "プライベート CA",
    r"重さ|重いもの|より重い": "重大度",
    r"開いている通知|通知が[^。]*開かれ|通知[^。]*を閉じ|閉じた通知": "未解決の通知, 解決済み",
    r"情報源": "出典 (a document), 把握元 (how something is known)",
    r"別名(?!: )": "エイリアス",
    r"完全な名前|完全修飾名|完全な DNS 名": "完全修飾ドメイン名 (FQDN)",
    r"認証局鍵": "発行者の鍵 ID",
    r"(?<!サブジェクト)代替名|(?<!サブジェクト代替名 \()subjectAltName": "サブジェクト代替名 (subjectAltName)",
    r"証明書(?!要求)[がは]?\s+件|証明書 \d+ 件": "枚",
    r"(?:新しい|この)版": "バージョン",
    r"右辺|心当たり": "what the thing is called",
    r"[はにを]閉じられました|を切断されました": "接続が閉じられました",
}
"""What is never written, and what is written in its place."""
PAIRS = {
    r"\bexpir(?:es?|ed|ing|y)\b": r"期限|有効",
    r"\brevo(?:ked?|cation)\b": r"失効",
    r"\btrust stores?\b": r"トラスト ストア",
    r"\banchors?\b": r"トラスト アンカー",
    r"\bestate\b": r"管理対象環境",
    r"\brollouts?\b": r"適用",
    r"\bwaves?\b": r"ウェーブ",
    r"\bpoint of no return\b": r"後戻りできない時点",
    r"\boutages?\b": r"中断",
    r"\bwaive(?:d|rs?)?\b": r"免除",
    r"\bweakening\b": r"緩和",
    r"\bfingerprints?\b": r"フィンガープリント",
    r"\bthumbprint\b": r"拇印",
    r"\bslots?\b": r"スロット",
    r"\bnodes?\b": r"ノード|NODE",
    r"\bprofiles?\b": r"プロファイル",
    r"\bfindings?\b": r"検出事項",
    r"\bsentinel\b": r"センチネル",
    r"\bdigest\b": r"ダイジェスト",
    r"\bkey ids?\b": r"鍵 ID",
    r"\bkey usage\b": r"鍵用途",
    r"\b(?<!change )plan\b(?! again)": r"計画|warifu plan",
    r"\bissuers?\b": r"発行",
    r"(?<!TLS )\bconnections?\b": r"接続|つながり",
    r"\bpublic (?:CAs?|roots?|certificates?)\b": r"パブリック",
    r"\bprivate CAs?\b": r"プライベート CA",
    r"\bseverity\b": r"重大度",
    r"\bprocedures?\b": r"手順書",
    r"\balias(?:es)?\b": r"エイリアス",
    r"\bfull (?:DNS )?name\b": r"完全修飾ドメイン名 \(FQDN\)",
    r"\bstapl": r"ステープリング",
}
"""A word in English, and what must stand in Japanese beside it."""
VENDORS = ("diagnosis ", "procedure ")
"""Where the words of a vendor's own screens and documents stand."""
VENDORS_OWN = frozenset(
    pattern
    for pattern in FORBIDDEN
    if any(word in pattern for word in ("ストア(", "要求", "環境", "アンカー", "時間枠"))
)
"""Words that vendors use in a sense of their own: a store of VECS, a request to an appliance."""
FREE: dict[tuple[str, str], str] = {
    ("cause transport-error", r"(?<!TLS )\bconnections?\b"): "what failed is the transport beneath it",
}
"""Where a word of `PAIRS` is meant otherwise, and why."""


WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*")


def foreign(text: str) -> list[str]:
    """Return the Latin words of a sentence; one with an underscore is a name in a program or a standard."""
    return [word for word in WORD.findall(prose(text)) if "_" not in word]


def found(pattern: str) -> list[str]:
    """Return where the Japanese prose holds a pattern; what vendors call it themselves is left to them."""
    return [
        f"{where}: {text.ja}"
        for where, text in every_text()
        if re.search(pattern, prose(text.ja)) and not (pattern in VENDORS_OWN and where.startswith(VENDORS))
    ]


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_one_spelling_one_word(pattern: str) -> None:
    """Each thing has one name in one spelling."""
    assert [] == found(pattern), f"write {FORBIDDEN[pattern]}"


@pytest.mark.parametrize("english", PAIRS)
def test_words_of_the_glossary_are_used(english: str) -> None:
    """Expired is 期限切れ and never 失効, revoked the other way round, a trust store is a トラスト ストア."""
    lacking = [
        f"{where}: {text.en} | {text.ja}"
        for where, text in every_text()
        if re.search(english, prose(text.en), re.IGNORECASE)
        and not where.startswith(VENDORS)
        and not re.search(PAIRS[english], text.ja)
        and (where, english) not in FREE
    ]
    assert [] == lacking


def test_expired_and_revoked_are_never_mixed_up() -> None:
    """失効 stands only where English speaks of revoking, 期限切れ only where it speaks of a time that ran out."""
    revoked, expired = r"revo|\bCRL", r"expir|until|past|over|certificate_expired"
    mixed = [
        f"{where}: {text.en} | {text.ja}"
        for where, text in every_text()
        if ("失効" in text.ja and not re.search(revoked, text.en, re.IGNORECASE))
        or ("期限切れ" in text.ja and not re.search(expired, text.en, re.IGNORECASE))
    ]
    assert [] == mixed


@pytest.mark.req("X-15")
def test_no_english_is_left_in_japanese() -> None:
    """Besides names that no language translates, a Japanese sentence holds Japanese."""
    left = {word: where for where, text in every_text() for word in foreign(text.ja) if word not in ALLOWED}
    assert {} == left


def test_no_allowed_word_is_left_over() -> None:
    """A name that no sentence needs any more is taken from the list."""
    used = {word for _, text in every_text() for word in foreign(text.ja)}
    assert set() == ALLOWED - used


def test_signs_are_half_width() -> None:
    """Digits, letters, brackets and colons are never full-width."""
    assert [] == found("[０-９Ａ-Ｚａ-ｚ（）：；，．！？％＝＋／　〜～]")


def test_japanese_and_latin_stand_apart() -> None:
    """A blank stands between Japanese and Latin letters, digits, placeholders and brackets; none within Japanese."""
    tight = [
        f"{where}: {text.ja}"
        for where, text in every_text()
        if re.search(rf"{JAPANESE}[A-Za-z0-9{{`(]|[A-Za-z0-9}}`)]{JAPANESE}", _joined(text.ja))
    ]
    loose = [
        f"{where}: {text.ja}"
        for where, text in every_text()
        if re.search(
            r"[ぁ-ん一-龠々、。] (?=[ぁ-んァ-ヶ一-龠々])|[ァ-ヶー] (?=[ぁ-ん一-龠々])", _joined(text.ja)
        )
    ]
    assert ([], []) == (tight, loose)


def _joined(text: str) -> str:
    """Without what stands in backticks, and without the columns that a line is set in."""
    return re.sub(r" {2,}", "　", re.sub(r"`[^`]*`", "`x`", text))


def test_sentences_end_as_they_do_in_english() -> None:
    """A text of several sentences ends with a full stop; one that ends with one in English has it in Japanese."""
    wrong = []
    for where, text in every_text():
        if where.startswith(("cause ", "evidence ")):
            continue  # stands inside a sentence
        last = text.ja.rstrip()[-1:]
        tail = text.ja.rpartition("。")[2]  # a command or a value may stand there, behind a colon
        full = last in "。:」" or ": " in tail or tail.rstrip().endswith(("}", "`", "..."))
        if "。" in text.ja and not full:
            wrong.append(f"{where}: {text.ja}")
        bare = re.sub(r"--[a-z-]+(?: [A-Za-z]+)?$", "", text.en.rstrip())  # may end with what is to be typed
        if (last == "。") and bare.rstrip()[-1:] not in ".:)`}?;":
            wrong.append(f"{where}: {text.en} | {text.ja}")
    assert [] == wrong


def test_what_is_said_is_said_politely() -> None:
    """A sentence ends in です or ます; a label is a noun: no verb or adjective stands at an end in its plain form."""
    assert [] == [f"{where}: {said}" for where, text in every_text() for said in plain_ends(text.ja)]


PLAIN = re.compile(
    r"(?:(?<![まで])す|[うくぐつぬぶむる]|(?<![まで])した|[っいきびりれえけせてねべめげ]た|[んい]だ|ない)$"
)
"""Every ending of a verb or adjective in its plain form; ます and でした are none."""
ATTRIBUTES = frozenset({"モデルによる", "検査値による", "による"})
"""What ends like a verb and is said of the noun before it: `判定 (モデルによる)`."""


def plain_ends(text: str) -> list[str]:
    """Return what ends in the plain form: before a full stop, a bracket or the end of a line.

    What stands in brackets within a sentence may be a clause of it.
    """
    ended = []
    for line in prose(text).splitlines():
        whole = re.sub(r"\([^()]*\)(?=\s*[^\s。])", "", line)
        inside = re.findall(r"\(([^()]*)\)\s*(?:。|$)", line)
        outside = re.split(r"。|\s\(|$", whole)
        ended += [one.strip() for one in (*outside, *inside) if PLAIN.search(one.strip())]
    return [one for one in ended if not any(one.endswith(known) for known in ATTRIBUTES)]


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        ("本当の原因を探す。", True),
        ("証明から除く (複数指定可)。", True),
        ("web が値を読み込む", True),
        ("いつから発行しないか (ここでは新しいページに従う)", True),
        ("早い方の日付を採る。", True),
        ("機能によって決まる", True),
        ("確かめました。", False),
        ("鍵を追加する (ssh-add) か、書いてください。", False),
        ("受け入れ (モデルによる)", False),
    ],
)
def test_the_plain_form_is_seen(text: str, *, is_plain: bool) -> None:
    """At each end that a sentence has, and not within one."""
    assert is_plain == bool(plain_ends(text))


def test_help_of_options_and_verbs_is_in_sentences() -> None:
    """One style in one list: every sentence ends in です, ます or ください; brackets may say more."""
    said = re.compile(r"(?:です|ます|ません|ください)(?: ?\(.*\))?$")
    wrong = []
    for key, text in MESSAGES.items():
        if re.search(r"\.(?:option|verb)(?:-|$)", key):
            told = re.sub(r"\([^()]*\)", "()", text.ja).removesuffix("。")
            wrong += [f"{key}: {one}" for one in told.split("。") if not said.search(one)]
    assert [] == wrong


def test_the_checks_see_what_they_are_for() -> None:
    """Each mistake in a sentence of its own is met by the pattern that is for it."""
    for wrong in (
        "サーバを",
        "アンカーを",
        "トラストストア",
        "この機械",
        "要求を破棄",
        "1 ステップ",
        "失効だ。",
    ):
        assert [pattern for pattern in FORBIDDEN if re.search(pattern, wrong)], wrong
    assert "restart" not in prose("`restart` を --restart に /etc/restart")
    assert "left" in prose("これは left です")


def test_the_glossary_has_the_words_that_are_checked() -> None:
    """What the checks demand is what the glossary says."""
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    wanted = (
        "管理対象環境", "トラスト ストア", "トラスト アンカー", "検証側ライブラリ", "検出事項", "適用", "ウェーブ",
        "免除", "一時的な緩和", "後戻りできない時点", "サービス中断", "期限切れ", "失効", "証明書要求", "鍵 ID", "担当者",
        "メンテナンス時間帯", "試験ハンドシェイク", "切り戻し", "フィンガープリント", "対象製品",
        "パブリック CA", "プライベート CA", "重大度", "手順書", "出典", "把握元", "エイリアス", "未解決", "解決済み",
        "完全修飾ドメイン名 (FQDN)", "サブジェクト代替名", "発行者の鍵 ID", "OCSP ステープリング", "枚", "バージョン",
    )  # fmt: skip
    assert [] == [word for word in wanted if f"| {word}" not in glossary]


def test_both_languages_are_there() -> None:
    """Every sentence is in both, and neither is the other."""
    letters = re.compile(r"[A-Za-z]{2}")
    same = [
        where
        for where, text in every_text()
        if text.en == text.ja
        and [w for w in re.findall(r"[\w.-]+", prose(text.en)) if w not in ALLOWED and letters.search(w)]
    ]
    assert [] == same
    assert isinstance(every_text()[0][1], Text)


def test_a_clause_is_told_in_the_readers_language() -> None:
    """Numbers and titles of documents stand as they are; words around them do not."""
    words_ = re.compile(r"\b(?:the|this|of it|passes|beside|(?<!\[)issuers|subjects|source|asked|which)\b")
    assert {} == {
        str(code): entry.says_so(Lang.JA)
        for code, entry in ENTRIES.items()
        if words_.search(entry.says_so(Lang.JA))
    }


def test_anchors_are_counted_as_things() -> None:
    """個, never 件: that counts what is found, and a trust store would hold two kinds of anchors."""
    counted = re.compile(r"トラスト アンカー *\{\w+\} *件|\{\w+\} *件のトラスト アンカー")
    assert [] == [where for where, text in every_text() if counted.search(text.ja)]


BETTER = {
    "ルール": "規則",
    "組になって": "対応して",
    "性能データ": "パフォーマンス データ",
    "保留の申請": "保留中の申請",
    "このことの承認": "この送信も承認",
    "によって失効され": "が … に失効させ",
}
"""What nobody would write, and what stands there instead."""


@pytest.mark.parametrize("bad", BETTER)
def test_what_reads_like_a_translation_is_not_said_again(bad: str) -> None:
    """Each was read by somebody who stumbled over it."""
    assert [] == [f"{where}: {BETTER[bad]}" for where, text in every_text() if bad in text.ja]
