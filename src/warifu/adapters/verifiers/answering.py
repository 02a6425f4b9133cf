"""The line protocol between a verifier and a process of its own that loads an engine's library.

In: `cert BASE64` and `crl BASE64`, numbered from 0 each, then
`ask CHAIN ANCHORS CRLS MODE PURPOSE SECONDS NAME`, where the first three are numbers with commas,
the leaf first, and NAME is Base64; `-` stands for nothing. Out: `engine NAME VERSION`, then for each
question in order `yes`, `no TEXT` (what the library said) or `lack TEXT` (it cannot tell).

This file and the libraries' (`gnutls_library`, `nss_library`) import the standard library alone: they
run in an interpreter without site packages.
"""

from __future__ import annotations

import base64
import binascii
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

YES, NO, LACK = "yes", "no", "lack"
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question.

    Args:
        chain: DER of the leaf and of what is sent with it, in order.
        at: seconds since 1970.
    """

    chain: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    crl_mode: str
    purpose: str
    at: int
    name: str


@dataclass(slots=True)
class _Told:
    certificates: list[bytes] = field(default_factory=list)
    crls: list[bytes] = field(default_factory=list)


def read_questions(lines: Iterable[str]) -> Iterator[Asked]:
    """Yield the questions.

    Raises:
        ValueError: a line that is not of the protocol.
    """
    told = _Told()
    for line in lines:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "cert":
            told.certificates.append(_bytes(rest))
        elif word == "crl":
            told.crls.append(_bytes(rest))
        elif word == "ask":
            yield _question(rest, told)
        else:
            raise ValueError(line)


def _question(rest: str, told: _Told) -> Asked:
    chain, anchors, crls, mode, purpose, seconds, name = rest.split(" ")
    return Asked(
        _picked(told.certificates, chain),
        _picked(told.certificates, anchors),
        _picked(told.crls, crls),
        mode,
        "" if purpose == NOTHING else purpose,
        int(seconds),
        "" if name == NOTHING else _bytes(name).decode(),
    )


def _picked(bag: list[bytes], numbers: str) -> tuple[bytes, ...]:
    return () if numbers == NOTHING else tuple(bag[int(number)] for number in numbers.split(","))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error


def line_of(word: str, said: str = "") -> str:
    """Return an answer as a line without its end; what a library said is brought onto one line."""
    return " ".join([word, *said.split()])


def serve(engine: str, answer: Callable[[Sequence[Asked]], Iterable[str]]) -> None:
    """Answer what stands on standard input, on standard output."""
    sys.stdout.write(f"engine {engine}\n")
    for line in answer(tuple(read_questions(sys.stdin))):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
