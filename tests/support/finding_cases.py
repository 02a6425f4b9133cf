"""For every finding code, a case in which the program's own code reports it: the examples of the documents.

    CASES[Code.EXPIRED]()   # findings, among them one of this code

A new code needs one line here, in `reading_cases`, `estate_cases`, `issuing_cases` or `install_cases`: a function
without arguments that returns findings. `tests/unit/house/test_examples.py` names the codes that have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta

from support import (
    bundle_cases,
    directory_cases,
    endpoint_cases,
    estate_cases,
    install_cases,
    issuing_cases,
    reading_cases,
    renewal_cases,
    rule_cases,
    target_cases,
    watching_cases,
)
from support.malformed import of_version_1, signed_with_sha1, with_serial_octet
from support.pki import BOTH, NOW, Entity, make_ca, make_key
from support.rule_cases import MID, ROOT, RSA_ROOT, WEB, Case
from support.rule_pairs import PAIRS
from support.shipped import chosen
from warifu.domain.findings import Code, Finding
from warifu.domain.trust import Context, PathAnswer, find_key_faults, find_skew, judge_anchors
from warifu.domain.trust.ends import End, find_issuer_differences
from warifu.domain.trust.verdict import combine

Findings = Callable[[], Iterable[Finding]]


def _judged(make: Callable[[], rule_cases.Case | target_cases.TargetCase]) -> Findings:
    return lambda: make().judged().findings


def _version_1() -> Iterable[Finding]:
    plain = {"basic": False, "no_usage": True, "ski": False, "aki": False}
    leaf = of_version_1(RSA_ROOT.leaf("a.example", san=False, purposes=None, **plain))
    return Case(leaf).judged().findings


def _exhausted() -> Iterable[Finding]:
    """More impostors of one name than the budget has signature checks."""
    mid = make_ca("Root").intermediate("Mid", ski=False, aki=False)
    impostors = tuple(make_ca("Root", ski=False).value for _ in range(140))
    return Case(mid.leaf("web.example", aki=False), anchors=impostors).judged().findings


def _answered(engine: str, consumer: str) -> Iterable[Finding]:
    """Our rules accept, an engine does not."""
    no = PathAnswer(accepted=False, engine=f"{engine} 3.0.17", said="error 20 at 0 depth lookup")
    return combine(Case(WEB).judged(), {engine: no}, consumer).findings


def _stored(profile: str, *anchors: Entity) -> Iterable[Finding]:
    return judge_anchors([one.value for one in anchors], Context(chosen(profile), NOW))


def _ends(first: Entity, second: Entity) -> Iterable[Finding]:
    ends = [
        End(label, (leaf.value, *(one.value for one in leaf.above)), (ROOT.value,), NOW)
        for label, leaf in (("ome310.example", first), ("ome400.example", second))
    ]
    return find_issuer_differences(*ends)


_TRUST: Mapping[Code, Findings] = {
    Code.VERSION_UNFIT: _version_1,
    Code.SERIAL_UNFIT: lambda: (
        Case(with_serial_octet(RSA_ROOT.leaf("a.example", serial=1), 0)).judged().findings
    ),
    Code.SEARCH_EXHAUSTED: _exhausted,
    Code.KEY_MISMATCH: lambda: find_key_faults(WEB.value, (MID.private_key,)),
    Code.ENGINE_REFUSED: lambda: _answered("openssl", "openssl"),
    Code.OTHER_ENGINE_REFUSED: lambda: _answered("openssl", "java"),
    Code.ENGINE_NOT_RUN: lambda: combine(Case(WEB).judged(), {}, "java").findings,
    Code.ANCHOR_NAME_TAKEN: lambda: _stored("cisco-cucm-trust", make_ca("CUCM"), make_ca("CUCM")),
    Code.ANCHOR_NAME_SHARED: lambda: _stored("cisco-cucm-trust", make_ca("CUCM"), ROOT.intermediate("CUCM")),
    Code.WEAK_ANCHOR_SIGNATURE: lambda: _stored(
        "vcenter-trusted-root", signed_with_sha1(make_ca("Old Root", key=make_key("rsa")))
    ),
    Code.CLOCK_SKEWED: lambda: find_skew("vcenter.example:443", NOW + timedelta(days=730), NOW),
    Code.ISSUERS_DIFFER: lambda: _ends(
        ROOT.intermediate("Inter-CA1").leaf("ome310.example", purposes=BOTH),
        ROOT.intermediate("Inter-CA2").leaf("ome400.example", purposes=BOTH),
    ),
    Code.ISSUERS_ALIKE: lambda: _ends(
        ROOT.intermediate("Inter-CA1").leaf("ome310.example", purposes=BOTH),
        make_ca("Root").intermediate("Inter-CA1").leaf("ome400.example", purposes=BOTH),
    ),
}

CASES: Mapping[Code, Findings] = {
    **{pair.code: _judged(pair.bad) for pair in reversed(PAIRS)},
    **{code: _judged(make) for code, (make, _neighbour) in target_cases.CASES.items()},
    **_TRUST,
    **reading_cases.CASES,
    **estate_cases.CASES,
    **issuing_cases.CASES,
    **renewal_cases.CASES,
    **install_cases.CASES,
    **watching_cases.CASES,
    **bundle_cases.CASES,
    **directory_cases.CASES,
    **endpoint_cases.CASES,
}


def example(code: Code) -> Finding:
    """Return the finding of a code's case.

    Raises:
        LookupError: the code has no case, or its case does not report it.
    """
    for finding in CASES[code]():
        if finding.code is code:
            return finding
    msg = f"the case of {code} does not report it"
    raise LookupError(msg)
