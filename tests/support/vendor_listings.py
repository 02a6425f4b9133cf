"""Listings as vendors' tools print them, written from certificates of ours; nothing of `diagnosis` is used.

The layouts follow VMware Lightwave's tools (Apache-2.0), OpenSSL 3 and OpenJDK 17; scenario tests run the tools
themselves where they can be installed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes

from support.pki import Entity
from warifu.domain.x509 import to_pem


def legacy_subject(entity: Entity) -> str:
    """`O=x, CN=y`, as OpenSSL's legacy print has it: encoded order."""
    names = {"commonName": "CN", "organizationName": "O", "countryName": "C"}
    return ", ".join(f"{names[one.oid._name]}={one.value!s}" for one in entity.cert.subject)


def directory_id(entity: Entity) -> str:
    """The id a VMDIR lists it under."""
    return str(entity.value.legacy_key_id)


def directory_listing(records: Sequence[tuple[str, str, bool]], *, count: int | None = None) -> str:
    """`dir-cli trustedcert list`: (id, subject, has a CRL)."""
    lines = [f"Number of certificates:\t{len(records) if count is None else count}"]
    for number, (id_, subject, crl) in enumerate(records, start=1):
        lines += [
            f"#{number}:",
            f"CN(id):\t\t{id_}",
            f"Subject DN:\t{subject}",
            f"CRL present:\t{'yes' if crl else 'no'}",
        ]
    return "\n".join(lines) + "\n"


def published(*entities: Entity) -> str:
    """`dir-cli trustedcert list` of these."""
    return directory_listing([(directory_id(one), legacy_subject(one), False) for one in entities])


def _octets(text: str) -> str:
    return ":".join(text[at : at + 2] for at in range(0, len(text), 2))


def dump(entity: Entity) -> str:
    """OpenSSL's text dump."""
    one = entity.value
    pattern = "%b %e %H:%M:%S %Y GMT"
    subject = legacy_subject(entity).replace("=", " = ")
    issuer = ", ".join(f"CN = {name}" for name in one.issuer.common_names)
    lines = [
        "Certificate:",
        "    Data:",
        "        Version: 3 (0x2)",
        "        Serial Number:",
        f"            {_octets(f'{one.serial:040x}')}",
        "        Signature Algorithm: ecdsa-with-SHA256",
        f"        Issuer: {issuer if entity.above else subject}",
        "        Validity",
        f"            Not Before: {one.not_before.strftime(pattern)}",
        f"            Not After : {one.not_after.strftime(pattern)}",
        f"        Subject: {subject}",
        "        X509v3 extensions:",
        "            X509v3 Basic Constraints: critical",
        "                CA:TRUE",
        "            X509v3 Key Usage: critical",
        "                Certificate Sign, CRL Sign",
    ]
    if one.subject_key_id:
        lines += [
            "            X509v3 Subject Key Identifier: ",
            f"                {_octets(one.subject_key_id.hex)}",
        ]
    return (
        "\n".join(
            [*lines, "    Signature Algorithm: ecdsa-with-SHA256", "    Signature Value:", "        30:45:02"]
        )
        + "\n"
    )


def alias_of(entity: Entity) -> str:
    """The alias that the synchronisation gives: SHA-1 of the bytes."""
    return hashlib.sha1(entity.value.der, usedforsecurity=False).hexdigest()


def store_listing(
    *entities: Entity, form: str = "text", count: int | None = None, aliases: Sequence[str] = ()
) -> str:
    """`vecs-cli entry list --store TRUSTED_ROOTS`, with `--text`, `--aliases` or as PEM."""
    named = list(zip(entities, [*aliases, *map(alias_of, entities[len(aliases) :])], strict=True))
    text = f"Number of entries in store :\t{len(entities) if count is None else count}\n"
    for entity, alias in named:
        if form == "aliases":
            text += f"{alias}\n"
            continue
        text += f"Alias :\t{alias}\nEntry type :\tTrusted Cert\n"
        text += dump(entity) if form == "text" else f"Certificate :\t{to_pem([entity.value]).decode()}\n"
    return text


_WINDOWS = {
    "en": ("Certificate", "Serial Number", "Issuer", "NotBefore", "NotAfter", "Subject", "Cert Hash(sha1)"),
    "ja": (
        "証明書",
        "シリアル番号",
        "発行者",
        "この日以降",
        "この日まで",
        "サブジェクト",
        "証明書のハッシュ(sha1)",
    ),
}


def windows_listing(*entities: Entity, lang: str = "en") -> str:
    """`certutil -store Root`."""
    word, serial, issuer, before, after, subject, digest = _WINDOWS[lang]
    text = 'Root "Trusted Root Certification Authorities"\n'
    for number, entity in enumerate(entities):
        one = entity.value
        show = "%Y/%m/%d %H:%M" if lang == "ja" else "%m/%d/%Y %I:%M %p"
        sha1 = entity.cert.fingerprint(hashes.SHA1()).hex()  # noqa: S303  # what Windows prints
        text += (
            f"================ {word} {number} ================\n{serial}: {one.serial:x}\n"
            f"{issuer}: {legacy_subject(entity.root)}\n {before}: {one.not_before.strftime(show)}\n"
            f" {after}: {one.not_after.strftime(show)}\n{subject}: {legacy_subject(entity)}\n"
            f"{digest}: {sha1}\n\n"
        )
    return text + "CertUtil: -store command completed successfully.\n"


KEYTOOL = {
    "en": """Keystore type: PKCS12
Keystore provider: SUN

Your keystore contains 2 entries

Alias name: root
Creation date: Nov 22, 2026
Entry type: trustedCertEntry

Owner: CN=web.example, O=Example, C=JP
Issuer: CN=web.example, O=Example, C=JP
Serial number: c5a633a03cf8a335
Valid from: Sun Nov 22 23:06:23 JST 2026 until: Sat Feb 20 23:06:23 JST 2027
Certificate fingerprints:
\t SHA1: 37:61:D5:F3:85:DF:91:80:A3:3D:3B:42:64:78:C2:75:54:C6:BC:97
\t SHA256: 6C:FF:43:30:FC:E4:A4:58:11:6B:FD:C3:D4:A0:60:92:51:9D:1D:30:84:8B:71:F9:4C:F4:B6:4B:FB:96:A3:81
Signature algorithm name: SHA256withRSA
Version: 3

Extensions:

#2: ObjectId: 2.5.29.14 Criticality=false
SubjectKeyIdentifier [
KeyIdentifier [
0000: 6E 4A DE 36 67 93 58 40   39 F4 77 F0 D4 B5 56 21  nJ.6g.X@9.w...V!
0010: 62 56 F0 8F                                        bV..
]
]


*******************************************
*******************************************


Alias name: web
Creation date: Nov 22, 2026
Entry type: PrivateKeyEntry
Certificate chain length: 2
Certificate[1]:
Owner: CN=first
Issuer: CN=second
Serial number: 1
Certificate[2]:
Owner: CN=second
Issuer: CN=second
Serial number: 2


*******************************************
*******************************************


""",
    "ja": """キーストアのタイプ: PKCS12
キーストア・プロバイダ: SUN

キーストアには2エントリが含まれます

別名: root
作成日: 2026/11/22
エントリ・タイプ: trustedCertEntry

所有者: CN=web.example, O=Example, C=JP
発行者: CN=web.example, O=Example, C=JP
シリアル番号: c5a633a03cf8a335
有効期間の開始日: Sun Nov 22 23:06:23 JST 2026終了日: Sat Feb 20 23:06:23 JST 2027
証明書のフィンガプリント:
\t SHA1: 37:61:D5:F3:85:DF:91:80:A3:3D:3B:42:64:78:C2:75:54:C6:BC:97
\t SHA256: 6C:FF:43:30:FC:E4:A4:58:11:6B:FD:C3:D4:A0:60:92:51:9D:1D:30:84:8B:71:F9:4C:F4:B6:4B:FB:96:A3:81
署名アルゴリズム名: SHA256withRSA
バージョン: 3

拡張:

#2: ObjectId: 2.5.29.14 Criticality=false
SubjectKeyIdentifier [
KeyIdentifier [
0000: 6E 4A DE 36 67 93 58 40   39 F4 77 F0 D4 B5 56 21  nJ.6g.X@9.w...V!
0010: 62 56 F0 8F                                        bV..
]
]


*******************************************
*******************************************


別名: web
作成日: 2026/11/22
エントリ・タイプ: PrivateKeyEntry
証明書チェーンの長さ: 2
証明書[1]:
所有者: CN=first
発行者: CN=second
シリアル番号: 1
証明書[2]:
所有者: CN=second
発行者: CN=second
シリアル番号: 2


*******************************************
*******************************************


""",
}
"""What OpenJDK 17's `keytool -list -v` prints, shortened."""

KEYTOOL_SHORT = {
    "en": """Keystore type: PKCS12
Keystore provider: SUN

Your keystore contains 1 entry

root, Nov 22, 2026, trustedCertEntry,
Certificate fingerprint (SHA-256): 6C:FF:43:30:FC:E4:A4:58:11:6B:FD:C3:D4:A0:60:92:51:9D:1D:30:84:8B:71:F9:4C:F4:B6:4B:FB:96:A3:81
""".replace("Entry,\n", "Entry, \n"),
    "ja": """キーストアのタイプ: PKCS12
キーストア・プロバイダ: SUN

キーストアには1エントリが含まれます

root,2026/11/22, trustedCertEntry,
証明書のフィンガプリント(SHA-256): 6C:FF:43:30:FC:E4:A4:58:11:6B:FD:C3:D4:A0:60:92:51:9D:1D:30:84:8B:71:F9:4C:F4:B6:4B:FB:96:A3:81
""".replace("Entry,\n", "Entry, \n"),
}
"""The same without `-v`."""

NSS_NAMES = """
Certificate Nickname                                         Trust Attributes
                                                             SSL,S/MIME,JAR/XPI

My Root                                                      CT,C,C
Other: name                                                  ,,
"""
NSS_DUMP = """Certificate:
    Data:
        Version: 3 (0x2)
        Serial Number:
            00:c5:a6:33:a0:3c:f8:a3:35
        Signature Algorithm: PKCS #1 SHA-256 With RSA Encryption
        Issuer: "CN=web.example,O=Example,C=JP"
        Validity:
            Not Before: Sun Nov 22 14:06:23 2026
            Not After : Sat Feb 20 14:06:23 2027
        Subject: "CN=web.example,O=Example,C=JP"
        Signed Extensions:
            Name: Certificate Key Usage
            Usages: Certificate Signing
                    CRL Signing

            Name: Certificate Subject Key ID
            Data:
                6e:4a:de:36:67:93:58:40:39:f4:77:f0:d4:b5:56:21:
                62:56:f0:8f

    Fingerprint (SHA-256):
        6C:FF:43:30:FC:E4:A4:58:11:6B:FD:C3:D4:A0:60:92:51:9D:1D:30:84:8B:71:F9:4C:F4:B6:4B:FB:96:A3:81

    Certificate Trust Flags:
        SSL Flags:
"""
"""What NSS 3.87's `certutil -L` and `certutil -L -n` print."""
