"""Profiles as documents: what they may say, what is wrong with them, and which case of them is chosen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.shipped import SHIPPED, chosen
from warifu.domain.findings import Code, Lang, Severity, Text, say_error
from warifu.domain.trust.demands import Disputed, PurposeEnd, ValidityLimit
from warifu.domain.trust.profile import PROFILES
from warifu.domain.trust.profile_data import ProfileFamily, parse_family, release_key
from warifu.domain.trust.profiles import read_profiles
from warifu.domain.x509 import Usage
from warifu.errors import UsageError

HEAD = """format = 1
name = "house"
revision = "1"
source = "our own rules"
title = { en = "house", ja = "社内" }
"""
FULL = (
    HEAD
    + """
aliases = ["ours"]
extends = "tls-server"
product = "Thing"
releases = ["1.2", "2", "10"]
variants = ["a", "b"]
features = ["x", "y"]

[settings]
purposes = ["clientAuth"]
rsa-bits = 3072
longest = 3
key-usages = ["keyEncipherment"]
weak-hashes = ["sha1"]
wildcards-refused = true
form = "chain"
topology = ["node"]

[weights]
weak-key = "note"
names-missing = "off"

[[when]]
release = ["10"]
variant = ["b"]
feature = ["x", "y"]
settings = { form = "leaf", topology-also = ["cluster", "node"] }
weights = { weak-key = "warning" }

[[validity]]
from = 2026-03-15
days = 200
source = "one"

[[validity]]
from = 2027-03-15T09:00:00+09:00
days = 100
source = "two"

[[purpose-ends]]
purpose = "clientAuth"
from = 2027-03-15
source = "three"

[[reasons]]
rule = "weak-key"
because = { en = "it lasts", ja = "長く使うため" }

[[disputed]]
rule = "longest"
question = { en = "how many", ja = "枚数" }
sources = ["a: 3", { en = "b: four", ja = "b: 4" }]
"""
)


def parse(text: str) -> ProfileFamily:
    return parse_family(text, "house.toml", PROFILES)


def faults(text: str) -> list[tuple[str, object]]:
    with pytest.raises(UsageError) as caught:
        parse(text)
    return [(one.code, one.values["key"]) for one in caught.value.parts]


def test_a_document_says_all_there_is_to_say() -> None:
    """Settings, weights, dates and disputes arrive as written."""
    profile = parse(FULL).choose("2.7", "a", ("y",))
    assert ("house@2:a+y", "2", "a", ("y",)) == (
        profile.name,
        profile.release,
        profile.variant,
        profile.features,
    )
    assert (("clientAuth",), "clientAuth", 3072) == (profile.purposes, profile.purpose, profile.rsa_bits)
    assert frozenset({Usage.KEY_ENCIPHERMENT}) == profile.demands.key_usages
    assert (frozenset({"sha1"}), 3, "chain") == (
        profile.weak_hashes,
        profile.demands.longest,
        profile.demands.form,
    )
    assert profile.demands.wildcards_refused
    assert (Severity.NOTE, None) == (profile.weight(Code.WEAK_KEY), profile.weight(Code.NAMES_MISSING))
    one, two = profile.demands.validity
    assert ValidityLimit(datetime(2026, 3, 15, tzinfo=UTC), 200, "one") == one
    assert datetime(2027, 3, 15, tzinfo=UTC) == two.issued_from
    assert (PurposeEnd("clientAuth", datetime(2027, 3, 15, tzinfo=UTC), "three"),) == (
        profile.demands.purpose_ends
    )
    assert "長く使うため" == profile.reasons[Code.WEAK_KEY].ja
    (disputed,) = profile.disputed
    assert isinstance(disputed, Disputed)
    assert ("longest", "枚数") == (disputed.rule, disputed.question.ja)
    assert (
        Text("a: 3", "a: 3"),
        Text("b: four", "b: 4"),
    ) == disputed.sources  # the first is in one language only


def test_a_case_differs_only_where_all_its_conditions_hold() -> None:
    """Release, role and features together decide; what is said there stands in place of what was, or adds to it."""
    family = parse(FULL)
    special = family.choose("", "b", ("y", "x"))
    assert ("leaf", ("node", "cluster")) == (special.demands.form, special.demands.topology)
    assert Severity.WARNING == special.weight(Code.WEAK_KEY)
    for release, variant, features in (("2", "b", ("x", "y")), ("10", "a", ("x", "y")), ("10", "b", ("x",))):
        plain = family.choose(release, variant, features)
        assert ("chain", ("node",)) == (plain.demands.form, plain.demands.topology)


def test_the_limit_of_the_day_of_issue_holds() -> None:
    """Before the first date there is none; from each date on its own."""
    demands = parse(FULL).choose("", "a").demands
    assert demands.validity_at(datetime(2026, 3, 14, tzinfo=UTC)) is None
    at_first = demands.validity_at(datetime(2026, 3, 15, tzinfo=UTC))
    at_second = demands.validity_at(datetime(2027, 3, 15, tzinfo=UTC))
    assert at_first is not None
    assert at_second is not None
    assert (200, 100) == (at_first.days, at_second.days)


@pytest.mark.parametrize(
    ("release", "known"), [("", "10"), ("1.2", "1.2"), ("X1.9.9", "1.2"), ("2.0.1", "2"), ("11", "10")]
)
def test_a_release_has_the_rules_of_the_newest_known_one_before_it(release: str, known: str) -> None:
    """Numbers are compared as numbers: 10 is newer than 2."""
    assert known == parse(FULL).choose(release, "a").release


@pytest.mark.parametrize(("release", "known"), [("7", "7.0"), ("7.0.0", "7.0"), ("6", "6.0"), ("8", "8.0")])
def test_a_release_without_its_last_number_is_the_one_with_a_zero(release: str, known: str) -> None:
    """7 is 7.0, and not what was before it."""
    assert known == chosen(f"vcenter-machine@{release}").release


def test_an_empty_list_asks_for_nothing_any_more() -> None:
    """What a document extends asks for something: saying nothing keeps that, an empty list ends it."""
    base = chosen("webpki-public")
    own = HEAD + 'extends = "webpki-public"\n'
    bases = {base.name: base}
    kept = parse_family(own, "a.toml", bases).base.demands
    ended = parse_family(
        own + "validity = []\n[settings]\nkey-algorithms = []\n", "b.toml", bases
    ).base.demands
    assert (base.demands.key_algorithms, base.demands.validity) == (kept.key_algorithms, kept.validity)
    assert ((), ()) == (ended.key_algorithms, ended.validity)
    assert base.demands.purpose_ends == ended.purpose_ends


def test_braces_in_a_title_are_braces() -> None:
    """Users' sentences have no placeholders."""
    title = parse(HEAD.replace('en = "house"', 'en = "a {b.c} {"')).base.title
    assert title is not None
    assert "a {b.c} {" == title.fill(Lang.EN, {})


def test_a_number_that_nobody_can_read_is_no_toml() -> None:
    """Of five thousand digits: the library refuses it by an error of its own."""
    with pytest.raises(UsageError, match="profile-not-toml"):
        parse("format = " + "1" * 5000)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("house@1.1:a", "trust.profile-release-too-old"),
        ("house@next:a", "trust.profile-release-unknown"),
        ("house", "trust.profile-variant-wanted"),
        ("house:c", "trust.profile-variant-wanted"),
        ("house:a+z", "trust.profile-feature-unknown"),
        ("tls-server@3", "trust.profile-release-unknown"),
        ("tls-server:a", "trust.profile-variant-wanted"),
        ("tls-server+a", "trust.profile-feature-unknown"),
        ("nobody", "trust.profile-unknown"),
        ("house:", "trust.profile-unknown"),
        ("", "trust.profile-unknown"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(text: str, code: str) -> None:
    """The error names what can be chosen."""
    profiles = read_profiles([("house.toml", FULL)])
    with pytest.raises(UsageError) as caught:
        profiles.choose(text)
    assert code == caught.value.code
    for lang in Lang:
        assert "?" not in say_error(caught.value, lang)


def test_an_alias_leads_to_the_same_rules() -> None:
    """Case does not count; the family is found whatever case of it is asked for."""
    profiles = read_profiles([("house.toml", FULL)])
    assert profiles.choose("House:a") == profiles.choose("OURS:a")
    assert "house" == profiles.family("ours@77:q+r").name
    with pytest.raises(UsageError, match="profile-unknown"):
        profiles.family("nobody@1")


def test_a_name_that_is_taken_cannot_be_given_again() -> None:
    """A user's file does not stand in for a shipped profile."""
    with pytest.raises(UsageError, match="profile-name-taken"):
        read_profiles([("a.toml", FULL), ("b.toml", FULL)])


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        (HEAD.replace("format = 1", "format = 2"), "trust.profile-wants-one-of", "format"),
        (HEAD + "colour = 1", "trust.profile-unknown-key", "colour"),
        (HEAD + 'extends = "nobody"', "trust.profile-wants-one-of", "extends"),
        (HEAD + 'kind = "shop"', "trust.profile-wants-one-of", "kind"),
        (HEAD.replace('"house"\nrev', '"a b"\nrev'), "trust.profile-name-unfit", "name"),
        (HEAD.replace('"1"', "1"), "trust.profile-wants-text", "revision"),
        (HEAD.replace('"our own rules"', '" "'), "trust.profile-wants-text", "source"),
        (HEAD.replace(', ja = "社内"', ""), "trust.profile-wants-text", "title.ja"),
        (HEAD.replace('{ en = "house", ja = "社内" }', '"house"'), "trust.profile-wants-table", "title"),
        (HEAD + "aliases = 1", "trust.profile-wants-texts", "aliases"),
        (
            HEAD + '[[disputed]]\nrule = "weak-key"\nquestion = {en = "a", ja = "b"}\nsources = [1, 2]',
            "trust.profile-wants-texts",
            "disputed[1].sources",
        ),
        (HEAD + 'releases = ["2", "1"]', "trust.profile-releases-unordered", "releases"),
        (HEAD + 'releases = ["new"]', "trust.profile-releases-unordered", "releases"),
        (HEAD + "when = 1", "trust.profile-wants-tables", "when"),
        (
            HEAD + '[[validity]]\nfrom = 0001-01-01T00:00:00+14:00\ndays = 1\nsource = "x"',
            "trust.profile-wants-date",
            "validity[1].from",
        ),
        (HEAD + "[[when]]\ncolour = 1", "trust.profile-unknown-key", "when[1].colour"),
        (HEAD + '[[when]]\nvariant = ["z"]', "trust.profile-wants-one-of", "when[1].variant"),
        (HEAD + "settings = 1", "trust.profile-wants-table", "settings"),
        (HEAD + "[settings]\ncolour = 1", "trust.profile-unknown-key", "settings.colour"),
        (HEAD + "[settings]\nlongest = -1", "trust.profile-wants-number", "settings.longest"),
        (HEAD + "[settings]\nlongest = true", "trust.profile-wants-number", "settings.longest"),
        (HEAD + '[settings]\nany-purpose = "yes"', "trust.profile-wants-switch", "settings.any-purpose"),
        (HEAD + '[settings]\nform = "heap"', "trust.profile-wants-one-of", "settings.form"),
        (HEAD + "[settings]\nform = [1]", "trust.profile-wants-one-of", "settings.form"),
        (HEAD + '[settings]\nkey-usages = ["sing"]', "trust.profile-wants-one-of", "settings.key-usages"),
        (HEAD + '[weights]\ncolour = "note"', "trust.profile-wants-code", "weights.colour"),
        (HEAD + "[weights]\nweak-key = 1", "trust.profile-wants-one-of", "weights.weak-key"),
        (HEAD + '[weights]\nweak-key = "grave"', "trust.profile-wants-one-of", "weights.weak-key"),
        (
            HEAD + '[[validity]]\nfrom = "x"\ndays = 1\nsource = "s"',
            "trust.profile-wants-date",
            "validity[1].from",
        ),
        (
            HEAD + '[[validity]]\nfrom = 2026-01-01T00:00:00\ndays = 1\nsource = "s"',
            "trust.profile-wants-date",
            "validity[1].from",
        ),
        (
            HEAD + '[[validity]]\nfrom = 2026-01-01\nsource = "s"',
            "trust.profile-wants-number",
            "validity[1].days",
        ),
        (
            HEAD + '[[purpose-ends]]\nfrom = 2026-01-01\nsource = "s"',
            "trust.profile-wants-text",
            "purpose-ends[1].purpose",
        ),
        (
            HEAD + '[[reasons]]\nrule = "no"\nbecause = {en = "a", ja = "b"}',
            "trust.profile-wants-code",
            "reasons[1].rule",
        ),
        (
            HEAD + '[[disputed]]\nrule = "no"\nquestion = {en = "a", ja = "b"}\nsources = ["a", "b"]',
            "trust.profile-wants-code",
            "disputed[1].rule",
        ),
        (
            HEAD + '[[disputed]]\nrule = "weak-key"\nquestion = {en = "a", ja = "b"}\nsources = ["a"]',
            "trust.profile-wants-two-sources",
            "disputed[1].sources",
        ),
        (
            HEAD
            + '[[disputed]]\nrule = "weak-key"\nquestion = {en = "a", ja = "b"}\nsources = ["a", {en = "b"}]',
            "trust.profile-wants-text",
            "disputed[1].sources.ja",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(text: str, code: str, key: str) -> None:
    """Each is told with the key it stands at, in both languages."""
    assert (code, key) in faults(text)
    with pytest.raises(UsageError) as caught:
        parse(text)
    for lang in Lang:
        assert key in say_error(caught.value, lang)


def test_all_faults_are_told_at_once() -> None:
    """Nobody mends a document one error at a time."""
    assert 3 == len(faults(HEAD + "colour = 1\naliases = 2\n[settings]\nlongest = 'x'"))


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = = 2\n", 2), ("a = 1\nb = [", 2)])
def test_what_is_no_toml_is_told_with_its_line(text: str, line: int) -> None:
    """The line is the parser's, or the last where it names none."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert ("trust.profile-not-toml", line) == (caught.value.code, caught.value.values["line"])


@given(text=st.text(max_size=200))
@examples(200)
def test_a_document_gives_a_family_or_our_error(text: str) -> None:
    """Whatever somebody writes."""
    with pytest.raises(UsageError):
        parse(text + "\ncolour = 1")


VALUES = st.recursive(
    st.one_of(
        st.sampled_from(["1", "-1", '"a"', "true", "[]", "2026-01-01", "1.5", "{}", "12:00:00"]),
        st.just('""'),
    ),
    lambda inner: st.lists(inner, max_size=2).map(lambda items: "[" + ", ".join(items) + "]"),
    max_leaves=3,
)
KEYS = [
    "releases",
    "variants",
    "when",
    "settings",
    "weights",
    "validity",
    "disputed",
    "title2",
    "kind",
    "extends",
]


@given(values=st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))
@examples(200)
def test_values_of_the_wrong_kind_give_our_error(values: dict[str, str]) -> None:
    """A foreign exception never comes out."""
    text = HEAD + "".join(f"{key} = {value}\n" for key, value in values.items())
    try:
        family = parse(text)
    except UsageError:
        return
    assert "house" == family.name


def test_a_release_is_compared_by_its_numbers() -> None:
    """Letters and signs do not count; a number beyond reason is cut."""
    assert (14, 2, 5) == release_key("X14.2.5")
    assert () == release_key("latest")
    assert (123456789,) == release_key("1234567890123")


def test_every_shipped_profile_can_be_chosen_and_says_where_it_comes_from() -> None:
    """Each release, role and feature of each gives a rule set with title, source and revision."""
    for family in SHIPPED:
        for release in family.releases or ("",):
            for variant in family.variants or ("",):
                for feature in (*((one,) for one in family.features), ()):
                    profile = family.choose(release, variant, feature)
                    assert profile.source
                    assert profile.revision


@pytest.mark.req("S3-02")
def test_both_names_of_an_expressway_lead_to_one_profile() -> None:
    """VCS and Expressway are the same product."""
    for case in ("@X14:E", "@X15.5:C", "@X8:E+mra"):
        own = chosen(f"cisco-expressway{case}")
        for alias in ("cisco-vcs", "expressway", "vcs", "VCS", "Cisco-VCS", "Cisco-Expressway"):
            assert own == chosen(f"{alias}{case}"), alias
    with pytest.raises(UsageError, match=r"trust\.profile-unknown"):
        chosen("cisco-vcsx@X14:E")


@pytest.mark.req("S1-07")
def test_a_release_that_is_too_old_is_not_applicable() -> None:
    """SEPM 14.2 has other rules; an OME before 3.10 cannot take a chain at all."""
    for text in ("symantec-sepm@14.2:manager", "dell-ome-migration@3.9"):
        with pytest.raises(UsageError) as caught:
            chosen(text)
        assert "trust.profile-release-too-old" == caught.value.code
