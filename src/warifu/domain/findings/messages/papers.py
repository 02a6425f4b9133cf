"""Messages whose keys begin with `papers.`: what a change board reads before, and after."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    # Both papers.
    "papers.ticket": Text("Ticket", "チケット"),
    "papers.plan": Text("Plan", "計画"),
    "papers.digest": Text("Digest of the plan", "計画のダイジェスト"),
    "papers.estate": Text("Estate", "管理対象環境"),
    "papers.made": Text("Plan made", "計画作成日時"),
    "papers.good-until": Text("Must have ended by", "完了期限"),
    "papers.none": Text("none", "なし"),
    "papers.no-limit": Text("no limit", "期限なし"),
    "papers.wave": Text("Wave", "ウェーブ"),
    "papers.step": Text("Step", "手順"),
    "papers.node": Text("Node", "ノード"),
    "papers.service": Text("Service", "サービス"),
    "papers.slot": Text("Slot", "スロット"),
    "papers.result-expected": Text("Expected result", "期待結果"),
    "papers.takes": Text("Expected time", "予定時間"),
    "papers.command": Text("Command", "コマンド"),
    "papers.before": Text("Before", "変更前"),
    "papers.after": Text("After", "変更後"),
    "papers.item": Text("Item", "項目"),
    "papers.value": Text("Value", "内容"),
    "papers.seconds": Text("{seconds} s", "{seconds} 秒"),
    "papers.minutes": Text("{minutes} min {seconds} s", "{minutes} 分 {seconds} 秒"),
    "papers.hours": Text("{hours} h {minutes} min", "{hours} 時間 {minutes} 分"),
    "papers.days": Text("{days} days", "{days} 日"),
    "papers.contact": Text("Contact", "連絡先"),
    "papers.waivers": Text("Waivers", "免除"),
    "papers.subject": Text("What it is about", "対象"),
    "papers.by": Text("Decided by", "決定者"),
    "papers.reason": Text("Reason", "理由"),
    "papers.expires": Text("Expires", "有効期限"),
    # The request.
    "papers.request-title": Text("Change request", "変更申請書"),
    "papers.what": Text("What changes", "変更内容"),
    "papers.change-replace-ca": Text(
        "The anchor {old} is replaced by {new}; everything issued beneath it is renewed.",
        "トラスト アンカー {old} を {new} に入れ替え、その配下で発行したものをすべて更新します。",
    ),
    "papers.change-replace-identity": Text(
        "The identity `{identity}` gets a new certificate.", "`{identity}` の証明書を更新します。"
    ),
    "papers.change-add-anchor": Text(
        "Trust stores begin to trust the anchor {anchor}: {stores}.",
        "トラスト ストアにトラスト アンカー {anchor} を追加します: {stores}。",
    ),
    "papers.change-retire-anchor": Text(
        "Trust stores cease to trust the anchor {anchor}: {stores}.",
        "トラスト ストアからトラスト アンカー {anchor} を外します: {stores}。",
    ),
    "papers.change-put-back": Text(
        "The slot `{slot}` gets back the value {value} that it had.",
        "スロット `{slot}` を以前の値 {value} に戻します。",
    ),
    "papers.all-stores": Text("all concerned", "該当するすべて"),
    "papers.scope": Text("Scope of effect", "影響範囲"),
    "papers.scope-numbers": Text(
        "Changed: nodes {nodes}, services {services}, slots {slots}.",
        "変更するのはノード {nodes} 台、サービス {services} 件、スロット {slots} 件です。",
    ),
    "papers.touched": Text("Changed", "変更するもの"),
    "papers.connections": Text("Connections that use them", "関係する接続"),
    "papers.connection": Text("Connection", "接続"),
    "papers.clients": Text("Clients", "クライアント側"),
    "papers.servers": Text("Servers", "サーバー側"),
    "papers.promise": Text("Proof", "証明"),
    "papers.owed": Text(
        "no attempt fails, at any moment of the work", "作業中のどの時点でも接続に失敗しません"
    ),
    "papers.broken": Text(
        "does not hold now; holds at the end.", "現在つながりません。作業後につながります。"
    ),
    "papers.waived": Text("left out of the proof by a waiver", "免除により証明の対象外です"),
    "papers.modelled": Text(
        "modelled only; settled by a canary handshake.",
        "モデルによる判定です。試験ハンドシェイクで確かめます。",
    ),
    "papers.unproven": Text("not part of the proof", "証明の対象外です"),
    "papers.proof-numbers": Text(
        "Reachable mixtures of old and new that were proven: {mixtures}; connections that hold throughout: {owed}.",
        "新旧が混在しうる {mixtures} 通りの状態で証明しました。{owed} 件の接続が作業中も保たれます。",
    ),
    "papers.outages": Text("Interruptions", "サービス中断"),
    "papers.no-outage": Text("No service is interrupted.", "中断するサービスはありません。"),
    "papers.length": Text("Length", "中断時間"),
    "papers.window": Text("Maintenance window", "メンテナンス時間帯"),
    "papers.window-at": Text(
        "{name}: from {start} for {length} ({zone}), weekdays {weekdays}",
        "{name}: {start} から {length} ({zone})、曜日 {weekdays}",
    ),
    "papers.procedure": Text("Procedure", "作業手順書"),
    "papers.procedure-start": Text(
        "The work is done by one command, which shows every step, stops at the first doubt "
        "and can be resumed at any time:",
        "作業は次のコマンドで行います。手順を一つずつ表示し、疑義があれば停止し、いつでも再開できます。",
    ),
    "papers.procedure-watch": Text("Where it stands, and going on:", "状況の確認と再開:"),
    "papers.wave-heading": Text("Wave {number}: {purpose}", "ウェーブ {number}: {purpose}"),
    "papers.purpose-prepare": Text("prepare (loads nothing)", "準備 (サービスには影響しません)"),
    "papers.purpose-settle": Text("settle what differs", "差異の解消"),
    "papers.purpose-trust": Text("trust the new", "新しい信頼の追加"),
    "papers.purpose-switch": Text("switch to the new", "新しい証明書への切り替え"),
    "papers.purpose-retire": Text("retire the old", "古い信頼の削除"),
    "papers.wave-times": Text(
        "Expected time {takes}; must have ended by {until}.", "予定時間 {takes}、完了期限 {until}。"
    ),
    "papers.wave-waits": Text("Starts only when: {waits}", "開始条件: {waits}"),
    "papers.wave-no-return": Text(
        "**Point of no return:** after this wave the way back needs an approval of its own.",
        "**後戻りできない時点:** このウェーブの後に戻すには、あらためて承認が必要です。",
    ),
    "papers.do-issue": Text(
        "key and request made, certificate issued", "鍵と証明書の申請を作り、証明書を発行"
    ),
    "papers.do-adopt": Text("files adopted, contents unchanged", "ファイルの管理下への移行 (内容は同じ)"),
    "papers.do-switch-identity": Text("certificate switched", "証明書の切り替え"),
    "papers.do-add-anchor": Text("anchor added", "トラスト アンカーの追加"),
    "papers.do-remove-anchor": Text("anchor removed", "トラスト アンカーの削除"),
    "papers.do-replace-anchor": Text("anchor replaced", "トラスト アンカーの入れ替え"),
    "papers.do-replace-crl": Text("CRL replaced", "CRL の入れ替え"),
    "papers.do-put-back": Text("previous value put back", "以前の値への復元"),
    "papers.do-load": Text("taken up from disk", "ディスク上の値の読み込み"),
    "papers.expect-issue": Text(
        "a certificate that fits its template; nothing is loaded.",
        "ひな形どおりの証明書が届きます。サービスには影響しません。",
    ),
    "papers.expect-adopt": Text(
        "paths lead to the same bytes; nothing is loaded.",
        "パスは同じ内容のファイルを指します。サービスには影響しません。",
    ),
    "papers.expect-leaf": Text(
        "full handshakes on {addresses} present the new leaf",
        "{addresses} への完全なハンドシェイクで新しい証明書が提示されます",
    ),
    "papers.expect-leaf-client": Text(
        "every process of {service} uses the new leaf", "{service} の全プロセスが新しい証明書を使います"
    ),
    "papers.expect-trust": Text(
        "every process of {service} is proven to use the new trust store",
        "{service} の全プロセスが新しいトラスト ストアを使っていることを確認できます",
    ),
    "papers.interrupts": Text("(interrupts the service)", "(サービスが中断します)"),
    "papers.by-hand": Text("by hand: {owner}", "手作業: {owner}"),
    "papers.target-own": Text("the target's own reload", "対象製品の再読み込み"),
    "papers.total": Text("Expected time in all: {takes}.", "予定時間の合計: {takes}。"),
    "papers.turn-back": Text("Latest time to turn back", "切り戻し判断の期限"),
    "papers.turn-back-by": Text("Way back must begin by", "切り戻し開始期限"),
    "papers.way-back-takes": Text("The way back takes", "切り戻しの所要時間"),
    "papers.way-back": Text("Way back", "切り戻し手順"),
    "papers.way-back-start": Text(
        "The way back is a plan too, proven before it is carried out:",
        "切り戻しも計画として作り、証明してから行います。",
    ),
    "papers.way-back-order": Text(
        "It undoes the waves in reverse order; every backup was opened again before the first write.",
        "ウェーブを逆の順に戻します。バックアップは最初の書き込みの前に開いて確かめてあります。",
    ),
    "papers.undo": Text("Undo", "戻し方"),
    "papers.undo-none": Text("none: needs approval", "なし (承認が必要)"),
    "papers.undo-nothing": Text("nothing to undo: nothing was loaded", "不要 (読み込まれていません)"),
    "papers.undo-put-back": Text("put back {value}", "{value} への復元"),
    "papers.findings": Text("Remarks", "注意事項"),
    "papers.approvers": Text("Approvers", "承認者"),
    "papers.role": Text("Role", "役割"),
    "papers.name": Text("Name", "氏名"),
    "papers.date": Text("Date", "日付"),
    "papers.signature": Text("Signature", "署名・押印"),
    "papers.role-applicant": Text("Applicant", "申請者"),
    "papers.role-approver": Text("Approver", "承認者"),
    "papers.role-operator": Text("Operator", "作業者"),
    "papers.role-checker": Text("Checker", "確認者"),
    "papers.role-owner": Text("Owner of {what}", "{what} の担当者"),
    "papers.approve-note": Text(
        "What is approved is the digest above: the first eight characters are asked for when the work begins.",
        "承認の対象は上記のダイジェストです。作業開始時にその先頭 8 文字を確認します。",
    ),
    # The result.
    "papers.result-title": Text("Report of the work", "作業結果報告書"),
    "papers.state": Text("Result", "結果"),
    "papers.state-done": Text("done", "完了"),
    "papers.state-abandoned": Text("abandoned", "中止"),
    "papers.state-superseded": Text("superseded by another rollout", "別の適用に引き継ぎ"),
    "papers.state-open": Text("not ended", "未完了"),
    "papers.started": Text("Started", "開始日時"),
    "papers.ended": Text("Ended", "終了日時"),
    "papers.planned": Text("Planned time", "予定時間"),
    "papers.actual": Text("Actual time", "実績時間"),
    "papers.approvals": Text("Approvals", "承認"),
    "papers.approval": Text("{by} approved {digest} at {at}", "{by} が {at} に {digest} を承認"),
    "papers.steps-done": Text("Steps", "実施した手順"),
    "papers.step-done": Text("done", "完了"),
    "papers.step-begun": Text("begun, not ended", "着手、未完了"),
    "papers.step-not-begun": Text("not begun", "未着手"),
    "papers.fingerprints": Text("Fingerprints (SHA-256)", "フィンガープリント (SHA-256)"),
    "papers.handshakes": Text("Handshakes", "ハンドシェイク"),
    "papers.handshakes-numbers": Text(
        "Full handshakes that confirmed a new value: {confirmed}; steps seen by a witness: {proven}.",
        "新しい値を確認した完全なハンドシェイク: {confirmed} 回、証人が確認した手順: {proven} 件。",
    ),
    "papers.witness": Text("Witness", "証人"),
    "papers.events": Text("Waits, stops and statements", "待ち・停止・担当者の申告"),
    "papers.at": Text("Time", "日時"),
    "papers.event": Text("What happened", "出来事"),
    "papers.event-waiting": Text("waited", "待ち"),
    "papers.event-statement": Text("statement of the owner", "担当者の申告"),
    "papers.event-stopped": Text("stopped", "停止"),
    "papers.event-started": Text("started", "開始"),
    "papers.event-reminded": Text("owner reminded", "担当者へ催促"),
    "papers.event-ended": Text("ended", "終了"),
}
