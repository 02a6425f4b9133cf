"""What vendors say: each message with its phase, its text, and the causes it may have, the likeliest first.

A message is shared by many causes, and some name the wrong one; so each leads to all causes that the
vendor documents, and files decide (`decision.py`). Sources: Dell KB 000221202 (OpenManage Enterprise),
Broadcom KB 229342, 232057 and 187099 (Symantec Endpoint Protection), Microsoft's lists of SQL Server events 26010-26017, 33565,
17182 and of Schannel's events and statuses, Cisco's Expressway REST API reference and CUCM Certificate Management API.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from warifu.domain.findings import Text


@dataclass(frozen=True, slots=True)
class Symptom:
    """One message of a product.

    Args:
        id: its code, or a name of ours where it has none.
        phase: `upload`, `connection`, `login`, `start` or `command`: when it is met.
        text: what it says.
        resolution: what the vendor advises.
        causes: ids, the likeliest first.
        named: words of the message that name a cause, in lower case.
        asks: what has to be told where the file holds several certificates, because the message does not tell it.
    """

    id: str
    vendor: str
    phase: str
    text: Text
    causes: tuple[str, ...]
    resolution: Text | None = None
    named: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    asks: Text | None = None


_RETRY = Text(
    "Retry the operation. If the issue persists, contact your system administrator.",
    "操作をやり直してください。問題が続く場合は、システム管理者にお問い合わせください。",
)
_SQL = ("sql-expired", "sql-not-trusted", "sql-name", "sql-purpose", "sql-not-yet-valid")

_LISTED = (
    Symptom(
        "CGEN1008",
        "dell-ome",
        "upload",
        Text(
            "Unable to process the request because an error occurred.",
            "エラーが発生したため、要求を処理できません。",
        ),
        ("dell-csr-key", "dell-chain", "dell-common-name", "dell-purposes", "dell-key-encipherment"),
        _RETRY,
        {
            "invalid csr key": "dell-csr-key",
            "invalid certificate chain provided": "dell-chain",
            "no client/server authentication eku present in leaf certificate": "dell-purposes",
            "user certificate is not a web server certificate": "dell-key-encipherment",
        },
    ),
    Symptom(
        "CSEC9002",
        "dell-ome",
        "upload",
        Text(
            "Unable to upload the certificate because the certificate file provided is invalid.",
            "指定された証明書ファイルが無効なため、証明書をアップロードできません。",
        ),
        ("dell-encoding", "dell-key-encipherment"),
        Text(
            "Make sure the CA certificate and private key are correct and retry the operation.",
            "CA 証明書と秘密鍵が正しいことを確認し、操作をやり直してください。",
        ),
        asks=Text(
            "Which upload was it? The log does not tell. As server certificate the leaf alone is uploaded "
            "(`warifu pack FILE --for dell-ome-server --out FILE.pem`); for a migration the complete chain is, as "
            "certificate chain (`warifu pack FILE --for dell-ome-migration --out FILE.pem`).",
            "どちらのアップロードでしたか。ログからは判断できません。サーバー証明書としてはリーフだけをアップロードします "
            "(`warifu pack FILE --for dell-ome-server --out FILE.pem`)。移行では、証明書チェーンとして完全なチェーンを"
            "アップロードします (`warifu pack FILE --for dell-ome-migration --out FILE.pem`)。",
        ),
    ),
    Symptom(
        "CGEN6002",
        "dell-ome",
        "upload",
        Text(
            "Unable to complete the request because the input value for {field} is missing or an invalid value is entered.",
            "{field} の入力値がないか無効なため、要求を完了できません。",
        ),
        ("dell-request",),
        named={"distinguishedname": "dell-request"},
    ),
    Symptom(
        "ome-connection",
        "dell-ome",
        "connection",
        Text(
            "Unable to mutually authenticate and connect to the remote appliance.",
            "相互に認証してリモート アプライアンスに接続できません。",
        ),
        ("dell-authorities", "dell-validity", "dell-depth", "dell-pair-chain", "dell-pair-purposes"),
        Text(
            "Please check the source and target appliances has valid certificate chain uploaded which are signed by the same CA.",
            "同じ CA が署名した有効な証明書チェーンが、移行元と移行先の両方にアップロードされているか確認してください。",
        ),
    ),
    Symptom(
        "sepm-login",
        "symantec-sepm",
        "login",
        Text("Unexpected server error.", "予想外のサーバーエラー。"),
        (*_SQL, "sql-down"),
    ),
    Symptom(
        "sepm-database",
        "symantec-sepm",
        "connection",
        Text(
            "The manager cannot connect to the database: SQL Server uses a certificate that Windows does not trust.",
            "データベースに接続できません。SQL Server で Windows が信頼しない証明書が使用されています。",
        ),
        ("sql-expired", "sql-not-trusted"),
    ),
    Symptom(
        "sepm-expiring",
        "symantec-sepm",
        "connection",
        Text(
            "The SQL Server certificate of the manager expires within 30 days.",
            "SQL Server 証明書の期限が 30 日以内に切れます。",
        ),
        ("sql-expiring", "sql-expired"),
    ),
    Symptom(
        "sql-expired",
        "sql-server",
        "connection",
        Text("The received certificate has expired.", "受信した証明書の有効期限が切れています。"),
        _SQL,
        # "validity check failed" alone is said of both ends of the period
        named=dict.fromkeys(
            ("certificate has expired", "is expired", "was expired", "expiredexception", "期限が切れ"),
            "sql-expired",
        ),
    ),
    Symptom(
        "sql-not-yet-valid",
        "sql-server",
        "connection",
        Text("The received certificate is not valid yet.", "受信した証明書はまだ有効ではありません。"),
        ("sql-not-yet-valid", "sql-expired", "sql-not-trusted", "sql-name", "sql-purpose"),
        named={"": "sql-not-yet-valid"},
    ),
    Symptom(
        "sql-untrusted",
        "sql-server",
        "connection",
        Text(
            "The certificate chain was issued by an authority that is not trusted.",
            "信頼されていない機関によって証明書チェーンが発行されました。",
        ),
        ("sql-not-trusted", "sql-expired", "sql-name", "sql-purpose", "sql-not-yet-valid"),
        named={"": "sql-not-trusted"},
    ),
    Symptom(
        "sql-name",
        "sql-server",
        "connection",
        Text("The target principal name is incorrect.", "対象のプリンシパル名が間違っています。"),
        ("sql-name", "sql-expired", "sql-not-trusted", "sql-purpose", "sql-not-yet-valid"),
        named={"": "sql-name"},
    ),
    Symptom(
        "sql-secure-connection",
        "sql-server",
        "connection",
        Text(
            "A secure connection to SQL Server could not be established.",
            "SQL Server への安全な接続を確立できません。",
        ),
        _SQL,
    ),
    Symptom(
        "sql-start",
        "sql-server",
        "start",
        Text(
            "SQL Server could not load the certificate it needs for encryption (events 26010 to 26017, 33565).",
            "SQL Server が暗号化に必要な証明書を読み込めません (イベント 26010 から 26017、33565)。",
        ),
        (
            "sql-expired",
            "sql-purpose",
            "sql-key-access",
            "sql-key-other",
            "sql-thumbprint",
            "sql-not-yet-valid",
        ),
        named={"service account does not have access": "sql-key-access"},
    ),
    Symptom(
        "sql-network",
        "sql-server",
        "start",
        Text(
            "SQL Server could not start its network library (events 17182, 17826).",
            "SQL Server がネットワーク ライブラリを開始できません (イベント 17182、17826)。",
        ),
        (
            "sql-thumbprint",
            "sql-expired",
            "sql-key-access",
            "sql-key-other",
            "sql-purpose",
            "sql-not-yet-valid",
        ),
    ),
    Symptom(
        "expressway-refused",
        "cisco-expressway",
        "upload",
        Text(
            "Bad Request, often with HTTP status 200.",
            "Bad Request が返されました (HTTP 200 で返されることもあります)。",
        ),
        ("expressway-encoding", "expressway-request", "expressway-not-alone", "expressway-purposes"),
    ),
    Symptom(
        "expressway-conflict",
        "cisco-expressway",
        "upload",
        Text("Conflict, when a request is to be made.", "証明書要求の作成時に Conflict が返されました。"),
        ("expressway-pending",),
        named={"": "expressway-pending"},
    ),
    Symptom(
        "cucm-upload",
        "cisco-cucm",
        "upload",
        Text(
            "Status 500 when an identity certificate is uploaded.",
            "ID 証明書のアップロード時に HTTP 500 が返されました。",
        ),
        ("cucm-issuer", "cucm-request"),
    ),
)

SYMPTOMS: Mapping[str, Symptom] = MappingProxyType({one.id: one for one in _LISTED})
"""By id; the numbers of `vecs-cli` and `dir-cli` are in `numbers.py`."""

_EXPRESSWAY = {"Bad Request": "expressway-refused", "Conflict": "expressway-conflict"}

_START = r"(?:event(?: id)?|error|イベント(?: ?id)?|エラー)\s{0,3}[:：]?\s{0,3}"
_LOADING = ("26010", "26011", "26012", "26014", "26015", "26016", "26017", "33565")  # 26013: it was loaded
_LIBRARY = ("17182", "17826")
_PHRASES = (
    ("ome-connection", r"unable to mutually authenticate and connect to the remote appliance"),
    ("CGEN1008", r"unable to process the request because an error occurred"),
    ("CGEN1008", r"invalid csr key\b"),
    ("CGEN1008", r"invalid certificate chain provided"),
    ("CGEN1008", r"no client/server authentication eku present in leaf certificate"),
    ("CGEN1008", r"user certificate is not a web server certificate"),
    ("CSEC9002", r"unable to upload the certificate because the certificate file provided is invalid"),
    ("CGEN6002", r"because the input value for \w{1,40} is missing or an invalid value"),
    ("sepm-login", r"\bunexpected server error(?:[.\"']|\s*$)|(?:予想外|予期しない)の?サーバー? ?エラー"),
    (
        "sepm-expiring",
        r"sql server 証明書の期限が \d+ 日以内に切れます|sql server certificate (?:\w+ ){0,3}expires? (?:with)?in \d+ days",
    ),
    (
        "sepm-database",
        (
            r"uses? a certificate (?:that )?windows does not trust|windows が信頼しない証明書が使用されています"
            r"|endpoint protection manager(?: \(sepm\))? ?が(?: ?microsoft sql server ?)? ?データベースに接続できません"
            r"|endpoint protection manager(?: \(sepm\))? (?:can(?:no|')t|(?:is|was) unable to|could not) connect to "
            r"(?:the |its )?(?:microsoft sql server )?database"
        ),
    ),
    (
        "sql-untrusted",
        (
            r"certificate chain was issued by an authority that is not trusted"
            r"|信頼されていない機関によって証明書チェーンが発行されました"
            r"|issued by an untrusted certificate authority|信頼されていない証明機関によって発行され"
        ),
    ),
    (
        "sql-expired",
        (
            r"received certificate has expired|受信した証明書の有効期限が切れています"
            r"|certificate received from the remote server has either expired|受信した証明書は、?期限が切れているか"
        ),
    ),
    (
        "sql-name",
        (
            r"target principal name is incorrect|対象のプリンシパル名が間違っています|ターゲットのプリンシパル名が間違っています"
            r"|certificate received from the remote server does not contain the expected name"
            r"|failed to validate the server name (?:(?:\"|&quot;)[^\"\n]{1,253}(?:\"|&quot;) )?in a certificate"
        ),
    ),
    (
        "sql-secure-connection",
        (
            r"could not establish a secure connection to sql server"
            r"|sql server へのセキュリティで保護された接続を確立できませんでした"
        ),
    ),
    (
        "sql-start",
        _START + rf"(?:{'|'.join(_LOADING)})\b"
        r"|could not load the certificate it needs to initiate an ssl connection"
        r"|unable to load user-specified certificate|sql server service account does not have access to it",
    ),
    ("sql-network", _START + rf"(?:{'|'.join(_LIBRARY)})\b|tdssniclient initialization failed"),
    (
        "cucm-upload",
        (  # in a line of an access log the size stands behind the status
            r"certmgr/config/identity/certificates\b(?:\s+http/[\d.]{1,5})?[^\d\n]{0,100}\b500\b"
            r"|\b(?:http|status|code)[\s:=]{0,3}500\b[^\n]{0,200}certmgr/config/identity/certificates\b"
        ),
    ),
)
_NEAR = (
    ("sepm-login", r"unexpected server error"),
    ("sql-untrusted", r"unable to find valid certification path to requested target"),
    (
        "sql-expired",
        r"certificateexpiredexception|certificate (?:is|has|was) expired|validity check failed",
    ),
    ("sql-not-yet-valid", r"certificatenotyetvalidexception"),
)
PHRASES = tuple((symptom, re.compile(pattern, re.IGNORECASE)) for symptom, pattern in _PHRASES)
"""How a message without a code is known in a line."""
NEAR = tuple((symptom, re.compile(pattern, re.IGNORECASE)) for symptom, pattern in _NEAR)
"""What any program says: a message only where the manager or SQL Server is spoken of near by (`DATABASE`)."""
WITH_REASON = "sql-secure-connection"
"""What a driver says around the reason it gives: where that is known, it alone is the message."""
REASONS = frozenset({"sql-expired", "sql-not-yet-valid", "sql-untrusted", "sql-name"})
DATABASE = re.compile(
    r"com\.microsoft\.sqlserver|com\.sygate\.scm|scm-server|ssl provider|sql ?server|sqlcmd|odbc driver|symantec"
    r"|\bthread \d{1,6} (?:severe|warning|info):"
)
"""Words of Symantec Endpoint Protection Manager, of SQL Server and of its drivers, in lower case."""
NUMBERED: Mapping[str, str] = MappingProxyType(
    {**dict.fromkeys(_LOADING, "sql-start"), **dict.fromkeys(_LIBRARY, "sql-network")}
)
"""The symptom of an event of SQL Server, where somebody typed nothing but its number."""

TOOL_TEXTS = (
    ("both server and upn", 5023),
    ("] does not exist", 4312),
)
"""What `vecs-cli` says without its number, in lower case, and the number it has then."""
_WORDS = {
    "ome-connection": ("mutually authenticate",),
    "CGEN1008": (
        "because an error occurred",
        "invalid csr key",
        "invalid certificate chain",
        "no client/server authentication",
        "not a web server certificate",
    ),
    "CSEC9002": ("certificate file provided is invalid",),
    "CGEN6002": ("because the input value for",),
    "sepm-login": ("unexpected server error", "サーバーエラー", "サーバー エラー", "サーバエラー"),
    "sepm-expiring": ("証明書の期限が", "sql server certificate"),
    "sepm-database": ("windows does not trust", "windows が信頼しない", "endpoint protection manager"),
    "sql-untrusted": (
        "authority that is not trusted",
        "信頼されていない機関",
        "valid certification path",
        "untrusted certificate authority",
        "信頼されていない証明機関",
    ),
    "sql-not-yet-valid": ("certificatenotyetvalidexception",),
    "sql-expired": (" expired", "期限が切れて", "certificateexpiredexception", "validity check failed"),
    "sql-name": (
        "target principal name",
        "プリンシパル名が間違",
        "validate the server name",
        "contain the expected name",
    ),
    "sql-secure-connection": ("secure connection to sql server", "保護された接続を確立できません"),
    "sql-start": (
        *_LOADING,
        "initiate an ssl connection",
        "user-specified certificate",
        "service account does not have access",
    ),
    "sql-network": (*_LIBRARY, "tdssniclient initialization failed"),
    "cucm-upload": ("certmgr/config/identity",),
    "code": ("capp", "cdev", "cfsd", "cgen", "cjob", "cmon", "csec", "csys", "ctem", "cusr"),
    "tool": ("vecs-cli", "dir-cli", *(words for words, _ in TOOL_TEXTS)),
}
NEEDLES = tuple((word, kind) for kind, words in _WORDS.items() for word in words)
"""Words in lower case of which a line must have one to be looked at closer, each with what it may then be: a symptom, a
`code` or what a `tool` printed. A log of gigabytes has few such lines."""

DELL_CODE = re.compile(r"\bC(?:APP|DEV|FSD|GEN|JOB|MON|SEC|SYS|TEM|USR)\d{4}\b")
"""How OpenManage Enterprise spells its codes."""


def symptom_of_code(code: str) -> str:
    """Return the symptom of a code; empty when the catalogue does not know it."""
    return code if code in SYMPTOMS else ""


def expressway_symptom(answer: str) -> str:
    """Return the symptom of an answer of Expressway; empty when it is none."""
    return _EXPRESSWAY.get(answer.strip(" .!"), "")


def named_by(symptom: Symptom, words: str) -> frozenset[str]:
    """Return the ids of the causes that the words of a message name, wherever a terminal broke its lines."""
    plain = "".join(words.lower().split())
    return frozenset(cause for phrase, cause in symptom.named.items() if "".join(phrase.split()) in plain)
