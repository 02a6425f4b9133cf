"""`warifu profile`: which rule sets there are, and what each wants. Nothing is changed."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import click

from warifu.apps.cli.render import Output
from warifu.apps.cli.verb import VerbGroup, verb
from warifu.domain.findings import Code, Lang, Severity, say, word
from warifu.domain.findings.text import show
from warifu.domain.trust import Profile
from warifu.domain.trust.demands import Demands
from warifu.domain.trust.profile import WEIGHTS
from warifu.domain.trust.profile_data import ProfileFamily
from warifu.errors import UsageError
from warifu.wiring import cli as wiring
from warifu.wiring.profiles import profile_family, profile_text, profiles

FORMAT = 1
_WORDS = {
    Severity.ERROR: "cli.severity-error",
    Severity.WARNING: "cli.severity-warning",
    Severity.NOTE: "cli.severity-note",
    None: "trust.weight-off",
}
_TITLES = {
    "tls-server": "trust.title-tls-server",
    "tls-client": "trust.title-tls-client",
    "rfc5280": "trust.title-rfc5280",
    "openssl": "trust.title-openssl",
}
_OWN = ("purposes", "anchor_is_checked", "rsa_bits", "ec_bits", "weak_hashes", "any_purpose")
_DATED = ("validity", "purpose_ends")


def build(lang: Lang) -> VerbGroup:
    """Return the verb."""

    @verb("list", lang, say("trust.help-profile-list", lang))
    def list_(out: Output) -> int:
        families = tuple(profiles())
        headings = (
            "trust.heading-profile",
            "trust.heading-title",
            "trust.heading-releases",
            "trust.heading-variants",
            "trust.heading-features",
            "trust.heading-revision",
            "trust.heading-disputed",
        )
        out.table(headings, [_row(family, out.lang) for family in families])
        out.line("trust.profile-how")
        out.json({"format": FORMAT, "profiles": [_family_document(one, out.lang) for one in families]})
        return 0

    @verb("show", lang, say("trust.help-profile-show", lang))
    @click.option("--toml", "as_toml", is_flag=True, help=say("trust.option-toml", lang))
    @click.argument("profile", metavar="PROFILE")
    def show(out: Output, *, profile: str, as_toml: bool) -> int:
        if as_toml:
            out.text(profile_text(profile).rstrip())
            return 0
        family = profile_family(profile)
        chosen, problem = _choice(profile)
        shown = chosen or family.base
        _tell(out, family, shown)
        if problem is not None:  # of a family that differs by role, what is common to all of them was shown
            out.line("trust.profile-common-only", name=family.name, known=family.variants)
        document = {"format": FORMAT, **_family_document(family, out.lang), **_document(shown, out.lang)}
        out.json({**document, "complete": problem is None})
        return 0

    return VerbGroup("profile", lang, say("trust.help-profile", lang), [list_, show])


def _choice(text: str) -> tuple[Profile | None, UsageError | None]:
    try:
        return wiring.chosen_profile(text), None
    except UsageError as problem:
        if problem.code != "trust.profile-variant-wanted" or ":" in text:
            raise
        return None, problem


def _row(family: ProfileFamily, lang: Lang) -> tuple[object, ...]:
    return (
        family.name,
        _title(family.base, lang),
        family.releases or "-",
        family.variants or "-",
        family.features or "-",
        family.base.revision,
        len(family.base.disputed) or "-",
    )


def _title(profile: Profile, lang: Lang) -> str:
    if profile.title is None:
        return say(_TITLES[profile.name], lang)
    return profile.title.fill(lang, {})


def _tell(out: Output, family: ProfileFamily, profile: Profile) -> None:
    out.text(f"{profile.name}: {_title(profile, out.lang)}")
    out.line("trust.profile-source", revision=profile.revision, source=profile.source)
    if family.aliases:
        out.line("trust.profile-aliases", names=family.aliases)
    if family.releases or family.variants or family.features:
        out.line(
            "trust.profile-cases",
            releases=family.releases or "-",
            variants=family.variants or "-",
            features=family.features or "-",
        )
    out.text()
    settings = {**_settings(profile), **_dated(profile, out.lang)}
    rows = [(name, _value(value, out.lang)) for name, value in settings.items()]
    out.table(("trust.heading-setting", "trust.heading-value"), rows)
    out.text()
    weights = [
        (code.value, say(_WORDS[profile.weight(code)], out.lang))
        for code in Code
        if code in profile.weights or code in WEIGHTS
    ]
    out.table(("trust.heading-finding", "trust.heading-weight"), weights)
    out.line("trust.profile-others-error")
    for one in profile.disputed:
        out.text()
        out.line("trust.profile-disputed", rule=one.rule, question=one.question.fill(out.lang, {}))
        for source in one.sources:
            out.text(f"  - {source.fill(out.lang, {})}")


def _settings(profile: Profile) -> dict[str, object]:
    own = {name: getattr(profile, name) for name in _OWN}
    demands = {one.name: getattr(profile.demands, one.name) for one in fields(Demands)}
    plain = {**own, **{name: value for name, value in demands.items() if name not in _DATED}}
    return {name.replace("_", "-"): value for name, value in plain.items() if value or name in _OWN}


def _value(value: object, lang: Lang) -> object:
    if isinstance(value, bool):
        return word("yes", str(value).lower(), lang)
    return value or "-"


def _dated(profile: Profile, lang: Lang) -> dict[str, object]:
    found: dict[str, object] = {}
    for limit in profile.demands.validity:
        found[f"validity, {limit.issued_from:%Y-%m-%d}"] = (
            f"{show(timedelta(days=limit.days), lang)} ({limit.source})"
        )
    for end in profile.demands.purpose_ends:
        found[f"purpose-ends, {end.issued_from:%Y-%m-%d}"] = f"{end.purpose} ({end.source})"
    return found


def _family_document(family: ProfileFamily, lang: Lang) -> dict[str, object]:
    return {
        "name": family.name,
        "aliases": family.aliases,
        "title": _title(family.base, lang),
        "product": family.base.product or None,
        "kind": family.base.kind,
        "revision": family.base.revision,
        "source": family.base.source,
        "releases": family.releases,
        "variants": family.variants,
        "features": family.features,
        "disputed": [
            {
                "rule": one.rule,
                "question": one.question.fill(lang, {}),
                "sources": [source.fill(lang, {}) for source in one.sources],
            }
            for one in family.base.disputed
        ],
    }


def _document(profile: Profile, lang: Lang) -> dict[str, object]:
    demands = profile.demands
    return {
        "chosen": profile.name,
        "title": _title(profile, lang),
        "release": profile.release or None,
        "variant": profile.variant or None,
        "settings": {
            name: sorted(value) if isinstance(value, frozenset) else value
            for name, value in _settings(profile).items()
        },
        "weights": {
            code.value: weight.value if weight else "off"
            for code in Code
            if code in profile.weights or code in WEIGHTS
            for weight in (profile.weight(code),)
        },
        "validity": [
            {"from": one.issued_from, "days": one.days, "source": one.source} for one in demands.validity
        ],
        "purpose-ends": [
            {"from": one.issued_from, "purpose": one.purpose, "source": one.source}
            for one in demands.purpose_ends
        ],
    }
