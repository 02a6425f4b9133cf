"""Messages whose keys begin with `handover.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "handover.title": Text(
        "Work by hand: {service} on {node}",
        "手作業の手順書: {node} の {service}",
    ),
    "handover.what": Text("what", "項目"),
    "handover.value": Text("value", "内容"),
    "handover.step": Text("step", "手順"),
    "handover.slot": Text("slot", "スロット"),
    "handover.owner": Text("owner", "担当者"),
    "handover.answer-by": Text("answer expected by", "回答期限"),
    "handover.outage": Text("outage", "サービス中断"),
    "handover.outage-yes": Text("the service is interrupted", "サービスが中断します"),
    "handover.outage-no": Text("none expected", "中断は見込まれません"),
    "handover.files": Text("Files", "ファイル"),
    "handover.file": Text("file", "ファイル"),
    "handover.goes-to": Text("goes to", "配置先"),
    "handover.role-certificate": Text("certificate, then its chain (PEM)", "証明書とチェーン (PEM)"),
    "handover.role-leaf": Text("certificate alone (DER)", "証明書のみ (DER)"),
    "handover.role-chain": Text("intermediate certificates alone (PEM)", "中間証明書のみ (PEM)"),
    "handover.role-key": Text("private key (PEM), secret", "秘密鍵 (PEM)、機密"),
    "handover.role-pfx": Text(
        "certificate, chain and private key (PFX), secret", "証明書、チェーン、秘密鍵 (PFX)、機密"
    ),
    "handover.role-passphrase": Text(
        "passphrase of the PFX file, secret", "PFX ファイルのパスフレーズ、機密"
    ),
    "handover.role-intermediate": Text("intermediate certificate (DER)", "中間証明書 (DER)"),
    "handover.role-anchor": Text("trust anchor (DER)", "トラスト アンカー (DER)"),
    "handover.role-anchors": Text(
        "all trust anchors, in order (PEM)", "すべてのトラスト アンカー、順序どおり (PEM)"
    ),
    "handover.role-crls": Text("revocation lists (PEM)", "失効リスト (PEM)"),
    "handover.role-script": Text("PowerShell script that does the work", "作業を行う PowerShell スクリプト"),
    "handover.keep-keys": Text(
        "Whoever has the private key can stand in for the service: move it only over encrypted ways, and delete "
        "every copy but the service's own when the work is done.",
        "秘密鍵を手にした者はサービスになりすませます。暗号化された経路でのみ運び、作業が終わったら、"
        "サービス自身のもの以外のコピーをすべて削除してください。",
    ),
    "handover.keep-passphrase": Text(
        "Carry the passphrase separately from the PFX file.",
        "パスフレーズは PFX ファイルとは別の経路で運んでください。",
    ),
    "handover.steps": Text("Steps", "手順"),
    "handover.check-files": Text(
        "Check that the files arrived whole.", "ファイルが欠けずに届いたことを確認します。"
    ),
    "handover.back-up": Text(
        "Back up the present certificate, key and trust settings of {service} on {node}, or take a snapshot of the machine.",
        "{node} の {service} の現在の証明書、鍵、信頼設定をバックアップするか、マシンのスナップショットを取得します。",
    ),
    "handover.install-identity": Text(
        "On the certificate screen of {service}, install the files above: the server certificate first, then its chain.",
        "{service} の証明書画面で上記のファイルを取り込みます。サーバー証明書、チェーンの順です。",
    ),
    "handover.key-stays": Text(
        "The private key stays where the request was made: install the certificate on that pending request, "
        "and do not discard the request before.",
        "秘密鍵は証明書要求を作成した場所に残ります。保留中の証明書要求に対して証明書を取り込み、"
        "それまで証明書要求を破棄しないでください。",
    ),
    "handover.install-anchors": Text(
        "On the trust screen of the service, make sure that every anchor above is there (number: {count}); add what is missing.",
        "サービスのトラスト ストアの画面で、上記 {count} 個のトラスト アンカーがあることを確認し、不足分を追加します。",
    ),
    "handover.remove-anchor": Text(
        "Remove the anchor with the SHA-256 fingerprint {anchor}.",
        "SHA-256 フィンガープリントが {anchor} のトラスト アンカーを削除します。",
    ),
    "handover.activate": Text(
        "Activate the change in {service} (apply or reload).",
        "{service} で変更を有効にします (適用または再読み込み)。",
    ),
    "handover.restart": Text(
        "Restart {service}, inside its maintenance window.",
        "メンテナンス時間帯内に {service} を再起動します。",
    ),
    "handover.windows-copy": Text(
        "Copy this folder to the machine, into a folder that only administrators can read.",
        "このフォルダーを、管理者だけが読み取れるそのマシンのフォルダーにコピーします。",
    ),
    "handover.windows-run": Text(
        "In a console run as administrator, in that folder:",
        "管理者として開いたコンソールで、そのフォルダーに移動して実行します。",
    ),
    "handover.windows-bind": Text(
        "When the script shows the thumbprint and waits, select that certificate in the settings of {service}, "
        "then go on: the script restarts the service.",
        "スクリプトが拇印を表示して待機したら、{service} の設定でその証明書を選択し、続行します。"
        "スクリプトがサービスを再起動します。",
    ),
    "handover.expected": Text("Expected result", "期待する結果"),
    "handover.expect-leaf": Text(
        "Every address presents exactly this certificate:",
        "すべてのアドレスが次の証明書を提示します。",
    ),
    "handover.expect-anchors": Text(
        "The trust store holds exactly these anchors (number: {count}):",
        "トラスト ストアには次の {count} 個のトラスト アンカーだけが登録されています。",
    ),
    "handover.subject": Text("subject", "サブジェクト"),
    "handover.way-back": Text("Way back", "切り戻し"),
    "handover.way-back-text": Text(
        "If the result differs, put back what was backed up, restart or reload the service, and tell whoever runs the plan. "
        "Do not try other files.",
        "結果が異なる場合は、バックアップを戻してサービスを再起動または再読み込みし、計画の担当者に連絡してください。"
        "別のファイルは試さないでください。",
    ),
    "handover.afterwards": Text("Afterwards", "作業後"),
    "handover.we-look": Text(
        "Nothing needs to be reported: Warifu looks at {addresses} and goes on when it sees the certificate.",
        "報告は不要です。Warifu が {addresses} を確認し、証明書を検出すると先に進みます。",
    ),
    "handover.you-tell": Text(
        "Nobody can see this from outside: {owner} says what was done, and the proof names this statement.",
        "外部からは確認できません。{owner} が作業結果を申告し、証明にはその申告が記録されます。",
    ),
    "handover.script-mismatch": Text(
        "The certificate in the store is not the expected one. Nothing was restarted.",
        "証明書ストア内の証明書が想定と異なります。再起動は行っていません。",
    ),
    "handover.script-passphrase": Text("Passphrase of identity.pfx", "identity.pfx のパスフレーズ"),
    "handover.script-no-key": Text(
        "The file of the private key was not found. Nothing was restarted.",
        "秘密鍵のファイルが見つかりません。再起動は行っていません。",
    ),
    "handover.script-account": Text(
        "Account the service runs as (it will be able to read the key)",
        "サービスの実行アカウント (鍵の読み取りを許可します)",
    ),
    "handover.script-bind": Text(
        "Now select the certificate with the thumbprint {thumbprint} in the settings of the service.",
        "サービスの設定で、拇印が {thumbprint} の証明書を選択してください。",
    ),
    "handover.script-enter": Text(
        "Press Enter to restart the service", "Enter キーを押すとサービスを再起動します"
    ),
    "handover.script-service": Text("Name of the Windows service", "Windows サービス名"),
    "handover.script-done": Text(
        "Done. Check the expected result on the page.",
        "完了しました。手順書の「期待する結果」を確認してください。",
    ),
}
