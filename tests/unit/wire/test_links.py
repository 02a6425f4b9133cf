"""One-time links: read as they are written, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warifu.errors import UsageError, WarifuError
from warifu.wire.links import Link, read_link, write_link

ROOT, TOKEN = "9f" * 32, "k3J_-0123456789abcdef"


def test_a_link_is_read_as_it_was_written() -> None:
    """Server, root and token come back."""
    url = "https://trust.example:8443"
    assert Link(url, ROOT, TOKEN) == read_link(write_link(url, ROOT, TOKEN))


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://trust.example", "https://trust.example"),
        ("https://Trust.Example:8443/", "https://trust.example:8443"),
        (" https://[2001:db8::1]:8443\n", "https://[2001:db8::1]:8443"),
        ("https://127.0.0.1:65535", "https://127.0.0.1:65535"),
    ],
)
def test_an_address_alone_is_a_link_without_token(text: str, url: str) -> None:
    """Whoever has a password names the server alone."""
    assert Link(url) == read_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "http://trust.example",
        "trust.example:8443",
        "https://user@trust.example",
        "https://trust.example:0",
        "https://trust.example:65536",
        "https://trust.example/path",
        f"https://trust.example/?root={ROOT[:-1]}#{TOKEN}",
        f"https://trust.example/?root={ROOT}&x=1#{TOKEN}",
        "https://trust.example/#short",
        f"https://trust.example/#{TOKEN} {TOKEN}",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    """A link that was cut by a shell or a mail is no link; what it holds is not repeated."""
    with pytest.raises(UsageError) as refused:
        read_link(text)
    assert ("remote.bad-link", {}) == (refused.value.code, refused.value.values)


@given(
    st.text()
    | st.from_regex(r"https://[a-z.]{1,9}:[0-9]{1,6}/\?root=[0-9a-f]{60,66}#\w{10,30}", fullmatch=True)
)
def test_only_our_errors_come_out(text: str) -> None:
    """Whatever is pasted."""
    try:
        link = read_link(text)
    except WarifuError:
        return
    assert link.url.startswith("https://")


def test_a_link_shows_no_token() -> None:
    """Neither in a log nor in a failing test."""
    assert TOKEN not in repr(Link("https://trust.example", ROOT, TOKEN))
