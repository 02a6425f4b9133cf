"""What a code means, apart from any finding."""

from __future__ import annotations

import pytest

from warifu.domain.findings import Code, Lang, Text
from warifu.domain.findings.meaning import ROOMS, codes_of, find_code, is_weighed, name_holes, near, room_of
from warifu.domain.findings.table import ENTRIES


def test_every_code_is_in_one_room() -> None:
    """No code is left out of the list, and none stands in it twice."""
    listed = [code for room in ROOMS for code in codes_of(room)]
    assert sorted(ENTRIES) == sorted(listed)
    assert "x509" == room_of(Code.TRUNCATED)


def test_what_is_filled_in_later_is_named() -> None:
    """A placeholder becomes the word for it in brackets, in each language."""
    text = Text("{who} ended at {not_after}: {subject}.", "{who} は {not_after} まで: {subject}")
    assert "<certificate> ended at <valid until>: <subject>." == name_holes(text, Lang.EN)
    assert "<証明書> は <有効期限> まで: <対象>" == name_holes(text, Lang.JA)


@pytest.mark.parametrize("text", ["expired", " EXPIRED", "not_yet_valid", "Not-Yet-Valid"])
def test_a_code_is_found_however_it_is_typed(text: str) -> None:
    """Case, underscores and blanks do not matter."""
    assert text.strip().lower().replace("_", "-") == find_code(text)


def test_codes_that_look_alike_are_offered() -> None:
    """A slip of the finger, a part of the code; nothing is offered for nothing, and never more than three."""
    assert None is find_code("expierd")
    assert "expired" == near("expierd")[0]
    assert "wildcard-refused" in near("WILDCARD")
    assert () == near("")
    assert 3 == len(near("issued"))


def test_profiles_weigh_what_rules_report() -> None:
    """Not what is read from files, and not what is found beside the rules."""
    assert [True, False, False] == [
        is_weighed(code) for code in (Code.EXPIRED, Code.TRUNCATED, Code.CLOCK_SKEWED)
    ]
