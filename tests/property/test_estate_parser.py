"""Whatever an estate file holds, only our errors come out, each with a place and a sentence."""

from __future__ import annotations

import tomllib
from functools import reduce

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from support.estate_texts import SMALL
from support.examples import examples
from warifu.domain.estate import Estate
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.parse import parse_estate
from warifu.domain.estate.table_reader import Source
from warifu.domain.findings import Lang, say_error

VALUES = st.recursive(
    st.one_of(
        st.sampled_from(["web", "app", "n", "web/tls", "", "127.0.0.1:1", "[::1]:2", "90d", "none", "UTC"]),
        st.integers(),
        st.booleans(),
        st.floats(),
        st.datetimes(),
        st.dates(),
        st.times(),
        st.text(max_size=5),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["node", "identity", "store", "x", "a b", ""]), inner, max_size=3),
    ),
    max_leaves=6,
)
WHOLE = tomllib.loads(SMALL)


def paths(value: object, at: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [at] if at else []
    if isinstance(value, dict):
        for key, inside in value.items():
            found += paths(inside, (*at, key))
    return found


def outcome(text: str) -> Estate | EstateError:
    try:
        return parse_estate([Source("estate.toml", text, "/srv")])
    except EstateError as error:
        return error


@examples(150)
@given(st.sampled_from(paths(WHOLE)), VALUES)
def test_any_value_in_any_place_ends_in_an_estate_or_in_our_faults(
    path: tuple[str, ...], value: object
) -> None:
    """One value of the small estate is replaced by anything at all."""
    document = tomllib.loads(SMALL)
    inner = reduce(lambda table, key: table[key], path[:-1], document)
    inner[path[-1]] = value
    answer = outcome(tomlkit.dumps(document))
    if isinstance(answer, EstateError):
        assert answer.faults
        for lang in Lang:
            assert all(say_error(fault, lang).startswith("estate.toml:") for fault in answer.faults)


@examples(150)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("utf-8", "replace")))
def test_any_text_ends_in_an_estate_or_in_our_faults(text: str) -> None:
    """Noise is no crash."""
    outcome(text)


@examples(100)
@given(st.integers(0, len(SMALL)), st.integers(0, 30), st.text("[]={}\"'\n#.,ab", max_size=5))
def test_a_damaged_file_ends_in_an_estate_or_in_our_faults(at: int, cut: int, put: str) -> None:
    """Cut a piece out of a good file and put noise there."""
    outcome(SMALL[:at] + put + SMALL[at + cut :])
