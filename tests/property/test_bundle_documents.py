"""Damaged bundles and signed files: only values, findings and errors of ours come out."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.bundle_cases import files
from support.bundles import CA, Line, Node, Server, bundle_of, control
from support.examples import examples
from warifu.domain.findings import Lang, remedy, title
from warifu.errors import UsageError
from warifu.wire.bundle import encode, read_bundle

GOOD = bundle_of("shop", CA)["shop/bundle.json"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """Bytes cut, turned, put in; or a value of the document replaced."""
    if draw(st.booleans()):
        document = json.loads(good)
        _replace(document, draw)
        return json.dumps(document).encode("utf-8", "surrogatepass")
    start = draw(st.integers(0, len(good)))
    end = draw(st.integers(start, min(len(good), start + 40)))
    return good[:start] + draw(st.binary(max_size=12)) + good[end:]


def _replace(document: Any, draw: st.DrawFn) -> None:
    while isinstance(document, (dict, list)) and document:
        keys = list(document) if isinstance(document, dict) else list(range(len(document)))
        key = draw(st.sampled_from(keys))
        if not isinstance(document[key], (dict, list)) or not document[key] or draw(st.booleans()):
            document[key] = draw(VALUES)
            return
        document = document[key]


@examples(300)
@given(damaged(GOOD))
def test_a_damaged_bundle_is_refused_or_read_around(data: bytes) -> None:
    """What was read can be written, and is read again as it was; every fault can be told."""
    try:
        read = read_bundle(data, "shop")
    except UsageError:
        return
    for fault in read.faults:
        assert all(title(fault, lang) and remedy(fault, lang) for lang in Lang)
    assert read.published == read_bundle(encode(read.published), "shop").published


@examples(120)
@given(st.sampled_from(["timestamp.json", "3.snapshot.json", "2.shop.json", "2.root.json"]), st.data())
def test_a_damaged_signed_file_changes_nothing(name: str, data: st.DataObject) -> None:
    """Whatever comes in its place: what was held is held, and the reason can be told."""
    first, second, _ = files()
    good = second.get(name, second["1.root.json"])
    bad = data.draw(damaged(good))
    node = Node.joined(Server(None, dict(first)), "shop")  # type: ignore[arg-type]  # nothing is signed
    node.look(Line(first))
    codes = node.look(Line(second, {name: lambda _data: bad}))
    told = [title(one, lang) + remedy(one, lang) for one in node.findings for lang in Lang]
    assert all(told)
    assert node.holds(control())
    # Only what says the same in other bytes may pass: a blank in a timestamp changes nothing that was signed.
    assert codes or json.loads(bad) == json.loads(good) or node.holds(bundle_of("shop", CA))
