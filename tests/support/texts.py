"""Every sentence that a person reads, with where it stands, for tests of language."""

from __future__ import annotations

import dataclasses
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from support.shipped import ISSUERS, SHIPPED
from tools.pages import procedures
from warifu.domain import diagnosis
from warifu.domain.findings.causes import CAUSES
from warifu.domain.findings.evidence import NAMES, VALUES
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.table import ENTRIES
from warifu.domain.findings.text import Text

_COMMAND_LINE = re.compile(r"^ {2}\{?\w+\}? .*$")
_NOT_PROSE = re.compile(
    r"`[^`]*`"  # commands, keys and names of fields
    r"|\{[^}]*\}"  # filled in later
    r"|(?<![\w-])--?[a-z][a-z/-]*(?: (?:[A-Z]+|[0-9TZ:-]+))*"  # options
    r"|(?:~|\$\w+)?/[\w./-]+|\$[A-Z_]+"  # paths and variables
    r"|\b[\w-]+\.(?:pem|pfx|toml|com|example)\b"  # files and names of examples
    r"|\"[^\"]*\"|\[[^\]]*\]"  # what is to be written
)


@cache
def every_text() -> list[tuple[str, Text]]:
    """Return every sentence of the tables and of the shipped profiles, with where it stands."""
    found = list(MESSAGES.items())
    for code, entry in ENTRIES.items():
        found += [(f"{code} title", entry.title), (f"{code} remedy", entry.remedy)]
        found += [(f"{code} title where {case}", text) for case, text in entry.titles.items()]
        found += [(f"{code} remedy where {case}", text) for case, text in entry.otherwise.items()]
        found += [(f"{code} remedy {name}", text) for name, text in entry.where_known.items()]
        if isinstance(entry.clause, Text):
            found.append((f"{code} clause", entry.clause))
    found += [(f"evidence {name}", text) for name, text in NAMES.items()]
    found += [
        (f"evidence {name} {word}", text) for name, all_ in VALUES.items() for word, text in all_.items()
    ]
    found += [(f"cause {word}", text) for word, text in CAUSES.items()]
    for family in SHIPPED:
        found += [(f"profile {family.name} {at}", text) for at, text in texts_within(family)]
    found += [(f"issuer {at}", text) for at, text in texts_within(ISSUERS)]
    for module in pkgutil.iter_modules(diagnosis.__path__, f"{diagnosis.__name__}."):
        found += [(f"diagnosis {at}", text) for at, text in texts_within(vars(import_module(module.name)))]
    for procedure in procedures():
        found += [(f"procedure {procedure.id} {at}", text) for at, text in texts_within(procedure)]
    return found


def texts_within(whole: object, at: str = "") -> Iterator[tuple[str, Text]]:
    """Yield every text inside a value, whatever it is made of, with the way to it."""
    if isinstance(whole, Text):
        yield at, whole
    elif dataclasses.is_dataclass(whole) and not isinstance(whole, type):
        for field in dataclasses.fields(whole):
            yield from texts_within(getattr(whole, field.name), f"{at}.{field.name}")
    elif isinstance(whole, Mapping):
        for key, value in whole.items():
            if not str(key).startswith("__"):
                yield from texts_within(value, f"{at}.{key}")
    elif isinstance(whole, (tuple, list, frozenset)):
        for number, value in enumerate(whole):
            yield from texts_within(value, f"{at}.{number}")


def prose(text: str) -> str:
    """Return a sentence without commands, placeholders, options, paths and examples: what is in a language."""
    lines = ("" if _COMMAND_LINE.match(line) else line for line in text.splitlines())
    return _NOT_PROSE.sub(" ", "\n".join(lines))
