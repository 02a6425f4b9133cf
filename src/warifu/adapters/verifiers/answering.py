"""The line protocol between a verifier and a process of its own that loads an engine's library.

In: `cert BASE64` and `crl BASE64`, numbered from 0 each, then
`ask CHAIN ANCHORS CRLS MODE PURPOSE SECONDS NAME`, where the first three are numbers with commas,
the leaf first, and NAME is Base64; `-` stands for nothing. Out: `engine NAME VERSION`, then for each
question in order `yes`, `no TEXT` (what the library said) or `lack TEXT` (it cannot tell).

This file and the libraries' (`gnutls_library`, `nss_library`) import the standard library alone: they
run in an interpreter without site packages.
"""

from __future__ import annotations

import binascii
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

YES, NO, LACK = "yes", "no", "lack"
NOTHING = "-"


class Asked:
    """One question; no dataclass, which would take longer to import than a library takes to answer.

    Args:
        chain: DER of the leaf and of what is sent with it, in order.
        at: seconds since 1970.
    """

    __slots__ = ("anchors", "at", "chain", "crl_mode", "crls", "name", "purpose")

    def __init__(
        self,
        chain: tuple[bytes, ...],
        anchors: tuple[bytes, ...],
        crls: tuple[bytes, ...],
        crl_mode: str,
        purpose: str,
        at: int,
        name: str,
    ) -> None:
        self.chain = chain
        self.anchors = anchors
        self.crls = crls
        self.crl_mode = crl_mode
        self.purpose = purpose
        self.at = at
        self.name = name


def read_questions(lines: Iterable[str]) -> Iterator[Asked]:
    """Yield the questions.

    Raises:
        ValueError: a line that is not of the protocol.
    """
    certificates: list[bytes] = []
    crls: list[bytes] = []
    for line in lines:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "cert":
            certificates.append(_bytes(rest))
        elif word == "crl":
            crls.append(_bytes(rest))
        elif word == "ask":
            yield _question(rest, certificates, crls)
        else:
            raise ValueError(line)


def _question(rest: str, certificates: list[bytes], known: list[bytes]) -> Asked:
    chain, anchors, crls, mode, purpose, seconds, name = rest.split(" ")
    return Asked(
        _picked(certificates, chain),
        _picked(certificates, anchors),
        _picked(known, crls),
        mode,
        "" if purpose == NOTHING else purpose,
        int(seconds),
        "" if name == NOTHING else _bytes(name).decode(),
    )


def _picked(bag: list[bytes], numbers: str) -> tuple[bytes, ...]:
    return () if numbers == NOTHING else tuple(bag[int(number)] for number in numbers.split(","))


def _bytes(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
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
