"""Whatever settings and lists of a watcher hold, only our errors come out, each with a sentence."""

from __future__ import annotations

from collections.abc import Mapping

import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.parse_watch import parse_watch
from warifu.domain.estate.table_reader import Source
from warifu.domain.findings import Lang, say_error
from warifu.errors import UsageError

KEYS = [
    "to language windows remind spread zone send-from send-until weekdays hold-urgent leave-out smtp webhook",
    "prometheus host from port security user password-file ca-file url token-file repeat file other",
]
WORDS = st.sampled_from(
    [
        "a@b",
        "ja",
        "30d",
        "UTC",
        "09:00",
        "mon",
        "changed",
        "tls",
        "none",
        "https://h/",
        "http://[::1",
        "x.prom",
        "",
    ]
)
PLAIN = st.one_of(WORDS, st.integers(), st.booleans(), st.times(), st.text(max_size=6))
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(" ".join(KEYS).split()), inner, max_size=6),
    ),
    max_leaves=12,
)
TABLES = st.dictionaries(st.sampled_from(" ".join(KEYS).split()), VALUES, max_size=8)


def told(text: str) -> None:
    """Read it; every fault there is can be said in both languages."""
    faults: tuple[UsageError, ...] | None = None
    try:
        parse_watch(Source("watch.toml", text, "/srv"), zone_exists=lambda zone: zone == "UTC")
    except EstateError as error:
        faults = error.faults
    assert faults != ()
    assert all(say_error(fault, lang) for fault in faults or () for lang in Lang)


@given(TABLES)
@examples(200)
def test_any_table_is_settings_or_faults(table: Mapping[str, object]) -> None:
    """Right keys with wrong values, wrong keys, tables in tables."""
    told(tomlkit.dumps({"watch": table}))


@given(st.text(max_size=80))
@examples(200)
def test_any_text_is_settings_or_faults(text: str) -> None:
    """TOML or not."""
    told(text)
