"""Recognises vendors' messages in a text: envelopes, log lines, screens, what tools print."""

from __future__ import annotations

import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from warifu.domain.diagnosis.catalogue import (
    DATABASE,
    DELL_CODE,
    NEAR,
    NEEDLES,
    NUMBERED,
    PHRASES,
    REASONS,
    SYMPTOMS,
    TOOL_TEXTS,
    WITH_REASON,
    symptom_of_code,
)
from warifu.domain.diagnosis.envelopes import Envelope, Lines, find_envelopes, placed
from warifu.domain.diagnosis.message import Message, gathered
from warifu.domain.diagnosis.numbers import NUMBERS, behind

_TOOL = re.compile(r"\b(vecs-cli|dir-cli) failed(?:\. Error (\d{1,6})\b|, error=)", re.IGNORECASE)
_TOOL_ERROR = re.compile(r"\bError ?: (?:Store \[|Error: )")
_LAST_NUMBER = re.compile(r"(\d{1,6})[ \t\r]*\Z")
_STATUS = re.compile(
    r"(?:\b(?:exit(?:ed)?(?: with)?(?: status| code)?|rc)|終了コード|終了ステータス)\s{0,3}[:=：]?\s{0,3}(\d{1,3})\b"
)
_NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)
_TOOLS = ("vecs-cli", "dir-cli")
_PRINTED = re.compile(r"[^\n\r]")
_BETWEEN_WIDE = re.compile(r"(?<=[\u3040-\u30ff\u4e00-\u9fff]) (?=[\u3040-\u30ff\u4e00-\u9fff])")
_NEIGHBOURHOOD = 4000  # characters
_LONGEST = 2000  # characters of a sentence that are kept
_AT_MOST = 50_000  # lines of one text that are looked at for one word of the catalogue
_TRACE = 200  # lines
_TRACED = re.compile(r"[ \t]+\S|Caused by: |\.\.\. \d")

_Telling = dict[tuple[int, int], set[str]]  # begin and end of a line, and what it may be


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a text says.

    Args:
        messages: in its order, each once.
        is_cut: a word of the catalogue stands in more lines than are looked at; behind them something may be unseen.
    """

    messages: tuple[Message, ...]
    is_cut: bool = False


def recognise(text: str, source: str = "") -> Recognised:
    """Return what vendors' products say in a text.

    It costs a scan of the text for each word of the catalogue, and a closer look at each line that holds one: at 50,000
    lines for a word, no more.
    """
    envelopes = list(find_envelopes(text, source))
    rest = _without(text, envelopes)
    telling, is_cut = _telling_lines(rest)
    found = [message for envelope in envelopes for message in envelope.messages]
    found += _find_plain(rest, source, telling)
    return Recognised(gathered(sorted(found, key=lambda message: message.line)), is_cut)


def find_messages(text: str, source: str = "") -> tuple[Message, ...]:
    """Return what vendors' products say in a text, in its order, each message once."""
    return recognise(text, source).messages


def _without(text: str, envelopes: Sequence[Envelope]) -> str:
    """Return a text in which envelopes are blank, every line where it was."""
    pieces, at = [], 0
    for envelope in envelopes:
        inside = text[envelope.start : envelope.end]
        pieces += [text[at : envelope.start], _PRINTED.sub(" ", inside)]
        at = envelope.end
    return "".join([*pieces, text[at:]])


def find_typed(text: str) -> tuple[Message, ...]:
    """Return what vendors' products say in what somebody typed or pasted, however a screen broke and spaced it.

    Widths of letters are folded (Unicode 15, NFKC), as are white space and, in codes, case; an event of SQL Server may be
    its number alone, and so may a number of VMware's tools: within eight bits it may be an exit status as well.
    """
    found = find_messages(text)
    if found:
        return found
    plain = _BETWEEN_WIDE.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))
    if plain in NUMBERED:
        symptom = NUMBERED[plain]
        return (Message(SYMPTOMS[symptom].vendor, symptom, code=plain, text=text.strip()[:_LONGEST]),)
    if _NUMBER.fullmatch(plain) and (symptom := _symptom_of_number(int(plain))):
        return (Message(", ".join(_TOOLS), symptom, code=plain, text=text.strip()[:_LONGEST]),)
    written = (plain, plain.upper())  # codes are in capitals
    listed = next((told for one in written if (told := find_messages(one))), ())
    return tuple(replace(one, text=text.strip()[:_LONGEST], line=1) for one in listed)


def _symptom_of_number(number: int) -> str:
    if behind(number):
        return f"status:{number}"
    return f"number:{number}" if number in NUMBERS else ""


def unknown(text: str, source: str = "") -> Message:
    """Return a text that nothing recognises, as it is."""
    return Message("", "", text=text.strip()[:_LONGEST], source=source)


def _find_plain(text: str, source: str, telling: _Telling) -> Iterator[Message]:
    lines = Lines.of(text)
    found = list(_find_in_lines(lines, source, telling))
    reasons = {one.line for one in found if one.symptom in REASONS}
    for one in found:
        if one.symptom != WITH_REASON or not reasons & _of_one_failure(lines, one.line):
            yield one


def _of_one_failure(lines: Lines, first: int) -> frozenset[int]:
    """Return the numbers of the lines of a Java exception: its own, and those of its trace below."""
    below = enumerate(lines.starts[first : first + _TRACE], start=first + 1)
    traced = itertools.takewhile(lambda line: _TRACED.match(lines.text, line[1]), below)
    return frozenset((first, *(number for number, _ in traced)))


def _find_in_lines(lines: Lines, source: str, telling: _Telling) -> Iterator[Message]:
    near = _Near(lines.text, source)
    for (begin, end), kinds in sorted(telling.items()):
        line = lines.text[begin:end]
        seen: set[str] = set()
        told = [
            *(_find_tools(line) if "tool" in kinds else ()),
            *(_find_codes(line) if "code" in kinds else ()),
        ]
        phrases = (*PHRASES, *(NEAR if near.holds(begin, end) else ()))
        for message, offset in (*told, *_find_phrases(line, kinds, phrases)):
            key = message.symptom or message.code
            if key not in seen:
                seen.add(key)
                yield placed(message, lines, begin + offset, source)


class _Near:
    """Where a text speaks of the manager or of SQL Server; looked for when first asked, once."""

    def __init__(self, text: str, source: str) -> None:
        self._text = text
        self._is_everywhere = DATABASE.search(source.lower()) is not None

    def holds(self, begin: int, end: int) -> bool:
        """Whether it does so in this part, or no farther from it than a trace of a failure is long."""
        if self._is_everywhere:
            return True
        at = bisect_left(self._places, begin - _NEIGHBOURHOOD)
        return at < len(self._places) and self._places[at] < end + _NEIGHBOURHOOD

    @cached_property
    def _places(self) -> list[int]:
        return [found.start() for found in DATABASE.finditer(self._text.lower())]


def _telling_lines(text: str) -> tuple[_Telling, bool]:
    """Return the lines that hold words of the catalogue, and whether there are more than are looked at.

    Of a line beyond all measure it is a part.
    """
    folded = text.lower()
    if len(folded) != len(text):  # some letters are two in lower case
        folded = "".join(one.lower() if one.isascii() else one for one in text)
    found: _Telling = {}
    is_cut = False
    for needle, kind in NEEDLES:
        at, held = folded.find(needle), 0
        while at >= 0 and held < _AT_MOST:
            begin = max(folded.rfind("\n", max(0, at - _LONGEST), at) + 1, at - _LONGEST, 0)
            end = folded.find("\n", at, at + _LONGEST)
            end = end if end >= 0 else min(at + _LONGEST, len(text))
            found.setdefault((begin, end), set()).add(kind)
            at, held = folded.find(needle, end), held + 1
        is_cut = is_cut or at >= 0
    return found, is_cut


def _find_tools(line: str) -> Iterator[tuple[Message, int]]:
    failed = _TOOL.search(line)
    last = _LAST_NUMBER.search(line[-20:])
    number = (failed[2] or (last[1] if last else "")) if failed else ""
    if failed and number:
        symptom = f"number:{number}" if int(number) in NUMBERS else ""
        yield (
            Message(failed[1].lower(), symptom, code=number, text=line[failed.start() :].strip()),
            failed.start(),
        )
    told = _STATUS.search(line)
    tool = next((one for one in _TOOLS if told and one in line[: told.start()]), "")
    if told and tool and int(told[1]):  # 0 is success
        symptom = f"status:{told[1]}" if behind(int(told[1])) else ""
        yield Message(tool, symptom, code=told[1], text=line.strip()), line.index(tool)
    if not failed:
        yield from _find_tool_texts(line)


def _find_tool_texts(line: str) -> Iterator[tuple[Message, int]]:
    begun = _TOOL_ERROR.search(line)
    for words, number in TOOL_TEXTS:
        if begun and words in line[begun.start() :].lower():
            text = line[begun.start() :].strip()
            yield Message("vecs-cli", f"number:{number}", code=str(number), text=text), begun.start()


def _find_codes(line: str) -> Iterator[tuple[Message, int]]:
    first: dict[str, int] = {}
    for found in DELL_CODE.finditer(line):
        first.setdefault(found[0], found.start())  # a line without end may say one code a million times
    for code, start in first.items():
        yield Message("dell-ome", symptom_of_code(code), code=code, text=line.strip()), start


def _find_phrases(
    line: str, kinds: set[str], phrases: Iterable[tuple[str, re.Pattern[str]]]
) -> Iterator[tuple[Message, int]]:
    for symptom, pattern in phrases:
        found = pattern.search(line) if symptom in kinds else None
        if found is not None:
            vendor = SYMPTOMS[symptom].vendor
            yield Message(vendor, symptom, text=line.strip(), arguments=(found[0],)), found.start()
