"""Messages whose keys begin with `rollout.`: plans being carried out."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

_ERRORS: Mapping[str, Text] = {
    "rollout.open": Text(
        "Rollout {rollout} is under way and touches {part}, too. "
        "Finish it (`warifu rollout resume {rollout}`) or end it (`warifu rollout abandon {rollout}`) first.",
        "適用 {rollout} が進行中で、同じ {part} を対象にしています。先に完了 (`warifu rollout resume {rollout}`) "
        "または中止 (`warifu rollout abandon {rollout}`) してください。",
    ),
    "rollout.open-same": Text(
        "This plan is being carried out already, as rollout {rollout}. Go on with `warifu rollout resume {rollout}`.",
        "この計画はすでに適用 {rollout} として進行中です。`warifu rollout resume {rollout}` で再開してください。",
    ),
    "rollout.carried-out": Text(
        "This plan was carried out already: rollout {rollout} ended at {ended}. Nothing was done. "
        "To change the estate again, plan again.",
        "この計画はすでに適用済みです (適用 {rollout}、{ended} 終了)。何も変更していません。"
        "管理対象環境を再び変更するには、計画を作り直してください。",
    ),
    "rollout.unknown": Text(
        "There is no rollout {rollout} in this estate's journal. `warifu rollout show` lists them.",
        "適用 {rollout} はこの管理対象環境のジャーナルにありません。`warifu rollout show` で一覧できます。",
    ),
    "rollout.nothing-yet": Text(
        "Nothing has been carried out in this estate yet. Begin with `warifu plan` and `warifu apply`.",
        "この管理対象環境ではまだ何も適用されていません。`warifu plan` と `warifu apply` から始めてください。",
    ),
    "rollout.ambiguous": Text(
        "Several rollouts match: {matching}. Name one.",
        "複数の適用が該当します: {matching}。1 つを指定してください。",
    ),
    "rollout.ended": Text(
        "Rollout {rollout} is over ({state}); nothing is left to end.",
        "適用 {rollout} はすでに終了しています ({state})。",
    ),
    "rollout.not-a-plan": Text(
        "{path} is no plan that can be carried out. Give the file that `warifu plan ... --out FILE` wrote:",
        "{path} は適用できる計画ではありません。`warifu plan ... --out FILE` が書き出したファイルを指定してください:",
    ),
    "rollout.plan-changed": Text(
        "{path} was changed after the plan was made: its digest is {found}, and it says {noted}. "
        "Make it again with `warifu plan`.",
        "{path} は計画の作成後に変更されています (ダイジェストは {found}、記載は {noted})。"
        "`warifu plan` で作り直してください。",
    ),
    "rollout.other-estate": Text(
        "The plan was made for the estate {plan}, and this is {estate}. Give the right one with --estate.",
        "この計画は管理対象環境 {plan} のもので、ここは {estate} です。--estate で正しい管理対象環境を指定してください。",
    ),
    "rollout.plan-too-old": Text(
        "The plan was good until {good_until}; it is {now}. Make it again with `warifu plan`.",
        "この計画の有効期限は {good_until} です (現在 {now})。`warifu plan` で作り直してください。",
    ),
    "rollout.nothing-to-undo": Text(
        "No step of this rollout has changed anything; there is nothing to put back.",
        "この適用ではまだ何も変更されていないため、戻すものがありません。",
    ),
    "rollout.past-return": Text(
        "Rollout {rollout} is past its point of no return (waves {waves}). To go back all the same, approve that "
        "with --past-return.",
        "適用 {rollout} は後戻りできない時点 (ウェーブ {waves}) を過ぎています。それでも戻す場合は --past-return で"
        "承認してください。",
    ),
    "rollout.no-window": Text(
        "Wave {wave} interrupts services, and none of their windows ({windows}) is long enough within a year.",
        "ウェーブ {wave} はサービスを中断しますが、1 年以内に十分な長さのメンテナンス時間帯 ({windows}) がありません。",
    ),
    "rollout.waiting-for-window": Text(
        "Wave {wave} interrupts services and waits for the window {window}, which opens at {opens}.",
        "ウェーブ {wave} はサービスを中断するため、{opens} に始まるメンテナンス時間帯 {window} を待っています。",
    ),
    "rollout.waiting-for-sessions": Text(
        "Wave {wave} removes anchors and waits until {until}: before that, sessions can be resumed that were made with "
        "them. `warifu rollout resume` goes on then.",
        "ウェーブ {wave} はトラスト アンカーを取り除くため {until} まで待ちます。それまでは、そのトラスト アンカーで確立したセッションが"
        "再開できます。その後 `warifu rollout resume` で再開してください。",
    ),
    "rollout.slot-missing": Text(
        "The plan speaks of {slots}, which the estate no longer has. Make the plan again.",
        "計画にある {slots} が管理対象環境にありません。計画を作り直してください。",
    ),
    "rollout.lease-held": Text(
        "Another process drives rollout {rollout}; its lease runs until {until}.",
        "別のプロセスが適用 {rollout} を実行中です。リースの期限は {until} です。",
    ),
    "rollout.lease-lost": Text(
        "Another process has taken over rollout {rollout} (epoch {newer}, ours was {epoch}); this one stops here.",
        "適用 {rollout} は別のプロセスに引き継がれました (エポック {newer}、こちらは {epoch})。ここで停止します。",
    ),
    "rollout.journal-newer": Text(
        "The journal {path} has format {found}; this version of Warifu knows formats up to {known}. Use a newer one.",
        "ジャーナル {path} の形式は {found} で、この Warifu が扱えるのは {known} までです。新しいバージョンを使ってください。",
    ),
    "rollout.gate-too-late": Text(
        "Wave {wave} needs {needs} and must end before {good_until}; it is {now}. Nothing more of it is begun. "
        "Make a new plan from here: `warifu plan`.",
        "ウェーブ {wave} には {needs} が必要で、{good_until} までに終える必要があります (現在 {now})。"
        "これ以上は何も始めません。`warifu plan` で計画を作り直してください。",
    ),
    "rollout.gate-shut": Text(
        "Wave {wave} does not go on: {count:finding above keeps|findings above keep} its gate shut. When they are settled: "
        "`warifu rollout resume {rollout}`.",
        "上の {count} 件の検出事項のため、ウェーブ {wave} は先に進みません。解決後に "
        "`warifu rollout resume {rollout}` を実行してください。",
    ),
    "rollout.waiting": Text(
        "Rollout {rollout} waits at step {step} ({count:step waits|steps wait}). `warifu rollout show {rollout}` says for whom; "
        "`warifu rollout resume {rollout}` goes on.",
        "適用 {rollout} は手順 {step} で待機中です (待機 {count} 件)。`warifu rollout show {rollout}` で待機先を確認し、"
        "`warifu rollout resume {rollout}` で再開できます。",
    ),
    "rollout.stopped": Text(
        "Rollout {rollout} stopped at step {step} ({count:step|steps}). What was live before is live. "
        "After the cause is gone: `warifu rollout resume {rollout}`; to go back: `warifu plan rollback {rollout}`.",
        "適用 {rollout} は手順 {step} で停止しました ({count} 件)。変更前の状態のまま稼働しています。原因を取り除いて "
        "`warifu rollout resume {rollout}`、戻す場合は `warifu plan rollback {rollout}` を実行してください。",
    ),
    "rollout.stopped-down": Text(
        "Rollout {rollout} stopped at step {step} ({count:step|steps}), and what was live before is NOT seen live there: see "
        "to that service first. Then `warifu rollout resume {rollout}`; to go back: `warifu plan rollback {rollout}`.",
        "適用 {rollout} は手順 {step} で停止し ({count} 件)、変更前の状態で稼働していることも確認できません。まずそのサービスを"
        "確かめてください。その後 `warifu rollout resume {rollout}`、戻す場合は `warifu plan rollback {rollout}` を"
        "実行してください。",
    ),
    "rollout.target-changed": Text(
        "Step {step}: the target changed since the plan was made: it holds {found}, neither the value before nor the "
        "one after. Nothing was written. Look at it, then plan again, or `warifu rollout resume {rollout}`.",
        "手順 {step}: 計画後に対象が変更されました。現在の内容は {found} で、変更前とも変更後とも一致しません。"
        "何も書き込んでいません。確認のうえ計画し直すか、`warifu rollout resume {rollout}` を実行してください。",
    ),
    "rollout.key-gone": Text(
        "The new key {path} on {node} is gone, and its certificate has come. Discard the request and issue again.",
        "{node} の新しい鍵 {path} がありませんが、証明書は届いています。申請を破棄して発行し直してください。",
    ),
    "rollout.slot-unreadable": Text(
        "{slot}: its files do not hold a content that can be read.",
        "{slot}: ファイルの内容を読み取れません。",
    ),
    "rollout.step-unknown": Text(
        "There is no step {step}; the steps are {steps}.",
        "手順 {step} はありません。手順は {steps} です。",
    ),
    "rollout.not-waiting": Text(
        "Step {step} is {state}: it waits for nobody's statement now.",
        "手順 {step} の状態は {state} です。今は誰の申告も待っていません。",
    ),
    "rollout.not-the-owner": Text(
        "Step {step} belongs to {owner}; a statement of {given} does not count for it.",
        "手順 {step} の担当者は {owner} です。{given} の申告は有効になりません。",
    ),
    "rollout.nobody-to-ask": Text(
        "There is no terminal to ask on. Approve this plan with `--approve {digest}`.",
        "確認する端末がありません。`--approve {digest}` でこの計画を承認してください。",
    ),
    "rollout.digest-too-short": Text(
        "The first {needs} characters of the digest are needed.",
        "ダイジェストの先頭 {needs} 文字が必要です。",
    ),
    "rollout.not-approved": Text(
        "{given} is not the beginning of this plan's digest ({digest}...). Nothing was done.",
        "{given} はこの計画のダイジェスト ({digest}...) と一致しません。何も実行していません。",
    ),
}

_REASONS: Mapping[str, Text] = {
    "rollout.blocked": Text("it has not gone on", "先に進んでいません"),
    "rollout.step-stopped": Text("it was put back: {codes}", "元に戻しました: {codes}"),
    "rollout.bytes-differ": Text(
        "the certificate that came differs from the plan: {codes}; make a new plan, or have it issued again.",
        "届いた証明書が計画と異なります: {codes}。計画を作り直すか、発行し直してください。",
    ),
    "rollout.losses-open": Text(
        "the certificate that came has lost what the one in use has: {losses}. Have it issued again; if that is meant: "
        "`warifu request accept {request} --loss NAME --by NAME` for each, then `warifu rollout resume`.",
        "届いた証明書には、使用中の証明書にあるものが不足しています: {losses}。発行し直してください。意図したものであれば、"
        "それぞれについて `warifu request accept {request} --loss NAME --by NAME` を実行し、`warifu rollout resume` で続行してください。",
    ),
    "rollout.waiting-for-old-processes": Text(
        "processes of {slot} that loaded the old value are still there",
        "{slot} の古い値を読み込んだプロセスが残っています",
    ),
    "rollout.waiting-for-witness": Text(
        "{slot} lies on disk, and nobody has seen it in use: its owner confirms it with `warifu rollout confirm`.",
        "{slot} はディスク上にありますが、使用中であることを確認できません。担当者が `warifu rollout confirm` で確認します。",
    ),
    "rollout.waiting-for-owner": Text(
        "{owner} carries it out by hand from {folder}, then: `warifu rollout confirm {step} --owner {owner} --statement ...`",
        "{owner} が {folder} の手順書に従って作業し、その後 `warifu rollout confirm {step} --owner {owner} --statement ...` を実行します",
    ),
    "rollout.waiting-for-leaf": Text(
        "{owner} installs it by hand from {folder}; {address} does not serve the leaf {leaf} yet.",
        "{owner} が {folder} の手順書に従ってインストールします。{address} はまだリーフ {leaf} を提示していません。",
    ),
}

_TOLD: Mapping[str, Text] = {
    "rollout.told-wave": Text(
        "Wave {number} of {of} ({purpose}): {steps:step|steps}",
        "ウェーブ {number}/{of} ({purpose}): 手順 {steps} 件",
    ),
    "rollout.told-done": Text(
        "  done     {step} {what} {where}: {shown} ({witness}); {done} of {of}, {left} left",
        "  完了     {step} {what} {where}: {shown} ({witness})、{done}/{of}、残り {left}",
    ),
    "rollout.told-waiting": Text(
        "  waiting  {step} {what} {where}: {why}", "  待機     {step} {what} {where}: {why}"
    ),
    "rollout.told-stopped": Text("  stopped  {step} {what} {where}", "  停止     {step} {what} {where}"),
    "rollout.told-arrived": Text(
        "  arrived  {template}: leaf {leaf}", "  受領     {template}: リーフ {leaf}"
    ),
    "rollout.told-ended": Text("The rollout is {state}.", "適用の状態: {state}"),
    "rollout.started": Text("Rollout {rollout} begins.", "適用 {rollout} を開始します。"),
    "rollout.finished": Text(
        "Rollout {rollout} is done: {steps:step|steps}, each proven. Report: `warifu rollout report {rollout}`",
        "適用 {rollout} が完了しました (手順 {steps} 件、すべて確認済み)。報告書: `warifu rollout report {rollout}`",
    ),
    "rollout.interrupted": Text(
        "Interrupted. Everything done so far is in the journal; go on with `warifu rollout resume {rollout}`.",
        "中断しました。ここまでの作業はジャーナルに記録されています。`warifu rollout resume {rollout}` で再開できます。",
    ),
    "rollout.reminded": Text(
        "{owner} ({contact}): step {step} waits for you since {since}.",
        "{owner} ({contact}): 手順 {step} が {since} から待機しています。",
    ),
    "rollout.overdue": Text(
        "ALARM: {owner} has not answered step {step} since {since}; {within} were allowed.",
        "警報: {owner} が手順 {step} に {since} から応答していません (期限 {within})。",
    ),
}

_SHOWN: Mapping[str, Text] = {
    "rollout.approve-head": Text(
        "Plan {digest}\n{waves} waves, {steps} steps", "計画 {digest}\nウェーブ {waves} 件、手順 {steps} 件"
    ),
    "rollout.approve-until": Text(
        "proven for {owed} connections; good until {until}",
        "接続 {owed} 件について証明済み、有効期限 {until}",
    ),
    "rollout.approve-waiver": Text(
        "waived: {subject}, by {by}, until {until}", "免除: {subject} ({by}、期限 {until})"
    ),
    "rollout.approve-outage": Text(
        "outage: {service} is interrupted for about {length}",
        "サービス中断: {service} が約 {length} 中断します",
    ),
    "rollout.ask-digest": Text(
        "Type the first eight characters of the digest to carry it out:",
        "実行するにはダイジェストの先頭 8 文字を入力してください:",
    ),
    "rollout.status": Text(
        "Rollout {rollout}: {state}, {done} of {of} steps done",
        "適用 {rollout}: {state}、手順 {done}/{of} 完了",
    ),
    "rollout.blocks": Text(
        "{step} ({where} on {node}) blocks: {why}", "{step} ({node} の {where}) が止めています: {why}"
    ),
    "rollout.how-to-resume": Text(
        "Go on with `warifu rollout resume {rollout}`.", "`warifu rollout resume {rollout}` で再開できます。"
    ),
    "rollout.none": Text("No rollout yet.", "適用はまだありません。"),
    "rollout.report-written": Text("The report is in {file}.", "報告書を {file} に書き出しました。"),
    "rollout.confirmed": Text(
        "Recorded: {owner} confirms step {step}. Go on with `warifu rollout resume {rollout}`.",
        "記録しました: {owner} が手順 {step} を確認。`warifu rollout resume {rollout}` で再開できます。",
    ),
    "rollout.abandoned": Text(
        "Rollout {rollout} is ended where it stands. `warifu estate check` shows what holds now; "
        "`warifu plan rollback {rollout}` makes the way back.",
        "適用 {rollout} を現状のまま終了しました。`warifu estate check` で現状を確認し、"
        "`warifu plan rollback {rollout}` で切り戻しを計画できます。",
    ),
    "rollout.head-id": Text("rollout", "適用"),
    "rollout.head-state": Text("state", "状態"),
    "rollout.head-started": Text("started", "開始"),
    "rollout.head-digest": Text("plan", "計画"),
    "rollout.head-wave": Text("wave", "ウェーブ"),
    "rollout.head-step": Text("step", "手順"),
    "rollout.head-what": Text("what", "内容"),
    "rollout.head-where": Text("where", "場所"),
}

_HELP: Mapping[str, Text] = {
    "rollout.help-apply": Text(
        "Carry out a plan that you approve by its digest.\n\n"
        "Shows the digest and asks for its first eight characters (`--approve` answers). Each wave starts when the "
        "one before is proven. It may be interrupted or killed at any moment; `warifu rollout resume` goes on.",
        "計画をダイジェストで承認して適用します。\n\n"
        "ダイジェストを表示し、先頭 8 文字の入力を求めます (`--approve` で指定可)。各ウェーブは前のウェーブが確認されて"
        "から始まります。いつ中断しても `warifu rollout resume` で再開できます。",
    ),
    "rollout.help-rollout": Text(
        "What is under way: show, resume, confirm, report, abandon.",
        "進行中の適用の表示、再開、確認、報告、中止を行います。",
    ),
    "rollout.help-show": Text(
        "List rollouts, or show where one stands and who blocks it.",
        "適用の一覧、または状態と待機先を表示します。",
    ),
    "rollout.help-resume": Text(
        "Go on from the journal.\n\nWithout a name: the one that is open.",
        "ジャーナルから再開します。\n\n名前を省くと、進行中の適用が対象です。",
    ),
    "rollout.help-report": Text(
        "Write the result report: times, fingerprints, handshakes.",
        "作業結果報告書を出力します: 時刻、フィンガープリント、ハンドシェイク。",
    ),
    "rollout.help-confirm": Text(
        "Record an owner's statement about a step done by hand.",
        "手作業の手順について担当者の申告を記録します。",
    ),
    "rollout.help-abandon": Text(
        "End a rollout where it stands; its nodes are free afterwards.",
        "適用を現状のまま終了し、ノードを解放します。",
    ),
    "rollout.option-approve": Text(
        "The digest, or its first eight characters or more.", "ダイジェスト、またはその先頭 8 文字以上です。"
    ),
    "rollout.option-follow": Text(
        "Wait for people and go on, instead of ending with exit code 6.",
        "終了コード 6 で終わらず、応答を待って続行します。",
    ),
    "rollout.option-owner": Text(
        "Who speaks: the owner of the step's service or node.",
        "申告する人です (手順のサービスまたはノードの担当者)。",
    ),
    "rollout.option-statement": Text("What was done and seen, in their words.", "実施内容と確認結果です。"),
    "rollout.option-rollout": Text(
        "Which rollout, when several are open.", "対象の適用です (複数が進行中の場合)。"
    ),
}

TABLE: Mapping[str, Text] = {**_ERRORS, **_REASONS, **_TOLD, **_SHOWN, **_HELP}
