"""Topologies: the names a certificate needs follow from who there is and what the target says."""

from __future__ import annotations

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from support.examples import examples
from support.shipped import chosen
from warifu.domain.findings import Lang, say_error
from warifu.domain.trust.topology import Topology, escaped, needed_names, parse_topology
from warifu.errors import UsageError

EDGE = """
format = 1
name = "edge"
cluster = "edge.example.com"
nodes = ["edge1.example.com", "edge2.example.com", "edge3.example.com", "edge4.example.com"]
mra-domains = ["example.com"]
cms-names = ["https://join.example.com", "meet.example.com"]
"""
SHARED = "cisco-expressway@X14:E+mra+cms+shared"


def parsed(text: str) -> Topology:
    return parse_topology(text, "edge.toml")


def names(text: str, profile: str = "") -> list[str]:
    return [name.text for name in needed_names(parsed(text), chosen(profile) if profile else None)]


@pytest.mark.req("S3-39")
def test_the_example_of_a_shared_edge_comes_out_exactly() -> None:
    """Cluster name, four node names, the domains and URLs of features: these and no others."""
    assert [
        "edge.example.com",
        "edge1.example.com",
        "edge2.example.com",
        "edge3.example.com",
        "edge4.example.com",
        "example.com",
        "join.example.com",
        "meet.example.com",
    ] == names(EDGE, SHARED)


def test_only_the_lists_the_target_asks_for_count() -> None:
    """Without MRA no MRA domain; without a profile everything; `also` and addresses always."""
    more = EDGE + 'also = "extra.example.com"\naddresses = ["192.0.2.7"]\nxmpp-domains = "chat.example.com"\n'
    without_mra = names(more, "cisco-expressway@X14:E+cms+shared")
    assert ("example.com" in without_mra, "chat.example.com" in without_mra) == (False, False)
    assert ["192.0.2.7", "extra.example.com"] == without_mra[-2:]
    assert {"example.com", "chat.example.com"} <= set(names(more))


def test_a_name_in_two_lists_is_needed_once() -> None:
    """Whatever its case."""
    assert ["a.example", "b.example"] == names(
        'format = 1\ncluster = "a.example"\nnodes = ["A.example", "b.example"]'
    )


def test_a_profile_without_topology_takes_every_list() -> None:
    """It does not know what the file is about."""
    assert 8 == len(names(EDGE, "tls-server"))


def test_a_list_that_the_target_needs_and_the_file_lacks_is_named() -> None:
    """All of them at once; nothing is guessed."""
    with pytest.raises(UsageError) as lacking:
        names('format = 1\nnodes = ["a.example"]\ncms-names = []', SHARED)
    assert "renewal.topology-lacks" == lacking.value.code
    assert ["cluster", "mra-domains", "cms-names"] == [part.values["key"] for part in lacking.value.parts]
    assert "cms-names がない" in say_error(lacking.value, Lang.JA)


def test_the_subject_is_text_that_reads_back() -> None:
    """In RFC 4514's order, with what must be escaped."""
    text = (
        EDGE
        + '[subject]\norganization = "A, B+C"\ncountry = "JP"\ncommon-name = "#x "\nemail = "a@b.example"\n'
    )
    subject = parsed(text).subject_text
    assert r"CN=\#x\ ,O=A\, B\+C,C=JP,1.2.840.113549.1.9.1=a@b.example" == subject
    read = x509.Name.from_rfc4514_string(subject)
    assert {"#x ", "A, B+C", "JP", "a@b.example"} == {str(one.value) for one in read}
    assert "" == parsed(EDGE).subject_text


def test_a_value_is_escaped_at_its_ends_only_where_it_must() -> None:
    """RFC 4514 §2.4."""
    assert ["a b", r"\ a", r"a\ ", r"\#a", r"a\=b", r"\ "] == [
        escaped(one) for one in ("a b", " a", "a ", "#a", "a=b", " ")
    ]


def test_every_fault_is_told_at_once_with_its_place() -> None:
    """A wrong format, unknown keys, wrong types and unfit names, all in one answer."""
    text = 'format = 2\nnodes = 3\ncluster = "a b"\nmra-domains = ["x..y", "ok.example"]\nnoodles = 1\n[subject]\nfax = "1"\n'
    with pytest.raises(UsageError) as wrong:
        parsed(text)
    assert ("renewal.topology-faults", 6) == (wrong.value.code, wrong.value.values["count"])
    keys = {part.values["key"] for part in wrong.value.parts}
    assert {"format", "nodes", "cluster", "mra-domains", "noodles", "subject.fax"} == keys


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nodes = [", "renewal.topology-not-toml"),
        ("format = 1", "renewal.topology-faults"),
        ("format = 1\nnodes = []", "renewal.topology-faults"),
    ],
)
def test_a_file_without_names_is_no_topology(text: str, code: str) -> None:
    """It would be taken for one whose certificate needs no name."""
    with pytest.raises(UsageError) as wrong:
        parsed(text)
    assert code == wrong.value.code


@examples(60)
@given(
    st.text(max_size=60), st.sampled_from(["", 'format = 1\nnodes = "a.example"\n', "format = 1\nalso = "])
)
def test_only_our_error_comes_out(text: str, head: str) -> None:
    """Whatever a file holds."""
    try:
        parsed(head + text)
    except UsageError:
        return
