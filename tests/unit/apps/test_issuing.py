"""`warifu issuer` and `warifu request` as people type them."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

import warifu
from support.ca import BesideCa
from support.pki import NOW, Entity
from support.requests import Made, pending, request_for, template_for
from warifu.adapters.files.local import LocalFiles
from warifu.apps.cli import main
from warifu.domain.rotation.requests import PendingRequest, RequestState, discard, issue, submit
from warifu.domain.x509 import to_pem
from warifu.workflows.requests import RequestStore

SECRET = "open sesame and then some"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an estate file, a by-hand issuer's chain and a passphrase file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WARIFU_LANG", "en")
    monkeypatch.setenv("PYTHONPATH", str(Path(warifu.__file__).parents[1]))
    beside = BesideCa(tmp_path / "hand")
    Path("chain.pem").write_bytes(to_pem(beside.chain))
    Path("estate.toml").write_text(
        '[estate]\nname = "shop"\n[issuers.corporate]\nkind = "by-hand"\nfolder = "hand"\nchain = "chain.pem"\n'
    )
    place = tmp_path / "passphrase"
    place.touch(mode=0o600)
    place.write_text(f"{SECRET}\n")
    return tmp_path


def _record(home: Path, state: RequestState) -> tuple[PendingRequest, Made, Entity]:
    issuing = BesideCa(home / "x").issuing
    Path(home, "chain.pem").write_bytes(to_pem([issuing.value, issuing.root.value]))
    template = template_for(issuing, "web.example")
    made = request_for(template)
    request = pending(template, made=made)
    if state is not RequestState.PENDING:
        request = submit(request, now=NOW)
    if state is RequestState.VOID:
        request = discard(request, confirmed=request.id, now=NOW)
    store = RequestStore(LocalFiles(), str(home / ".warifu" / "requests"))
    return store.put(request), made, issuing


def _json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


CREATE = ["issuer", "create", "new-ca", "--folder", "ca", "--common-name", "New Root"]


def test_a_ca_is_made_and_its_table_is_ready_for_the_estate_file(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is printed, pasted into the estate file, makes `issuer list` show the CA."""
    assert 0 == main.run([*CREATE, "--intermediate", "--passphrase-file", "passphrase"])
    shown = capsys.readouterr()
    assert SECRET not in shown.out + shown.err
    block = shown.out[shown.out.index("[issuers") :]
    table = tomllib.loads(block)["issuers"]["new-ca"]
    assert ("local", str(home / "ca"), str(home / "passphrase")) == (
        table["kind"],
        table["folder"],
        table["passphrase-file"],
    )
    with Path("estate.toml").open("a") as file:
        file.write(block)
    assert 0 == main.run(["issuer", "list", "--json"])
    listed = _json(capsys)["issuers"]
    assert isinstance(listed, list)
    assert [("corporate", "by-hand"), ("new-ca", "local")] == [(one["name"], one["kind"]) for one in listed]
    assert "CN=New Root Issuing" == listed[1]["issuing"]
    assert 0 == main.run(["issuer", "list"])
    assert "New Root Issuing" in capsys.readouterr().out


def test_a_ca_is_not_made_twice(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Refused, exit code 3, in both languages."""
    assert 0 == main.run([*CREATE, "--passphrase-file", "passphrase"])
    assert 3 == main.run([*CREATE, "--passphrase-file", "passphrase"])
    assert "never made over another" in capsys.readouterr().err
    assert 3 == main.run([*CREATE, "--passphrase-file", "passphrase", "--lang", "ja"])
    assert "空ではありません" in capsys.readouterr().err


def test_a_passphrase_file_that_all_can_read_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error says how to mend it; no CA is made."""
    Path("passphrase").chmod(0o644)
    assert 3 == main.run([*CREATE, "--passphrase-file", "passphrase"])
    assert "chmod 600 passphrase" in capsys.readouterr().err
    assert not (home / "ca").exists()


def test_without_a_terminal_a_passphrase_is_not_asked_for(home: Path) -> None:
    """A clear usage error instead of a prompt into nowhere."""
    argv = [sys.executable, "-m", "warifu", *CREATE]
    ran = subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=60
    )
    assert (2, True) == (ran.returncode, "there is no terminal to ask at" in ran.stderr)
    assert not (home / "ca").exists()


def _at_terminal(argv: list[str], typed: str, *, until: bytes) -> tuple[int, bytes]:
    """Run a command on a terminal of its own, type once it asks, and return its exit code and what it showed."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-m", "warifu", *argv])  # noqa: S606  # no shell is wanted
    shown = b""
    try:
        while more := _next(terminal):
            asked = until in shown
            shown += more
            if until in shown and not asked:
                os.write(terminal, typed.encode() + b"\n")
    finally:
        os.close(terminal)  # hangs up: a child that still runs is ended by SIGHUP
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), shown


def _next(terminal: int) -> bytes:
    ready, _, _ = select.select([terminal], [], [], 60)
    if not ready:
        return b""
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux: the other side has closed
        return b""


def test_at_a_terminal_the_passphrase_is_asked_for_without_echo(home: Path) -> None:
    """What is typed is not shown, and opens the CA."""
    code, shown = _at_terminal(CREATE, SECRET, until=b"Passphrase of the CA new-ca")
    assert (0, False) == (code, SECRET.encode() in shown), shown
    assert (home / "ca" / "root.key").exists()


def test_requests_are_listed_and_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The table has a line each; `show` gives the PEM text and never a key."""
    request, _, _ = _record(home, RequestState.SUBMITTED)
    assert 0 == main.run(["request", "list"])
    listed = capsys.readouterr().out
    assert (True, True) == (request.id in listed, "submitted" in listed)
    assert 0 == main.run(["request", "show", request.id])
    assert request.request.to_pem().decode().strip() in capsys.readouterr().out
    assert 0 == main.run(["request", "list", "--json"])
    assert [request.id] == [one["id"] for one in _json(capsys)["requests"]]  # type: ignore[attr-defined]
    assert 2 == main.run(["request", "show", "nothing"])


@pytest.mark.req("S3-14")
def test_discarding_a_submitted_request_asks_for_its_name(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without the name: refused, still submitted. With it: void, and the record says since when."""
    request, _, _ = _record(home, RequestState.SUBMITTED)
    store = RequestStore(LocalFiles(), str(home / ".warifu" / "requests"))
    for words in ([], ["--confirm", "yes"]):
        assert 3 == main.run(["request", "discard", request.id, *words])
        assert f"--confirm {request.id}" in capsys.readouterr().err
        assert request == store.get(request.id)
    assert 0 == main.run(["request", "discard", request.id, "--confirm", request.id])
    void = store.get(request.id)
    assert RequestState.VOID is void.state
    assert void.voided is not None
    assert void.voided.isoformat(sep=" ", timespec="seconds") in capsys.readouterr().out


@pytest.mark.req("S3-14")
@pytest.mark.parametrize(("typed", "code", "state"), [("y", 3, "submitted"), ("", 0, "void")])
def test_at_a_terminal_the_name_is_typed(home: Path, typed: str, code: int, state: str) -> None:
    """The question names what would be lost; only the request's own name answers it."""
    request, _, _ = _record(home, RequestState.SUBMITTED)
    argv = ["request", "discard", request.id]
    answered, _ = _at_terminal(argv, typed or request.id, until=b"to discard it:")
    store = RequestStore(LocalFiles(), str(home / ".warifu" / "requests"))
    assert (code, state) == (answered, store.get(request.id).state.value)


def test_a_delivery_takes_in_what_answers_an_open_request(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As planned: taken, exit code 0 but for its dates; a stranger beside it: named."""
    request, made, issuing = _record(home, RequestState.SUBMITTED)
    leaf = issuing.sign(made.request, names=["web.example"])
    Path("mail.txt").write_bytes(b"Dear customer,\n" + to_pem([leaf]))
    main.run(["request", "deliver", "mail.txt", "--json"])
    found = _json(capsys)
    assert [(request.id, "issued", leaf.fingerprint.hex)] == [
        (one["id"], one["state"], one["leaf"])
        for one in found["accepted"]  # type: ignore[attr-defined]
    ]
    assert "issued-issuer-differs" not in json.dumps(found["findings"])


@pytest.mark.req("S3-15")
def test_a_delivery_for_a_discarded_request_says_so_and_takes_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No matching key; the request was discarded on ...; exit code 1; the record is as it was."""
    request, made, issuing = _record(home, RequestState.VOID)
    Path("late.pem").write_bytes(to_pem([issuing.sign(made.request, names=["web.example"])]))
    assert 1 == main.run(["request", "deliver", "late.pem"])
    shown = capsys.readouterr().out
    assert "No matching key" in shown
    assert f"the request {request.id}; the request was discarded on 2026-06-01 12:00:00+00:00" in shown
    assert "nothing was taken" in shown
    store = RequestStore(LocalFiles(), str(home / ".warifu" / "requests"))
    assert request == store.get(request.id)


def test_a_loss_is_accepted_by_name_and_shown_with_the_request(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is not lost cannot be accepted; what is left still stops it; who said so is shown."""
    request, made, issuing = _record(home, RequestState.SUBMITTED)
    store = RequestStore(LocalFiles(), str(home / ".warifu" / "requests"))
    command = ["request", "accept", request.id, "--by", "Ito", "--loss"]
    assert 3 == main.run([*command, "www.example"])
    assert "submitted" in capsys.readouterr().err
    old = issuing.leaf(*request.template.names, "www.example", "old.example").value
    leaf = issuing.sign(made.request, names=list(request.template.names))
    store.put(issue(replace(request, previous=(old,)), leaf, (issuing.value,), now=NOW))
    assert 2 == main.run([*command, "other.example"])
    assert "DNS:www.example, DNS:old.example" in capsys.readouterr().err
    assert 1 == main.run([*command, "www.example"])
    assert "still stopping it: DNS:old.example" in capsys.readouterr().out
    assert 0 == main.run([*command, "DNS:OLD.example", "--reason", "site is gone", "--json"])
    assert ["DNS:www.example", "DNS:old.example"] == [one["loss"] for one in _json(capsys)["accepted"]]  # type: ignore[attr-defined]
    assert 0 == main.run(["request", "show", request.id, "--lang", "ja"])
    assert "承認された不足: DNS:old.example (承認者: Ito" in capsys.readouterr().out
