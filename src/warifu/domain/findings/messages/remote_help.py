"""Help, options and headings of the verbs that ask a server: keys that begin with `remote.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

HELP: Mapping[str, Text] = {
    "remote.verb-login": Text("Sign in to a server.", "サーバーにサインインします。"),
    "remote.verb-logout": Text("Sign out of a server.", "サーバーからサインアウトします。"),
    "remote.verb-whoami": Text(
        "Who you are to a server, and what you may do.", "サインイン中のユーザーと権限を表示します。"
    ),
    "remote.verb-node": Text(
        "The nodes of a server: list, let join, fence, remove.",
        "サーバーのノードを扱います (一覧、参加許可、切り離し、削除)。",
    ),
    "remote.verb-person": Text(
        "Who can sign in to a server.", "サーバーにサインインできるユーザーを扱います。"
    ),
    "remote.verb-approve": Text("Approve somebody else's plan.", "他の人の計画を承認します。"),
    "remote.verb-refresh": Text(
        "Have nodes look now, and wait until they follow the newest.",
        "ノードにすぐ確認させ、最新の内容に追従するまで待ちます。",
    ),
    "remote.verb-audit": Text(
        "What was done on a server, and the proof that the record is whole.",
        "サーバーの監査証跡を表示し、検証します。",
    ),
    "remote.help-login": Text(
        "Sign in to a server.\n"
        "With a one-time link (`https://HOST:PORT/?root=SHA256#TOKEN`) you choose a password; with an address you give your "
        "password (--person) or show a client certificate (--certificate, --key). The link's root lets this command learn "
        "the server's CA from its signed bundle, now and whenever that CA is renewed; else name the root (--root) or the CA "
        "(--ca), or this machine's CAs have to vouch for the server.\n\n"
        "  `warifu login 'https://trust.example:8443/?root=9f2c...#k3J...'`\n"
        "  `warifu login https://trust.example:8443 --person ito --root 9f2c...`\n\n"
        "Quote the link: a shell reads `?` and `#` otherwise. The session lasts 12 hours and lies in a private file below "
        "`~/.config/warifu`; the server signed in to last is asked unless --server names another.",
        "サーバーにサインインします。\n"
        "使い捨てのリンク (`https://HOST:PORT/?root=SHA256#TOKEN`) では、新しいパスワードを設定します。アドレスだけの場合は、"
        "パスワード (--person) またはクライアント証明書 (--certificate、--key) を使います。リンクに含まれるルートにより、"
        "サーバーの CA を署名付きバンドルから取得し、CA が更新されたときも自動的に取得し直します。リンクがない場合は、"
        "ルート (--root) か CA (--ca) を指定します。どちらもなければ、このマシンの CA で検証します。\n\n"
        "  `warifu login 'https://trust.example:8443/?root=9f2c...#k3J...'`\n"
        "  `warifu login https://trust.example:8443 --person ito --root 9f2c...`\n\n"
        "シェルが `?` や `#` を解釈しないよう、リンクは引用符で囲んでください。セッションは 12 時間有効で、`~/.config/warifu` の"
        "非公開ファイルに保存します。--server を省略すると、最後にサインインしたサーバーを使います。",
    ),
    "remote.help-logout": Text(
        "End the session, and forget the server.",
        "セッションを終了し、サーバーの情報をこのマシンから削除します。",
    ),
    "remote.help-whoami": Text(
        "Say who you are to a server, with which roles, and what you may do.",
        "サーバーでのユーザー名、ロール、許可されている操作を表示します。",
    ),
    "remote.help-node": Text(
        "The nodes of a server.\n  `warifu node list --behind`\n  `warifu node token web-1 --out web-1.token`",
        "サーバーのノードを扱います。\n  `warifu node list --behind`\n  `warifu node token web-1 --out web-1.token`",
    ),
    "remote.help-node-list": Text(
        "List the nodes: who is let in, what each follows, when it was heard last, how wrong its clock is.",
        "ノードの一覧を表示します: 参加の状態、追従しているバージョン、最後の報告、時計のずれ。",
    ),
    "remote.help-node-show": Text("Show one node in full.", "ノードの詳細を表示します。"),
    "remote.help-node-token": Text(
        "Make a one-time token by which a node joins; it is shown once and lasts an hour.\n"
        "On the node: `warifu agent join FILE`. The token names the node, the server and the root of its bundles; an earlier one "
        "that was not used is void.",
        "ノードが参加するための使い捨てのトークンを作成します。表示は 1 回だけで、有効期間は 1 時間です。\n"
        "ノード側で `warifu agent join FILE` を実行します。トークンには、ノード名、サーバー、バンドルのルートが含まれます。"
        "以前の未使用のトークンは無効になります。",
    ),
    "remote.help-node-fence": Text(
        "Take nothing of a node any more, at once: its identity is revoked, its connections end.",
        "ノードをただちに切り離します。証明書を失効させ、接続を切断します。",
    ),
    "remote.help-node-reseed": Text(
        "Make a token for a node that was fenced or removed, so that it joins again with a new key.",
        "切り離した、または削除したノードのトークンを作成します。ノードは新しい鍵で参加し直します。",
    ),
    "remote.help-node-remove": Text(
        "Shut a node out for good, and forget what it reported.",
        "ノードを削除します。報告された内容も削除します。",
    ),
    "remote.help-person": Text(
        "Who can sign in to a server: everybody under a name of their own.\n"
        "  `warifu person add sato --role operator`\n  `warifu person link sato`",
        "サーバーにサインインできるユーザーを扱います。共有のアカウントはありません。\n"
        "  `warifu person add sato --role operator`\n  `warifu person link sato`",
    ),
    "remote.help-person-list": Text("List everybody.", "ユーザーの一覧を表示します。"),
    "remote.help-person-add": Text(
        "Add a person. They sign in once they have a link (`warifu person link`) or a client certificate.",
        "ユーザーを追加します。リンク (`warifu person link`) またはクライアント証明書を用意すると、サインインできます。",
    ),
    "remote.help-person-roles": Text(
        "Give a person exactly these roles; nobody changes their own.",
        "ユーザーのロールを、指定したものだけにします。自分のロールは変更できません。",
    ),
    "remote.help-person-certificates": Text(
        "Have a person be known by exactly these client certificates; without FILES by none.",
        "ユーザーのクライアント証明書を、指定したものだけにします。`FILES` を省略すると、すべて取り消します。",
    ),
    "remote.help-person-link": Text(
        "Make a one-time link by which a person chooses a password; sessions of theirs end.",
        "ユーザーがパスワードを設定するための使い捨てのリンクを作成します。そのユーザーのセッションは終了します。",
    ),
    "remote.help-person-end": Text("Shut a person out at once.", "ユーザーの利用をただちに停止します。"),
    "remote.help-approve": Text(
        "Approve somebody else's plan; nobody approves their own.\n"
        "DIGEST is the plan's (`warifu plan list`), or its first 8 digits or more. A plan that takes trust away is approved by "
        "typing what it asks for.",
        "他の人の計画を承認します。自分の計画は承認できません。\n"
        "`DIGEST` は計画のダイジェスト (`warifu plan list`)、またはその先頭の 8 桁以上です。信頼を取り除く計画では、"
        "確認の文字列を入力します。",
    ),
    "remote.help-refresh": Text(
        "Have nodes look now, and wait until each has said that it follows the newest.\n"
        "Without NODES all of them. It ends with 0 when all have converged, with 6 while some have not.",
        "ノードにすぐ確認させ、最新の内容に追従したと各ノードが報告するまで待ちます。\n"
        "`NODES` を省略すると、すべてのノードが対象です。すべて収束すると 0、残りがあると 6 で終了します。",
    ),
    "remote.help-audit": Text(
        "What was done on a server, by whom, on what evidence.", "サーバーの監査証跡を扱います。"
    ),
    "remote.help-audit-list": Text("List what was done, the newest last.", "監査証跡を古い順に表示します。"),
    "remote.help-audit-verify": Text(
        "Prove the whole audit trail, entry by entry, here.\n"
        "Note the head that it prints elsewhere: --head proves later that nothing before it was changed or cut off. "
        "--data reads the folder of a server on this machine, and asks no server. It ends with 1 when the trail is broken.\n"
        "  `warifu audit verify --head 418:7d0f...`",
        "監査証跡の全体を、1 件ずつこのマシンで検証します。\n"
        "表示される末尾 (番号:封印) を別の場所に控えておくと、後で --head により、それ以前の変更や切り捨てがないことを確認できます。"
        "--data を指定すると、サーバーに問い合わせず、このマシン上のサーバーのフォルダーを読み取ります。破損があると 1 で終了します。\n"
        "  `warifu audit verify --head 418:7d0f...`",
    ),
    "remote.help-audit-export": Text(
        "Write the audit trail to a private file, an entry a line (JSON), with seals.",
        "監査証跡を封印とともに、1 行 1 件の JSON 形式で非公開ファイルに書き出します。",
    ),
    "remote.help-plan-list": Text(
        "List the plans about published trust that wait for people on a server.",
        "サーバー上で判断を待っている計画の一覧を表示します。",
    ),
    "remote.help-plan-show": Text(
        "Show a plan of a server: what it is about, who approved, what it waits for.",
        "サーバー上の計画を表示します: 対象、承認者、待っているもの。",
    ),
    "remote.help-domain-list": Text(
        "List the trust domains of a server.", "サーバーのトラスト ドメインの一覧を表示します。"
    ),
    "remote.help-domain-create": Text(
        "Begin a trust domain; its empty first version is published at once.",
        "トラスト ドメインを作成します。空の最初のバージョンがただちに公開されます。",
    ),
    "remote.help-domain-confirm-removal": Text(
        "Say that a version is meant which drops more than a third of the anchors without an approved plan: nodes that hold "
        "it back follow it then. It is published again as the next version, with your name in "
        "the audit trail. Look first: `warifu domain compare DOMAIN OLD NEW`.",
        "承認済みの計画なしにトラスト アンカーの 3 分の 1 を超えて減らすバージョンについて、意図した変更であることを確認します。"
        "反映を保留しているノードは、確認後に従います。次のバージョンとして公開し直し、確認した人を監査証跡に記録します。"
        "先に `warifu domain compare DOMAIN OLD NEW` で変更内容を確認してください。",
    ),
    "remote.help-domain-show": Text(
        "Show what a trust domain publishes, now or at an earlier version.\n"
        "--legacy prints the layout of `dir-cli trustedcert list`, for scripts that read it.",
        "トラスト ドメインの公開内容を表示します。以前のバージョンも指定できます。\n"
        "--legacy を指定すると、`dir-cli trustedcert list` の形式で出力します (既存のスクリプト向け)。",
    ),
    "remote.help-domain-find": Text(
        "Find published anchors by alias, SHA-1 or SHA-256 fingerprint, key id, serial number or subject.\n"
        "A subject may fit several: all are listed.",
        "公開中のトラスト アンカーを、エイリアス、SHA-1 または SHA-256 のフィンガープリント、鍵 ID、シリアル番号、サブジェクトで探します。\n"
        "サブジェクトが複数に一致する場合は、すべて表示します。",
    ),
    "remote.help-domain-publish": Text(
        "Publish certificates and CRLs, all of them or none.\n"
        "Each is judged first; what is wrong is told, and nothing is published. Publishing the same again changes nothing.\n"
        "  `warifu domain publish shop root.pem issuing.pem --alias shop-root=3fa9`",
        "証明書と CRL を公開します。すべて公開するか、何も公開しないかのどちらかです。\n"
        "公開前にすべて検証し、問題があれば理由を表示して何も公開しません。同じものを再度公開しても何も変わりません。\n"
        "  `warifu domain publish shop root.pem issuing.pem --alias shop-root=3fa9`",
    ),
    "remote.help-domain-history": Text(
        "List the versions of a trust domain, the newest first.",
        "トラスト ドメインのバージョンを新しい順に表示します。",
    ),
    "remote.help-domain-compare": Text(
        "Say what differs between two versions: + came, - went, ~ changed.",
        "2 つのバージョンの違いを表示します: + 追加、- 削除、~ 変更。",
    ),
    "remote.help-domain-follow": Text(
        "Have a node follow these trust domains, or all of them (--all).",
        "ノードが追従するトラスト ドメインを指定します。--all ですべてに追従します。",
    ),
    "remote.help-domain-export": Text(
        "Write every signed file to a folder that any HTTP server can carry below `/trust/`.\n"
        "`timestamp.json` is written last, so that a reader never meets it without the others.",
        "署名済みの全ファイルをフォルダーに書き出します。任意の HTTP サーバーの `/trust/` 以下で配布できます。\n"
        "`timestamp.json` は最後に書き込むため、読み取り側が不完全な状態を読むことはありません。",
    ),
    "remote.help-root": Text(
        "The root of a server's trust bundles.", "サーバーのトラスト バンドルのルートを扱います。"
    ),
    "remote.help-root-show": Text(
        "Show the root: its keys, who signed it, when it expires.",
        "ルートを表示します: 鍵、署名した人、有効期限。",
    ),
    "remote.help-root-import": Text(
        "Hand in a root that was signed elsewhere (`warifu domain keys`); what follows from it is signed anew.",
        "別の場所で署名したルート (`warifu domain keys`) を登録します。関連するファイルを署名し直します。",
    ),
    "remote.option-server": Text(
        "Address of the server (the one signed in to last).",
        "サーバーのアドレスです (省略時は最後にサインインしたサーバー)。",
    ),
    "remote.option-ca": Text(
        "File of the CAs that vouch for the server.", "サーバーを検証する CA のファイルです。"
    ),
    "remote.option-root": Text(
        "SHA-256 of the root of the server's trust bundles.",
        "サーバーのトラスト バンドルのルートの SHA-256 です。",
    ),
    "remote.option-key": Text(
        "File of the client certificate's key.", "クライアント証明書の鍵のファイルです。"
    ),
    "remote.option-certificate": Text("File of a client certificate.", "クライアント証明書のファイルです。"),
    "remote.option-password": Text(
        "Private file whose first line is the password; else it is asked for.",
        "先頭の行にパスワードを書いた非公開ファイルです。省略時は入力を求めます。",
    ),
    "remote.option-person": Text("Who signs in.", "サインインするユーザー名です。"),
    "remote.option-role": Text("A role; may be given again.", "ロールです。複数指定できます。"),
    "remote.option-secret-out": Text(
        "Write it to this new private file, and do not show it.",
        "画面に表示せず、新しい非公開ファイルに書き込みます。",
    ),
    "remote.option-root-out": Text(
        "Write the root to this file, too.", "ルートをこのファイルにも書き込みます。"
    ),
    "remote.option-reason": Text("Why; it is kept in the audit trail.", "理由です。監査証跡に残ります。"),
    "remote.option-quiet": Text(
        "Only nodes not heard for so many seconds.", "指定した秒数以上、報告のないノードだけを表示します。"
    ),
    "remote.option-behind": Text(
        "Only nodes that do not follow the newest.", "最新の内容に追従していないノードだけを表示します。"
    ),
    "remote.option-state": Text("Only nodes in this state.", "この状態のノードだけを表示します。"),
    "remote.option-remark": Text("What is to stand beside the approval.", "承認に添える言葉です。"),
    "remote.option-confirm": Text(
        "The confirmation, for scripts; else it is typed at the terminal.",
        "確認の文字列です (スクリプト向け)。省略時は端末で入力します。",
    ),
    "remote.option-wait": Text(
        "How long to wait at most; 0 only asks.", "最長の待ち時間です (秒)。0 を指定すると待ちません。"
    ),
    "remote.option-count": Text("How many at most.", "最大の件数です。"),
    "remote.option-head": Text(
        "An entry that somebody noted earlier, and its seal.", "以前に控えておいた番号と封印です。"
    ),
    "remote.option-audit-data": Text(
        "Data folder of a server on this machine.", "このマシン上のサーバーのデータ フォルダーです。"
    ),
    "remote.option-all-plans": Text("Those that are over, too.", "終了した計画も表示します。"),
    "remote.option-legacy": Text(
        "The layout of `dir-cli trustedcert list`.", "`dir-cli trustedcert list` の形式で出力します。"
    ),
    "remote.option-held-version": Text(
        "The version that is meant; it has to be the newest.",
        "確認するバージョンです。最新のバージョンを指定してください。",
    ),
    "remote.option-version": Text("A version (the newest).", "バージョンです (省略時は最新)。"),
    "remote.option-pem": Text("Only the certificates, as PEM.", "証明書を PEM で出力します。"),
    "remote.option-key-id": Text(
        "NAME is a key id and nothing else: a fingerprint is refused as one.",
        "`NAME` を鍵 ID としてだけ解釈します。フィンガープリントは拒否します。",
    ),
    "remote.option-domain": Text("Only in this trust domain.", "このトラスト ドメインだけを探します。"),
    "remote.option-basis": Text(
        "Refuse unless this is the newest version.", "これが最新のバージョンでなければ拒否します。"
    ),
    "remote.option-dry-run": Text("Only say what it would come to.", "結果を表示するだけで、公開しません。"),
    "remote.option-pin-leaf": Text(
        "A certificate that is no CA is meant as an anchor.",
        "CA でない証明書を、意図的にトラスト アンカーとして公開します。",
    ),
    "remote.option-alias": Text(
        "Alias of a certificate of FILES, by its SHA-256 or the beginning of it.",
        "`FILES` の証明書のエイリアスです。SHA-256 またはその先頭で指定します。",
    ),
    "remote.option-follow-all": Text(
        "All trust domains, those to come included.",
        "今後作成するものも含め、すべてのトラスト ドメインを対象にします。",
    ),
    "remote.heading-act": Text("act", "操作"),
    "remote.heading-actor": Text("who", "実行者"),
    "remote.heading-alias": Text("alias", "エイリアス"),
    "remote.heading-anchors": Text("anchors", "トラスト アンカー"),
    "remote.heading-approved-by": Text("approved by", "承認者"),
    "remote.heading-at": Text("when", "日時"),
    "remote.heading-by": Text("by", "作成者"),
    "remote.heading-converged": Text("follows the newest", "最新に追従"),
    "remote.heading-crl-number": Text("CRL number", "CRL 番号"),
    "remote.heading-crls": Text("CRLs", "CRL の件数"),
    "remote.heading-digest": Text("digest", "ダイジェスト"),
    "remote.heading-domain": Text("trust domain", "トラスト ドメイン"),
    "remote.heading-ended": Text("ended", "停止日時"),
    "remote.heading-entries": Text("revoked", "失効数"),
    "remote.heading-evidence": Text("evidence", "証跡"),
    "remote.heading-fingerprint": Text("SHA-256", "SHA-256 の先頭"),
    "remote.heading-follows": Text("follows", "追従先"),
    "remote.heading-identity": Text("identity until", "証明書の期限"),
    "remote.heading-issuer": Text("issuer", "発行者"),
    "remote.heading-joined": Text("joined", "参加日時"),
    "remote.heading-key-id": Text("key id", "鍵 ID"),
    "remote.heading-kind": Text("kind", "種類"),
    "remote.heading-label": Text("name", "名前"),
    "remote.heading-next-update": Text("next update", "次回の更新"),
    "remote.heading-node": Text("node", "ノード"),
    "remote.heading-not-after": Text("expires", "有効期限"),
    "remote.heading-number": Text("number", "番号"),
    "remote.heading-outcome": Text("outcome", "結果"),
    "remote.heading-person": Text("name", "ユーザー名"),
    "remote.heading-plan": Text("plan", "計画"),
    "remote.heading-reason": Text("reason", "理由"),
    "remote.heading-release": Text("release", "リリース"),
    "remote.heading-remarks": Text("remarks", "指摘"),
    "remote.heading-roles": Text("roles", "ロール"),
    "remote.heading-seen": Text("last heard", "最後の報告"),
    "remote.heading-signs-in": Text("signs in by", "サインイン方法"),
    "remote.heading-since": Text("since", "登録日時"),
    "remote.heading-skew": Text("clock ahead by", "時計の進み"),
    "remote.heading-standing": Text("standing", "公開の状態"),
    "remote.heading-state": Text("state", "状態"),
    "remote.heading-subject": Text("about", "対象"),
    "remote.heading-subject-name": Text("subject", "サブジェクト"),
    "remote.heading-this-update": Text("this update", "今回の更新"),
    "remote.heading-version": Text("version", "バージョン"),
    "remote.heading-versions": Text("versions", "追従中のバージョン"),
    "remote.heading-what": Text("what", "対象の種類"),
}
