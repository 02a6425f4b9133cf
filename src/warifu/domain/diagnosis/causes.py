"""Every cause that a vendor's message may have: what it is, what decides it, what to do, how files show it."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.diagnosis import looks
from warifu.domain.diagnosis.cause import TEMPLATE, Cause
from warifu.domain.diagnosis.cisco_causes import CISCO
from warifu.domain.findings import Text

_DELL = (
    Cause(
        "dell-csr-key",
        Text(
            "The certificate was not issued for a request that this appliance made.",
            "証明書が、このアプライアンスで作成した証明書要求に対して発行されたものではありません。",
        ),
        Text(
            "Compare the key of the certificate with the key of the request that the appliance made last.",
            "証明書の鍵と、アプライアンスで最後に作成した証明書要求の鍵を比べます。",
        ),
        Text(
            "Make a request on this very appliance, have exactly that one signed, and upload the answer; a new "
            "request voids the one before.",
            "このアプライアンスで証明書要求を作成し、その要求に署名を受けてアップロードしてください。"
            "新しい要求を作ると前の要求は無効になります。",
        ),
        looks.other_key,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-chain",
        Text(
            "The chain is not whole or has expired: leaf, every intermediate and the root, each signed by the next.",
            "チェーンが不完全か、期限切れです。リーフ、すべての中間 CA、ルートが順に署名されている必要があります。",
        ),
        Text(
            "Follow issued-to and issued-by from the leaf to a self-signed root within the file.",
            "ファイル内で、リーフから自己署名のルートまで発行先と発行者をたどります。",
        ),
        Text(
            "Put every intermediate and the root into the file, leaf first, root last, none of them expired, and upload it "
            "again.",
            "すべての中間 CA とルートを、期限内のもので、リーフを先頭、ルートを末尾にして 1 つのファイルに入れ、アップロードし直してください。",
        ),
        looks.broken_chain,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-common-name",
        Text(
            "A certificate of the chain has no common name, or a wildcard.",
            "チェーンの証明書にコモン ネームがないか、ワイルドカードがあります。",
        ),
        Text(
            "Look at the subject of every certificate; the text that the appliance logs for this is not documented.",
            "すべての証明書のサブジェクトを確かめます。この原因でアプライアンスが記録する文言は公開されていません。",
        ),
        Text(
            "Have the certificate issued with the appliance's full name as common name, without a wildcard.",
            "ワイルドカードを使わず、アプライアンスの完全修飾ドメイン名 (FQDN) をコモン ネームにして再発行してください。",
        ),
        looks.common_names,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-purposes",
        Text(
            "The leaf is not for both server and client authentication.",
            "リーフの拡張鍵用途に、サーバー認証とクライアント認証の両方がそろっていません。",
        ),
        TEMPLATE,
        Text(
            "Enable both purposes in the template that the CA issues from, and have it issued again: at a migration each "
            "appliance is server and client. Public CAs no longer sign both; use a private CA.",
            "発行に使う CA のテンプレートで両方の用途を有効にして再発行してください。移行では各アプライアンスがサーバーにも"
            "クライアントにもなります。パブリック CA は両方を含む証明書を発行しなくなっているため、プライベート CA を使います。",
        ),
        looks.one_purpose,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-key-encipherment",
        Text(
            "The leaf's key usage lacks keyEncipherment.", "リーフの鍵用途に keyEncipherment がありません。"
        ),
        TEMPLATE,
        Text(
            "Enable key encipherment in the template that the CA issues from, with an RSA key, and have it issued again.",
            "発行に使う CA のテンプレートで鍵の暗号化 (keyEncipherment) を有効にし、RSA 鍵で再発行してください。",
        ),
        looks.no_encipherment,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-encoding",
        Text("The file is not a certificate in Base64.", "ファイルが Base64 形式の証明書ではありません。"),
        Text(
            "The first line must read -----BEGIN CERTIFICATE-----.",
            "先頭行が -----BEGIN CERTIFICATE----- であることを確かめます。",
        ),
        Text(
            "Export it as Base64, or write it anew: the server certificate by "
            "`warifu pack FILE --for dell-ome-server --out FILE.pem`, a whole chain for a migration by "
            "`warifu pack FILE --for dell-ome-migration --out FILE.pem`.",
            "Base64 でエクスポートし直すか、書き直してください。サーバー証明書は "
            "`warifu pack FILE --for dell-ome-server --out FILE.pem`、移行用のチェーン全体は "
            "`warifu pack FILE --for dell-ome-migration --out FILE.pem` です。",
        ),
        looks.not_base64,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-authorities",
        Text(
            "The two appliances' certificates were not issued by the same CAs; the same root alone does not suffice.",
            "2 台のアプライアンスの証明書の発行元 CA が一致していません。ルートが同じだけでは足りません。",
        ),
        Text(
            "Compare issued-to and issued-by of both chains, row by row.",
            "両方のチェーンの発行先と発行者を 1 行ずつ比べます。",
        ),
        Text(
            "Have both appliances' certificates issued by the same intermediate CA, and upload both chains again.",
            "両方のアプライアンスの証明書を同じ中間 CA から発行し、チェーンをアップロードし直してください。",
        ),
        looks.other_authorities,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-validity",
        Text(
            "A certificate is not valid at the appliance's own time.",
            "アプライアンス自身の日時で、証明書が有効期間内にありません。",
        ),
        Text(
            "Judge each period by the clock of the appliance, not by yours.",
            "手元の時計ではなく、アプライアンスの時計で有効期間を確かめます。",
        ),
        Text(
            "Set the appliance's clock (NTP) right first; renew what is then still out of its period.",
            "まずアプライアンスの時計 (NTP) を合わせ、それでも期間外の証明書を更新してください。",
        ),
        looks.out_of_date,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-depth",
        Text(
            "The chain is longer than the appliance takes.", "チェーンがアプライアンスの上限を超えています。"
        ),
        Text("Count the certificates of each chain.", "各チェーンの証明書を数えます。"),
        Text(
            "Have the certificate issued nearer to the root: at most ten certificates in a chain.",
            "ルートにより近い CA から発行してください。チェーンの上限は 10 枚です。",
        ),
        looks.too_deep,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-pair-chain",
        Text(
            "The chain of one side is not whole: leaf, every intermediate and the root, each signed by the next.",
            "片側のチェーンが完全ではありません。リーフ、すべての中間 CA、ルートが順に署名されている必要があります。",
        ),
        Text(
            "Follow issued-to and issued-by of both chains from the leaf to a self-signed root.",
            "両方のチェーンで、リーフから自己署名のルートまで発行先と発行者をたどります。",
        ),
        Text(
            "Complete that file, leaf first, root last, and upload it again; what is missing need not be issued anew.",
            "そのファイルを、リーフを先頭、ルートを末尾にして補い、アップロードし直してください。欠けている証明書の再発行は不要です。",
        ),
        looks.broken_side,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-pair-purposes",
        Text(
            "The leaf of one side is not for both server and client authentication.",
            "片側のリーフの拡張鍵用途に、サーバー認証とクライアント認証の両方がありません。",
        ),
        TEMPLATE,
        Text(
            "Enable both purposes in the template that the CA issues from, and have that leaf issued again.",
            "発行に使う CA のテンプレートで両方の用途を有効にして、そのリーフを再発行してください。",
        ),
        looks.one_purpose_of_sides,
        "ome-certificate-chain",
    ),
    Cause(
        "dell-request",
        Text(
            "The request carries a wildcard, lacks a field of its subject, or asks for too many or too long names.",
            "証明書要求にワイルドカードがあるか、サブジェクトの項目が足りないか、サブジェクト代替名が多すぎるか長すぎます。",
        ),
        Text(
            "Look at the fields that were entered for the request.", "証明書要求に入力した項目を確かめます。"
        ),
        Text(
            "Enter the appliance's full name without a wildcard, fill every field, and give four alternative names at most.",
            "ワイルドカードのない完全修飾ドメイン名 (FQDN) を入力し、すべての項目を埋め、サブジェクト代替名は 4 件までにしてください。",
        ),
        looks.unfit_request,
        "ome-certificate-chain",
    ),
)

_SQL = (
    Cause(
        "sql-expired",
        Text(
            "The certificate that SQL Server encrypts with has expired.",
            "SQL Server の暗号化に使う証明書が期限切れです。",
        ),
        Text(
            "Look at the end date of apache\\conf\\ssl\\server.crt, or of what the database presents.",
            "apache\\conf\\ssl\\server.crt またはデータベースが提示する証明書の有効期限を確かめます。",
        ),
        Text(
            "Repair the database side first, then renew the server certificate without cutting clients off: "
            "`warifu plan procedure sepm-certificate-expired`.",
            "先にデータベース側を修復し、その後クライアントを切り離さずにサーバー証明書を更新してください: "
            "`warifu plan procedure sepm-certificate-expired`。",
        ),
        looks.ended,
        "sepm-certificate-expired",
    ),
    Cause(
        "sql-not-yet-valid",
        Text(
            "The certificate that SQL Server encrypts with is not valid yet.",
            "SQL Server の暗号化に使う証明書の有効期間がまだ始まっていません。",
        ),
        Text(
            "Compare the clocks of the manager and of SQL Server with the beginning of the certificate's period.",
            "管理サーバーと SQL Server の時計を、証明書の有効期間の開始と比べます。",
        ),
        Text(
            "Set the clock that is wrong right first; issue the certificate anew only when no clock is wrong.",
            "まずずれている時計を合わせてください。時計が正しいときに限り証明書を再発行します。",
        ),
        looks.early,
    ),
    Cause(
        "sql-not-trusted",
        Text(
            "The manager's Windows does not trust the certificate that SQL Server presents.",
            "SQL Server の提示する証明書を、管理サーバーの Windows が信頼していません。",
        ),
        Text(
            "Look for its root (or itself, where it is self-signed) in the local machine's Trusted Root store.",
            "ローカル コンピューターの「信頼されたルート証明機関」に、そのルート (自己署名ならそれ自体) があるか確かめます。",
        ),
        Text(
            "Import the root into the local machine's Trusted Root store of the manager, and restart its services.",
            "管理サーバーのローカル コンピューターの「信頼されたルート証明機関」にルートをインポートし、サービスを再起動してください。",
        ),
        looks.not_trusted,
        "sepm-certificate-expired",
    ),
    Cause(
        "sql-name",
        Text(
            "The certificate does not carry the name by which the manager reaches SQL Server.",
            "管理サーバーが SQL Server への接続に使う名前が証明書にありません。",
        ),
        Text(
            "Compare the server name of the connection with the names of the certificate.",
            "接続先のサーバー名と証明書の名前を比べます。",
        ),
        Text(
            "Issue it with that name in the subjectAltName, or connect by a name it carries.",
            "その名前をサブジェクト代替名 (subjectAltName) に入れて再発行するか、証明書にある名前で接続してください。",
        ),
        looks.other_name,
    ),
    Cause(
        "sql-key-access",
        Text(
            "The account of the SQL Server service may not read the certificate's private key.",
            "SQL Server サービスのアカウントが、証明書の秘密鍵を読めません。",
        ),
        Text(
            "In certlm.msc, Personal, the certificate, Manage Private Keys: the service's account needs Read. No file shows it.",
            "certlm.msc の「個人」で証明書の「秘密キーの管理」を開き、サービスのアカウントに読み取りがあるか確かめます。"
            "ファイルからは分かりません。",
        ),
        Text(
            "Grant that account Read and nothing more, then restart the SQL Server service.",
            "そのアカウントに読み取りだけを許可し、SQL Server サービスを再起動してください。",
        ),
        None,
        "sepm-certificate-expired",
    ),
    Cause(
        "sql-purpose",
        Text(
            "The certificate is not fit for SQL Server: it wants serverAuth, keyEncipherment and an RSA key.",
            "証明書が SQL Server に合いません。serverAuth、keyEncipherment、RSA 鍵が必要です。",
        ),
        TEMPLATE,
        Text(
            "Issue it for server authentication with keyEncipherment, digitalSignature and an RSA key (KeySpec AT_KEYEXCHANGE).",
            "サーバー認証用に、keyEncipherment、digitalSignature、RSA 鍵 (KeySpec AT_KEYEXCHANGE) で再発行してください。",
        ),
        looks.unfit_for_database,
    ),
    Cause(
        "sql-key-other",
        Text(
            "Certificate and private key of SQL Server do not belong together.",
            "SQL Server の証明書と秘密鍵が対応していません。",
        ),
        Text(
            "Give the private key beside the certificate, or look in certlm.msc whether Windows has one for it.",
            "証明書とともに秘密鍵を指定するか、certlm.msc で Windows に対応する秘密鍵があるか確かめます。",
        ),
        Text(
            "Import the certificate with the key that its request was made with, or have it issued for the key that is there.",
            "証明書要求を作成したときの鍵とともにインポートするか、今ある鍵に対して再発行してください。",
        ),
        looks.unlike_keys,
    ),
    Cause(
        "sql-thumbprint",
        Text(
            "The thumbprint in the registry is not the certificate's: often an invisible character was pasted with it.",
            "レジストリの拇印が証明書のものではありません。見えない文字が一緒に貼り付けられていることがよくあります。",
        ),
        Text(
            "Read the value Certificate below SuperSocketNetLib of the instance: 40 hexadecimal digits and nothing else.",
            "インスタンスの SuperSocketNetLib にある値 Certificate を確かめます。16 進数 40 桁だけのはずです。",
        ),
        Text(
            "Clear the value, or type the thumbprint anew, and restart the SQL Server service.",
            "値を消すか拇印を入力し直し、SQL Server サービスを再起動してください。",
        ),
    ),
    Cause(
        "sql-down",
        Text(
            "The SQL Server service does not run or cannot be reached: no matter of certificates.",
            "SQL Server サービスが動作していないか、到達できません。証明書の問題ではありません。",
        ),
        Text(
            "Look at the state of the service, and connect without encryption: `sqlcmd -S HOST\\INSTANCE`.",
            "サービスの状態を見て、暗号化なしで接続してみます: `sqlcmd -S HOST\\INSTANCE`。",
        ),
        Text(
            "Start the service; its error log says why it stopped.",
            "サービスを開始してください。停止した理由はエラー ログにあります。",
        ),
    ),
    Cause(
        "sql-expiring",
        Text(
            "The certificate that SQL Server encrypts with ends soon.",
            "SQL Server の暗号化に使う証明書の期限が近づいています。",
        ),
        Text(
            "Look at the end date of apache\\conf\\ssl\\server.crt.",
            "apache\\conf\\ssl\\server.crt の有効期限を確かめます。",
        ),
        Text(
            "While it is valid: renew the server certificate in the console, then run the management server "
            "configuration wizard, without the recovery file.",
            "有効なうちに、コンソールでサーバー証明書を更新し、その後で管理サーバー設定ウィザードを実行してください。"
            "回復ファイルは使いません。",
        ),
        looks.soon_out_of_date,
        "sepm-certificate-expired",
    ),
)

CAUSES: Mapping[str, Cause] = {cause.id: cause for cause in (*_DELL, *_SQL, *CISCO)}
"""Every cause but those that a number alone names (`numbers.py`)."""
