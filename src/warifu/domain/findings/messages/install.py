"""Messages whose keys begin with `install.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "install.backup-differs": Text(
        "The backup {path} cannot be opened as it was written; nothing else is changed. Check the disk of this node.",
        "バックアップ {path} が書き込んだ内容と一致しません。何も変更していません。このノードのディスクを確かめてください。",
    ),
    "install.backup-stale": Text(
        "The backup {folder} was taken when {paths} were different, so it is no way back for this step.",
        "バックアップ {folder} は {paths} が今と異なるときのもので、この手順の切り戻しに使えません。",
    ),
    "install.content-unfit": Text(
        "{slot}: an identity belongs into an identity slot, anchors into a trust slot.",
        "{slot}: 証明書と鍵は証明書用のスロットに、トラスト アンカーはトラスト ストア用のスロットに入れてください。",
    ),
    "install.file-absent": Text(
        "Nothing lies at {paths}; correct the paths in the estate file.",
        "{paths} にファイルがありません。管理対象環境ファイルのパスを直してください。",
    ),
    "install.no-backup": Text(
        "{folder} holds no complete backup; nothing is changed without one.",
        "{folder} に完全なバックアップがありません。バックアップなしでは何も変更しません。",
    ),
    "install.no-process": Text(
        "{path} names no running process; start the service, or correct the option that names this file.",
        "{path} に動作中のプロセスの番号がありません。サービスを起動するか、このファイルを指すオプションを直してください。",
    ),
    "install.not-adopted": Text(
        "{slot} has several files that cannot change in one instant yet; plan an adopt step first.",
        "{slot} の複数のファイルはまだ同時に切り替えられません。先に、管理下に置く手順を計画してください。",
    ),
    "install.split-generations": Text(
        "The files of {slot} lead into several places ({folders}) and cannot change in one instant.",
        "{slot} のファイルが複数の場所 ({folders}) につながっているため、同時に切り替えられません。",
    ),
}
