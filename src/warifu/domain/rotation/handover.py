"""What people are handed when they carry out a step: a page to work from, and for Windows a script.

The page names files, commands and the result to expect; the same page serves whoever does the
work and whoever checks it. Nothing here holds a private key: files with keys are named, not shown.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.findings import Lang, say
from warifu.domain.rotation.markdown import commands, heading, table
from warifu.domain.trust.address import Address
from warifu.domain.x509 import Certificate

_WINDOWS_SUMS = """\
```powershell
Get-Content SHA256SUMS | ForEach-Object {
    $sum, $name = $_ -split '  ', 2
    if ((Get-FileHash -Algorithm SHA256 -LiteralPath $name).Hash -ne $sum) { throw $name }
}
```

"""


@dataclass(frozen=True, slots=True)
class Handed:
    """A file that is handed over.

    Args:
        name: in the hand-over folder.
        role: `certificate`, `leaf`, `chain`, `key`, `pfx`, `passphrase`, `intermediate`, `anchor`, `anchors`, `crls`
            or `script`.
        goes_to: where the service wants it; empty where its own screens decide.
    """

    name: str
    role: str
    goes_to: str = ""


@dataclass(frozen=True, slots=True)
class Handover:
    """One step, ready for people.

    Args:
        platform: `appliance`, `windows` or `linux`.
        leaf: what addresses must present afterwards; None for a trust store.
        anchors: what the trust store must hold afterwards, in order.
        removed: SHA-256 hex of the anchors that must be gone.
        windows_service: name of the Windows service to restart; empty where it is not known.
        account: Windows account that reads the private key; empty where it is not known.
        answer_by: when silence becomes an alarm.
    """

    step: str
    service: str
    slot: str
    node: str
    platform: str
    owner: str
    files: tuple[Handed, ...]
    addresses: tuple[Address, ...] = ()
    dialect: str = "tls"
    server_name: str = ""
    leaf: Certificate | None = None
    anchors: tuple[Certificate, ...] = ()
    removed: tuple[str, ...] = ()
    interrupts: bool = False
    windows_service: str = ""
    account: str = ""
    answer_by: datetime | None = None


def render_page(handover: Handover, lang: Lang) -> str:
    """Return the page as Markdown."""
    parts = [
        heading(1, say("handover.title", lang, service=handover.service, node=handover.node)),
        _facts(handover, lang),
        heading(2, say("handover.files", lang)),
        _files(handover, lang),
        heading(2, say("handover.steps", lang)),
        *_steps(handover, lang),
        heading(2, say("handover.expected", lang)),
        _expected(handover, lang),
        heading(2, say("handover.way-back", lang)),
        say("handover.way-back-text", lang) + "\n\n",
        heading(2, say("handover.afterwards", lang)),
        _afterwards(handover, lang),
    ]
    return "".join(parts).rstrip("\n") + "\n"


def _facts(handover: Handover, lang: Lang) -> str:
    rows = [
        (say("handover.step", lang), handover.step),
        (say("handover.slot", lang), handover.slot),
        (say("handover.owner", lang), handover.owner or "-"),
    ]
    if handover.answer_by is not None:
        rows.append((say("handover.answer-by", lang), handover.answer_by.isoformat(" ", "minutes")))
    outage = "handover.outage-yes" if handover.interrupts else "handover.outage-no"
    rows.append((say("handover.outage", lang), say(outage, lang)))
    return table((say("handover.what", lang), say("handover.value", lang)), rows)


def _files(handover: Handover, lang: Lang) -> str:
    headings = (say("handover.file", lang), say("handover.what", lang), say("handover.goes-to", lang))
    roles = {
        "certificate": say("handover.role-certificate", lang),
        "leaf": say("handover.role-leaf", lang),
        "chain": say("handover.role-chain", lang),
        "key": say("handover.role-key", lang),
        "pfx": say("handover.role-pfx", lang),
        "passphrase": say("handover.role-passphrase", lang),
        "intermediate": say("handover.role-intermediate", lang),
        "anchor": say("handover.role-anchor", lang),
        "anchors": say("handover.role-anchors", lang),
        "crls": say("handover.role-crls", lang),
        "script": say("handover.role-script", lang),
    }
    rows = [(f"`{f.name}`", roles[f.role], f"`{f.goes_to}`" if f.goes_to else "-") for f in handover.files]
    text = table(headings, rows)
    if any(f.role in {"key", "pfx"} for f in handover.files):
        text += say("handover.keep-keys", lang) + "\n\n"
    if any(f.role == "passphrase" for f in handover.files):
        text += say("handover.keep-passphrase", lang) + "\n\n"
    return text


def _steps(handover: Handover, lang: Lang) -> list[str]:
    """Return numbered steps, each with its commands below it."""
    windows = handover.platform == "windows"
    sums = _WINDOWS_SUMS if windows else commands("sha256sum -c SHA256SUMS")
    steps = [(say("handover.check-files", lang), sums)]
    steps.append((say("handover.back-up", lang, service=handover.service, node=handover.node), ""))
    if windows:
        steps += _windows_steps(handover, lang)
    elif handover.leaf is not None:
        steps.append((say("handover.install-identity", lang, service=handover.service), ""))
        if not any(f.role in {"key", "pfx"} for f in handover.files):
            steps.append((say("handover.key-stays", lang), ""))
    else:
        steps.append((say("handover.install-anchors", lang, count=len(handover.anchors)), ""))
        steps += [(say("handover.remove-anchor", lang, anchor=colons(f)), "") for f in handover.removed]
    activate = "handover.restart" if handover.interrupts else "handover.activate"
    if not windows:
        steps.append((say(activate, lang, service=handover.service), ""))
    return [f"{number}. {text}\n\n{block}" for number, (text, block) in enumerate(steps, 1)]


def _windows_steps(handover: Handover, lang: Lang) -> list[tuple[str, str]]:
    block = "```powershell\npowershell.exe -ExecutionPolicy Bypass -File .\\install.ps1\n```\n\n"
    steps = [
        (say("handover.windows-copy", lang), ""),
        (say("handover.windows-run", lang), block),
    ]
    if handover.leaf is not None:
        steps.append((say("handover.windows-bind", lang, service=handover.service), ""))
    return steps


def _expected(handover: Handover, lang: Lang) -> str:
    if handover.leaf is None:
        rows = [(anchor.subject.text, colons(anchor.fingerprint.hex)) for anchor in handover.anchors]
        text = say("handover.expect-anchors", lang, count=len(rows)) + "\n\n"
        return text + table((say("handover.subject", lang), "SHA-256"), rows)
    wanted = colons(handover.leaf.fingerprint.hex)
    text = say("handover.expect-leaf", lang) + "\n\n"
    text += (
        commands(*[_look(address, handover) for address in handover.addresses]) if handover.addresses else ""
    )
    if handover.dialect not in _STARTS:
        return text + f"```text\nSHA-256 {handover.leaf.fingerprint.hex}\n```\n\n"
    return text + f"```text\nsha256 Fingerprint={wanted}\n```\n\n"


_STARTS = {
    "tls": "",
    "tds8": " -alpn tds/8.0",
    "postgresql": " -starttls postgres",
    **{name: f" -starttls {name}" for name in ("imap", "ldap", "mysql", "pop3", "smtp")},
}
"""How `openssl s_client` (openssl-s_client(1), OpenSSL 3.0) begins each dialect; it knows no other of ours."""


def _look(address: Address, handover: Handover) -> str:
    if handover.dialect not in _STARTS:
        name = f" --name {shlex.quote(handover.server_name)}" if handover.server_name else ""
        return f"warifu check{name} {shlex.quote(f'{handover.dialect}://{address}')}"
    name = f" -servername {shlex.quote(handover.server_name)}" if handover.server_name else ""
    start = _STARTS[handover.dialect]
    return (
        f"openssl s_client -connect {shlex.quote(str(address))}{name}{start} </dev/null 2>/dev/null "
        "| openssl x509 -noout -fingerprint -sha256"
    )


def _afterwards(handover: Handover, lang: Lang) -> str:
    if handover.leaf is not None and handover.addresses:
        return say("handover.we-look", lang, addresses=handover.addresses) + "\n"
    line = shlex.join(["warifu", "rollout", "confirm", handover.step, "--owner", handover.owner])
    line += " --statement '...'"
    return say("handover.you-tell", lang, owner=handover.owner or "-") + "\n\n" + commands(line)


def colons(fingerprint: str) -> str:
    """Return a fingerprint as `openssl` prints it: upper case, a colon between bytes."""
    upper = fingerprint.upper()
    return ":".join(upper[at : at + 2] for at in range(0, len(upper), 2))
