"""Which TPM a certificate names: all of the forms that makers write."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type

from support.pki import make_ca
from warifu.domain.x509 import Tpm, tpm_of

CA = make_ca("Maker")
OIDS = tuple(x509.ObjectIdentifier(f"2.23.133.2.{number}") for number in (1, 2, 3))


def named(*parts: x509.RelativeDistinguishedName) -> Tpm | None:
    """The TPM of a certificate whose subjectAltName holds these parts."""
    names = x509.SubjectAlternativeName([x509.DNSName("a.example"), x509.DirectoryName(x509.Name(parts))])
    return tpm_of(CA.leaf("tpm", san=False, extra=[(names, False)]).value)


def part(
    *texts: tuple[x509.ObjectIdentifier, str], kind: _ASN1Type | None = None
) -> x509.RelativeDistinguishedName:
    return x509.RelativeDistinguishedName([x509.NameAttribute(oid, text, kind) for oid, text in texts])


WHOLE = list(zip(OIDS, ("id:49465800", "SLB9670", "id:00070055"), strict=True))


def test_maker_model_and_version_are_read_from_one_part_or_from_three() -> None:
    """Makers write a set of three, or three sets of one, in any order."""
    wanted = Tpm("id:49465800", "SLB9670", "id:00070055")
    assert wanted == named(part(*WHOLE)) == named(*(part(one) for one in reversed(WHOLE)))
    assert "id:49465800 (IFX) SLB9670 id:00070055" == str(wanted)


def test_texts_of_every_kind_are_read() -> None:
    """BMPString is two octets a letter; the first of two values counts."""
    oid, model = WHOLE[1]
    assert Tpm("", model, "") == named(part((oid, model), kind=_ASN1Type.BMPString))
    assert Tpm("", model, "") == named(part((oid, model)), part((oid, "another")))
    assert "- SLB9670 -" == str(Tpm("", model, ""))


@pytest.mark.parametrize(
    ("maker", "name"),
    [("id:53544D20", "STM"), ("id:00001014", ""), ("id:49", ""), ("IFX", ""), ("id:e3818200", "")],
)
def test_a_maker_s_letters_are_told_where_its_id_is_letters(maker: str, name: str) -> None:
    """Four octets in hexadecimal, padded with blanks or zeros; IBM's software TPM has a number of another registry."""
    assert name == Tpm(maker, "", "").maker_name


def test_a_certificate_that_names_no_tpm_has_none() -> None:
    """No names, no directory name, or one of something else."""
    assert tpm_of(CA.leaf("x", san=False).value) is None
    assert tpm_of(CA.leaf("a.example").value) is None
    assert named(part((x509.oid.NameOID.COMMON_NAME, "2.23.133.2.1"))) is None
