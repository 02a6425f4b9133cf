"""Lines of keys."""

from __future__ import annotations

import pytest

from warifu.domain.findings.toml_places import find_places, load_toml, read_toml
from warifu.errors import UsageError

TEXT = '''# head
[a]
"x.y" = """
[not.a.table]
k = 1
"""
b . 'c d' = [ # first
  "one",

  { deep = 'v', "e" = [1,
     2] },
]
[[list]]
n = 2026-01-01T00:00:00Z
[[list.inner]]
[[list]]
  [list.sub]
  q = '\\'
'''


def test_every_kind_of_key_has_its_line() -> None:
    """Headers, dotted and quoted keys, array elements, inline tables and arrays of tables."""
    places = find_places(TEXT)
    expected = {
        ("a",): 2,
        ("a", "x.y"): 3,
        ("a", "b"): 7,
        ("a", "b", "c d"): 7,
        ("a", "b", "c d", 0): 8,
        ("a", "b", "c d", 1): 10,
        ("a", "b", "c d", 1, "deep"): 10,
        ("a", "b", "c d", 1, "e"): 10,
        ("a", "b", "c d", 1, "e", 0): 10,
        ("a", "b", "c d", 1, "e", 1): 11,
        ("list",): 13,
        ("list", 0): 13,
        ("list", 0, "n"): 14,
        ("list", 0, "inner"): 15,
        ("list", 0, "inner", 0): 15,
        ("list", 1): 16,
        ("list", 1, "sub"): 17,
        ("list", 1, "sub", "q"): 18,
    }
    assert expected == dict(places)


def test_quotes_before_the_end_of_a_long_text_belong_to_it() -> None:
    """Up to two more quotes may stand before the three that end it, of either kind; lines after it keep their number."""
    text = "a = \"\"\"x\ny\"\"\"\"\nb = '''z\n'''''\nc = 1\n"
    assert {"a": 'x\ny"', "b": "z\n''", "c": 1} == read_toml(text, "e.toml")
    assert {("a",): 1, ("b",): 3, ("c",): 5} == dict(find_places(text))


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = \n", 1), ("ok = 1\nb = 'x\n", 2), ("a = 1\na = 2\n", 2), ("[a]\nb = [1,\n", 2), ("x", 1)],
)
def test_a_syntax_error_names_its_line(text: str, line: int) -> None:
    """The reader's complaint becomes our error, with file and line."""
    with pytest.raises(UsageError) as caught:
        read_toml(text, "estate.toml")
    assert f"estate.toml:{line}" == caught.value.values["where"]


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000])
def test_what_breaks_the_reader_is_our_error(text: str) -> None:
    """Depth and giant numbers end as `estate.not-toml`, not as a crash."""
    with pytest.raises(UsageError, match="not-toml"):
        read_toml(text, "estate.toml")


def test_an_error_that_is_none_of_syntax_has_the_line_it_stands_on() -> None:
    """Before it, a text that ends in the middle of a list is no TOML, and what ends behind a line is."""
    giant = "1" * 5000
    assert ({}, 5, "number-too-long") == load_toml(f"a = [\n 1,\n 2,\n]\nb = {giant}\nc = 2\nd = 3\ne = 4\n")
    assert ({}, 1, "number-too-long") == load_toml(f"b = {giant}")
    assert ({"a": 1}, 0, "") == load_toml("\ufeffa = 1")


def test_a_table_within_a_list_of_tables_lies_in_its_last_element() -> None:
    """Also where keys lead through tables that stand in no list."""
    text = "[[a]]\n[a.b.c]\nd = 1\n[[a]]\n[a.b.c]\nd = 2\n"
    places = find_places(text)
    assert (3, 6) == (places["a", 0, "b", "c", "d"], places["a", 1, "b", "c", "d"])
