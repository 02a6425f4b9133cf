"""Lists that are watched: what they name, and what a look at each of it gave."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.pki import NOW, make_ca
from warifu.adapters.files.local import LocalFiles
from warifu.domain.findings import Lang, say_error, title
from warifu.errors import UsageError
from warifu.ports.probes import Endpoint
from warifu.wiring import cli
from warifu.workflows.watch_looks import look_at_list, read_list

ROOT = make_ca("Root", end=NOW.replace(year=NOW.year + 5))
WHOLE = """\ufeff# what we have
web#1.pem
./odd:443   # a path
/srv/certs

192.0.2.1:443
192.0.2.[1-2]:443,8443
[2001:db8::]/127:636
smtp://mx.example
mx.example:25
imap://mail.example:1143
"""
NAMED = [
    "/lists/web#1.pem",
    "/lists/./odd:443",
    "/srv/certs",
    "192.0.2.1:443",
    "192.0.2.1:8443",
    "192.0.2.2:443",
    "192.0.2.2:8443",
    "[2001:db8::]:636",
    "[2001:db8::1]:636",
    "mx.example:25",
    "imap://mail.example:1143",
]


def named(path: Path) -> list[str]:
    return [
        str(one) if isinstance(one, Endpoint) else one.replace(str(path.parent), "/lists")
        for one in read_list(str(path), LocalFiles(), Lang.EN)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_list_is_read_as_check_reads_it(tmp_path: Path, encoding: str) -> None:
    """Ranges, ports, networks, schemes; a remark begins after white space; each subject once."""
    path = tmp_path / "list"
    path.write_bytes((WHOLE if encoding == "utf-8" else WHOLE.removeprefix("\ufeff")).encode(encoding))
    assert NAMED == named(path)


@pytest.mark.parametrize(("lang", "expected"), [(Lang.EN, "list:2: "), (Lang.JA, "list:2: ")])
def test_each_line_that_is_none_is_told(tmp_path: Path, lang: Lang, expected: str) -> None:
    """With its number, in the reader's language; nothing is looked at."""
    path = tmp_path / "list"
    path.write_text("a:443\ngopher://x\nb:99999\n")
    with pytest.raises(UsageError, match=r"sweep\.bad-list") as caught:
        read_list(str(path), LocalFiles(), lang)
    assert 2 == len(caught.value.parts)
    assert expected in say_error(caught.value.parts[0], lang)
    assert "sweep." not in say_error(caught.value, lang)


@pytest.mark.parametrize(
    ("data", "code"), [(b"# nothing\n", "watch.empty-list"), (b"\xff\n", "sweep.list-not-text")]
)
def test_a_list_without_subjects_or_text_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    """Watching nothing would be silence without a reason."""
    path = tmp_path / "list"
    path.write_bytes(data)
    with pytest.raises(UsageError, match=code):
        read_list(str(path), LocalFiles(), Lang.EN)
    with pytest.raises(UsageError, match=r"io\.no-such-file"):
        read_list(str(tmp_path / "none"), LocalFiles(), Lang.EN)


def test_why_nothing_was_seen_is_a_sentence(tmp_path: Path) -> None:
    """In both languages, never the key of one."""
    anchors = tmp_path / "root.pem"
    anchors.write_bytes(ROOT.pem)
    checker = cli.checker("tls-server", at=NOW)
    found = look_at_list([str(tmp_path / "gone.pem")], checker, checker.read_anchors(str(anchors)))
    (finding,) = found.unseen
    assert f"{tmp_path}/gone.pem could not be looked at: it does not exist." == title(finding, Lang.EN)
    assert title(finding, Lang.JA).endswith("を確認できませんでした (存在しません)。")


def test_what_lies_in_files_is_watched(tmp_path: Path) -> None:
    """A leaf by itself is in use, a name that is no text is shown as an escape, a file that was cut is not seen."""
    leaf = ROOT.leaf("web.example")
    (tmp_path / "root.pem").write_bytes(ROOT.pem)
    (tmp_path / "leaf.pem").write_bytes(leaf.pem)
    (tmp_path / "cut.pem").write_bytes(leaf.pem[:300])
    odd = str(tmp_path / "odd").encode() + b"\xff.pem"
    with open(odd, "wb") as file:  # noqa: PTH123  # a name that `Path` has as a surrogate
        file.write(leaf.pem)
    checker = cli.checker("tls-server", at=NOW)
    found = look_at_list([str(tmp_path)], checker, checker.read_anchors(str(tmp_path / "root.pem")))
    standings = {met.entry.place.removeprefix(f"{tmp_path}/"): met.entry.standing.value for met in found.met}
    assert {"leaf.pem": "in-use", r"odd\udcff.pem": "in-use", "root.pem": "in-use"} == standings
    assert ([f"{tmp_path}/cut.pem"], 3) == ([one.subject for one in found.unseen], len(found.seen))
