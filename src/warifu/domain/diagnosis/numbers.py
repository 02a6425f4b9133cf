"""What the numbers of `vecs-cli` and `dir-cli` mean, and which of them a shell can have seen.

Both tools exit with the raw number, of which a shell sees the low eight bits, so one exit status may be several.
Source: VMware Lightwave (Apache-2.0), `vmafd` and `vmdir` error tables; Windows system error codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from warifu.domain.diagnosis import looks
from warifu.domain.diagnosis.cause import Cause
from warifu.domain.findings import Text

_ASK = Text(
    "Run the command again and read its sentence on standard error.",
    "コマンドをもう一度実行し、標準エラー出力の文を確かめます。",
)
_SUPPORT = Text(
    "Look into /var/log/vmware/vmafdd/ at that time, and keep what stands there for the vendor's support.",
    "その時刻の /var/log/vmware/vmafdd/ のログを確かめ、ベンダーのサポートに渡せるように保存してください。",
)


@dataclass(frozen=True, slots=True)
class Number:
    """One number: its name in the tools, and the causes it has, the likeliest first."""

    name: str
    causes: tuple[Cause, ...]


def _one(
    number: int, name: str, title: Text, remedy: Text = _SUPPORT, look: looks.Look | None = None
) -> tuple[int, Number]:
    return number, Number(name, (Cause(f"number-{number}", title, _ASK, remedy, look),))


_HALF_PUBLISHED = Cause(
    "number-13-half-published",
    Text(
        "An entry of the directory is incomplete: publishing it failed half-way, and every node's synchronisation stops at it.",
        "ディレクトリに不完全なエントリーがあります。公開が途中で失敗したもので、全ノードの同期がそこで止まります。",
    ),
    Text(
        "`dir-cli trustedcert list` fails with the same number on every node.",
        "`dir-cli trustedcert list` が全ノードで同じ番号で失敗するか確かめます。",
    ),
    Text(
        "Have the vendor's support remove the incomplete object; until then no node adds or drops a root.",
        "不完全なオブジェクトの削除をベンダーのサポートに依頼してください。それまで、どのノードでもルートの追加と削除が行われません。",
    ),
)
_SEVERAL = Cause(
    "number-13-several",
    Text(
        "The file holds several certificates; unpublish takes exactly one, publish takes more only with --chain.",
        "ファイルに証明書が複数あります。unpublish は 1 枚だけ、publish は --chain を付けたときだけ複数を受け付けます。",
    ),
    Text("Count the certificates of the file.", "ファイルの証明書を数えます。"),
    Text(
        "Give one certificate a file, or publish with --chain.",
        "1 つのファイルに証明書を 1 枚だけ入れるか、--chain を付けて公開してください。",
    ),
    looks.several_in_one,
)
_NAMES = """90002 CRL_OPEN_ERROR|90003 BUFFER_SIZE_ERROR|90004 CRL_WRITE_ERROR|90008 CRL_IO_ERROR
90009 TASK_QUEUE|90010 TASK_QUEUE|90011 TASK_QUEUE|90012 TASK_QUEUE|90013 TASK_QUEUE|90014 TASK_QUEUE|90015 TASK_QUEUE
90016 OUT_OF_MEMORY|90017 CERT_IO_FAILURE|90101 UNKNOWN_ERROR|6 INVALID_HANDLE|259 NO_MORE_ITEMS"""
_INSIDE = Text(
    "The service that keeps the stores failed inside ({name}).",
    "ストアを管理するサービスの内部で失敗しました ({name})。",
)

_TOLD = (
    _one(
        5,
        "ACCESS_DENIED",
        Text("The caller has no right to do this.", "実行したユーザーに権限がありません。"),
        Text(
            "Run it as root on the node, or as a domain administrator where the tool asks for a login; system stores cannot be deleted.",
            "ノードで root として実行するか、ログインが必要なコマンドではドメイン管理者を使ってください。システム ストアは削除できません。",
        ),
    ),
    _one(
        11,
        "BAD_FORMAT",
        Text(
            "The file is not PEM: a DER file, or a key that is no RSA key. The LDAP sentence beside it misleads.",
            "ファイルが PEM ではありません。DER か、RSA 以外の鍵です。併記される LDAP の文は無関係です。",
        ),
        Text(
            "Convert it: CAs by `warifu pack FILE --form trust --out FILE.pem`, a machine's certificate by "
            "`warifu pack FILE --form leaf --out FILE.pem`, a key by `openssl pkey -inform DER -in FILE -out FILE.key`; "
            "keys must be RSA.",
            "変換してください。CA は `warifu pack FILE --form trust --out FILE.pem`、マシンの証明書は "
            "`warifu pack FILE --form leaf --out FILE.pem`、鍵は `openssl pkey -inform DER -in FILE -out FILE.key` です。"
            "鍵は RSA に限られます。",
        ),
        looks.not_pem_rsa,
    ),
    (13, Number("INVALID_DATA", (_SEVERAL, _HALF_PUBLISHED))),
    _one(
        50,
        "NOT_SUPPORTED",
        Text("This cannot be done from another machine.", "この操作は他のマシンからは実行できません。"),
        Text("Run it on the node itself.", "ノード上で実行してください。"),
    ),
    _one(
        87,
        "INVALID_PARAMETER",
        Text(
            "An option is missing, unknown or does not fit; every such failure prints the usage.",
            "オプションが足りないか、不明か、合いません。この場合は必ず使い方が表示されます。",
        ),
        Text(
            "Words and options are case-sensitive; compare with the usage that was printed.",
            "大文字と小文字が区別されます。表示された使い方と比べてください。",
        ),
    ),
    _one(
        123,
        "INVALID_NAME",
        Text("The name of the store is not allowed.", "ストアの名前が使えません。"),
        Text("List the names: `vecs-cli store list`.", "名前を一覧してください: `vecs-cli store list`。"),
    ),
    _one(
        154,
        "LABEL_TOO_LONG",
        Text(
            "The name of the store is longer than 128 characters.", "ストアの名前が 128 文字を超えています。"
        ),
        Text("Use a shorter name.", "短い名前を使ってください。"),
    ),
    _one(
        170,
        "BUSY",
        Text("Another process holds the store open.", "別のプロセスがストアを開いています。"),
        Text(
            "Stop the service that uses it, then delete the store.",
            "使用中のサービスを停止してからストアを削除してください。",
        ),
    ),
    _one(
        183,
        "ALREADY_EXISTS",
        Text(
            "An entry of this alias, or a store of this name, is there already; nothing was overwritten.",
            "同じエイリアスのエントリー、または同じ名前のストアがすでにあります。上書きはされていません。",
        ),
        Text(
            "Look at it with `vecs-cli entry list`; replacing is deleting, then creating.",
            "`vecs-cli entry list` で確かめてください。置き換えは削除してからの作成です。",
        ),
    ),
    _one(
        1168,
        "NOT_FOUND",
        Text(
            "The directory publishes nothing under this id; the id is the key id without colons, no fingerprint.",
            "この ID で公開されているものがありません。ID はコロンなしの鍵 ID で、フィンガープリントではありません。",
        ),
        Text(
            "Compare with the CN(id) lines of `dir-cli trustedcert list`.",
            "`dir-cli trustedcert list` の CN(id) の行と比べてください。",
        ),
    ),
    _one(
        1292,
        "IMPLEMENTATION_LIMIT",
        Text("There are too many stores.", "ストアの数が上限に達しています。"),
        Text("Delete stores that nothing uses.", "使われていないストアを削除してください。"),
    ),
    _one(
        1323,
        "WRONG_PASSWORD",
        Text("The password of the encrypted key is wrong.", "暗号化された鍵のパスワードが違います。"),
        Text(
            "Ask for the password the entry was created with; let the tool prompt for it.",
            "エントリー作成時のパスワードを確かめ、ツールに求められたときに入力してください。",
        ),
    ),
    _one(
        4312,
        "OBJECT_NOT_FOUND",
        Text(
            "There is no such store or alias on this node.",
            "このノードにそのストアまたはエイリアスがありません。",
        ),
        Text(
            "List them: `vecs-cli store list`, `vecs-cli entry list --store TRUSTED_ROOTS`.",
            "一覧してください: `vecs-cli store list`、`vecs-cli entry list --store TRUSTED_ROOTS`。",
        ),
    ),
    _one(
        5023,
        "INVALID_STATE",
        Text(
            "Two things that belong together were not given together (--server and --upn), or a CRL fits several CAs.",
            "組で指定するもの (--server と --upn) の片方が欠けているか、CRL に合う CA が複数あります。",
        ),
        Text(
            "Give both options or none; publish the CRL of a CA that has a key id.",
            "両方を指定するか、どちらも指定しないでください。CRL は鍵 ID のある CA のものを公開します。",
        ),
    ),
    _one(
        9127,
        "SERVER_DOWN",
        Text("The directory cannot be reached.", "ディレクトリに到達できません。"),
        Text(
            "Look whether vmdird runs on the domain controller of this node.",
            "このノードのドメイン コントローラーで vmdird が動作しているか確かめてください。",
        ),
    ),
    _one(
        9234,
        "INVALID_CREDENTIALS",
        Text("The login or its password is wrong.", "ログイン名またはパスワードが違います。"),
        Text(
            "Use administrator@ with the domain of this environment, and type the password when asked.",
            "この環境のドメインの `administrator@ドメイン名` でログインし、パスワードは要求されたときに入力してください。",
        ),
    ),
    _one(
        90001,
        "GENERIC_FILE_IO",
        Text("A file could not be read or written.", "ファイルを読み書きできません。"),
        Text(
            "Look at path, owner and free space of the disk.",
            "パス、所有者、ディスクの空きを確かめてください。",
        ),
    ),
    _one(
        90005,
        "ALIAS_NAME_ERROR",
        Text("The alias is not allowed.", "エイリアスが使えません。"),
        Text("Choose another alias.", "別のエイリアスを使ってください。"),
    ),
    _one(
        90006,
        "UNIQUE_ALIAS_ERROR",
        Text("The alias is taken already.", "エイリアスがすでに使われています。"),
        Text("Choose another alias.", "別のエイリアスを使ってください。"),
    ),
    _one(
        90007,
        "NO_CERT_FOUND",
        Text("The entry holds no certificate.", "エントリーに証明書がありません。"),
        Text("List the entries with their types.", "エントリーと種類を一覧してください。"),
    ),
    _one(
        90018,
        "PRIVATE_KEY_MISMATCH",
        Text("Certificate and private key do not belong together.", "証明書と秘密鍵が対応していません。"),
        Text(
            "Give the key that the certificate's request was made with.",
            "証明書要求を作成したときの鍵を指定してください。",
        ),
        looks.unlike_keys,
    ),
    _one(
        90019,
        "MISSING_DC_NAME",
        Text(
            "The node does not know its domain controller.",
            "ノードがドメイン コントローラーを認識していません。",
        ),
    ),
    _one(
        90020,
        "MISSING_CREDS",
        Text("The node has no machine account.", "ノードにマシン アカウントがありません。"),
    ),
    _one(
        90021,
        "NOT_JOINED",
        Text("The node has not joined a domain.", "ノードがドメインに参加していません。"),
    ),
    _one(
        100001,
        "UNKNOWN_OPTION",
        Text("An option is unknown.", "不明なオプションがあります。"),
        Text("Compare with `dir-cli help`.", "`dir-cli help` と比べてください。"),
    ),
    _one(
        100002,
        "INVALID_OPTIONS",
        Text(
            "Options are missing or do not fit together.", "オプションが足りないか、組み合わせが合いません。"
        ),
        Text("Compare with `dir-cli help`.", "`dir-cli help` と比べてください。"),
    ),
    _one(
        100005,
        "EMPTY_PASSWORD",
        Text("An empty password was given.", "パスワードが空です。"),
        Text("Type the password when asked.", "要求されたときにパスワードを入力してください。"),
    ),
)


def _inside(entry: str) -> tuple[int, Number]:
    number, _, name = entry.partition(" ")
    title = Text(_INSIDE.en.format(name=name), _INSIDE.ja.format(name=name))
    return _one(int(number), name, title)


NUMBERS: Mapping[int, Number] = MappingProxyType(
    dict([*_TOLD, *(_inside(entry) for entry in _NAMES.replace("\n", "|").split("|"))])
)
"""By number."""


def behind(status: int) -> tuple[int, ...]:
    """Return the numbers that a shell shows as this exit status, those within eight bits first."""
    return tuple(sorted(number for number in NUMBERS if number & 0xFF == status))
