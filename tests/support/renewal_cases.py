"""For every finding about renewals and their future, a case in which the program reports it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from support.pki import BOTH, DAY, NOW, SERVER, Entity, make_ca, make_key
from support.requests import pending, request_for, template_for
from support.shipped import ISSUERS, chosen
from support.usages import key_usage
from warifu.domain.findings import Code, Finding
from warifu.domain.findings.text import Text
from warifu.domain.rotation.losses import find_losses_open
from warifu.domain.rotation.requests import accept_losses, issue, submit
from warifu.domain.trust import leaf_facts
from warifu.domain.trust.alternative_names import read_names
from warifu.domain.trust.demands import ValidityLimit
from warifu.domain.trust.forecast import ForecastQuestion, forecast
from warifu.domain.trust.issuer_change import Sent, compare_issuers
from warifu.domain.trust.issuer_rules import IssuerRules
from warifu.domain.trust.renewal import Renewal, compare_renewal
from warifu.domain.trust.request_form import RequestForm, judge_form
from warifu.domain.x509 import Request
from warifu.workflows.renewal import Asked, draft_request

_ROOT = make_ca("Root")
_MID = _ROOT.intermediate("Mid")
_OTHER = make_ca("Other Root").intermediate("Other Mid")
_RSA = make_key("rsa")
_NAMES = ("a.example", "b.example")
_SECOND = timedelta(seconds=1)
_CHROME = datetime(2027, 3, 15, tzinfo=UTC)
_SUBJECT = "CN=ome.example,OU=IT,O=Example,L=Chiyoda,ST=Tokyo,C=JP,1.2.840.113549.1.9.1=ops@example.com"
_FORM = RequestForm("ome", read_names("ome.example"), _SUBJECT, "rsa-2048", ("serverAuth", "clientAuth"))
_FREE = IssuerRules("house", Text("house", "社内"), "1", "CPS")


def _leaf(*names: str, **changes: object) -> Entity:
    return _MID.leaf(*(names or _NAMES), **{"purposes": BOTH, **changes})


_OLD = _leaf()


def _renewed(new: Entity, old: Entity = _OLD, **more: object) -> Iterable[Finding]:
    asked = Renewal(old.value, new.value, pool=(_MID.value, _ROOT.value), **more)  # type: ignore[arg-type]  # its fields
    return compare_renewal(asked, now=NOW).findings


def _larger() -> Entity:
    """An old certificate with a larger key of the same kind."""
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - slow to make, so only when asked

    return _leaf(key=rsa.generate_private_key(65537, 3072))


def _unanswered_names() -> Iterable[Finding]:
    key = make_key()
    names = x509.SubjectAlternativeName([x509.DNSName(name) for name in ("a.example", "z.example")])
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    return _renewed(_leaf(key=key), requests=(Request(signed.public_bytes(serialization.Encoding.DER)),))


def _issuers(new: Entity, *pool: Entity, old: Entity = _OLD) -> Iterable[Finding]:
    return compare_issuers(old.value, new.value, [one.value for one in pool], now=NOW).findings


def _reissued() -> Iterable[Finding]:
    again = _ROOT.intermediate("Mid", key=_MID.key, end=NOW + 5000 * DAY)
    return _issuers(again.leaf("a.example", aki=False), _MID, again, _ROOT)


def _accepted() -> Iterable[Finding]:
    template = template_for(_MID, "a.example", purposes=("serverAuth",))
    made = request_for(template)
    leaf = _MID.leaf("a.example", key=made.key).value
    sent = submit(replace(pending(template, made=made), previous=(_OLD.value,)), now=NOW)
    came = issue(sent, leaf, (_MID.value,), now=NOW)
    return find_losses_open(accept_losses(came, ["DNS:b.example"], by="Ito", reason="gone", now=NOW))


def _re_rooted() -> Iterable[Finding]:
    root = make_ca("Other Root")
    crossed = root.intermediate("Mid", key=_MID.key)
    sent = Sent((_MID.value, _ROOT.value), (crossed.value, root.value))
    new = crossed.leaf("a.example").value
    return compare_issuers(_OLD.value, new, (*sent.new, *sent.old), now=NOW, sent=sent).findings


def _form(profile: str = "dell-ome-server", **changes: object) -> Iterable[Finding]:
    return judge_form(replace(_FORM, **changes), chosen(profile))  # type: ignore[arg-type]  # its fields


def _drafted(*names: str, old: Entity | None = None) -> Iterable[Finding]:
    asked = Asked(names=names)
    before = None if old is None else old.value
    return draft_request(asked, old=before, judged_by=chosen("tls-server")).findings


def _foreseen(
    end: datetime, *, days: int = 200, issuer: IssuerRules | None = None, profile: str = "mutual"
) -> Iterable[Finding]:
    leaf = _MID.leaf("a.example", start=end - days * DAY + _SECOND, end=end, purposes=BOTH).value
    rules = issuer or ISSUERS.choose("public-2027")
    asked = ForecastQuestion(leaf_facts(leaf), rules, chosen(profile), renew_before=30 * DAY)
    return forecast(asked, now=datetime(2026, 11, 22, tzinfo=UTC))


def _shorter() -> Iterable[Finding]:
    rules = IssuerRules("house", _FREE.title, "1", "CPS", validity=(ValidityLimit(_CHROME, 100, "CPS"),))
    return _foreseen(_CHROME + 60 * DAY, days=200, issuer=rules)


_ORGANISED = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example")])
_MAILED = x509.SubjectAlternativeName([x509.DNSName("a.example"), x509.RFC822Name("ops@a.example")])

CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.RENEWAL_IS_THE_OLD: lambda: _renewed(_OLD),
    Code.RENEWAL_NAMES_LOST: lambda: _renewed(_leaf("a.example")),
    Code.RENEWAL_REQUEST_NAMES_LOST: _unanswered_names,
    Code.RENEWAL_LOSS_ACCEPTED: _accepted,
    Code.RENEWAL_PURPOSES_LOST: lambda: _renewed(_leaf(purposes=SERVER)),
    Code.RENEWAL_USAGE_LOST: lambda: _renewed(
        _leaf(usage=key_usage("key_agreement")), _leaf(usage=key_usage("digital_signature", "key_agreement"))
    ),
    Code.RENEWAL_ENDS_EARLIER: lambda: _renewed(_leaf(end=_OLD.value.not_after - DAY)),
    Code.ISSUER_CHANGED: lambda: _issuers(_OTHER.leaf("a.example"), _MID, _ROOT, _OTHER, _OTHER.root),
    Code.ISSUER_ROOT_CHANGED: _re_rooted,
    Code.ISSUER_CHANGE_UNKNOWN: lambda: _issuers(_MID.leaf("a.example", aki=False)),
    Code.ISSUER_NAME_REUSED: lambda: _issuers(make_ca("Root").intermediate("Mid").leaf("a.example")),
    Code.ISSUER_NOT_AT_HAND: lambda: _issuers(_MID.leaf("a.example"), _ROOT),
    Code.RENEWAL_KEY_REUSED: lambda: _renewed(_leaf(key=_RSA, serial=5), _leaf(key=_RSA)),
    Code.RENEWAL_KEY_SMALLER: lambda: _renewed(_leaf(key=_RSA), _larger()),
    Code.RENEWAL_HASH_SHORTER: lambda: _renewed(_leaf(), _leaf(digest=hashes.SHA384())),
    Code.RENEWAL_SUBJECT_DIFFERS: lambda: _renewed(_leaf(), _leaf(subject=_ORGANISED)),
    Code.RENEWAL_PURPOSES_NARROWED: lambda: _renewed(_leaf(), _leaf(purposes=None)),
    Code.RENEWAL_PURPOSES_UNSTATED: lambda: _renewed(_leaf(purposes=None)),
    Code.RENEWAL_KEY_KIND_CHANGED: lambda: _renewed(_leaf(key=_RSA)),
    Code.RENEWAL_NAMES_GAINED: lambda: _renewed(_leaf(*_NAMES, "c.example")),
    Code.RENEWAL_PURPOSES_GAINED: lambda: _renewed(_leaf(), _leaf(purposes=SERVER)),
    Code.ISSUER_REISSUED: _reissued,
    Code.ISSUER_UNCHANGED: lambda: _issuers(_MID.leaf("a.example")),
    Code.REQUEST_FIELD_MISSING: lambda: _form(subject="CN=ome.example,O=Example,C=JP"),
    Code.REQUEST_FIELD_UNFIT: lambda: _form(subject=_SUBJECT.replace("ops@example.com", "ops")),
    Code.REQUEST_NAMES_TOO_MANY: lambda: _form(
        "dell-ome-migration", names=read_names("a.example,b.example,c.example,192.0.2.1,192.0.2.2")
    ),
    Code.REQUEST_NAME_UNFIT: lambda: _form(names=read_names("a" * 57 + ".example")),
    Code.REQUEST_LABEL_TOO_SHORT: lambda: _form(names=read_names("ome.e")),
    Code.REQUEST_NAMES_NOT_CARRIED: lambda: _drafted(
        old=_MID.leaf("a.example", san=False, extra=[(_MAILED, False)])
    ),
    Code.REQUEST_NAME_REPEATED: lambda: _drafted("a.example", "A.example"),
    Code.FORECAST_PURPOSE_ENDS: lambda: _foreseen(_CHROME + 40 * DAY, profile="cisco-expressway@X14:E"),
    Code.FORECAST_PURPOSE_REFUSED: lambda: _foreseen(
        _CHROME + 40 * DAY, days=100, issuer=_FREE, profile="webpki-public"
    ),
    Code.FORECAST_LIFETIME_REFUSED: lambda: _foreseen(
        _CHROME + 40 * DAY, issuer=_FREE, profile="webpki-public"
    ),
    Code.FORECAST_LIFETIME_SHORTER: _shorter,
}
