"""A round of watching in one line, as Nagios and its kin read it.

Spec: Monitoring Plugins Development Guidelines (exit codes 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; one line;
performance data `label=value;warn;crit;min` after a bar).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo

from warifu.domain.findings import Lang, Severity, say, say_error, title, word
from warifu.domain.findings.text import beside, visible
from warifu.domain.watching import Kind, Notice, State
from warifu.errors import WarifuError
from warifu.workflows.letters import in_zone
from warifu.workflows.watch import Round

OK, WARNING, CRITICAL, UNKNOWN = 0, 1, 2, 3
_WORDS = ("OK", "WARNING", "CRITICAL", "UNKNOWN")


def status_of(round_: Round) -> int:
    """Return the exit code: what somebody acknowledged does not count until the date given."""
    counted = _counted(round_)
    if any(one.cause.severity is Severity.ERROR for one in counted):
        return CRITICAL
    if any(one.kind is not Kind.NOT_SEEN for one in counted) or round_.problems:
        return WARNING
    return UNKNOWN if counted else OK


def line_of(round_: Round, lang: Lang, zone: tzinfo) -> str:
    """Return the line, with instants by the wall clock of a zone."""
    counted = _counted(round_)
    said = [_count(kind, counted, lang) for kind in Kind if any(one.kind is kind for one in counted)]
    if counted:
        said.append(title(in_zone(counted[0].cause.findings[0], zone), lang))
    said += [_on_one_line(problem, lang) for problem in round_.problems]
    if not said:
        said = [say("watch.nothing-open", lang)]
    return f"{_head(status_of(round_))} - {_clean(beside(said, lang))}|{_perfdata(round_)}"


def failed_line(error: WarifuError, lang: Lang) -> str:
    """Return the line of a look that failed: nothing is known, which is not OK."""
    return f"{_head(UNKNOWN)} - {_clean(_on_one_line(error, lang))}"


def _counted(round_: Round) -> Sequence[Notice]:
    return [one for one in round_.open if one.state(round_.at) is not State.ACKNOWLEDGED]


def _count(kind: Kind, notices: Sequence[Notice], lang: Lang) -> str:
    found = sum(one.kind is kind for one in notices)
    return say("watch.count", lang, count=found, kind=word("notice", kind.value, lang))


def _perfdata(round_: Round) -> str:
    counts = Counter(one.kind for one in _counted(round_))
    parts = [f"{kind.value}={counts[kind]};;;0" for kind in Kind]
    parts += [f"acknowledged={len(round_.silenced)};;;0", f"unsent={len(round_.waiting)};;;0"]
    return " ".join([*parts, f"uncertain={len(round_.uncertain)};;;0"])


def _head(status: int) -> str:
    return f"WARIFU {_WORDS[status]}"


def _on_one_line(error: WarifuError, lang: Lang) -> str:
    return " ".join(say_error(error, lang).split("\n"))  # its parts stand one a line


def _clean(text: str) -> str:
    """One line, without the bar that begins performance data."""
    return visible(text.replace("|", "/"))
