"""How the evidence of a finding is said: the names of what was seen, and words of ours among the values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from warifu.domain.findings.causes import explained
from warifu.domain.findings.codes import Code
from warifu.domain.findings.finding import Finding
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.text import Lang, Text, show
from warifu.errors import WarifuError

NAMES: Mapping[str, Text] = {
    "about": Text("subject of the certificate", "証明書のサブジェクト"),
    "accepted": Text("names let in", "許可する名前"),
    "acceptor": Text("verified by", "検証側"),
    "address": Text("address", "アドレス"),
    "allowed": Text("CAs allowed beneath", "下に置ける CA の数"),
    "also": Text("shares it with", "同名の証明書"),
    "anchor": Text("anchor", "トラスト アンカー"),
    "basic_constraints": Text("basic constraints", "基本制約"),
    "basis": Text("told by", "判断の根拠"),
    "before": Text("before", "以前の値"),
    "below": Text("signed by the wanted one", "必要な CA が署名した証明書"),
    "because": Text("the target's reason", "対象製品が求める理由"),
    "beneath": Text("beneath it", "その下"),
    "ca": Text("is a CA", "CA かどうか"),
    "cause": Text("reason of revocation", "失効の理由"),
    "certificate": Text("certificate", "証明書"),
    "certificates": Text("CA certificates", "CA 証明書"),
    "certificate_key": Text("key of the certificate", "証明書の鍵"),
    "characters": Text("characters", "文字"),
    "clients": Text("clients", "クライアント"),
    "clock": Text("by the clock of", "基準とした時計"),
    "code": Text("exit code", "終了コード"),
    "command": Text("command", "コマンド"),
    "by": Text("accepted by", "承認者"),
    "common_names": Text("common names", "コモン ネーム"),
    "consumer": Text("library that verifies", "検証側ライブラリ"),
    "count": Text("entries", "件数"),
    "days": Text("days left", "残り日数"),
    "hours": Text("hours left", "残り時間"),
    "taken": Text("taken", "取得日時"),
    "time_left": Text("time left", "残り"),
    "dialect": Text("protocol", "プロトコル"),
    "document": Text("document", "出典"),
    "digest": Text("digest", "ダイジェスト"),
    "ends_in": Text("chain ends in", "チェーンの終端"),
    "endpoint_store": Text("endpoint store", "エンドポイント ストア"),
    "engine": Text("engine", "検証エンジン"),
    "expected": Text("expected", "本来の内容"),
    "extension": Text("extension", "拡張"),
    "extra": Text("beyond the plan", "計画外"),
    "fingerprint": Text("fingerprint", "フィンガープリント"),
    "folder": Text("folder", "フォルダー"),
    "follows": Text("stands after", "直前の証明書"),
    "form": Text("form", "形式"),
    "found": Text("found", "実際の内容"),
    "good": Text("would do", "使えるもの"),
    "got": Text("came", "届いた内容"),
    "hint": Text("named by", "指定方法"),
    "hash": Text("hash", "ハッシュ"),
    "identities": Text("identities", "証明書と鍵"),
    "identity": Text("presented certificate", "提示している証明書"),
    "installed": Text("in use since", "使用開始"),
    "issuer": Text("issuer", "発行者"),
    "issuer_fingerprint": Text("fingerprint of the issuer", "発行者のフィンガープリント"),
    "issuer_not_after": Text("issuer valid until", "発行者の有効期限"),
    "key": Text("key", "鍵"),
    "key_id": Text("key id of the issuer", "発行者の鍵 ID"),
    "key_usage": Text("key usage", "鍵用途"),
    "last": Text("last day", "最終日時"),
    "keys": Text("encrypted keys", "暗号化された鍵の数"),
    "kind": Text("kind", "種類"),
    "label": Text("kind of block", "ブロックの種類"),
    "leaf": Text("leaf", "リーフ"),
    "least": Text("bits wanted", "必要なビット数"),
    "lead": Text("days before the end", "期限の何日前"),
    "left": Text("anchors left", "残るトラスト アンカーの数"),
    "limit": Text("limit", "上限"),
    "live": Text("live handshake", "実際のハンドシェイク"),
    "missing": Text("missing", "不足"),
    "mine": Text("here alone", "一方のみ"),
    "mode": Text("mode", "モード"),
    "moves": Text("get another", "変わるもの"),
    "name": Text("name", "名前"),
    "names": Text("names", "名前"),
    "needed": Text("all purposes needed", "必要な用途のすべて"),
    "next_update": Text("next update", "次回更新"),
    "nodes": Text("nodes", "ノード"),
    "not_after": Text("valid until", "有効期限"),
    "not_before": Text("valid from", "有効期間の開始"),
    "now": Text("judged at", "判定時点"),
    "offset": Text("first byte", "開始位置 (バイト)"),
    "oid": Text("extension", "拡張"),
    "on": Text("due on", "予定日時"),
    "on_disk": Text("on disk", "ディスク上"),
    "order": Text("right order", "正しい順序"),
    "owner": Text("owner", "所有者"),
    "part": Text("part", "箇所"),
    "path": Text("file", "ファイル"),
    "pattern": Text("wildcard", "ワイルドカード"),
    "position": Text("position", "位置"),
    "presenter": Text("presented by", "提示側"),
    "purpose": Text("purpose", "用途"),
    "proven": Text("proven last", "最後に証明された値"),
    "purposes": Text("purposes", "用途"),
    "reason": Text("reason", "理由"),
    "refused_by": Text("refused by", "拒否するもの"),
    "removed": Text("removed", "外すもの"),
    "renewal": Text("renewals from now", "今からの更新回数"),
    "request": Text("request", "申請"),
    "revoked": Text("revoked at", "失効日時"),
    "right": Text("right form", "正しい形"),
    "root": Text("root", "ルート"),
    "said": Text("it said", "出力"),
    "same": Text("the same", "共通"),
    "schedule": Text("after the steps", "経過した手順"),
    "seconds": Text("seconds", "秒数"),
    "since": Text("since", "開始日時"),
    "skew": Text("difference", "差"),
    "seen": Text("seen", "観測した内容"),
    "sent": Text("certificates sent", "送られた証明書の数"),
    "scheme": Text("signature scheme", "署名方式"),
    "serial": Text("serial number", "シリアル番号"),
    "service": Text("service", "サービス"),
    "shown": Text("presented", "提示内容"),
    "side": Text("side", "対象の側"),
    "size": Text("bytes", "バイト数"),
    "slots": Text("slots", "スロット"),
    "source": Text("file", "ファイル"),
    "standing": Text("state", "状態"),
    "stays": Text("keep theirs", "変わらないもの"),
    "steps": Text("steps", "手順"),
    "theirs": Text("there alone", "他方のみ"),
    "trusted": Text("still trusted", "信頼が続くか"),
    "template": Text("certificate template", "証明書テンプレート"),
    "target": Text("target", "対象製品"),
    "this_update": Text("issued at", "発行日時"),
    "through": Text("through", "経由"),
    "times": Text("times sent", "送信回数"),
    "tried": Text("passwords tried", "試したパスワードの数"),
    "unmet": Text("not seen", "確認できなかったもの"),
    "types": Text("types", "タイプ"),
    "usage": Text("key usage", "鍵用途"),
    "verdict": Text("our verdict", "判定"),
    "version": Text("version", "バージョン"),
    "voided": Text("discarded at", "破棄日時"),
    "wanted": Text("wanted", "必要な内容"),
    "wave": Text("wave", "ウェーブ"),
    "where": Text("where", "場所"),
    "who": Text("certificate", "証明書"),
}
"""By the name that evidence has in code and JSON."""
_CARRIED = Text("names of the certificate", "証明書にある名前")
_DOCUMENT = Text("document", "出典")
_DECIDED = Text("decided by", "決めた人")
_UNTIL = Text("until", "期限")
_ADDED = Text("added", "追加分")
OWN_NAMES: Mapping[Code, Mapping[str, Text]] = {
    Code.CRL_GOES_BACK: {
        "expected": Text("number of the published one", "公開中の番号"),
        "got": Text("its number", "番号"),
        "last": Text("date of the published one", "公開中の発行日時"),
    },
    Code.EXCEPTION_ENDED: {"by": _DECIDED, "on": _UNTIL},
    Code.EXCEPTION_KEEPS: {"by": _DECIDED, "on": _UNTIL},
    Code.CLOCK_SKEWED: {"now": Text("its time", "時刻")},
    Code.COMMON_NAME_UNLISTED: {"names": _CARRIED},
    Code.ISSUED_VALIDITY_DIFFERS: {
        "got": Text("days that it lasts", "実際の日数"),
        "wanted": Text("days planned", "計画した日数"),
    },
    Code.ISSUER_REISSUED: {"times": Text("certificates of one key", "枚数")},
    Code.NAME_CONSTRAINT_UNFIT: {"limit": Text("constraint", "制約")},
    Code.NAME_MISMATCH: {"names": _CARRIED},
    Code.NAME_NOT_COVERED: {"names": _CARRIED},
    Code.PURPOSE_ENDED: {"source": _DOCUMENT},
    Code.RENEWAL_NAMES_GAINED: {"extra": _ADDED},
    Code.RENEWAL_PURPOSES_GAINED: {"extra": _ADDED},
    Code.REQUEST_KEY_DIFFERS: {"request": Text("certificate request", "証明書要求")},
    Code.REQUEST_LABEL_TOO_SHORT: {"least": Text("characters wanted", "必要な文字数")},
    Code.SUBJECT_NOT_ACCEPTED: {"names": _CARRIED},
    Code.VALIDITY_TOO_LONG: {"source": _DOCUMENT},
}
"""Where a name means something else in one finding than in the others."""
_IN_DAYS: Mapping[Code, tuple[str, ...]] = {
    Code.FORECAST_LIFETIME_REFUSED: ("found", "limit"),
    Code.FORECAST_LIFETIME_SHORTER: ("found", "limit"),
    Code.VALIDITY_TOO_LONG: ("found", "limit"),
}
"""Numbers that are days, where neither their name nor a sentence around them says so."""
_NONE = Text("none", "なし")
_UNTOLD = Text("not stated", "記載なし")
_UNKNOWN = Text("unknown", "不明")
ABSENT: Mapping[str, Text] = {
    "cause": _UNTOLD,
    "good": Text("none is known", "該当なし"),
    "issuer": _UNKNOWN,
    "key_id": _UNTOLD,
    "next_update": _UNTOLD,
    "owner": _UNKNOWN,
    "reason": _UNKNOWN,
    "revoked": _UNTOLD,
    "wanted": Text(
        "unknown (give the CA's certificates with --pool)", "不明 (--pool で CA の証明書を指定してください)"
    ),
    "who": Text("the certificates it covers", "対象の証明書"),
}
"""By the name of the evidence, what is said where it holds `-`; `none` where nothing else is said."""

_VERDICT: Mapping[str, Text] = {
    "accepted": Text("accepted", "受け入れ"),
    "refused": Text("refused", "拒否"),
    "unknown": Text("undecided", "判定不能"),
    "holds": Text("it holds", "成立"),
}
VALUES: Mapping[str, Mapping[str, Text]] = {
    "verdict": _VERDICT,
    "live": _VERDICT,
    "where": {
        "disk": Text("what lies on disk", "ディスク上の内容"),
        "live": Text("what is in use", "使用中の内容"),
    },
    "standing": {
        "proven": Text("proven in use", "使用中と証明済み"),
        "loaded": Text(
            "loaded, older processes may remain", "読み込み済み、古いプロセスが残っている可能性あり"
        ),
        "deployed": Text("on disk, nothing tells whether it is in use", "配置済み、使用中かは不明"),
        "not-live": Text("something else is in use", "別のものを使用中"),
        "absent": Text("not even on disk", "ディスク上にもなし"),
    },
    "form": {
        "utf-16": Text("its text is in UTF-16", "文字コードが UTF-16 です"),
        "utf-16-le": Text(
            "its text is in UTF-16 without a byte order mark",
            "文字コードがバイト オーダー マークのない UTF-16 です",
        ),
        "utf-16-be": Text(
            "its text is in UTF-16 without a byte order mark",
            "文字コードがバイト オーダー マークのない UTF-16 です",
        ),
        "zero-bytes": Text("zero bytes stand among its text", "テキストの中に値が 0 のバイトがあります"),
        "bare-carriage-returns": Text(
            "its lines end with a carriage return alone", "改行が復帰文字だけになっています"
        ),
        "damaged-lines": Text(
            "a BEGIN or END line is not spelt as it should be",
            "BEGIN 行または END 行の書き方が正しくありません",
        ),
        "shared-lines": Text(
            "text stands in the same line as a BEGIN or END line",
            "BEGIN または END と同じ行に別の文字列があります",
        ),
        "headers": Text("a block begins with headers", "ブロックの先頭にヘッダーがあります"),
        "unpadded": Text("`=` lacks at the end of its Base64", "Base64 の末尾に `=` が足りません"),
        "several-in-block": Text(
            "a block holds more than one object", "1 つのブロックに複数のデータが入っています"
        ),
        "mixed": Text("it is DER and PEM by turns", "DER と PEM が混在しています"),
        "byte-order-mark": Text("it begins with a byte order mark", "先頭にバイト オーダー マークがあります"),
        "escaped-line-ends": Text(
            "its line ends are written as backslash and n",
            "改行が円記号 (バックスラッシュ) と n で書かれています",
        ),
        "indented": Text("its lines are indented", "行が字下げされています"),
        "glued": Text(
            "blocks follow each other without a line end between", "ブロックの間に改行がありません"
        ),
        "bare-base64": Text(
            "it is Base64 without BEGIN and END lines", "BEGIN 行と END 行のない Base64 です"
        ),
        "no-end-line": Text("an END line is missing", "END 行がありません"),
        "end-line-differs": Text(
            "an END line names another kind than its BEGIN line", "BEGIN 行と END 行の種類が異なります"
        ),
        "trust-settings": Text(
            "a certificate stands in OpenSSL's own form, in which trust settings may follow it",
            "証明書が、信頼設定を付けられる OpenSSL 独自の形式です",
        ),
        "concatenated-der": Text(
            "it is several objects in DER, one behind the other", "複数の DER がつながっています"
        ),
        "trailing-bytes": Text("blank bytes follow its end", "末尾に余分な空白のバイトがあります"),
        "rc2": Text("it is locked with RC2", "RC2 で暗号化されています"),
    },
    "kind": {
        "anchor": Text("an anchor", "トラスト アンカー"),
        "anchor-beside-root": Text("an anchor", "トラスト アンカー"),
        "address": Text("an address", "アドレス"),
        "certificate": Text("a certificate", "証明書"),
        "request": Text("a request", "証明書要求"),
        "crl": Text("a CRL", "失効リスト (CRL)"),
        "pkcs7": Text("PKCS#7", "PKCS#7 形式"),
        "pkcs12": Text("PKCS#12", "PKCS#12 形式"),
        "key": Text("a private key", "秘密鍵"),
        "encrypted-key": Text("an encrypted private key", "暗号化された秘密鍵"),
        "public-key": Text("a public key", "公開鍵"),
        "jks": Text("key store (JKS)", "キーストア (JKS)"),
        "jceks": Text("key store (JCEKS)", "キーストア (JCEKS)"),
    },
    "who": {"leaf": Text("the leaf", "リーフ")},
    "consumer": {"unknown": Text("the library that verifies there", "相手側の検証ライブラリ")},
    "hint": {
        "key-id": Text("subject key id", "サブジェクト鍵 ID"),
        "issuer-and-serial": Text("issuer and serial number", "発行者とシリアル番号"),
    },
    "last": {"passed": Text("it has passed", "すでに過ぎています")},
    "basis": {
        "signature": Text("the CA's signature", "CA の署名"),
        "key-id": Text("the key id", "鍵 ID"),
        "name": Text("the issuer's name", "発行者の名前"),
    },
    "missing": {
        "common-name": Text("the common name (CN)", "コモン ネーム (CN)"),
        "organizational-unit": Text("the organizational unit (OU)", "部門 (OU)"),
        "organization": Text("the organization (O)", "組織 (O)"),
        "locality": Text("the locality (L)", "市区町村 (L)"),
        "state": Text("the state or province (ST)", "都道府県 (ST)"),
        "country": Text("the country (C)", "国 (C)"),
        "email": Text("the e-mail address", "メール アドレス"),
    },
}
"""By the name of the evidence, the words of ours that may stand there."""
_YES = {True: Text("yes", "はい"), False: Text("no", "いいえ")}


def spoken(evidence: Mapping[str, object], lang: Lang) -> dict[str, object]:
    """Return evidence with every word of ours, and every error, said in a language; what was seen stays as it is."""
    said = explained(evidence, lang)
    for name, value in said.items():
        if isinstance(value, Text):
            said[name] = value.fill(lang, {})
        elif isinstance(value, bool):
            said[name] = _YES[value].fill(lang, {})
        elif isinstance(value, WarifuError) and value.code in MESSAGES:
            whole = MESSAGES[value.code].fill(lang, explained(value.values, lang))
            said[name] = whole.rstrip(".。")  # it stands inside a sentence
        elif isinstance(value, str) and value in VALUES.get(name, {}):
            said[name] = VALUES[name][value].fill(lang, {})
        elif value == "-":
            said[name] = ABSENT.get(name, _NONE).fill(lang, {})
        elif name == "order" and isinstance(value, tuple):
            said[name] = " → ".join(value)
    return said


def name_of(name: str, code: Code | None = None) -> Text | None:
    """Return how a name of evidence is said, in a finding of its own where it means something else there."""
    own = OWN_NAMES.get(code, {}) if code is not None else {}
    return own.get(name) or NAMES.get(name)


def list_seen(finding: Finding, lang: Lang) -> tuple[str, ...]:
    """Return what a finding rests on, `name: value` each; a name that no table knows is shown as it is."""
    in_days = _IN_DAYS.get(finding.code, ())
    evidence = {
        name: timedelta(days=value) if name in in_days and isinstance(value, int) else value
        for name, value in finding.evidence.items()
    }
    values = spoken(evidence, lang)
    return tuple(f"{_named(name, finding.code, lang)}: {show(values[name], lang)}" for name in sorted(values))


def _named(name: str, code: Code, lang: Lang) -> str:
    text = name_of(name, code)
    return name if text is None else text.fill(lang, {})
