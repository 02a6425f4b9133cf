"""Cases of what a watcher finds, one a code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from support.notices import SPEC, met, sight
from support.pki import DAY, NOW, make_ca
from warifu.domain.findings import Code, Finding
from warifu.domain.watching import FINDERS, Held, Sight, Standing, find_causes

_ROOT = make_ca("Old Root", end=NOW + 10 * DAY)


def _found(look: Sight) -> Iterable[Finding]:
    return [finding for cause in find_causes(look, SPEC, FINDERS) for finding in cause.findings]


CASES: Mapping[Code, Callable[[], Iterable[Finding]]] = {
    Code.EXPIRED_IN_USE: lambda: _found(sight(met(_ROOT), at=NOW + 11 * DAY)),
    Code.EXPIRED_UNDECIDED: lambda: _found(
        sight(met(_ROOT, standing=Standing.UNDECIDED), at=NOW + 11 * DAY, unmet=("web:443",))
    ),
    Code.EXPIRED_UNUSED: lambda: _found(sight(met(_ROOT, standing=Standing.UNUSED), at=NOW + 11 * DAY)),
    Code.CHANGED_OUTSIDE: lambda: _found(
        sight(baseline={"web/tls": Held("a", "leaf A")}, values={"web/tls": Held("b", "leaf B")})
    ),
}
