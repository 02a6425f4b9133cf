"""What a TLS alert says, by its name. Spec: RFC 8446 §6, RFC 5246 §7.2 for those that later versions dropped."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.text import Text

ALERTS: Mapping[str, Text] = {
    "unexpected-message": Text(
        "a message came out of turn (TLS alert unexpected_message)",
        "順序の違うメッセージ (TLS アラート unexpected_message)",
    ),
    "bad-record-mac": Text(
        "a record was damaged (TLS alert bad_record_mac)", "レコードの破損 (TLS アラート bad_record_mac)"
    ),
    "decryption-failed": Text(
        "a record could not be decrypted (TLS alert decryption_failed)",
        "レコードの復号失敗 (TLS アラート decryption_failed)",
    ),
    "record-overflow": Text(
        "a record was too long (TLS alert record_overflow)",
        "レコードの長さ超過 (TLS アラート record_overflow)",
    ),
    "decompression-failure": Text(
        "decompression failed (TLS alert decompression_failure)",
        "展開失敗 (TLS アラート decompression_failure)",
    ),
    "handshake-failure": Text(
        "both sides have no parameters in common, or it wants a client certificate (TLS alert handshake_failure)",
        "共通のパラメーターがないか、クライアント証明書が必要です (TLS アラート handshake_failure)",
    ),
    "no-certificate": Text(
        "it wants a certificate (TLS alert no_certificate)", "証明書が必要です (TLS アラート no_certificate)"
    ),
    "bad-certificate": Text(
        "it finds our certificate broken (TLS alert bad_certificate)",
        "提示した証明書が不正 (TLS アラート bad_certificate)",
    ),
    "unsupported-certificate": Text(
        "it does not support our kind of certificate (TLS alert unsupported_certificate)",
        "提示した証明書の種類に未対応 (TLS アラート unsupported_certificate)",
    ),
    "certificate-revoked": Text(
        "it says that our certificate is revoked (TLS alert certificate_revoked)",
        "提示した証明書は失効済み (TLS アラート certificate_revoked)",
    ),
    "certificate-expired": Text(
        "it says that our certificate is expired (TLS alert certificate_expired)",
        "提示した証明書は期限切れ (TLS アラート certificate_expired)",
    ),
    "certificate-unknown": Text(
        "it does not accept our certificate (TLS alert certificate_unknown)",
        "提示した証明書を受け入れません (TLS アラート certificate_unknown)",
    ),
    "illegal-parameter": Text(
        "a parameter of the handshake is illegal (TLS alert illegal_parameter)",
        "ハンドシェイクのパラメーターが不正 (TLS アラート illegal_parameter)",
    ),
    "unknown-ca": Text(
        "it does not trust the CA of our certificate (TLS alert unknown_ca)",
        "提示した証明書の CA を信頼していません (TLS アラート unknown_ca)",
    ),
    "access-denied": Text(
        "it denies access (TLS alert access_denied)", "アクセス拒否 (TLS アラート access_denied)"
    ),
    "decode-error": Text(
        "it could not read a message (TLS alert decode_error)",
        "メッセージを解読できません (TLS アラート decode_error)",
    ),
    "decrypt-error": Text(
        "a signature or a proof did not verify (TLS alert decrypt_error)",
        "署名などを検証できません (TLS アラート decrypt_error)",
    ),
    "protocol-version": Text(
        "it speaks no version of TLS that is offered (TLS alert protocol_version)",
        "対応する TLS のバージョンがありません (TLS アラート protocol_version)",
    ),
    "insufficient-security": Text(
        "it wants stronger parameters (TLS alert insufficient_security)",
        "より強いパラメーターが必要です (TLS アラート insufficient_security)",
    ),
    "internal-error": Text(
        "it has an internal error (TLS alert internal_error)", "内部エラー (TLS アラート internal_error)"
    ),
    "inappropriate-fallback": Text(
        "it takes this for a downgrade (TLS alert inappropriate_fallback)",
        "ダウングレードとみなされました (TLS アラート inappropriate_fallback)",
    ),
    "user-canceled": Text(
        "somebody cancelled the handshake (TLS alert user_canceled)",
        "ハンドシェイクの取り消し (TLS アラート user_canceled)",
    ),
    "no-renegotiation": Text(
        "it does not renegotiate (TLS alert no_renegotiation)",
        "再ネゴシエーション不可 (TLS アラート no_renegotiation)",
    ),
    "missing-extension": Text(
        "it misses an extension (TLS alert missing_extension)",
        "必要な拡張がありません (TLS アラート missing_extension)",
    ),
    "unsupported-extension": Text(
        "it does not support an extension (TLS alert unsupported_extension)",
        "未対応の拡張があります (TLS アラート unsupported_extension)",
    ),
    "unrecognized-name": Text(
        "it does not know the server name (TLS alert unrecognized_name)",
        "サーバー名が登録されていません (TLS アラート unrecognized_name)",
    ),
    "bad-certificate-status-response": Text(
        "it finds the OCSP answer wrong (TLS alert bad_certificate_status_response)",
        "OCSP 応答が不正 (TLS アラート bad_certificate_status_response)",
    ),
    "unknown-psk-identity": Text(
        "it does not know the pre-shared key (TLS alert unknown_psk_identity)",
        "事前共有鍵の ID が登録されていません (TLS アラート unknown_psk_identity)",
    ),
    "certificate-required": Text(
        "it wants a client certificate (TLS alert certificate_required)",
        "クライアント証明書が必要です (TLS アラート certificate_required)",
    ),
    "no-application-protocol": Text(
        "it speaks none of the application protocols offered (TLS alert no_application_protocol)",
        "対応するアプリケーション プロトコルがありません (TLS アラート no_application_protocol)",
    ),
    "close-notify": Text(
        "it closed the connection (TLS alert close_notify)",
        "接続が閉じられました (TLS アラート close_notify)",
    ),
}
