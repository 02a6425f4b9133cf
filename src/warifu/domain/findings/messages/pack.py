"""Messages whose keys begin with `pack.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "pack.verb-pack": Text(
        "Write just what a target wants out of whatever is there.",
        "手元にあるものから、対象製品が求めるとおりのファイルを作成します。",
    ),
    "pack.help": Text(
        "Write just what a target wants out of whatever is there.\n"
        "FILE and DIR may hold anything, in any form: certificates, keys, PKCS#7, PKCS#12, key stores of Java. "
        "The leaf is found, its issuers are put in order, each by its signature, also from the pools; "
        "nothing is written when an issuer is missing or the key does not belong to the leaf. "
        "`--for PROFILE` chooses form and encoding for a target, for example `--for cisco-expressway@X14:E`. "
        "A file with a key is private (0600) from its first byte; no file is overwritten without --replace. "
        "Exit code 0: written, 2: wrong use, 3: refused.",
        "手元にあるものから、対象製品が求めるとおりのファイルを作成します。\n"
        "FILE と DIR の中身は証明書、鍵、PKCS#7、PKCS#12、Java のキーストアなど、どの形式でもかまいません。"
        "リーフを見つけ、署名を確かめながら発行者を順に並べます (プールからも探します)。"
        "発行者が足りない場合や、鍵がリーフのものでない場合は何も書き込みません。"
        "`--for PROFILE` で対象製品に合う形と符号化を選べます (例: `--for cisco-expressway@X14:E`)。"
        "鍵を含むファイルは最初から本人だけが読めます (0600)。--replace がなければ既存のファイルは上書きしません。"
        "終了コード 0: 書き込み完了、2: 使い方の誤り、3: 拒否。",
    ),
    "pack.option-out": Text("File to write.", "書き込むファイルです。"),
    "pack.option-for": Text(
        "Target whose profile says what the file must hold: NAME[@RELEASE][:ROLE][+FEATURE]... or a TOML file.",
        "ファイルの内容を決める対象製品のプロファイルです。名前[@リリース][:役割][+機能]... または TOML ファイルで指定します。",
    ),
    "pack.option-form": Text(
        "What to write: the leaf alone, leaf and intermediates (default), the root too, or CAs alone (trust).",
        "書き込む内容です。リーフのみ (leaf)、リーフと中間 CA (chain、既定)、ルートまで (chain-with-root)、CA のみ (trust) から選びます。",
    ),
    "pack.option-format": Text(
        "How to write it (default pem, Base64 with 64 columns).",
        "書き込む形式です (既定は pem、1 行 64 文字の Base64)。",
    ),
    "pack.option-pool": Text(
        "File or folder from which missing issuers may be taken (may be repeated); /etc/ssl/certs holds public roots.",
        "足りない発行者を探すファイルまたはフォルダーです (繰り返し指定可)。パブリック CA のルートは /etc/ssl/certs にあります。",
    ),
    "pack.option-pick": Text(
        "Which leaf is meant, where there are several: a name, or the beginning of its SHA-256.",
        "リーフが複数あるときに選ぶ名前、または SHA-256 の先頭です。",
    ),
    "pack.option-alias": Text(
        "Friendly name or alias in the container (default: the leaf's own name).",
        "コンテナー内のエイリアスです (既定はリーフの名前)。",
    ),
    "pack.option-cipher": Text(
        "Ciphers of PKCS#12: modern (AES-256), or legacy (3DES) for Windows before 2019 and Java before 8u301.",
        "PKCS#12 の暗号です。modern (AES-256)、または 2019 より前の Windows と 8u301 より前の Java 向けの legacy (3DES) を指定します。",
    ),
    "pack.option-with-key": Text(
        "Put the private key in too; identities in pkcs12 and jks always have it.",
        "秘密鍵も入れます。pkcs12 と jks では、リーフの秘密鍵が常に入ります。",
    ),
    "pack.option-new-password-file": Text(
        "File with the password that locks what is written; `-` asks at the terminal (default: the first of --password-file).",
        "作成するファイルをロックするパスワードのファイルです。`-` を指定すると端末で尋ねます (既定は最初の --password-file)。",
    ),
    "pack.option-incomplete": Text(
        "Write a chain even where an issuer is missing.", "発行者が足りないチェーンでも書き込みます。"
    ),
    "pack.option-strict": Text(
        "Put nothing right: refuse what is not as wanted already.",
        "何も直さず、求める形でないものは拒否します。",
    ),
    "pack.option-replace": Text("Replace the file if it is there.", "ファイルがあれば置き換えます。"),
    "pack.written": Text(
        "Written: {path} ({format}, {form}), {size} bytes, mode {mode}, SHA-256 {sha256}.",
        "書き込みました: {path} ({format}、{form})、{size} バイト、モード {mode}、SHA-256 {sha256}",
    ),
    "pack.with-key": Text("Its private key is in it: {key}.", "秘密鍵も入っています: {key}"),
    "pack.left-out": Text(
        "Left out: {who}, SHA-256 {fingerprint}.", "入れていないもの: {who}、SHA-256 {fingerprint}"
    ),
    "pack.put-right": Text("Put right:", "直した点:"),
    "pack.no-certificate": Text(
        "No certificate could be read in {paths}. Look at them with `warifu check`; what is locked needs --password-file FILE.",
        "{paths} から証明書を読み取れませんでした。`warifu check` で確かめてください。ロックされたものには --password-file FILE が必要です。",
    ),
    "pack.no-leaf": Text(
        "No leaf is among {count:certificate|certificates}: CAs alone. Nothing is written. Add the leaf, or write a trust store: "
        "--form trust; where a CA itself is to be presented, say so: --pick NAME.",
        "証明書 {count} 枚はすべて CA で、リーフがありません。何も書き込みません。"
        "リーフを加えるか、トラスト ストアを作る場合は --form trust を指定してください。"
        "CA 証明書自体を提示する場合は --pick NAME で指定してください。",
    ),
    "pack.unreadable": Text(
        "{path}: what begins at byte {offset} ({label}) cannot be read, and may be the leaf: {reason}. Export it again "
        "from where it came.",
        "{path}: {offset} バイト目から始まる {label} を読み取れません ({reason})。これがリーフかもしれません。元の場所からエクスポートし直してください。",
    ),
    "pack.no-such-leaf": Text(
        "No certificate is called {pick}; a name of it or the beginning of its SHA-256 (8 digits) is wanted.",
        "{pick} という証明書はありません。証明書の名前か SHA-256 の先頭 (8 桁以上) を指定してください。",
    ),
    "pack.several-leaves": Text(
        "Several leaves are there; say which with --pick NAME: {leaves}",
        "リーフが複数あります。--pick NAME で選んでください: {leaves}",
    ),
    "pack.too-many-issuers": Text(
        "More CA certificates named {issuer} are there than are tried here ({limit}), and none of those that were tried "
        "signed {child}: give fewer, or the right one alone.",
        "{issuer} という名前の CA 証明書が多すぎます。{limit} 個まで試しましたが、{child} に署名したものはありません。"
        "数を減らすか、正しいものだけを指定してください。",
    ),
    "pack.no-authority": Text(
        "None of the certificates is a CA, so there is no trust store to write. For a self-signed server certificate: --form leaf",
        "CA 証明書がないため、トラスト ストアを作れません。自己署名のサーバー証明書なら --form leaf を指定してください。",
    ),
    "pack.no-key": Text(
        "The private key of {leaf} is not among the files, and what is to be written holds it; name its file too. A form "
        "without a key: `--format pem` without --with-key.",
        "{leaf} の秘密鍵がありません。出力には秘密鍵が必要なため、鍵のファイルも指定してください。秘密鍵のない形にするには、"
        "--with-key を付けずに `--format pem` とします。",
    ),
    "pack.key-locked": Text(
        "The private key is locked, so whether it belongs to {leaf} is not known; give its password: --password-file FILE",
        "秘密鍵がロックされており、{leaf} のものか確かめられません。--password-file FILE でパスワードを指定してください。",
    ),
    "pack.key-differs": Text(
        "The private key ({found}) does not belong to {leaf} ({wanted}); nothing was written. Name the key the request was made with.",
        "秘密鍵 ({found}) は {leaf} ({wanted}) のものではありません。何も書き込んでいません。証明書要求を作成した鍵を指定してください。",
    ),
    "pack.issuer-missing": Text(
        "The issuer of {who} is missing: {issuer} (key id {key_id}); nothing was written. "
        "Add it with --pool FILE, or write what there is with --incomplete.",
        "{who} の発行者 {issuer} (鍵 ID {key_id}) がありません。何も書き込んでいません。"
        "--pool FILE で加えるか、--incomplete であるものだけを書き込んでください。",
    ),
    "pack.issuer-differs": Text(
        "The issuer of {who} is missing: {issuer} (key id {key_id}). {others} has that name, but its key did not sign it, "
        "or it is no CA; nothing was written. Add the right one with --pool FILE, or write what there is with --incomplete.",
        "{who} の発行者 {issuer} (鍵 ID {key_id}) がありません。{others} は同じ名前ですが、署名した鍵が異なるか CA ではありません。"
        "何も書き込んでいません。正しいものを --pool FILE で加えるか、--incomplete であるものだけを書き込んでください。",
    ),
    "pack.der-holds-one": Text(
        "DER holds one certificate, and {count} are wanted; take --format pem or p7b, or --form leaf.",
        "DER に入るのは証明書 1 枚ですが、{count} 枚が必要です。--format pem か p7b、または --form leaf を指定してください。",
    ),
    "pack.no-password": Text(
        "{format} is locked with a password; name a file that holds one: --new-password-file FILE",
        "{format} にはパスワードが必要です。--new-password-file FILE でパスワードのファイルを指定してください。",
    ),
    "pack.key-not-in-format": Text(
        "No private key goes into {format} with {form}; take pem, pkcs12 or jks, and a leaf or a chain.",
        "{format} ({form}) に秘密鍵は入れられません。pem、pkcs12、jks のいずれかで、リーフかチェーンを選んでください。",
    ),
    "pack.format-unfit": Text(
        "{profile} reads Base64 (PEM) alone, so {format} would be refused; leave --format out.",
        "{profile} は Base64 (PEM) だけを読み取るため、{format} は拒否されます。--format を外してください。",
    ),
    "pack.exists": Text(
        "{path} is there and was not overwritten; choose another name, or say --replace.",
        "{path} はすでにあるため上書きしていません。別の名前にするか、--replace を指定してください。",
    ),
    "pack.not-as-wanted": Text(
        "What is given is not as {form} in {format} is wanted, and --strict puts nothing right; nothing was written:",
        "渡されたものは求める形 ({form}、{format}) ではなく、--strict では直しません。何も書き込んでいません:",
    ),
    "pack.holds-more": Text(
        "{count:certificate|certificates} more than the {wanted} that are wanted",
        "求める {wanted} 枚のほかに証明書が {count} 枚あります",
    ),
    "pack.holds-fewer": Text(
        "{count} of the {wanted} certificates that are wanted are not in what was given, and come from the pools",
        "求める {wanted} 枚のうち {count} 枚が渡されたものになく、プールから取ります",
    ),
    "pack.out-of-order": Text(
        "the order differs; leaf first, then each issuer of the one before, it is: {order}.",
        "順序が異なります。リーフから順に、それぞれの発行者を並べると {order} となります。",
    ),
    "pack.not-text": Text(
        "{path} is not Base64 between BEGIN and END lines but {found}",
        "{path} は BEGIN 行と END 行のある Base64 ではなく {found} です",
    ),
    "pack.odd-form": Text(
        "{path} is in a form of PEM that other programs refuse",
        "{path} はほかのプログラムが拒否する PEM の形になっています",
    ),
}
