"""The settings file of outputs: what it says, and everything that is wrong with it at once."""

from __future__ import annotations

import pytest

from warifu.domain.directory.output_settings import parse_outputs
from warifu.domain.directory.outputs import Output, OutputKind, OutputSettings
from warifu.domain.estate.faults import EstateError
from warifu.domain.estate.table_reader import Source
from warifu.domain.findings import Lang, say_error

_WHOLE = """
[[output]]
name = "clients"
kind = "hashed-directory"
path = "trusted"
domains = ["shop", "bank"]
local = true
owner = "root:ssl"
mode = "0640"
old-hash = true
present = "carry"
service = "web"
judges = "clients"

[[output]]
name = "java"
kind = "pkcs12"
path = "/srv/app/../t.p12"
password-file = "p12.password"
may-be-empty = true

[[output]]
name = "plain"
kind = "pem-bundle"
path = "/srv/ca.pem"
crl-file = "/srv/crl.pem"
comments = false

[[output]]
name = "all"
kind = "system"
update = ["update-ca-trust"]

[services.web]
target = "nginx"
addresses = ["web.example:443"]
"""


def _parsed(text: str) -> OutputSettings:
    return parse_outputs(Source("outputs.toml", text, "/etc/warifu"))


def _faults(text: str) -> list[str]:
    with pytest.raises(EstateError) as caught:
        _parsed(text)
    return [f"{fault.values['where']} {fault.code}" for fault in caught.value.faults]


def test_a_whole_file_becomes_values() -> None:
    """Paths are seen from the file's folder; a service stands on this node."""
    settings = _parsed(_WHOLE)
    clients, java, plain, system = settings.outputs
    assert clients == Output(
        "clients",
        OutputKind.HASHED,
        "/etc/warifu/trusted",
        domains=("shop", "bank"),
        local=True,
        owner="root:ssl",
        mode=0o640,
        old_hash=True,
        carry=True,
        service="web",
        judges_clients=True,
    )
    assert ("/srv/t.p12", "/etc/warifu/p12.password") == (java.path, java.password_file)
    assert java.may_be_empty
    assert not plain.comments
    assert "/srv/crl.pem" == plain.crl_file
    assert ("update-ca-trust",) == system.update
    assert "nginx" == settings.services["web"].target
    assert 15 == java.place.line


def test_an_empty_file_has_no_outputs() -> None:
    """A node need not write anything out."""
    assert OutputSettings() == _parsed("")


def test_every_fault_of_a_file_is_told_with_its_line() -> None:
    """Nothing stops at the first one."""
    text = """
[[output]]
name = "Bad Name"
kind = "hashed-directory"
comments = true
owner = "a b"
mode = "0777"
domains = ["shop", "No"]
service = "web"

[[output]]
kind = "jks"
path = "t.jks"
colour = "red"

[services.db]
target = "files"
node = "here"
"""
    assert [
        "outputs.toml:18 estate.unknown-key",
        "outputs.toml:8 outputs.bad-name",
        "outputs.toml:6 outputs.not-owner",
        "outputs.toml:7 outputs.not-mode",
        "outputs.toml:3 outputs.bad-name",
        "outputs.toml:2 estate.missing-key",
        "outputs.toml:5 outputs.key-of-others",
        "outputs.toml:9 estate.unknown-reference",
        "outputs.toml:11 estate.missing-key",
        "outputs.toml:11 outputs.one-password",
        "outputs.toml:14 estate.unknown-key",
    ] == _faults(text)


@pytest.mark.parametrize("mode", ["0744", "0664", "0646", "0044", "rw", "10644"])
def test_files_that_others_trust_are_written_by_their_owner_alone(mode: str) -> None:
    """Nothing is run, nobody else writes, and the owner reads; digits are octal ones."""
    text = f'[[output]]\nname = "a"\nkind = "pem-bundle"\npath = "/a"\nmode = "{mode}"'
    assert ["outputs.toml:5 outputs.not-mode"] == _faults(text)


@pytest.mark.parametrize(
    ("one", "other"), [("/a", "/a"), ("/a/b", "/a"), ("/a", "/a/b.pem")], ids=["same", "within", "around"]
)
def test_two_outputs_never_share_a_place(one: str, other: str) -> None:
    """Neither would know what is its own; names are each its own too."""
    table = '[[output]]\nname = "a"\nkind = "pem-bundle"\npath = "{}"\n'
    faults = _faults(table.format(one) + table.format(other))
    assert ["outputs.toml:5 outputs.name-twice", "outputs.toml:5 outputs.path-twice"] == faults


def test_a_bundle_and_its_crls_are_two_files() -> None:
    """One path for both is a fault of its table."""
    text = '[[output]]\nname = "a"\nkind = "pem-bundle"\npath = "/a"\ncrl-file = "/a"'
    assert ["outputs.toml:1 outputs.path-twice"] == _faults(text)


def test_outputs_of_the_systems_store_share_its_folder() -> None:
    """Their files have names of their own."""
    table = '[[output]]\nname = "{}"\nkind = "system"\npath = "/usr/local/share/ca-certificates"\n'
    assert 2 == len(_parsed(table.format("a") + table.format("a-b")).outputs)


def test_a_relative_path_needs_a_folder() -> None:
    """A text that came without one has absolute paths alone; both passwords at once are none."""
    text = '[[output]]\nname = "a"\nkind = "jks"\npath = "a"\npassword-file = "/p"\ndefault-password = true'
    with pytest.raises(EstateError) as caught:
        parse_outputs(Source("o.toml", text))
    assert ["outputs.one-password", "outputs.not-absolute"] == [fault.code for fault in caught.value.faults]


def test_what_is_no_toml_is_told_with_its_line() -> None:
    """Nothing else of the file is told then."""
    with pytest.raises(EstateError) as caught:
        _parsed("[[output]]\nname = ")
    assert "outputs.toml:2" in say_error(caught.value, Lang.EN)


def test_a_kind_nobody_knows_is_told() -> None:
    """So is a table without one."""
    assert ["outputs.toml:3 estate.not-choice"] == _faults(
        '[[output]]\nname = "a"\nkind = "zip"\npath = "/a"'
    )
    assert ["outputs.toml:1 estate.missing-choice"] == _faults('[[output]]\nname = "a"\npath = "/a"')
