"""The walk over TOML text agrees with the standard library's reader about what there is."""

from __future__ import annotations

import tomllib

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from warifu.domain.findings.toml_places import Path, find_places

KEYS = st.one_of(
    st.sampled_from(["a", "b", "c-d", "x.y", 'q"', "日本", " "]), st.text(min_size=1, max_size=4)
)
TEXTS = st.one_of(st.sampled_from(["[x]", "# no", "a = 1", "\n[t]\n", "'", '"""', "\\"]), st.text(max_size=6))
LEAVES = st.one_of(TEXTS, st.integers(-5, 5), st.booleans())
VALUES = st.recursive(
    LEAVES, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3))
)


def paths(value: object, at: Path = ()) -> set[Path]:
    found: set[Path] = {at} if at else set()
    if isinstance(value, dict):
        for key, inside in value.items():
            found |= paths(inside, (*at, key))
    elif isinstance(value, list):
        for position, inside in enumerate(value):
            found |= paths(inside, (*at, position))
    return found


@examples(200)
@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_the_walk_finds_exactly_what_the_reader_finds(values: dict[str, object]) -> None:
    """Every path of the parsed value has a line, and nothing else has one."""
    text = tomlkit.dumps(values)
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # what the writer cannot write is not our subject
    assert paths(parsed) == set(find_places(text))
