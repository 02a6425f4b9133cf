"""Reasons that adapters note as words, as sentences for people.

A reason is a word of ours (`not-tls`), a TLS alert's name, or what the system says of a file. JSON and
evidence keep it as it was noted; in a sentence it is said in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.alerts import ALERTS
from warifu.domain.findings.directory_causes import DIRECTORY_CAUSES
from warifu.domain.findings.text import Lang, Text

CAUSES: Mapping[str, Text] = {
    **DIRECTORY_CAUSES,
    # Reading.
    "malformed": Text("its bytes are not the ASN.1 of one", "中身が ASN.1 の構造になっていません"),
    "unsupported": Text(
        "it uses an algorithm that is not known here", "ここで扱えないアルゴリズムが使われています"
    ),
    "no-netmask": Text(
        "a range of addresses in it has a mask that is no prefix",
        "アドレス範囲のマスクがプレフィックスになっていません",
    ),
    "netmask-missing": Text(
        "a range of addresses in it has no mask: 8 octets are wanted for IPv4, and 32 for IPv6",
        "アドレス範囲にマスクがありません (アドレスとマスクを合わせて 8 オクテットか 32 オクテットで書きます)",
    ),
    "default-encoded": Text(
        "it writes out a value that is the default, which DER forbids",
        "DER では省略しなければならない既定値が書かれています",
    ),
    "path-length-negative": Text("its path length is below zero", "パス長 (pathLenConstraint) が負の数です"),
    "library-refuses": Text(
        "the library that this is done with refuses to read it",
        "この処理に使うライブラリが読み取りを拒否しました",
    ),
    "no-address": Text(
        "an IP address in it has neither 4 nor 16 octets",
        "IP アドレスの長さが 4 オクテットでも 16 オクテットでもありません",
    ),
    "constraints-empty": Text(
        "it constrains nothing: it must permit or exclude at least one name",
        "許可する名前も除外する名前もありません (少なくとも一方が必要です)",
    ),
    "exponent-unfit": Text(
        "its RSA exponent is even, or smaller than 3", "RSA の公開指数が偶数か、3 より小さい値です"
    ),
    "serial-not-der": Text(
        "its serial number is not written as DER demands", "シリアル番号が DER の規則どおりではありません"
    ),
    "time-not-der": Text(
        "a date in it is not written as DER demands", "日時が DER の規則どおりに書かれていません"
    ),
    "no-such-version": Text(
        "its version number is none that certificates have", "証明書にないバージョン番号が書かれています"
    ),
    "duplicate-extension": Text("it holds the same extension twice", "同じ拡張が重複しています"),
    "too-many": Text("there are too many to be read", "数が多すぎます"),
    # Names.
    "single-label": Text("it has one label alone", "ラベルが 1 つだけです"),
    "special-use": Text(
        "its domain is set aside for use inside networks or for tests, and is nobody's in the public DNS",
        "内部ネットワークや試験のために予約されたドメインで、公開 DNS には存在しません",
    ),
    "reserved-address": Text(
        "the address is private or reserved", "プライベート アドレスまたは予約済みアドレスです"
    ),
    "last-second": Text("its last second", "有効期限のちょうどその秒です"),
    # CRLs and OCSP responses.
    "no-crl-sign": Text("its issuer may not sign CRLs", "発行者に CRL への署名が許されていません"),
    "crl-signature": Text("its signature is wrong", "署名が正しくありません"),
    "listed": Text("it lists the certificate as revoked", "この証明書を失効済みとして載せています"),
    "not-listed": Text("it does not list the certificate", "この証明書は載っていません"),
    "delta": Text("it is a delta CRL", "差分 CRL です"),
    "indirect": Text(
        "it is an indirect CRL, which lists certificates of other issuers",
        "ほかの発行者の証明書を載せる間接 CRL です",
    ),
    "unknown-critical": Text(
        "it has a critical extension that is not known here", "ここで扱えないクリティカル拡張があります"
    ),
    "only-user": Text("it lists end-entity certificates alone", "エンド エンティティ証明書だけが対象です"),
    "only-ca": Text("it lists CA certificates alone", "CA 証明書だけが対象です"),
    "only-attribute": Text("it lists attribute certificates alone", "属性証明書だけが対象です"),
    "other-point": Text("it is of another distribution point", "別の配布点の CRL です"),
    "some-reasons": Text("it lists revocations for some reasons alone", "一部の失効理由だけが対象です"),
    "no-number": Text("it has no number", "番号がありません"),
    "no-next-update": Text(
        "it does not say when the next one comes", "次回更新日時 (nextUpdate) がありません"
    ),
    "other-serial": Text(
        "no serial number of the chain is among them", "チェーンのシリアル番号が含まれていません"
    ),
    "other-issuer": Text(
        "the serial number is right, the issuer's name or key is another",
        "シリアル番号は同じですが、発行者の名前か鍵が異なります",
    ),
    "number-critical": Text("its number is marked critical", "番号がクリティカルになっています"),
    "listed-twice": Text("it lists a serial number twice", "同じシリアル番号が 2 回載っています"),
    "lifts-revocation": Text(
        "its entry removeFromCRL, which revokes nothing, belongs into delta CRLs alone",
        "失効を解除する項目 (removeFromCRL) があります。差分 CRL だけに置けるもので、失効にはなりません",
    ),
    "not-by-issuer": Text(
        "neither the issuer nor a signer named by it signed it",
        "発行者も、発行者が認めた署名者も署名していません",
    ),
    "no-ocsp-signing": Text(
        "its signer's certificate lacks OCSPSigning", "署名者の証明書に OCSPSigning がありません"
    ),
    "no-digital-signature": Text(
        "its signer's key usage lacks digitalSignature", "署名者の鍵用途に digitalSignature がありません"
    ),
    "signer-out-of-date": Text("its signer's certificate is out of date", "署名者の証明書が有効期間外です"),
    "responder-malformed-request": Text(
        "the responder found the request malformed", "問い合わせの形式が正しくないという応答です"
    ),
    "responder-internal-error": Text(
        "the responder reports an error of its own", "レスポンダー側の内部エラーという応答です"
    ),
    "responder-try-later": Text(
        "the responder asks to be asked later", "後で問い合わせるようにという応答です"
    ),
    "responder-sig-required": Text(
        "the responder wants signed requests", "署名付きの問い合わせが必要という応答です"
    ),
    "responder-unauthorized": Text(
        "the responder may not answer this", "この問い合わせには答えられないという応答です"
    ),
    "unsupported-name": Text(
        "it holds a name of a kind that is not known here", "ここで扱えない種類の名前があります"
    ),
    "out-of-range": Text("a date or number in it is out of range", "日付または数値が範囲外です"),
    "not Base64": Text("what stands between its lines is not Base64", "中身が Base64 ではありません"),
    "no END line": Text("it has no END line", "END 行がありません"),
    "no BEGIN line": Text(
        "this is its END line, and no BEGIN line stands before it",
        "END 行だけがあり、前に BEGIN 行がありません",
    ),
    "more bytes behind it": Text(
        "bytes that are no DER follow what the block holds",
        "ブロックの中身の後に、DER ではないバイトがあります",
    ),
    "not a kind that is read here": Text("it is of a kind that is not read here", "ここで読めない種類です"),
    "not a DER sequence": Text("no DER sequence begins there", "DER の SEQUENCE ではありません"),
    "shorter than its own length says": Text(
        "it is shorter than it says itself", "自身の示す長さより短くなっています"
    ),
    "neither a certificate nor a request nor a CRL nor PKCS#7": Text(
        "it is neither a certificate nor a request nor a CRL nor PKCS#7",
        "証明書、証明書要求、CRL、PKCS#7 のいずれでもありません",
    ),
    "no certificate in it": Text("no certificate is in it", "証明書が入っていません"),
    "its own signature does not verify": Text(
        "its own signature does not verify", "自身の署名を検証できません"
    ),
    "the password does not open it": Text("the password does not open it", "パスワードが合いません"),
    "too many of them": Text(
        "there are too many of them; the rest was not read", "数が多すぎるため、残りは読んでいません"
    ),
    "too many rounds": Text(
        "it asks for more work than any honest file", "正当なファイルにはない計算量を求めています"
    ),
    "no key store of Java's": Text("it is no key store of Java's", "Java のキーストアではありません"),
    "ends within an entry": Text("it ends within an entry", "エントリーの途中で終わっています"),
    "more than its entries": Text(
        "more stands in it than its entries", "エントリー以外のデータが含まれています"
    ),
    "an alias is no text": Text("an alias is no text", "エイリアスが文字列になっていません"),
    "an entry of an unknown kind": Text("an entry is of an unknown kind", "エントリーの種類が不明です"),
    "a secret key": Text(
        "a secret key stands there, and what follows it cannot be found",
        "共通鍵のエントリーがあり、その後に続くものの位置が分かりません",
    ),
    "passphrase-needed": Text("it is encrypted", "暗号化されています"),
    "not-text": Text("it is not text", "テキストではありません"),
    "not-json": Text("it is not JSON", "JSON ではありません"),
    "other-json": Text("it is JSON of another kind", "別の種類の JSON です"),
    "not a plain file": Text("it is not a plain file", "通常のファイルではありません"),
    # What Python's reader says of TOML.
    "Invalid statement": Text("no statement begins like this", "文の書き方が正しくありません"),
    "Invalid value": Text(
        "the value is none: texts stand in quotes", "値が正しくありません。文字列は引用符で囲みます"
    ),
    "Cannot overwrite a value": Text("it is said twice", "同じものが 2 回書かれています"),
    "Expected newline or end of document after a statement": Text(
        "something follows where the line should end", "行末に余分なものがあります"
    ),
    "Expected '=' after a key in a key/value pair": Text(
        "`=` is missing after the key", "キーの後に `=` がありません"
    ),
    "Expected ']' at the end of a table declaration": Text(
        "`]` is missing at the end of the heading", "見出しの終わりに `]` がありません"
    ),
    "Expected ']]' at the end of an array declaration": Text(
        "`]]` is missing at the end of the heading", "見出しの終わりに `]]` がありません"
    ),
    "Invalid initial character for a key part": Text(
        "a key begins with a character that has to stand in quotes",
        "キーの先頭に引用符の必要な文字があります",
    ),
    "Unclosed array": Text("a list is never closed", "リストが閉じられていません"),
    "Unclosed inline table": Text(
        "a table in braces is never closed", "波括弧のテーブルが閉じられていません"
    ),
    "Unterminated string": Text("a text is never closed", "文字列が閉じられていません"),
    "Unescaped '\\' in a string": Text(
        "a backslash in a text: write two, or the text in single quotes",
        "文字列に円記号 (バックスラッシュ) があります。2 つ重ねるか、一重引用符で囲みます",
    ),
    "Invalid hex value": Text("a character number is wrong", "文字番号が正しくありません"),
    "Escaped character is not a Unicode scalar value": Text(
        "a character number is wrong", "文字番号が正しくありません"
    ),
    "Invalid date or datetime": Text("there is no such date or time", "存在しない日時です"),
    "number-too-long": Text("a number has too many digits", "数値の桁数が多すぎます"),
    "RecursionError": Text("it is nested too deep", "入れ子が深すぎます"),
    # Errors that say all by themselves.
    "trust.nothing-there": Text(
        "it is neither a file nor a folder, nor an address HOST:PORT",
        "ファイルでもフォルダーでも HOST:PORT 形式のアドレスでもありません",
    ),
    "trust.not-a-file": Text("it is a device or a socket", "デバイスかソケットです"),
    "trust.too-much": Text("it sends more than is read", "届くデータが多すぎます"),
    # Asking an address.
    "connection-refused": Text(
        "nothing listens there, or the connection is refused",
        "接続が拒否されたか、待ち受けているものがありません",
    ),
    "timed-out": Text("no answer came in time", "時間内に応答がありません"),
    "connection-timed-out": Text("no answer came in time", "時間内に応答がありません"),
    "no-route-to-host": Text("no way leads to that address", "そのアドレスへの経路がありません"),
    "network-is-unreachable": Text("no way leads to that network", "そのネットワークへの経路がありません"),
    "closed": Text("it closed the connection", "接続が閉じられました"),
    "reset": Text("it broke the connection off", "接続が切断されました"),
    "connection-reset-by-peer": Text("it broke the connection off", "接続が切断されました"),
    "not-tls": Text("what answers there does not speak TLS", "応答が TLS ではありません"),
    "no-date": Text("its answer has no Date header", "応答に `Date` ヘッダーがありません"),
    "not-http": Text("what answers there does not speak HTTP", "応答が HTTP ではありません"),
    "too-long": Text("its handshake is longer than any honest one", "ハンドシェイクが異常に長くなっています"),
    "answer-too-long": Text("its answer is longer than any honest one", "応答が異常に長くなっています"),
    "transport-error": Text("the connection failed", "通信に失敗しました"),
    "protocol-error": Text("it broke the rules of TLS", "TLS の規約に反する応答です"),
    "identity-unusable": Text(
        "the certificate and key to present cannot be used for TLS",
        "提示する証明書と鍵を TLS で使えません",
    ),
    "session-resumed": Text(
        "it resumed a session that was never offered", "提示していないセッションを再開しました"
    ),
    "postgresql-without-tls": Text(
        "PostgreSQL answers there without TLS (`ssl = off`)",
        "PostgreSQL が TLS なしで応答しました (`ssl = off`)",
    ),
    "postgresql-error": Text("PostgreSQL answers there with an error", "PostgreSQL がエラーを返しました"),
    "not-postgresql": Text("what answers there is not PostgreSQL", "応答が PostgreSQL ではありません"),
    "not-tds": Text("what answers there is not SQL Server (TDS)", "応答が SQL Server (TDS) ではありません"),
    "tds-without-tls": Text("SQL Server answers there without TLS", "SQL Server が TLS なしで応答しました"),
    **{
        word: text
        for name, shown in (
            ("imap", "IMAP"),
            ("ldap", "LDAP"),
            ("mysql", "MySQL"),
            ("nats", "NATS"),
            ("pop3", "POP3"),
            ("smtp", "SMTP"),
        )
        for word, text in (
            (f"not-{name}", Text(f"what answers there is not {shown}", f"応答が {shown} ではありません")),
            (
                f"{name}-without-tls",
                Text(f"{shown} answers there and offers no TLS", f"{shown} の応答に TLS の提示がありません"),
            ),
            (
                f"{name}-error",
                Text(f"{shown} answers there with an error", f"{shown} がエラーを返しました"),
            ),
        )
    },
    # Engines.
    "openssl is not installed": Text(
        "openssl is not installed (Debian package openssl)",
        "openssl がインストールされていません (Debian パッケージ openssl)",
    ),
    "no-libgnutls": Text(
        "libgnutls.so.30 is not installed (Debian package libgnutls30)",
        "libgnutls.so.30 がインストールされていません (Debian パッケージ libgnutls30)",
    ),
    "no-libnss": Text(
        "libnss3.so is not installed (Debian package libnss3)",
        "libnss3.so がインストールされていません (Debian パッケージ libnss3)",
    ),
    "no-java": Text(
        "there is no `java` on PATH (Debian package default-jre-headless)",
        "PATH に `java` がありません (Debian パッケージ default-jre-headless)",
    ),
    "no-jdk-compiler": Text(
        "this Java lacks the module jdk.compiler, so it starts no program from its source; a JDK has it "
        "(Debian packages default-jre-headless, default-jdk-headless)",
        "この Java にはモジュール jdk.compiler がなく、ソースからプログラムを起動できません。JDK にはあります "
        "(Debian パッケージ default-jre-headless、default-jdk-headless)",
    ),
    "engine-broke-off": Text("it ended without an answer", "回答せずに終了しました"),
    "needs-no-crl": Text(
        "it does not refuse a certificate that no CRL covers",
        "CRL のない証明書も拒否しないライブラリです",
    ),
    "wants-a-purpose": Text("it judges for a purpose only", "用途を指定した判定だけができます"),
    "no-name-of-clients": Text("it compares no name of a client", "クライアントの名前は照合しません"),
    "name-unfit": Text(
        "the name holds characters that no host name has",
        "ホスト名に使えない文字を含む名前では照合できません",
    ),
    "no-such-purpose": Text(
        "it judges for servers and clients of TLS only",
        "TLS のサーバーとクライアントの用途だけを判定できます",
    ),
    "looks-at-no-crl": Text("it does not look at CRLs", "CRL を使った検証はできません"),
    "wrong-version-number": Text("what answers there does not speak TLS", "応答が TLS ではありません"),
    "unsupported-protocol": Text(
        "it offers no version of TLS that is spoken here", "対応する TLS のバージョンがありません"
    ),
    "no-shared-cipher": Text("no cipher suits both sides", "双方に共通の暗号スイートがありません"),
    **ALERTS,
    # What the system says of files.
    "No such file or directory": Text("it does not exist", "存在しません"),
    "Permission denied": Text("this user may not", "このユーザーには権限がありません"),
    "Operation not permitted": Text("the system does not permit it", "システムに許可されていません"),
    "Text file busy": Text("it is in use", "使用中です"),
    "Device or resource busy": Text("it is in use", "使用中です"),
    "Too many levels of symbolic links": Text("its links lead in a circle", "リンクが循環しています"),
    "File name too long": Text("its name is too long", "名前が長すぎます"),
    "Is a directory": Text("it is a folder", "フォルダーです"),
    "Not a directory": Text("a part of the path is no folder", "パスの途中がフォルダーではありません"),
    "No space left on device": Text("the disk is full", "ディスクに空きがありません"),
    "Read-only file system": Text("the file system is read-only", "読み取り専用のファイル システムです"),
    "File too large": Text("it would be larger than is allowed here", "ファイルの大きさの上限を超えます"),
    "Disk quota exceeded": Text("the quota is used up", "割り当て容量を使い切っています"),
    "Input/output error": Text("the disk has an error", "ディスクの入出力エラーです"),
    # What is wrong with a SQLite file.
    "no-space-left": Text("the disk is full", "ディスクに空きがありません"),
    "row-damaged": Text("it is not what was written", "書き込んだときの内容と一致しません"),
    "secret-damaged": Text(
        "its key or secret does not open in its place", "鍵またはシークレットを元の場所で開けません"
    ),
    "key-missing": Text(
        "the data key that it was written under is gone", "書き込みに使ったデータ鍵がありません"
    ),
    "file-missing": Text("the file is missing", "ファイルがありません"),
    "file-damaged": Text("the file is damaged", "ファイルが壊れています"),
    "credential-missing": Text(
        "the credential that they lie under was not given ($CREDENTIALS_DIRECTORY)",
        "データ鍵を保護するクレデンシャルが渡されていません ($CREDENTIALS_DIRECTORY)",
    ),
    "credential-wrong": Text("they lie under another credential", "別のクレデンシャルで保護されています"),
    "credential-short": Text(
        "the credential has fewer than 16 bytes", "クレデンシャルが 16 バイトより短くなっています"
    ),
    "not-a-database": Text("it is no database, or a damaged one", "データベースではないか、壊れています"),
    "other-database": Text(
        "it is another program's database, and is left alone",
        "別のプログラムのデータベースのため、変更していません",
    ),
    "files-differ": Text("its files are not those that it lists", "中のファイルが一覧と一致しません"),
    "other-files": Text(
        "it holds files that no backup has", "バックアップにないはずのファイルが入っています"
    ),
    "too-large": Text("it is too large", "大きすぎます"),
    "not-tar": Text("it is no tar file, or is cut off", "tar ファイルではないか、途中で切れています"),
    "no-facts": Text("it does not say what it holds", "内容の一覧がありません"),
    "database-locked": Text("another process is writing it", "別のプロセスが書き込み中です"),
    "cannot-open": Text("it cannot be opened", "開けません"),
    "read-only": Text("it can only be read", "読み取り専用です"),
    "later-release": Text(
        "a later release of Warifu wrote it", "新しいバージョンの Warifu が書き込んだものです"
    ),
    "database-error": Text("the database reports an error", "データベースでエラーが起きました"),
    "Name or service not known": Text("the name is not known", "名前が登録されていません"),
    "Temporary failure in name resolution": Text(
        "the name server does not answer", "ネーム サーバーが応答しません"
    ),
    "No address associated with hostname": Text("the name has no address", "名前にアドレスがありません"),
    # Watching: channels and their secrets.
    "others can read it": Text("others can read it", "ほかのユーザーも読めます"),
    "no line of text": Text("it does not hold one line of text", "1 行のテキストになっていません"),
    "server-expired": Text("its certificate is expired", "サーバーの証明書が期限切れです"),
    "server-not-yet-valid": Text(
        "its certificate is not yet valid", "サーバーの証明書がまだ有効期間に入っていません"
    ),
    "server-not-trusted": Text(
        "its certificate leads to no root of the trust store",
        "サーバーの証明書がトラスト ストアのルートにつながりません",
    ),
    "server-name": Text("its certificate names another host", "サーバーの証明書の名前が一致しません"),
    "server-refused": Text("its certificate is not accepted", "サーバーの証明書を受け入れられません"),
    "no-starttls": Text("it does not offer STARTTLS", "STARTTLS に対応していません"),
    "not-an-address": Text("that is no mail address", "メール アドレスではありません"),
    "not-the-protocol": Text("its answers are not what was agreed on", "応答が規約に反しています"),
    # Scanning.
    "the anchors of its user": Text(
        "its user's own anchors judge, and where they lie is not said",
        "実行ユーザー自身のトラスト アンカーが使われ、その場所は設定にありません",
    ),
    "not a plain name": Text(
        "an estate file cannot say such a name", "管理対象環境ファイルでは表せない名前です"
    ),
    "clients are judged by a second file": Text(
        "clients are judged by this second file too, which is not in the estate",
        "クライアントの検証に使われる 2 つ目のファイルですが、管理対象環境に入っていません",
    ),
    "it speaks TLS after STARTTLS only": Text(
        "it speaks TLS after STARTTLS only", "STARTTLS の後でのみ TLS を使います"
    ),
    "reached by hand": Text("people look after it by hand", "手作業で管理するノードです"),
    # Looking.
    "its certificates are not at hand": Text("its certificates are not at hand", "証明書が手元にありません"),
    "no look at it succeeded": Text("no look at it succeeded", "一度も確認できませんでした"),
    "by hand": Text("people alone reach it", "手作業のノードです"),
    "absent": Text("it does not exist", "存在しません"),
    "folder": Text("it is a folder", "フォルダーです"),
    "other": Text("it is not a plain file", "通常のファイルではありません"),
    "the peer is not on a scanned node": Text(
        "it is on no node that was scanned", "スキャンしたノードにありません"
    ),
    "a client on a node that was not scanned": Text(
        "the client's node was not scanned", "クライアントのノードをスキャンしていません"
    ),
    "no identity of it could be read": Text(
        "none of its certificates could be read", "証明書を 1 枚も読み取れません"
    ),
    # Reading configurations.
    "neither -D nor config_file on its command line": Text(
        "its command line has neither -D nor config_file", "コマンド ラインに -D も config_file もありません"
    ),
    "includes go too deep": Text("includes go too deep", "インクルードが深すぎます"),
    "too many files are included": Text(
        "too many files are included", "インクルードするファイルが多すぎます"
    ),
    "a closing brace without an opening one": Text(
        "a closing brace has no opening one", "閉じ括弧に対応する開き括弧がありません"
    ),
    "a block that is never closed": Text("a block is never closed", "ブロックが閉じられていません"),
    "a quote is never closed": Text("a quote is never closed", "引用符が閉じられていません"),
    "decided at run time": Text("it is decided at run time", "実行時に決まります"),
    "an environment variable decides": Text("an environment variable decides it", "環境変数で決まります"),
    "not an address": Text("it is not an address", "アドレスではありません"),
    "not trusted": Text("it is not trusted", "信頼されていません"),
    "no process": Text("it has no process", "プロセスがありません"),
    "no new process": Text("no new process runs", "新しいプロセスがありません"),
    "its log tells of a failed reload": Text(
        "its log tells of a failed reload", "ログに再読み込みの失敗があります"
    ),
    "old workers still serve": Text("old workers still serve", "古いワーカーが応答しています"),
    "the process that reported is gone": Text(
        "the process that reported is gone", "申告したプロセスがもうありません"
    ),
    "the slot is not reported": Text("the slot is not reported", "このスロットの申告がありません"),
    "another value is reported": Text("it reports another value", "別の値を申告しています"),
    "it was loaded before the swap": Text("it was loaded before the swap", "入れ替え前に読み込まれています"),
    "larger than is read": Text("it is larger than is read", "大きすぎます"),
    "der": Text("binary (DER)", "バイナリ (DER) 形式"),
    "base64": Text("Base64 without BEGIN and END lines", "BEGIN 行と END 行のない Base64 形式"),
    "java": Text("a key store of Java's", "Java のキーストア"),
}
_NAMES = ("reason", "found", "said")


def explained(values: Mapping[str, object], lang: Lang) -> dict[str, object]:
    """Return values with every reason that is known said in a language; `PLACE: REASON` keeps its place."""
    said = dict(values)
    for name in _NAMES:
        value = said.get(name)
        if isinstance(value, str):
            said[name] = explain(value, lang)
    return said


def explain(reason: str, lang: Lang) -> str:
    """Return a reason as a sentence; one that is not known is returned as it is."""
    place, colon, word = reason.rpartition(": ")
    text = CAUSES.get(reason) or CAUSES.get(word)
    if text is None:
        return reason
    return ("" if reason in CAUSES else place + colon) + text.fill(lang, {})
