"""Help and headings of `warifu endpoint`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "endpoint.help": Text(
        "Look at and change the endpoint store of this node.",
        "このノードのエンドポイント ストアを表示、変更します。",
    ),
    "endpoint.help-store": Text("Stores of this node.", "このノードのエンドポイント ストアを扱います。"),
    "endpoint.help-store-list": Text(
        "List the stores in which you have a right.", "権限のあるエンドポイント ストアの一覧を表示します。"
    ),
    "endpoint.help-store-create": Text(
        "Make a store that you own.", "自分が所有するエンドポイント ストアを作成します。"
    ),
    "endpoint.help-store-delete": Text(
        "Delete a store with everything in it.", "エンドポイント ストアを中身ごと削除します。"
    ),
    "endpoint.help-entry": Text("Entries of a store.", "エンドポイント ストアのエントリーを扱います。"),
    "endpoint.help-entry-list": Text(
        "List the entries of a store, by pages if asked.",
        "エントリーの一覧を表示します (ページ単位も可能です)。",
    ),
    "endpoint.help-entry-show": Text(
        "Show one entry in full: alias, fingerprint, key id, serial or subject.",
        "エントリーの詳細を表示します (エイリアス、フィンガープリント、鍵 ID、シリアル番号、サブジェクトで指定)。",
    ),
    "endpoint.help-entry-find": Text(
        "Find an entry in every store that you may read, by whatever names it.",
        "読み取れるすべてのエンドポイント ストアからエントリーを探します。",
    ),
    "endpoint.help-entry-get": Text(
        "Print the certificates or the CRL of an entry as PEM.",
        "エントリーの証明書または CRL を PEM で出力します。",
    ),
    "endpoint.help-entry-key": Text(
        "Write the private key or the secret of an entry to a private file.",
        "エントリーの秘密鍵またはシークレットを、本人だけが読めるファイルに書き込みます。",
    ),
    "endpoint.help-entry-add": Text(
        "Add an entry; what is there is never overwritten.",
        "エントリーを追加します (既存のものは上書きしません)。",
    ),
    "endpoint.help-entry-replace": Text(
        "Put a new entry in the place of another in one step.", "エントリーを 1 回の操作で入れ替えます。"
    ),
    "endpoint.help-entry-rename": Text(
        "Give an entry another alias.", "エントリーのエイリアスを変更します。"
    ),
    "endpoint.help-entry-delete": Text("Delete an entry.", "エントリーを削除します。"),
    "endpoint.help-permission": Text(
        "Who may read, write or take keys out.", "読み取り、書き込み、鍵の取り出しの権限を扱います。"
    ),
    "endpoint.help-permission-list": Text(
        "List who is granted and denied what in a store.", "エンドポイント ストアの権限の一覧を表示します。"
    ),
    "endpoint.help-grant": Text(
        "Grant rights to a user or group.", "ユーザーまたはグループに権限を付与します。"
    ),
    "endpoint.help-revoke": Text("Take granted rights away.", "付与した権限を取り消します。"),
    "endpoint.help-deny": Text(
        "Deny rights; a denial counts before every grant.", "権限を拒否します (拒否は付与より優先されます)。"
    ),
    "endpoint.help-allow": Text("Take denials away.", "権限の拒否を取り消します。"),
    "endpoint.help-exception": Text(
        "Where this node differs from what is published.",
        "公開内容と異なる扱いをこのノードで認める例外を管理します。",
    ),
    "endpoint.help-exception-add": Text(
        "Let this node differ for one entry, until a day.",
        "このノードで、1 件のエントリーについて期日までの例外を設けます。",
    ),
    "endpoint.help-exception-list": Text(
        "List the exceptions of this node.", "このノードの例外の一覧を表示します。"
    ),
    "endpoint.help-exception-end": Text(
        "Follow what is published again.", "例外を終え、公開内容に従う状態に戻します。"
    ),
    "endpoint.help-published": Text(
        "List what this node holds of published trust.",
        "公開されたもののうち、このノードにあるものの一覧を表示します。",
    ),
    "endpoint.help-deleted": Text(
        "List the published entries that left this node.",
        "このノードから外れた、公開されていたエントリーの一覧を表示します。",
    ),
    "endpoint.help-journal": Text(
        "Show who changed what and who took keys out.", "変更と鍵の取り出しの記録を表示します。"
    ),
    "endpoint.help-rotate": Text(
        "Put every secret under a new data key.", "すべてのシークレットを新しいデータ鍵で保護し直します。"
    ),
    "endpoint.option-socket": Text(
        "The agent's socket; otherwise WARIFU_ENDPOINT_SOCKET or /run/warifu/endpoint.sock.",
        "エージェントのソケットです (省略時は WARIFU_ENDPOINT_SOCKET または /run/warifu/endpoint.sock)。",
    ),
    "endpoint.option-legacy": Text(
        "Print the layout of vecs-cli, byte for byte.", "vecs-cli とまったく同じ形式で出力します。"
    ),
    "endpoint.option-legacy-directory": Text(
        "Print the layout of `dir-cli trustedcert list`, byte for byte.",
        "`dir-cli trustedcert list` とまったく同じ形式で出力します。",
    ),
    "endpoint.option-text": Text(
        "With --legacy: the decoded text of each.", "--legacy と併用: 証明書の内容をテキストで出力します。"
    ),
    "endpoint.option-aliases": Text(
        "With --legacy: the aliases alone.", "--legacy と併用: エイリアスだけを出力します。"
    ),
    "endpoint.option-page": Text(
        "One page of so many entries; without it everything is listed.",
        "指定した件数の 1 ページだけを表示します (省略時は全件)。",
    ),
    "endpoint.option-after": Text(
        "Begin behind this place, as the page before said.", "前のページに表示された位置の次から始めます。"
    ),
    "endpoint.option-after-row": Text("Begin behind this row.", "この番号の次の行から始めます。"),
    "endpoint.option-ends-before": Text(
        "Only what ends (or is updated next) before this instant.",
        "この日時より前に期限 (CRL は次回更新日時) を迎えるものだけを表示します。",
    ),
    "endpoint.option-ends-after": Text(
        "Only what ends (or is updated next) at this instant or later.",
        "期限 (CRL は次回更新日時) がこの日時以降のものだけを表示します。",
    ),
    "endpoint.option-confirm": Text(
        "The store's name, typed again, where it holds entries.",
        "エントリーがある場合に、確認のため名前をもう一度指定します。",
    ),
    "endpoint.option-out": Text("Write to this file instead.", "このファイルに書き込みます。"),
    "endpoint.option-key-out": Text(
        "The file to write, readable by you alone; `-` is standard output.",
        "書き込み先のファイルです (本人だけが読めます)。`-` は標準出力です。",
    ),
    "endpoint.option-opens": Text(
        "A file with the password that the key is under; `-` asks for it.",
        "鍵のパスワードを書いたファイルです。`-` ならその場で入力します。",
    ),
    "endpoint.option-locked": Text(
        "Leave the key under its password.", "鍵をパスワードで保護されたまま書き込みます。"
    ),
    "endpoint.option-alias": Text(
        "The alias; otherwise the SHA-1 of the certificate or CRL.",
        "エイリアスです (省略時は証明書または CRL の SHA-1)。",
    ),
    "endpoint.option-cert": Text(
        "The certificate, with those above it behind it.", "証明書です (上位の証明書を続けて入れられます)。"
    ),
    "endpoint.option-key": Text("The private key of the certificate.", "証明書の秘密鍵です。"),
    "endpoint.option-crl": Text("A CRL.", "CRL のファイルです。"),
    "endpoint.option-secret": Text(
        "A file whose bytes are a secret.", "シークレットとして保管するファイルです。"
    ),
    "endpoint.option-password": Text(
        "A file with a password: it opens a locked key, and the key stays under it.",
        "パスワードのファイルです。保護された鍵を開き、保管後も同じパスワードで保護します。",
    ),
    "endpoint.option-expect": Text(
        "A fingerprint or key id that the entry must have; may be repeated.",
        "エントリーのフィンガープリントまたは鍵 ID です。一致しなければ変更しません (複数指定可)。",
    ),
    "endpoint.option-right": Text(
        "A right: `read`, `write` or `key-read`; may be repeated.",
        "権限です。`read`、`write`、`key-read` のいずれかを指定します (複数指定可)。",
    ),
    "endpoint.option-reason": Text("Why it is needed.", "例外が必要な理由です。"),
    "endpoint.option-until": Text("When it ends.", "例外が終わる日時です。"),
    "endpoint.option-distrust": Text(
        "Do not trust it here; otherwise it is kept and trusted.",
        "このノードでは信頼しません (省略時は残して信頼します)。",
    ),
    "endpoint.heading-store": Text("Store", "ストア"),
    "endpoint.heading-owner": Text("Owner", "所有者"),
    "endpoint.heading-rights": Text("Your rights", "自分の権限"),
    "endpoint.heading-count": Text("Entries", "件数"),
    "endpoint.heading-alias": Text("Alias", "エイリアス"),
    "endpoint.heading-kind": Text("Kind", "種類"),
    "endpoint.heading-subject": Text("Subject", "サブジェクト"),
    "endpoint.heading-issuer": Text("Issuer", "発行者"),
    "endpoint.heading-serial": Text("Serial number", "シリアル番号"),
    "endpoint.heading-begins": Text("Valid from", "有効期間の開始"),
    "endpoint.heading-ends": Text("Ends", "期限"),
    "endpoint.heading-key": Text("Key", "鍵"),
    "endpoint.heading-key-id": Text("Key id", "鍵 ID"),
    "endpoint.heading-authority": Text("Key id of the issuer", "発行者の鍵 ID"),
    "endpoint.heading-legacy-id": Text("CN(id)", "CN(id) の値"),
    "endpoint.heading-usage": Text("Key usage", "鍵用途"),
    "endpoint.heading-purposes": Text("Extended key usage", "拡張鍵用途"),
    "endpoint.heading-ca": Text("CA", "CA か"),
    "endpoint.heading-fingerprint": Text("SHA-256 fingerprint", "SHA-256 フィンガープリント"),
    "endpoint.heading-sha1": Text("SHA-1 fingerprint", "SHA-1 フィンガープリント"),
    "endpoint.heading-provenance": Text("From", "由来"),
    "endpoint.heading-domain": Text("Trust domain", "トラスト ドメイン"),
    "endpoint.heading-added": Text("Added", "追加日時"),
    "endpoint.heading-distrusted": Text("In quarantine", "隔離中"),
    "endpoint.heading-exception": Text("Exception", "例外"),
    "endpoint.heading-flags": Text("Flags", "注意点"),
    "endpoint.heading-crl": Text("CRL", "CRL の内容"),
    "endpoint.heading-state": Text("State", "状態"),
    "endpoint.heading-who": Text("Who", "対象"),
    "endpoint.heading-granted": Text("Granted", "付与"),
    "endpoint.heading-denied": Text("Denied", "拒否"),
    "endpoint.heading-here": Text("Here", "このノードでの扱い"),
    "endpoint.heading-until": Text("Until", "終わり"),
    "endpoint.heading-by": Text("By", "実行者"),
    "endpoint.heading-reason": Text("Reason", "理由"),
    "endpoint.heading-deleted": Text("Left on", "外れた日時"),
    "endpoint.heading-number": Text("Number", "番号"),
    "endpoint.heading-at": Text("At", "日時"),
    "endpoint.heading-act": Text("Act", "操作"),
}
