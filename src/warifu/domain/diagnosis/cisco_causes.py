"""The causes of what Expressway and Unified CM say."""

from __future__ import annotations

from warifu.domain.diagnosis import looks
from warifu.domain.diagnosis.cause import TEMPLATE, Cause
from warifu.domain.findings import Text

CISCO = (
    Cause(
        "expressway-request",
        Text(
            "The certificate does not answer the request that is pending on this Expressway, or that request was discarded.",
            "証明書が、この Expressway で保留中の証明書要求に対するものではないか、その要求が破棄されています。",
        ),
        Text(
            "Compare the key of the certificate with the key of the pending request.",
            "証明書の鍵と、保留中の証明書要求の鍵を比べます。",
        ),
        Text(
            "Make a new request on this Expressway, have it signed, and do not discard it before the certificate is in.",
            "この Expressway で証明書要求を作り直して署名を受け、証明書を入れるまで要求を破棄しないでください。",
        ),
        looks.other_key,
        "expressway-renewal",
    ),
    Cause(
        "expressway-not-alone",
        Text(
            "The file holds more than the Expressway's own certificate.",
            "ファイルに Expressway 自身の証明書以外も含まれています。",
        ),
        Text("Count the certificates of the file.", "ファイルの証明書を数えます。"),
        Text(
            "Upload the own certificate alone; issuers belong into the trusted CA list.",
            "自身の証明書だけをアップロードしてください。発行者は「信頼できる CA 証明書」の一覧に入れます。",
        ),
        looks.several,
        "expressway-renewal",
    ),
    Cause(
        "expressway-encoding",
        Text("The file is not a certificate in Base64.", "ファイルが Base64 形式の証明書ではありません。"),
        Text(
            "The first line must read -----BEGIN CERTIFICATE-----.",
            "先頭行が -----BEGIN CERTIFICATE----- であることを確かめます。",
        ),
        Text(
            "Convert it: `warifu pack FILE --form leaf --out FILE.pem`.",
            "変換してください: `warifu pack FILE --form leaf --out FILE.pem`。",
        ),
        looks.not_base64,
        "expressway-renewal",
    ),
    Cause(
        "expressway-purposes",
        Text(
            "The certificate is not for both server and client authentication.",
            "証明書の拡張鍵用途に、サーバー認証とクライアント認証の両方がそろっていません。",
        ),
        TEMPLATE,
        Text(
            "Have it issued with both purposes; make sure that the CA does not strip one. From X15.5 on, upload a "
            "certificate for each.",
            "両方の用途で発行し、CA が片方を外さないことを確かめてください。X15.5 以降は用途ごとに証明書をアップロードできます。",
        ),
        looks.one_purpose,
        "expressway-renewal",
    ),
    Cause(
        "expressway-pending",
        Text(
            "A request is already pending on this Expressway.",
            "この Expressway にはすでに保留中の証明書要求があります。",
        ),
        Text(
            "Open the server certificate page: it offers to download or discard the pending request.",
            "サーバー証明書のページを開きます。保留中の要求のダウンロードか破棄を選べます。",
        ),
        Text(
            "Use the pending request; discard it only when no certificate for it is on the way.",
            "保留中の要求を使ってください。その証明書が発行中でないときに限り破棄できます。",
        ),
        None,
        "expressway-renewal",
    ),
    Cause(
        "cucm-issuer",
        Text(
            "Unified CM does not trust the CA that signed the certificate.",
            "Unified CM が、証明書に署名した CA を信頼していません。",
        ),
        Text(
            "Look for the root and every intermediate in the trust store of the same service.",
            "同じサービスのトラスト ストアにルートとすべての中間 CA があるか確かめます。",
        ),
        Text(
            "Upload root and intermediates to the trust store first, on this node, then the certificate.",
            "先にこのノードのトラスト ストアにルートと中間 CA をアップロードし、その後で証明書を入れてください。",
        ),
        looks.not_trusted,
    ),
    Cause(
        "cucm-request",
        Text(
            "The certificate answers another request than the one Unified CM keeps.",
            "証明書が、Unified CM に保存されている証明書要求に対するものではありません。",
        ),
        Text(
            "Compare the key of the certificate with the key of the request that was made last.",
            "証明書の鍵と、最後に作成した証明書要求の鍵を比べます。",
        ),
        Text(
            "Make the request anew on this node and have exactly that one signed.",
            "このノードで証明書要求を作り直し、その要求に署名を受けてください。",
        ),
        looks.other_key,
    ),
)
