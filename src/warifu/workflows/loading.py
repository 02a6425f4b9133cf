"""A service's own commands: its check, and what makes it take up its files."""

from __future__ import annotations

from warifu.domain.estate import Loading
from warifu.domain.findings import Code, Finding, Severity
from warifu.errors import CouldNotLookError
from warifu.ports.changes import Act
from warifu.ports.hosts import Ran
from warifu.workflows.proving import Site


def check(site: Site) -> tuple[Finding, ...]:
    """Run the service's own check; return what it refuses."""
    command = site.target.check_command(site.service)
    if not command:
        return ()
    try:
        ran = site.host.run(command)
    except CouldNotLookError as error:
        return (
            Finding(Code.CHECK_FAILED, site.service.name, {"said": str(error), "command": " ".join(command)}),
        )
    if ran.code == 0:
        return ()
    evidence = {"said": _said(ran), "command": " ".join(command), "code": ran.code}
    return (Finding(Code.CHECK_FAILED, site.service.name, evidence),)


def load(site: Site) -> list[Finding]:
    """Have the service take up its files; return what went wrong. No finding proves nothing."""
    if site.service.loading is Loading.EACH_USE:
        return []
    try:
        command = site.target.load_command(site.host, site.service)
    except CouldNotLookError:  # the process to be signalled is not there
        return revive(site)
    return _act(site, command) if command else []


def revive(site: Site) -> list[Finding]:
    """Start a service that is dead; return what went wrong."""
    if not site.service.restart:
        return [Finding(Code.SERVICE_DOWN, site.service.name)]
    return _act(site, site.service.restart)


def _act(site: Site, command: tuple[str, ...]) -> list[Finding]:
    evidence = {"command": " ".join(command), "code": "-"}
    try:
        (ran,) = site.host.change((Act(command),), site.fence)
    except CouldNotLookError as error:
        said = str(error.values.get("reason", error))
        return [Finding(Code.LOAD_FAILED, site.service.name, {**evidence, "said": said})]
    if ran.code != 0:
        evidence = {**evidence, "code": str(ran.code), "said": _said(ran)}
        return [Finding(Code.LOAD_FAILED, site.service.name, evidence)]
    judged = site.target.judge_load(site.service, ran)
    return [finding for finding in judged if finding.severity is Severity.ERROR]


def _said(ran: Ran) -> str:
    text = (ran.err + b"\n" + ran.out).decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-6:])
