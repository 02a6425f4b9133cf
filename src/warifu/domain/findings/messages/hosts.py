"""Messages whose keys begin with `hosts.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "hosts.ssh-missing": Text(
        "{host}: the program ssh is missing on this machine. Install it: apt-get install openssh-client",
        "{host}: このマシンに ssh がありません。インストールしてください: apt-get install openssh-client",
    ),
    "hosts.ssh-no-folder": Text(
        "{host}: no folder for the shared SSH connection: neither $XDG_RUNTIME_DIR nor $TMPDIR nor /tmp "
        "is writable and short enough. Set TMPDIR to a short path.",
        "{host}: SSH 接続を共有するためのフォルダーがありません。$XDG_RUNTIME_DIR、$TMPDIR、/tmp のいずれも"
        "書き込めないか、パスが長すぎます。TMPDIR に短いパスを設定してください。",
    ),
    "hosts.ssh-cannot-connect": Text(
        "{host}: no SSH connection to {destination}: {reason}. Try: ssh {destination} true",
        "{host}: {destination} に SSH で接続できません: {reason}。確認方法: ssh {destination} true",
    ),
    "hosts.ssh-not-let-in": Text(
        "{host}: {destination} does not let us in: {reason}. Warifu asks for no password: "
        "add a key to your agent (ssh-add), or name it in ~/.ssh/config (IdentityFile).",
        "{host}: {destination} にログインを拒否されました: {reason}。Warifu はパスワードを尋ねません。"
        "鍵をエージェントに追加する (ssh-add) か、~/.ssh/config に IdentityFile を書いてください。",
    ),
    "hosts.ssh-host-key-unknown": Text(
        "{host}: the host key of {destination} is not known: {reason}. "
        "Run ssh {destination} once, compare the fingerprint with the owner's, and accept it.",
        "{host}: {destination} のホスト鍵が未登録です: {reason}。ssh {destination} を一度実行し、"
        "フィンガープリントを管理者と照合してから受け入れてください。",
    ),
    "hosts.ssh-host-key-changed": Text(
        "{host}: the host key of {destination} has changed: {reason}. Somebody may stand in between. "
        "Ask the owner; only then: ssh-keygen -R HOST.",
        "{host}: {destination} のホスト鍵が変わっています: {reason}。第三者がなりすましている (中間者攻撃の) おそれがあります。"
        "管理者に確認し、正当な変更であれば ssh-keygen -R HOST を実行してください。",
    ),
    "hosts.ssh-sudo-refused": Text(
        "{host}: sudo refuses there: {reason}. This line in /etc/sudoers.d/warifu allows it: {line}",
        "{host}: sudo に拒否されました: {reason}。/etc/sudoers.d/warifu に次の行を追加すると許可されます: {line}",
    ),
    "hosts.ssh-command-missing": Text(
        "{host}: needs {command} there. Debian has it in coreutils, grep, sed, util-linux or libc-bin.",
        "{host}: そのホストに {command} が必要です。Debian では coreutils、grep、sed、util-linux、libc-bin "
        "のいずれかに含まれています。",
    ),
    "hosts.ssh-broke-off": Text(
        "{host}: the connection to {destination} broke off before the answer was whole: {reason}. "
        "What was done there is not known; look again, doing it again is safe.",
        "{host}: 応答の途中で {destination} との接続が切れました: {reason}。"
        "どこまで実行されたか分かりません。もう一度確認してください。再実行しても安全です。",
    ),
    "hosts.agent-out-of-sight": Text(
        "{host} is looked after by its agent: {path} is seen through the server alone (--server URL).",
        "{host} はエージェントが管理するノードです。{path} はサーバー経由 (--server URL) でのみ確認できます。",
    ),
    "hosts.by-hand-out-of-sight": Text(
        "{host} is reached by people alone: {path} cannot be looked at from here.",
        "{host} は手作業で変更するノードです。ここからは {path} を確認できません。",
    ),
}
