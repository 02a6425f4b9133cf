"""Which of a node's trust goes into which output."""

from __future__ import annotations

from support.pki import make_ca
from warifu.domain.directory.outputs import ListedHere, Output, OutputKind, Stock, TrustedHere, contents_for

_SHOP, _BANK, _AGENTS, _OWN = (make_ca(name) for name in ("Shop", "Bank", "Agents", "Own"))
_STOCK = Stock(
    (
        TrustedHere("shop", _SHOP.value, "shop"),
        TrustedHere("shop again", _SHOP.value, "bank"),
        TrustedHere("bank", _BANK.value, "bank"),
        TrustedHere("agents", _AGENTS.value, "warifu"),
        TrustedHere("own", _OWN.value),
    ),
    (ListedHere(_SHOP.crl(), "shop"), ListedHere(_AGENTS.crl(), "warifu"), ListedHere(_OWN.crl())),
)


def _labels(**options: object) -> set[str]:
    output = Output("o", OutputKind.BUNDLE, "/o.pem", **options)  # type: ignore[arg-type]
    return set(contents_for(output, _STOCK).labels)


def test_an_output_without_domains_takes_all_but_those_who_let_agents_in() -> None:
    """The control domain goes where it is named, the node's own decisions where `local` says so."""
    assert {"shop again", "bank"} == _labels()
    assert {"shop again", "bank", "own"} == _labels(local=True)
    assert {"shop"} == _labels(domains=("shop",))
    assert {"agents", "own"} == _labels(domains=("warifu",), local=True)


def test_contents_are_sorted_and_each_stands_once() -> None:
    """The same trust gives the same contents in whatever order it is told, CRLs with it."""
    output = Output("o", OutputKind.HASHED, "/o", local=True)
    back = Stock(tuple(reversed(_STOCK.anchors)), tuple(reversed(_STOCK.crls)) * 2)
    contents = contents_for(output, _STOCK)
    assert contents == contents_for(output, back)
    assert sorted(one.fingerprint.hex for one in contents.anchors) == [
        one.fingerprint.hex for one in contents.anchors
    ]
    assert {_SHOP.crl().issuer_text, _OWN.crl().issuer_text} == {crl.issuer_text for crl in contents.crls}


def test_what_is_carried_stands_beside_what_is_published() -> None:
    """It is called by its subject; what is published too keeps its label."""
    output = Output("o", OutputKind.BUNDLE, "/o.pem", domains=("shop",))
    carried = contents_for(output, _STOCK).with_carried([_OWN.value, _SHOP.value], [_OWN.crl()])
    assert {_SHOP.value: "shop", _OWN.value: "CN=Own"} == dict(
        zip(carried.anchors, carried.labels, strict=True)
    )
    assert 2 == len(carried.crls)


def test_folders_can_be_entered_by_whoever_may_read_their_files() -> None:
    """And by nobody else."""
    modes = {
        mode: Output("o", OutputKind.HASHED, "/o", mode=mode).folder_mode for mode in (0o644, 0o640, 0o400)
    }
    assert {0o644: 0o755, 0o640: 0o750, 0o400: 0o500} == modes
    assert ("/a", "/b") == Output("o", OutputKind.BUNDLE, "/a", "/b").paths
