"""The table `[watch]` of an estate file, or of a file of its own -> `WatchSpec`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from warifu.domain.estate.faults import EstateError, Faults
from warifu.domain.estate.table_reader import Section, Source, shown
from warifu.domain.estate.watch_spec import KINDS, SendHours, SmtpSpec, WatchSpec, WebhookSpec
from warifu.domain.findings.toml_places import find_places, read_toml
from warifu.errors import UsageError

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS = re.compile(r"([1-9][0-9]{0,4})d")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}  # RFC 6409 §3.1, RFC 8314 §3.3, RFC 5321
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL = re.compile(
    rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}(?:\.{_LABEL})*|\[(?:IPv6:[0-9A-Fa-f:.]+|[0-9.]+)\])"
)
_URL = re.compile(
    r"https?://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:(?P<port>[0-9]{1,5}))?(?:[/?][!-~]*)?"
)  # RFC 3986 §3, without user information
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def parse_watch(source: Source, *, zone_exists: Callable[[str], bool] = lambda _zone: True) -> WatchSpec:
    """Read a file that holds the table `[watch]` and nothing else.

    Raises:
        EstateError: `estate.invalid`, with every fault of the file.
    """
    faults = Faults()
    try:
        values = read_toml(source.text, source.file)
    except UsageError as error:
        raise EstateError([error]) from error
    root = Section(values, source, find_places(source.text), (), faults)
    section = root.table("watch")
    spec = WatchSpec() if section is None else read_watch(section, zone_exists)
    if section is None and not faults.found:
        root.missing("watch", "[watch]")
    root.close()
    if faults.found:
        raise EstateError(faults.found)
    return spec


def read_watch(section: Section, zone_exists: Callable[[str], bool]) -> WatchSpec:
    """Read the table; what is wrong with it becomes faults of the section."""
    smtp, webhook, prometheus = (section.table(name) for name in ("smtp", "webhook", "prometheus"))
    spec = WatchSpec(
        to=_mail(section, "to"),
        lang=section.choice("language", ("en", "ja"), "en"),
        windows=_windows(section),
        remind=section.duration("remind", timedelta(days=7)),
        spread=section.duration("spread", timedelta()),
        hours=_hours(section, zone_exists),
        hold_urgent=section.flag("hold-urgent"),
        leave_out=tuple(_words(section, "leave-out", KINDS)),
        smtp=None if smtp is None else _smtp(smtp),
        webhook=None if webhook is None else _webhook(webhook),
        prometheus="" if prometheus is None else _prometheus(prometheus),
    )
    shortest = min(spec.windows, default=spec.spread)
    if spec.spread > shortest:  # else some notice would be told when all is over
        fault = UsageError(
            "estate.spread-too-long",
            where=section.where("spread"),
            key=section.key("spread"),
            shortest=f"{shortest.days}d",
        )
        section.faults.add(fault)
    if smtp is not None and not spec.to:
        section.missing("to", 'to = "pki@example.com"')
    section.close()
    return spec


def _mail(section: Section, key: str) -> str:
    text = section.text(key)
    if text and not is_mail(text):
        section.faults.add(
            UsageError("estate.not-mail", where=section.where(key), key=section.key(key), found=shown(text))
        )
    return text


def is_mail(text: str) -> bool:
    """Tell whether a text can be written to: one address, without a name around it or quotes in it.

    Spec: RFC 5321 §4.1.2 (Dot-string, Domain, address-literal), §4.5.3.1; RFC 1035 §2.3.4 (labels).
    """
    # What looks like an encoded word (RFC 2047 §2) is read as another address by whatever shows it.
    return len(text) <= 254 and "=?" not in text and _MAIL.fullmatch(text) is not None


def _windows(section: Section) -> tuple[timedelta, ...]:
    named = section.maybe_texts("windows")
    if named is None:
        return WatchSpec().windows
    found = set()
    for position, text in enumerate(named):
        days = _DAYS.fullmatch(text)
        if days is None:
            where = section.where("windows", position)
            fault = UsageError(
                "estate.not-duration", where=where, key=section.key("windows"), found=shown(text)
            )
            section.faults.add(fault)
        else:
            found.add(timedelta(days=int(days.group(1))))
    if not found:
        section.missing("windows", 'windows = ["30d", "7d"]')
    return tuple(sorted(found, reverse=True))


def _hours(section: Section, zone_exists: Callable[[str], bool]) -> SendHours:
    weekdays = tuple(_WEEKDAYS.index(day) for day in _words(section, "weekdays", _WEEKDAYS))
    return SendHours(
        section.zone("zone", zone_exists) or "UTC",
        section.clock_time("send-from"),
        section.clock_time("send-until"),
        weekdays or SendHours().weekdays,
    )


def _words(section: Section, key: str, known: tuple[str, ...]) -> Iterator[str]:
    for word in section.texts(key):
        if word in known:
            yield word
        else:
            section.unknown_word(key, word, known)


def _smtp(section: Section) -> SmtpSpec:
    security = section.choice("security", tuple(_PORTS), "starttls")
    host = section.needed("host", 'host = "mail.example.com"')
    spec = SmtpSpec(
        host,
        _mail(section, "from"),
        section.number("port", _PORTS[security], least=1),
        security,
        section.text("user"),
        section.file("password-file", resolve=True),
        section.file("ca-file", resolve=True),
    )
    if not spec.sender:
        section.missing("from", 'from = "warifu@example.com"')
    if spec.user and not spec.password_file:
        section.missing("password-file", 'password-file = "smtp-password"')
    if spec.user and security == "none" and host not in _LOOPBACK:
        _clear(section, "security")
    section.close()
    return spec


def _webhook(section: Section) -> WebhookSpec:
    url = section.needed("url", 'url = "https://chat.example.com/hooks/pki"')
    spec = WebhookSpec(
        url,
        section.file("token-file", resolve=True),
        section.file("ca-file", resolve=True),
        section.flag("repeat"),
    )
    host = _host_of(url)
    if url and not host:
        where = section.where("url")
        section.faults.add(
            UsageError("estate.not-url", where=where, key=section.key("url"), found=shown(url))
        )
    elif spec.token_file and url.startswith("http:") and host not in _LOOPBACK:
        _clear(section, "url")
    section.close()
    return spec


def _host_of(url: str) -> str:
    """Return the host of an address of the web; empty where it is none, or holds a password."""
    found = _URL.fullmatch(url)
    return found["host"].strip("[]") if found and 0 < int(found["port"] or 1) < 65536 else ""


def _clear(section: Section, key: str) -> None:
    section.faults.add(UsageError("estate.clear-secret", where=section.where(key), key=section.key(key)))


def _prometheus(section: Section) -> str:
    path = section.source.resolve(section.needed("file", 'file = "/var/lib/prometheus/warifu.prom"'))
    if path and not path.endswith(".prom"):
        where = section.where("file")
        section.faults.add(
            UsageError("estate.not-prom", where=where, key=section.key("file"), found=shown(path))
        )
    section.close()
    return path
