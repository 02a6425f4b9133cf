"""Messages about people and signing in: keys that begin with `people.`."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "people.no-such-role": Text(
        "There is no such role. Roles: {roles}.", "そのような役割はありません。役割: {roles}。"
    ),
    "people.bad-name": Text(
        "{name} cannot be a person's name here: small letters, digits, dot, hyphen, underscore and @, at most 63; "
        "not `server`.",
        "{name} はユーザー名に使えません。英小文字、数字、ドット、ハイフン、アンダースコア、@ を 63 文字以内で使ってください。"
        "`server` は使えません。",
    ),
    "people.exists": Text("{person} is known already.", "{person} はすでに登録されています。"),
    "people.unknown": Text("Nobody is named {person}.", "{person} というユーザーはいません。"),
    "people.ended": Text(
        "{person} has been shut out. Add a new person instead.",
        "{person} の利用は停止されています。新しいユーザーを追加してください。",
    ),
    "people.last-administrator": Text(
        "Nobody else could manage people any more. Give somebody else that role first.",
        "ユーザーを管理できる人がいなくなります。先に別の人にそのロールを与えてください。",
    ),
    "people.administrator-there": Text(
        "{person} can sign in and manage people: a new link comes from them.",
        "{person} がサインインしてユーザーを管理できます。新しいリンクはその人に発行してもらってください。",
    ),
    "people.link-void": Text(
        "The link is not valid: it was used, replaced or has expired. Ask for a new one.",
        "リンクは無効です。使用済み、再発行済み、または期限切れです。新しいリンクを発行してもらってください。",
    ),
    "people.not-signed-in": Text(
        "Name or password is wrong, or no password is set.",
        "名前またはパスワードが違うか、パスワードが設定されていません。",
    ),
    "people.wait": Text(
        "Too many failures under this name. Try again after {until}.",
        "この名前での失敗が続いています。{until} 以降にもう一度試してください。",
    ),
    "people.password-unfit": Text(
        "A password has {shortest} to {longest} characters.",
        "パスワードは {shortest} 文字以上 {longest} 文字以内にしてください。",
    ),
    "people.password-not-sealed": Text(
        "The password could not be sealed: too little memory is free. Nothing was changed.",
        "空きメモリーが足りず、パスワードをハッシュ化できませんでした。何も変更していません。",
    ),
}
