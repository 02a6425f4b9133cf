"""Messages whose keys begin with `demo.`: what `./run demo` tells."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

TABLE: Mapping[str, Text] = {
    "demo.help": Text(
        "Replace the root CA of a small estate under constant traffic: first everything at once, then with Warifu.",
        "小さな管理対象環境のルート CA を、通信を流し続けたまま入れ替えます。まず一斉に、次に Warifu で行います。",
    ),
    "demo.help-keep": Text(
        "leave the estate running at the end, to play with",
        "終了後も管理対象環境を動かしたままにします (自由に試せます)",
    ),
    "demo.help-json": Text(
        "print the figures as JSON; progress goes to standard error.",
        "数値を JSON で出力します。途中経過は標準エラーに出します。",
    ),
    "demo.help-lang": Text("language: en or ja", "言語: en または ja"),
    "demo.build": Text(
        "Building an estate on loopback: {services} services, {clients} clients, {connections} connections.",
        "ループバック上に管理対象環境を作ります: サービス {services}、クライアント {clients}、接続 {connections}。",
    ),
    "demo.old-root": Text(
        'Every trust store trusts "{name}" ({fingerprint}). That root has to go.',
        "すべてのトラスト ストアが「{name}」({fingerprint}) を信頼しています。このルートを廃止します。",
    ),
    "demo.traffic": Text(
        "Traffic: at least {rate} full handshakes a second on every connection, each one logged in {folder}",
        "通信: すべての接続で毎秒 {rate} 回以上の完全なハンドシェイクを行い、1 回ごとに {folder} へ記録します",
    ),
    "demo.naive-heading": Text(
        "1. The naive way, on a copy: swap every file at once, then reload everything",
        "1. 素朴なやり方 (複製した環境で): 全ファイルを一斉に入れ替え、順に再読み込み",
    ),
    "demo.naive-swapped": Text(
        "All {files} files are swapped. Reloading {count} processes, one after the other ...",
        "{files} 個のファイルをすべて入れ替えました。{count} 個のプロセスを順に再読み込みします ...",
    ),
    "demo.naive-reloaded": Text("  reloaded {process}", "  {process} を再読み込みしました"),
    "demo.errors": Text("  {count} x {error}", "  {count} 回: {error}"),
    "demo.result": Text(
        "{handshakes} full handshakes, {failed} failed",
        "完全なハンドシェイク {handshakes} 回、失敗 {failed} 回",
    ),
    "demo.warifu-heading": Text("2. The same change with Warifu", "2. 同じ変更を Warifu で"),
    "demo.command": Text("$ {command}", "$ {command}"),
    "demo.tick": Text(
        "  ... {seconds} s: {handshakes} full handshakes so far, {failed} failed",
        "  ... {seconds} 秒: これまでに完全なハンドシェイク {handshakes} 回、失敗 {failed} 回",
    ),
    "demo.gone": Text(
        "The old root is gone from all {count} trust stores, on disk and in memory.",
        "古いルートは {count} 個のトラスト ストアすべてから、ディスク上でもメモリー上でもなくなりました。",
    ),
    "demo.switched": Text(
        "All {count} connections showed their old leaf, then their new one; the slowest made {rate} handshakes a second.",
        "{count} 個の接続すべてで、古いリーフ証明書に続いて新しいリーフ証明書を確認しました。最も遅い接続で毎秒 {rate} 回でした。",
    ),
    "demo.next": Text("Next, on what is yours:", "次は、お使いの環境で:"),
    "demo.next-check": Text(
        "  {warifu} check YOUR.HOST:443     judge what a server presents",
        "  {warifu} check YOUR.HOST:443     サーバーが提示する証明書を判定します",
    ),
    "demo.next-scan": Text(
        "  {warifu} estate scan             write an estate file from what runs on this machine",
        "  {warifu} estate scan             このマシンで動いているものから管理対象環境ファイルを作成します",
    ),
    "demo.kept": Text(
        "The estate is still running in {folder}. Look at it with:",
        "管理対象環境は {folder} で動き続けています。次のコマンドで見られます:",
    ),
    "demo.kept-stop": Text(
        "To stop it, delete its folder: rm -r {folder}",
        "止めるには、そのフォルダーを削除してください: rm -r {folder}",
    ),
    "demo.broken-heading": Text("Not as promised:", "約束どおりでなかったこと:"),
    "demo.broken-naive": Text(
        "the naive way lost no handshake, so it shows nothing",
        "素朴なやり方でもハンドシェイクが 1 回も失敗せず、比較になりません",
    ),
    "demo.broken-failed": Text(
        "{failed} handshakes failed while Warifu worked",
        "Warifu の作業中にハンドシェイクが {failed} 回失敗しました",
    ),
    "demo.broken-trust": Text(
        "the old root is still trusted by {slots}",
        "古いルートがまだ信頼されています: {slots}",
    ),
    "demo.broken-other": Text(
        "the root of somebody else is no longer trusted by {slots}",
        "無関係のルートが信頼されなくなりました: {slots}",
    ),
    "demo.broken-leaf": Text(
        "{connection} did not show both its old and its new leaf",
        "{connection} で古いリーフ証明書と新しいリーフ証明書の両方を確認できませんでした",
    ),
    "demo.broken-rate": Text(
        "{connection} made only {rate} handshakes a second, fewer than {promised}",
        "{connection} のハンドシェイクは毎秒 {rate} 回で、{promised} 回に届きませんでした",
    ),
    "demo.slow-machine": Text(
        "This machine was too busy for the full pace (its processors were idle {idle} % of the time): {count} of the "
        "connections made fewer than {promised} handshakes a second, the slowest, {connection}, {rate}.",
        "このマシンは負荷が高く (CPU のアイドル率 {idle} %)、本来のペースに届きませんでした。毎秒 {promised} 回に満たない接続が "
        "{count} 個あり、最も遅い {connection} は毎秒 {rate} 回でした。",
    ),
    "demo.broken-command": Text(
        "`{command}` ended with exit code {code}",
        "`{command}` が終了コード {code} で終わりました",
    ),
    "demo.interrupted": Text(
        "Interrupted; everything the demo started has been ended.",
        "中断しました。デモが起動したものはすべて終了しました。",
    ),
    "demo.ended-early": Text(
        "The demo's process {process} ended with exit code {code}: {said}",
        "デモのプロセス {process} が終了コード {code} で終わりました: {said}",
    ),
    "demo.no-traffic": Text(
        "Waited {seconds} s for good handshakes, in vain, on: {connections}",
        "{seconds} 秒待ちましたが、次の接続でハンドシェイクが成功しませんでした: {connections}",
    ),
}
