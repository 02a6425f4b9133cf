"""What vendors' tools list."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.pki import NOW, make_ca
from support.vendor_listings import (
    KEYTOOL,
    KEYTOOL_SHORT,
    NSS_DUMP,
    NSS_NAMES,
    alias_of,
    directory_listing,
    dump,
    store_listing,
    windows_listing,
)
from warifu.domain.diagnosis import folded_name, is_listing, read_listing
from warifu.domain.diagnosis.listing import day_of, instant_of, month_comes_first
from warifu.domain.diagnosis.other_listings import read_keytool_listing
from warifu.domain.diagnosis.vmware_listings import read_directory_listing, read_store_listing
from warifu.domain.x509 import KeyId, to_pem
from warifu.errors import UsageError

PSC1 = "O=psc1.example, OU=VMware Engineering, CN=CA"
SAMPLE = [
    ("EDCF46A5D0D0A0B8F5B0D0D5A7C3AB9C5F1E2D3C", PSC1, True),
    ("0A1B2C3D4E5F60718293A4B5C6D7E8F901234567", "O=psc2.example, OU=VMware Engineering, CN=CA", False),
    ("99887766554433221100FFEEDDCCBBAA99887766", PSC1, False),
]


@pytest.mark.req("S0-22")
def test_the_directorys_list_is_read_exactly() -> None:
    """Three records, two of them with one subject: id, subject and CRL flag as printed."""
    found = read_listing(directory_listing(SAMPLE), "psc1")
    assert [(KeyId(id_), subject, crl) for id_, subject, crl in SAMPLE] == [
        (one.key_id, one.subject, one.has_crl) for one in found.entries
    ]
    assert ("dir-cli", "psc1", ["#1", "#2", "#3"]) == (
        found.tool,
        found.source,
        [one.label for one in found.entries],
    )


@pytest.mark.req("S0-22")
@pytest.mark.parametrize("count", [2, 4])
def test_a_count_that_differs_is_an_error(count: int) -> None:
    """A list that was cut is no list."""
    with pytest.raises(UsageError) as caught:
        read_listing(directory_listing(SAMPLE, count=count))
    assert ("diagnosis.listing-count", count, 3) == (
        caught.value.code,
        caught.value.values["said"],
        caught.value.values["found"],
    )


@pytest.mark.parametrize(
    "old", ["CN(id):", "Subject DN:", "CRL present:\tyes", "EDCF46A5D0D0A0B8F5B0D0D5A7C3AB9C5F1E2D3C"]
)
def test_a_record_that_is_not_whole_is_an_error(old: str) -> None:
    """Which one is said."""
    with pytest.raises(UsageError) as caught:
        read_listing(directory_listing(SAMPLE).replace(old, "XYZ", 1))
    assert ("diagnosis.listing-record", "#1") == (caught.value.code, caught.value.values["record"])


def test_prompts_and_carriage_returns_do_not_matter() -> None:
    """What a terminal adds."""
    text = "Enter password for administrator@vsphere.local:\n" + directory_listing(SAMPLE)
    assert 3 == len(read_listing(text.replace("\n", "\r\n")).entries)


@pytest.mark.req("S0-13")
@pytest.mark.parametrize("form", ["text", "pem"])
def test_every_entry_of_a_store_is_told_whole(form: str) -> None:
    """Alias, subject, issuer, key id, validity and key usage, from the dump as from the bytes."""
    roots = [make_ca("Root One"), make_ca("Root Two", expired=True)]
    found = read_listing(store_listing(*roots, form=form), "node1")
    for root, entry in zip(roots, found.entries, strict=True):
        one = root.value
        assert (
            alias_of(root),
            folded_name(str(one.subject)),
            folded_name(str(one.issuer)),
            one.subject_key_id,
        ) == (
            entry.label,
            folded_name(entry.subject),
            folded_name(entry.issuer),
            entry.key_id,
        )
        assert (one.not_before, one.not_after, ("cRLSign", "keyCertSign"), True, f"{one.serial:x}") == (
            entry.not_before,
            entry.not_after,
            entry.key_usage if form == "text" else tuple(one for one in entry.key_usage if one != "x"),
            entry.is_ca,
            entry.serial,
        )
        assert alias_of(root) == entry.sha1


@pytest.mark.req("S0-40")
def test_a_root_without_key_id_is_told_so() -> None:
    """There is nothing to name it by in the directory."""
    (entry,) = read_listing(store_listing(make_ca("Old", ski=False))).entries
    assert (None, "CN = Old") == (entry.key_id, entry.subject)


def test_aliases_alone_are_a_listing_too() -> None:
    """Nothing but names, and the count holds."""
    roots = [make_ca("A"), make_ca("B")]
    found = read_listing(store_listing(*roots, form="aliases"))
    assert [alias_of(one) for one in roots] == [one.label for one in found.entries]
    with pytest.raises(UsageError, match="listing-count"):
        read_listing(store_listing(*roots, form="aliases", count=3))


def test_an_entry_without_type_is_an_error() -> None:
    """The tool prints it always."""
    with pytest.raises(UsageError, match="listing-record"):
        read_listing(store_listing(make_ca("A")).replace("Entry type", "Entry"))


def test_an_entry_that_is_no_certificate_keeps_its_name() -> None:
    """CRLs and secret keys stand in stores as well."""
    text = "Number of entries in store :\t1\nAlias :\tsecret\nEntry type :\tSecret Key\nCertificate :\t\n"
    (entry,) = read_listing(text).entries
    assert ("secret", "Secret Key", None, "") == (entry.label, entry.kind, entry.not_after, entry.subject)


def test_a_long_list_is_read_whole() -> None:
    """No limit, no page."""
    records = [(f"{number:040X}", f"CN=Root {number}", False) for number in range(1000)]
    assert 1000 == len(read_listing(directory_listing(records)).entries)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_windows_stores_are_read_in_both_languages(lang: str) -> None:
    """Serial number, names, dates to the day, and the SHA-1 that Windows goes by."""
    root = make_ca(
        "Root", start=datetime(2020, 5, 13, 4, 5, tzinfo=UTC), end=datetime(2026, 5, 31, 1, 2, tzinfo=UTC)
    )
    leaf = root.leaf("web.example")
    found = read_listing(windows_listing(root, leaf, lang=lang), "win")
    first, second = found.entries
    assert ("certutil", "Root", "CN=Root", f"{root.value.serial:x}", alias_of(root)) == (
        found.tool,
        found.store,
        first.subject,
        first.serial,
        first.sha1,
    )
    assert (datetime(2020, 5, 13, tzinfo=UTC), datetime(2026, 5, 31, tzinfo=UTC)) == (
        first.not_before,
        first.not_after,
    )
    assert ("CN=Root", "CN=web.example") == (second.issuer, second.subject)


def test_a_windows_dump_tells_the_key_id() -> None:
    """`certutil -v -store` prints it in pairs."""
    text = windows_listing(make_ca("Root")).replace(
        "\n\n",
        "\n    2.5.29.14: Flags = 0, Length = 16\n    Subject Key Identifier\n        6e4ade36 67935840\n",
        1,
    )
    spaced = text.replace("6e4ade36 67935840", "6e 4a de 36 67 93 58 40 39 f4 77 f0 d4 b5 56 21 62 56 f0 8f")
    assert KeyId("6E4ADE366793584039F477F0D4B556216256F08F") == read_listing(spaced).entries[0].key_id


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_java_store_is_read_in_both_languages(lang: str) -> None:
    """With `-v`: everything; of a key's chain the first certificate."""
    first, second = read_listing(KEYTOOL[lang]).entries
    assert ("root", "trustedCertEntry", "CN=web.example, O=Example, C=JP", "c5a633a03cf8a335") == (
        first.label,
        first.kind,
        first.subject,
        first.serial,
    )
    assert (
        KeyId("6E4ADE366793584039F477F0D4B556216256F08F"),
        datetime(2027, 2, 20, 14, 6, 23, tzinfo=UTC),
    ) == (
        first.key_id,
        first.not_after,
    )
    assert first.sha1.startswith("3761d5")
    assert first.sha256.startswith("6cff43")
    assert ("web", "CN=first", "1") == (second.label, second.subject, second.serial)


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("size", ["256", "1"])
def test_a_short_java_list_gives_fingerprints(lang: str, size: str) -> None:
    """Without `-v`; older keytools print SHA-1."""
    text = KEYTOOL_SHORT[lang]
    if size == "1":
        text = text.replace("SHA-256", "SHA1")
    (entry,) = read_listing(text).entries
    assert ("root", "trustedCertEntry") == (entry.label, entry.kind)
    assert (entry.sha256 if size == "256" else entry.sha1).startswith("6cff43")


def test_java_with_rfc_gives_certificates() -> None:
    """PEM between the aliases."""
    root = make_ca("Root")
    text = f"Your keystore contains 1 entry\n\nAlias name: r\nEntry type: trustedCertEntry\n\n{to_pem([root.value]).decode()}\n"
    (entry,) = read_listing(text).entries
    assert (root.value, "trustedCertEntry") == (entry.certificate, entry.kind)


def test_a_java_list_that_was_cut_is_an_error() -> None:
    """Its count says two."""
    with pytest.raises(UsageError, match="listing-count"):
        read_listing(KEYTOOL["en"].partition("Alias name: web")[0])


def test_an_nss_database_is_read() -> None:
    """Nicknames with their trust, and the dump of one."""
    assert [("My Root", "CT,C,C"), ("Other: name", ",,")] == [
        (one.label, one.kind) for one in read_listing(NSS_NAMES).entries
    ]
    (entry,) = read_listing(NSS_DUMP).entries
    assert (
        "CN=web.example,O=Example,C=JP",
        KeyId("6E4ADE366793584039F477F0D4B556216256F08F"),
        "c5a633a03cf8a335",
    ) == (
        entry.subject,
        entry.key_id,
        entry.serial,
    )
    assert datetime(2027, 2, 20, 14, 6, 23, tzinfo=UTC) == entry.not_after


def test_every_certificate_of_one_nickname_is_read() -> None:
    """An old one and its successor of the same subject share it; a dump that was cut is no listing."""
    older = NSS_DUMP.replace("2027", "2025").replace("6e:4a", "00:11")
    listing = read_listing(NSS_DUMP + older)
    assert [("#1", 2027, "6E4A"), ("#2", 2025, "0011")] == [
        (one.label, one.not_after and one.not_after.year, str(one.key_id)[:4]) for one in listing.entries
    ]
    with pytest.raises(UsageError) as raised:
        read_listing(NSS_DUMP + older.partition("Certificate Trust Flags:")[0])
    assert ("diagnosis.listing-record", "#2") == (raised.value.code, raised.value.values["record"])


@pytest.mark.parametrize(
    "reader", [read_listing, read_directory_listing, read_store_listing, read_keytool_listing]
)
def test_what_is_no_listing_is_said(reader: object) -> None:
    """Which file it was."""
    assert callable(reader)
    assert not is_listing("hello")
    with pytest.raises(UsageError, match="listing-unknown"):
        reader("hello", "a.txt")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nov 22 14:06:23 2026 GMT", datetime(2026, 11, 22, 14, 6, 23, tzinfo=UTC)),
        ("Jun  1 00:00:00 2026 GMT", datetime(2026, 6, 1, tzinfo=UTC)),
        ("Sun Nov 22 23:06:23 JST 2026", datetime(2026, 11, 22, 14, 6, 23, tzinfo=UTC)),
        ("Sun Nov 22 23:06:23 PST 2026", None),
        ("Sun Xyz 22 23:06:23 2026", None),
        ("Feb 31 00:00:00 2026 GMT", None),
        ("2026/11/22 23:06", None),
        ("never", None),
    ],
)
def test_an_instant_has_a_zone(text: str, expected: datetime | None) -> None:
    """Or is printed in GMT by a tool that knows no other; a month of another language is none."""
    assert expected == instant_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026/11/22 23:06", datetime(2026, 11, 22, tzinfo=UTC)),
        ("11/22/2026 2:06 PM", datetime(2026, 11, 22, tzinfo=UTC)),
        ("22/11/2026 14:06", datetime(2026, 11, 22, tzinfo=UTC)),
        ("6/6/2026", datetime(2026, 6, 6, tzinfo=UTC)),
        ("5/6/2026", None),
        ("99/99/2026", None),
        ("never", None),
    ],
)
def test_a_day_is_read_where_it_can_be_read_in_one_way(text: str, expected: datetime | None) -> None:
    """5/6/2026 is two days."""
    assert expected == day_of(text)


def test_one_date_tells_the_order_of_all() -> None:
    """A listing prints its dates in one form: 10/23/2026 makes 12/2/2026 the second of December."""
    second = datetime(2026, 12, 2, tzinfo=UTC)
    assert second == day_of("12/2/2026 9:42 PM", month_first=month_comes_first(["12/2/2026", "10/23/2026"]))
    assert second == day_of("2/12/2026", month_first=month_comes_first(["2/12/2026", "23/10/2026"]))
    assert [None, None, None] == [
        month_comes_first(one) for one in ([], ["5/6/2026", "never"], ["23/10/2026", "10/23/2026"])
    ]


@pytest.mark.parametrize(
    "text",
    [
        "C = JP, O = Example  Inc, CN = web",
        "CN=web,O=Example Inc,C=JP",
        '"CN=WEB, O=\\"Example Inc\\", C=jp"',
        "/C=JP/O=Example Inc/CN=web",
    ],
)
def test_tools_print_one_name_in_many_ways(text: str) -> None:
    """Order, spaces and case do not count; parts do."""
    assert folded_name("CN=web, O=Example Inc, C=JP") == folded_name(text)
    assert folded_name("CN=web, O=Example Inc") != folded_name(text)


def test_a_comma_in_a_value_is_no_new_part() -> None:
    """`dir-cli` does not escape it."""
    assert (("CN", "x"), ("O", "example, inc.")) == folded_name("O=Example, Inc., CN=x")
    assert folded_name("CN=x/emailAddress=a@b.c") == folded_name("E=a@b.c, CN=x")
    assert () == folded_name("no name")


def test_the_quotes_of_a_value_stay_with_it() -> None:
    """OpenSSL quotes a value that has a comma, and it may be the last one."""
    (entry,) = read_listing(
        'Number of entries in store :\t1\nAlias :\ta\nEntry type :\tTrusted Cert\n        Subject: O = x, CN = "CA, one"\n'
    ).entries
    assert 'O = x, CN = "CA, one"' == entry.subject


def test_a_short_serial_is_printed_another_way() -> None:
    """`1 (0x1)` on the line itself."""
    text = dump(make_ca("A", serial=1))
    short = text.replace(
        "        Serial Number:\n            " + "00:" * 19 + "01", "        Serial Number: 1 (0x1)"
    )
    assert short != text
    (entry,) = read_listing(
        "Number of entries in store :\t1\nAlias :\ta\nEntry type :\tTrusted Cert\n" + short
    ).entries
    assert ("1", NOW.replace(year=2036)) == (
        entry.serial,
        entry.not_after and entry.not_after.replace(month=6, day=1),
    )


PIECES = st.sampled_from(
    [
        *directory_listing(SAMPLE).splitlines(),
        *store_listing(make_ca("A")).splitlines()[:30],
        *KEYTOOL["ja"].splitlines()[:40],
        *windows_listing(make_ca("A"), lang="ja").splitlines(),
        *NSS_DUMP.splitlines(),
        *NSS_NAMES.splitlines(),
        "",
    ]
)


@examples(300)
@given(st.lists(PIECES, max_size=30), st.text(max_size=5))
def test_no_text_breaks_it(lines: list[str], noise: str) -> None:
    """A listing or an error of ours."""
    text = noise.join(f"{line}\n" for line in lines)
    try:
        read_listing(text)
    except UsageError as error:
        assert error.code.startswith("diagnosis.listing-")  # noqa: PT017
