"""The layouts of vecs-cli and dir-cli, byte for byte."""

from __future__ import annotations

from cryptography import x509

from support.pki import make_ca
from warifu.domain.endpoint import Access, Ace, Entry, EntryKind, Principal, Right, Store
from warifu.domain.endpoint.dump import text_of
from warifu.domain.endpoint.legacy import (
    Layout,
    entry_list,
    legacy_id,
    permission_list,
    published_list,
    store_list,
)
from warifu.domain.x509 import Certificate

ROOT = make_ca("Root")
OTHER = make_ca("Other", ski=False)
WEB = ROOT.leaf("web.example")
ENTRIES = (
    Entry("app", "__MACHINE_CERT", EntryKind.PRIVATE_KEY, (WEB.value, ROOT.value)),
    Entry("app", "password", EntryKind.SECRET),
    Entry("app", "list", EntryKind.CRL, crl=ROOT.crl()),
)


def test_aliases_stand_below_their_count() -> None:
    """`vecs-cli entry list --aliases`."""
    assert "Number of entries in store :\t3\n__MACHINE_CERT\npassword\nlist\n" == entry_list(
        ENTRIES, Layout.ALIASES
    )
    assert "Number of entries in store :\t0\n" == entry_list(())


def test_entries_stand_with_their_pem() -> None:
    """`vecs-cli entry list`: the whole chain, a secret's place empty, a blank line behind each."""
    pem = (WEB.pem + ROOT.pem).decode()
    shown = entry_list(ENTRIES)
    begin = (
        "Number of entries in store :\t3\nAlias :\t__MACHINE_CERT\nEntry type :\tPrivate Key\nCertificate :\t"
    )
    assert shown.startswith(
        f"{begin}{pem}\nAlias :\tpassword\nEntry type :\tSecret Key\nCertificate :\t\n\nAlias"
    )
    assert "Entry type :\tCertification Revocation List\nCertificate :\t-----BEGIN X509 CRL-----\n" in shown
    assert shown.endswith("-----END X509 CRL-----\n\n")


def test_text_shows_the_first_certificate_and_nothing_of_a_crl() -> None:
    """`vecs-cli entry list --text`: no PEM, no line between."""
    assert (
        "Number of entries in store :\t3\n"
        f"Alias :\t__MACHINE_CERT\nEntry type :\tPrivate Key\n{text_of(WEB.value)}"
        "Alias :\tpassword\nEntry type :\tSecret Key\n"
        "Alias :\tlist\nEntry type :\tCertification Revocation List\n"
    ) == entry_list(ENTRIES, Layout.TEXT)


class Unwalkable(Certificate):
    """A certificate that was read and whose bytes nobody can walk."""

    def __init__(self) -> None:
        super().__init__(ROOT.value.der)
        self.read()
        self.der = b"\x30\x85"


def test_what_cannot_be_dumped_is_passed_over() -> None:
    """The tool is silent then, too; the entry itself is listed."""
    entry = Entry("trusted-roots", "odd", EntryKind.TRUSTED, (Unwalkable(),))
    assert entry_list((entry,), Layout.TEXT).endswith("Alias :\todd\nEntry type :\tTrusted Cert\n")


def test_system_stores_come_first_by_their_old_names() -> None:
    """`vecs-cli store list`."""
    assert "TRUSTED_ROOTS\nTRUSTED_ROOT_CRLS\napp\n" == store_list(["app", "crls", "trusted-roots"])


def test_permissions_show_what_is_granted_and_not_denied() -> None:
    """`vecs-cli store get-permissions`: a line that gives neither read nor write is not there."""
    aces = (
        Ace(Principal.parse("alice"), Right.READ | Right.WRITE),
        Ace(Principal.parse("bob"), Right.READ | Right.WRITE, Right.WRITE),
        Ace(Principal.parse("carol"), Right.KEY_READ),
        Ace(Principal.parse("dave"), Right.WRITE),
        Ace(Principal.parse("EVERYONE"), Right.READ),
    )
    assert (
        "PERMISSIONS FOR STORE: [MACHINE_SSL_CERT]\nOWNER : root\nUSER\t\tACCESS\n"
        "alice\tread,write\nbob\tread\ndave\twrite\nEVERYONE\tread\n"
    ) == permission_list(Store("machine-identity", Access("root", aces)))


def test_published_certificates_stand_with_their_ids() -> None:
    """`dir-cli trustedcert list`: a CRL is told by its signer's key id, else by its issuer's name."""
    crls = (ROOT.crl(aki=True), OTHER.crl())
    same_name = make_ca("Root")
    assert (
        "Number of certificates:\t3\n"
        f"#1:\nCN(id):\t\t{ROOT.value.subject_key_id}\nSubject DN:\tCN=Root\nCRL present:\tyes\n"
        f"#2:\nCN(id):\t\t{OTHER.value.legacy_key_id}\nSubject DN:\tCN=Other\nCRL present:\tyes\n"
        f"#3:\nCN(id):\t\t{same_name.value.subject_key_id}\nSubject DN:\tCN=Root\nCRL present:\tno\n"
    ) == published_list([ROOT.value, OTHER.value, same_name.value], crls)
    assert "" == published_list((), crls)


def test_an_id_is_made_of_the_whole_key_where_no_key_id_stands() -> None:
    """So that a root without one is still found; where even the key is unreadable, a hyphen stands."""
    digest = x509.SubjectKeyIdentifier.from_public_key(OTHER.key.public_key()).digest
    assert digest.hex().upper() != str(legacy_id(OTHER.value))

    class Keyless(Certificate):
        legacy_key_id = None  # as of a key that nobody here reads

    assert "-" == legacy_id(Keyless(OTHER.value.der))
