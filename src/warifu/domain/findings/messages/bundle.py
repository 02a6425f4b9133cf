"""Messages about trust bundles and the keys that sign them: keys that begin with `bundle.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    # Documents.
    "bundle.malformed": Text(
        "This is no trust bundle: at {path} of it stands {found}. Publish the trust domain again on the server.",
        "トラスト バンドルではありません ({path} の内容: {found})。サーバーでトラスト ドメインを公開し直してください。",
    ),
    "bundle.format-unknown": Text(
        "This document has format {found}, and this release reads up to {known}: bring Warifu up to date here.",
        "この文書の形式は {found} ですが、このバージョンが読めるのは {known} までです。Warifu を更新してください。",
    ),
    "bundle.other-domain": Text(
        "This is the trust bundle of {found}, not of {wanted}; nothing of it was taken.",
        "これは {wanted} ではなく {found} のトラスト バンドルです。何も取り込んでいません。",
    ),
    "bundle.bad-name": Text(
        "{name} is not a document that a trust domain can publish. A trust domain has a name of small letters, digits and "
        "hyphens, other than `root`, `timestamp`, `snapshot` and `targets`.",
        "{name} はトラスト ドメインで公開できる文書ではありません。トラスト ドメインの名前には小文字、数字、ハイフンを使います"
        " (`root`、`timestamp`、`snapshot`、`targets` は使えません)。",
    ),
    # Roots and keys.
    "bundle.other-root": Text(
        "bundles(tuf): the root has the SHA-256 {found}, and {wanted} was told. It was not believed: ask for a new token, "
        "and look at what answered in the server's place.",
        "bundles(tuf): ルートの SHA-256 は {found} で、通知された {wanted} と異なるため信頼しませんでした。"
        "トークンを再発行し、サーバーの代わりに応答したものがないか調べてください。",
    ),
    "bundle.root-refused": Text(
        "bundles(tuf): the root is refused: {reason}. `warifu domain keys show` says who has signed it.",
        "bundles(tuf): ルートを受け付けません ({reason})。署名の状況は `warifu domain keys show` で確かめてください。",
    ),
    "bundle.no-key": Text(
        "bundles(tuf): the root names {key} for {role}, and {folder} holds too few of these keys: put them back from the "
        "backup. Where they are lost: `warifu domain keys online`.",
        "bundles(tuf): ルートが {role} に指定する鍵 {key} が {folder} に足りません。バックアップから戻してください。"
        "失くした場合は `warifu domain keys online` で作り直します。",
    ),
    "bundle.kept-lacks": Text(
        "bundles(tuf): the signed file {name} is not among those kept, or is no signed file: restore the server's backup.",
        "bundles(tuf): 署名済みファイル {name} がないか、読み取れません。サーバーのバックアップから復元してください。",
    ),
    "bundle.keys-open": Text(
        "bundles(tuf): others can read {path} (mode {mode}), so no key there was used. Close it: chmod {wanted} {path}",
        "bundles(tuf): {path} は他のユーザーが読めるため (モード {mode})、鍵を使いませんでした。"
        "権限を絞ってください: chmod {wanted} {path}",
    ),
    "bundle.key-locked": Text(
        "The key {path} does not open with this passphrase; nothing was signed.",
        "このパスフレーズでは鍵 {path} を開けません。署名していません。",
    ),
    "bundle.not-a-key": Text(
        "{path} is not a private key that signs trust bundles: `warifu domain keys make` makes one.",
        "{path} はトラスト バンドルに署名する秘密鍵ではありません。`warifu domain keys make` で作れます。",
    ),
    "bundle.not-a-key-document": Text(
        "{path} is not the public half of such a key ({kind}): `warifu domain keys make` writes one beside a root key, "
        "`warifu domain keys online` on the server.",
        "{path} は公開鍵の文書 ({kind}) ではありません。ルート鍵の場合は `warifu domain keys make`、"
        "サーバーの鍵の場合は `warifu domain keys online` が書き出します。",
    ),
    "bundle.not-a-root": Text(
        "{path} is not a root of trust bundles: fetch the newest `N.root.json` from the server's /trust/.",
        "{path} はトラスト バンドルのルートではありません。サーバーの /trust/ から最新の `N.root.json` を取得してください。",
    ),
    "bundle.key-not-asked": Text(
        "The key {key} may not sign {path}. A key of the root before signs with --after: name that root.",
        "鍵 {key} は {path} に署名する鍵ではありません。前のルートの鍵で署名する場合は --after で前のルートを指定してください。",
    ),
    "bundle.documents-differ": Text(
        "{path} is not a copy of {first}: what was signed differs. Have one document signed by all.",
        "{path} は {first} の写しではありません (署名の対象が異なります)。同じ文書に全員が署名してください。",
    ),
    "bundle.threshold": Text(
        "{threshold} of {keys} keys cannot sign: the threshold lies between 1 and the number of keys.",
        "{keys} 個の鍵のうち {threshold} 個という指定はできません。必要な数は 1 から鍵の数までです。",
    ),
    "bundle.passphrases-differ": Text(
        "The two passphrases differ; nothing was written.",
        "2 回のパスフレーズが一致しません。何も書き込んでいません。",
    ),
    "bundle.exists": Text(
        "{path} exists already, and a key or root is never overwritten: name another file.",
        "{path} はすでにあります。鍵とルートは上書きしません。別のファイルを指定してください。",
    ),
    # The command line.
    "bundle.verb-domain": Text(
        "Trust domains and the keys that stand for them.", "トラスト ドメインとその鍵を扱います。"
    ),
    "bundle.help-domain": Text(
        "Trust domains and the keys that stand for them.", "トラスト ドメインとその鍵を扱います。"
    ),
    "bundle.help-keys": Text(
        "Make, sign and look at roots of trust bundles, without network or server.\n\n"
        "The ceremony, each step on the machine of whoever does it:\n\n"
        "1. each key holder: `warifu domain keys make --name Ito --out ito.key`\n"
        "2. once: `warifu domain keys root --after 1.root.json --key ito.pub --key sato.pub --key abe.pub "
        "--out 2.root.json`\n"
        "3. as many as must: `warifu domain keys sign --key ito.key 2.root.json`\n"
        "4. whoever wants to see it: `warifu domain keys show --after 1.root.json 2.root.json`",
        "トラスト バンドルのルートを作成、署名、表示します。ネットワークもサーバーも使いません。\n\n"
        "手順 (それぞれの担当者のマシンで行います):\n\n"
        "1. 鍵の保管者が各自: `warifu domain keys make --name Ito --out ito.key`\n"
        "2. 1 回だけ: `warifu domain keys root --after 1.root.json --key ito.pub --key sato.pub --key abe.pub "
        "--out 2.root.json`\n"
        "3. 必要な人数分: `warifu domain keys sign --key ito.key 2.root.json`\n"
        "4. 確認: `warifu domain keys show --after 1.root.json 2.root.json`",
    ),
    "bundle.help-make": Text(
        "Make a root key: an encrypted private key, and its public half beside it (`.pub`).\n\n"
        "The private key never leaves the machine or medium it is made on; the public half goes to whoever makes the root. "
        "The passphrase is asked at the terminal, or read from a file that nobody else can read.\n\n"
        "Example: `warifu domain keys make --name Ito --out ito.key`",
        "ルート鍵を作ります。暗号化した秘密鍵と、その公開鍵 (拡張子 `.pub`) を書き出します。\n\n"
        "秘密鍵は作成したマシンや媒体から出しません。公開鍵をルートの作成者に渡します。"
        "パスフレーズは端末で入力するか、他のユーザーが読めないファイルから読みます。\n\n"
        "例: `warifu domain keys make --name Ito --out ito.key`",
    ),
    "bundle.help-online": Text(
        "On the server: make a further online key, and the order that names it for the next root.\n\n"
        "It signs nothing until the server has taken a root that names it. Compare the key id that is shown with what "
        "`warifu domain keys root` shows.\n\n"
        "Example: `warifu domain keys online --data /var/lib/warifu-server --out online.json`",
        "サーバー上で新しいオンライン鍵を作り、次のルートに載せるための依頼書を書き出します。\n\n"
        "その鍵を載せたルートをサーバーが受け入れるまで署名には使われません。表示される鍵 ID を "
        "`warifu domain keys root` の表示と見比べてください。\n\n"
        "例: `warifu domain keys online --data /var/lib/warifu-server --out online.json`",
    ),
    "bundle.help-root": Text(
        "Make the root that follows another, unsigned.\n\n"
        "Whatever is not given stays as it was: the root keys with their threshold, the online key. To replace a lost root "
        "key, name all keys from now on; enough keys of the root before and of the new one must sign.\n\n"
        "Replace a trial: `warifu domain keys root --after 1.root.json --key ito.pub --key sato.pub --key abe.pub "
        "--out 2.root.json`\n\n"
        "Replace the online key: `warifu domain keys root --after 2.root.json --online online.json --out 3.root.json`",
        "次のルートを、署名のない状態で作ります。\n\n"
        "指定しないもの (ルート鍵と必要な署名の数、オンライン鍵) は元のままです。失くしたルート鍵を交換するときは、"
        "以後の鍵をすべて指定します。前のルートと新しいルートの両方で、必要な数の署名が要ります。\n\n"
        "試用ルートの置き換え: `warifu domain keys root --after 1.root.json --key ito.pub --key sato.pub --key abe.pub "
        "--out 2.root.json`\n\n"
        "オンライン鍵の交換: `warifu domain keys root --after 2.root.json --online online.json --out 3.root.json`",
    ),
    "bundle.help-sign": Text(
        "Sign a root with one key.\n\n"
        "The file itself gets the signature, unless --out names another. A key of the root before signs with --after. Look "
        "at the root first: `warifu domain keys show`.\n\n"
        "Example: `warifu domain keys sign --key ito.key 2.root.json`",
        "1 つの鍵でルートに署名します。\n\n"
        "--out を指定しなければ、そのファイルに署名を加えます。前のルートの鍵で署名するときは --after を付けます。"
        "先に `warifu domain keys show` で内容を確かめてください。\n\n"
        "例: `warifu domain keys sign --key ito.key 2.root.json`",
    ),
    "bundle.help-combine": Text(
        "Put the signatures of several copies of one root together.\n\n"
        "Example: `warifu domain keys combine ito/2.root.json sato/2.root.json --out 2.root.json`",
        "同じルートの写しに付いた署名を 1 つにまとめます。\n\n"
        "例: `warifu domain keys combine ito/2.root.json sato/2.root.json --out 2.root.json`",
    ),
    "bundle.help-show": Text(
        "Show a root: its keys, who has signed, who is missing, when it expires, whether it is a trial.\n\n"
        "Example: `warifu domain keys show --after 1.root.json 2.root.json`",
        "ルートの鍵、署名済みの鍵、足りない署名、有効期限、試用かどうかを表示します。\n\n"
        "例: `warifu domain keys show --after 1.root.json 2.root.json`",
    ),
    "bundle.option-name": Text(
        "What the key is called where people look: its holder.", "表示に使う鍵の名前です (保管者の名前など)。"
    ),
    "bundle.option-key-out": Text(
        "The private key; its public half is written beside it.",
        "秘密鍵の書き込み先です。公開鍵を隣に書き込みます。",
    ),
    "bundle.option-passphrase": Text(
        "A file whose first line is the passphrase; without it, it is asked.",
        "1 行目にパスフレーズを書いたファイルです。省略すると端末で尋ねます。",
    ),
    "bundle.option-out": Text("The file to write.", "書き込むファイルです。"),
    "bundle.option-sign-out": Text(
        "Where the signed root goes; without it, the file itself is replaced.",
        "署名したルートの書き込み先です。省略すると元のファイルを置き換えます。",
    ),
    "bundle.option-after": Text(
        "The root that it follows: `N.root.json`.", "前のルート (`N.root.json`) です。"
    ),
    "bundle.option-root-key": Text(
        "Public half of a root key from now on; once for each.",
        "以後のルート鍵の公開鍵です。鍵の数だけ指定します。",
    ),
    "bundle.option-threshold": Text(
        "How many of the root keys must sign; 2 where keys are given.",
        "署名が必要なルート鍵の数です。鍵を指定したときの既定値は 2 です。",
    ),
    "bundle.option-online": Text(
        "The server's order that names its new online key.",
        "サーバーが書き出した、新しいオンライン鍵の依頼書です。",
    ),
    "bundle.option-sign-key": Text("The private key to sign with.", "署名に使う秘密鍵です。"),
    "bundle.passphrase-again": Text("The same once more.", "確認のためもう一度入力してください。"),
    "bundle.key-made": Text(
        "Key {key}: private half {path}, public half {public}.", "鍵 {key}: 秘密鍵 {path}、公開鍵 {public}"
    ),
    "bundle.online-made": Text(
        "Online key {key} lies in {folder}; the order for the next root is {path}.",
        "オンライン鍵 {key} を {folder} に作りました。次のルートへの依頼書は {path} です。",
    ),
    "bundle.written": Text("Written: {path}", "書き込み先: {path}"),
    "bundle.root-head": Text(
        "Root version {version}, valid until {expires}. SHA-256 of this file: {digest}",
        "ルート バージョン {version}、有効期限 {expires}。このファイルの SHA-256: {digest}",
    ),
    "bundle.root-trial": Text(
        "TRIAL: one key stands for all. Replace it before it guards anything.",
        "試用: 1 つの鍵だけで成り立っています。本番で使う前に置き換えてください。",
    ),
    "bundle.root-whole": Text(
        "Enough keys have signed; the server can take it.", "必要な署名がそろっています。サーバーに渡せます。"
    ),
    "bundle.root-own-lacking": Text(
        "{lacking} more of its own keys must sign ({threshold} of {keys}).",
        "このルート自身の鍵の署名があと {lacking} 個必要です ({keys} 個のうち {threshold} 個)。",
    ),
    "bundle.root-before-lacking": Text(
        "{lacking} more keys of the root before must sign ({threshold} of {keys}).",
        "前のルートの鍵の署名があと {lacking} 個必要です ({keys} 個のうち {threshold} 個)。",
    ),
    "bundle.root-before-unknown": Text(
        "Whether enough keys of the root before have signed is seen with --after.",
        "前のルートの鍵の署名がそろっているかは --after を付けると表示します。",
    ),
    "bundle.heading-key": Text("Key", "鍵"),
    "bundle.heading-name": Text("Name", "名前"),
    "bundle.heading-of": Text("Of", "所属"),
    "bundle.heading-signed": Text("Signed", "署名"),
    "bundle.of-own": Text("this root", "このルート"),
    "bundle.of-before": Text("the root before", "前のルート"),
    "bundle.of-online": Text("the server (online)", "サーバー (オンライン)"),
    "bundle.signed-yes": Text("yes", "済み"),
    "bundle.signed-no": Text("missing", "なし"),
}
