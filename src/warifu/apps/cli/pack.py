"""`warifu pack`: writes just what a target wants out of whatever is there."""

from __future__ import annotations

import hashlib
from typing import TypedDict, Unpack

import click

from warifu.apps.cli.options import OneOf, check_folder, password_option
from warifu.apps.cli.render import Output, to_json
from warifu.apps.cli.verb import Verb, verb
from warifu.domain.findings import Lang, say, say_error
from warifu.domain.trust import Profile
from warifu.domain.trust.packing import CHAIN, FORMS, TRUST
from warifu.domain.x509 import Certificate
from warifu.domain.x509.pkcs12_writer import CIPHERS
from warifu.errors import UsageError
from warifu.wiring import cli as wiring
from warifu.wiring.packing import packer
from warifu.workflows.pack import FORMATS, Packed, PackOrder

FORMAT = 1
_IDENTITIES = ("pkcs12", "jks")


class _Asked(TypedDict):
    """Options beside the inputs and the file."""

    profile: str
    form: str
    format_: str
    pools: tuple[str, ...]
    pick: str
    alias: str
    cipher: str
    with_key: bool
    incomplete: bool
    strict: bool
    replace: bool
    password_files: tuple[str, ...]
    new_password_file: str


def build(lang: Lang) -> Verb:
    """Return the verb."""

    @verb("pack", lang, say("pack.help", lang))
    @click.argument("inputs", nargs=-1, required=True, metavar="FILE|DIR...")
    @click.option("--out", "file", required=True, metavar="FILE", help=say("pack.option-out", lang))
    @click.option("--for", "profile", default="", metavar="PROFILE", help=say("pack.option-for", lang))
    @click.option("--form", type=OneOf(*FORMS), default=None, help=say("pack.option-form", lang))
    @click.option(
        "--format", "format_", type=OneOf(*FORMATS), default="pem", help=say("pack.option-format", lang)
    )
    @click.option("--pool", "pools", multiple=True, metavar="FILE|DIR", help=say("pack.option-pool", lang))
    @click.option("--pick", default="", metavar="NAME|SHA256", help=say("pack.option-pick", lang))
    @click.option("--alias", default="", metavar="NAME", help=say("pack.option-alias", lang))
    @click.option("--cipher", type=OneOf(*CIPHERS), default="modern", help=say("pack.option-cipher", lang))
    @click.option("--with-key", is_flag=True, help=say("pack.option-with-key", lang))
    @password_option(lang)
    @click.option(
        "--new-password-file", default="", metavar="FILE", help=say("pack.option-new-password-file", lang)
    )
    @click.option("--incomplete", is_flag=True, help=say("pack.option-incomplete", lang))
    @click.option("--strict", is_flag=True, help=say("pack.option-strict", lang))
    @click.option("--replace", is_flag=True, help=say("pack.option-replace", lang))
    def pack(out: Output, *, inputs: tuple[str, ...], file: str, **asked: Unpack[_Asked]) -> int:
        check_folder(wiring.files(), file)
        profile = wiring.chosen_profile(asked["profile"]) if asked["profile"] else None
        opening = wiring.passwords(asked["password_files"], lang)
        order = _order(inputs, asked, profile, _new_password(asked, opening, lang))
        hands = packer(opening)
        packed = hands.pack(order)
        hands.write(packed, file, replace=asked["replace"])
        if not out.as_json:
            _tell(out, packed, order, file)
        out.json(_document(packed, order, file, asked["profile"], out.lang))
        return 0

    return pack


def _new_password(asked: _Asked, opening: tuple[bytes, ...], lang: Lang) -> bytes:
    """Return what locks the new file: the password that was named for it, or that which opens the old."""
    if asked["new_password_file"]:
        return wiring.passwords((asked["new_password_file"],), lang)[0]
    return opening[0] if opening and asked["format_"] in _IDENTITIES else b""


def _order(inputs: tuple[str, ...], asked: _Asked, profile: Profile | None, password: bytes) -> PackOrder:
    """Return the order; what was not said is what the profile's target wants.

    Raises:
        UsageError: `pack.format-unfit`.
    """
    form, format_ = asked["form"], asked["format_"]
    if profile is not None:
        form = form or (TRUST if profile.kind == "trust-store" else profile.demands.form)
        if profile.demands.encoding == "pem" and format_ != "pem":
            raise UsageError("pack.format-unfit", profile=profile.name, format=format_)
    form = form or CHAIN
    return PackOrder(
        inputs,
        form,
        format_,
        asked["pools"],
        pick=asked["pick"],
        alias=asked["alias"],
        cipher=asked["cipher"],
        with_key=asked["with_key"] or (format_ in _IDENTITIES and form != TRUST),
        incomplete=asked["incomplete"],
        strict=asked["strict"],
        password=password,
    )


def _tell(out: Output, packed: Packed, order: PackOrder, file: str) -> None:
    out.line(
        "pack.written",
        path=file,
        format=order.format,
        form=order.form,
        size=len(packed.data),
        mode=f"{packed.mode:04o}",
        sha256=hashlib.sha256(packed.data).hexdigest(),
    )
    for position, one in enumerate(packed.certificates, 1):
        out.line(
            "trust.certificate-line",
            position=position,
            subject=one.subject,
            issuer=one.issuer,
            not_before=one.not_before,
            not_after=one.not_after,
            fingerprint=one.fingerprint,
        )
    if packed.key is not None:
        out.line("pack.with-key", key=packed.key.public_key)
    if packed.changes:
        out.line("pack.put-right")
        for change in packed.changes:
            out.text("  " + say_error(change, out.lang))
    for one in packed.left_out:
        out.line("pack.left-out", who=one.subject, fingerprint=one.fingerprint)
    out.findings(packed.findings)


def _document(packed: Packed, order: PackOrder, file: str, profile: str, lang: Lang) -> dict[str, object]:
    return {
        "format": FORMAT,
        "file": file,
        "kind": order.format,
        "form": order.form,
        "profile": profile or None,
        "bytes": len(packed.data),
        "sha256": hashlib.sha256(packed.data).hexdigest(),
        "mode": f"{packed.mode:04o}",
        "certificates": [_certificate(one) for one in packed.certificates],
        "left_out": [_certificate(one) for one in packed.left_out],
        "key": None if packed.key is None else packed.key.public_key.sha256.hex,
        "complete": packed.missing is None,
        "put_right": [{"code": one.code, "text": say_error(one, lang)} for one in packed.changes],
        "findings": [to_json(finding, lang) for finding in packed.findings],
    }


def _certificate(one: Certificate) -> dict[str, object]:
    return {
        "sha256": one.fingerprint.hex,
        "subject": str(one.subject),
        "issuer": str(one.issuer),
        "not_after": one.not_after,
    }
