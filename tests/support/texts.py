"""Every sentence that a person reads, with where it stands, for tests of language."""

from __future__ import annotations

import re

from support.shipped import SHIPPED
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


def every_text() -> list[tuple[str, Text]]:
    """Return every sentence of the tables and of the shipped profiles, with where it stands."""
    found = list(MESSAGES.items())
    for code, entry in ENTRIES.items():
        found += [(f"{code} title", entry.title), (f"{code} remedy", entry.remedy)]
        if isinstance(entry.clause, Text):
            found.append((f"{code} clause", entry.clause))
    found += [(f"evidence {name}", text) for name, text in NAMES.items()]
    found += [
        (f"evidence {name} {word}", text) for name, all_ in VALUES.items() for word, text in all_.items()
    ]
    found += [(f"cause {word}", text) for word, text in CAUSES.items()]
    for family in SHIPPED:
        if family.base.title is not None:
            found.append((f"profile {family.name}", family.base.title))
        found += [(f"profile {family.name} {one.rule}", one.question) for one in family.base.disputed]
    return found


def prose(text: str) -> str:
    """Return a sentence without commands, placeholders, options, paths and examples: what is in a language."""
    lines = ("" if _COMMAND_LINE.match(line) else line for line in text.splitlines())
    return _NOT_PROSE.sub(" ", "\n".join(lines))
