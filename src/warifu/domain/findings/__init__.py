"""What was found, and how it is said.

A finding is a code, a subject and evidence; title, clause and remedy come from the table.
Every sentence a person reads comes from a table with a language argument: findings from
`table`, everything else from `messages`. A code never changes once released.
"""

from warifu.domain.findings.advice import advise
from warifu.domain.findings.codes import Code
from warifu.domain.findings.evidence import list_seen
from warifu.domain.findings.finding import Finding, Severity, distinct, rank
from warifu.domain.findings.messages import say
from warifu.domain.findings.spoken import say_error, word, words
from warifu.domain.findings.table import describe, outline, remedy, remedy_of, title
from warifu.domain.findings.text import Lang, Text

__all__ = [
    "Code",
    "Finding",
    "Lang",
    "Severity",
    "Text",
    "advise",
    "describe",
    "distinct",
    "list_seen",
    "outline",
    "rank",
    "remedy",
    "remedy_of",
    "say",
    "say_error",
    "title",
    "word",
    "words",
]
