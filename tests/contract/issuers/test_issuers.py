"""What every issuer keeps: submit is repeatable, collect is repeatable, keys decide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from support.ca import PASSPHRASE, BesideCa, local_ca
from support.pki import NOW
from support.requests import request_for, template_for
from warifu.adapters.files.local import LocalFiles
from warifu.adapters.issuers.by_hand import ByHandIssuer
from warifu.domain.estate import Template
from warifu.domain.rotation.comparison import compare
from warifu.domain.x509 import Certificate
from warifu.errors import RefusedError
from warifu.ports.issuers import Issuer


class Bench:
    """An issuer, what its certificates look like to a plan, and how its answers come."""

    def __init__(
        self, issuer: Issuer, template: Callable[..., Template], root: Certificate, answer: Callable[[], None]
    ) -> None:
        self.issuer = issuer
        self.template = template
        self.root = root
        self.answer = answer


@pytest.fixture(params=["local", "by-hand"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """Each issuer in turn."""
    assert PASSPHRASE
    if request.param == "local":
        ca, certificates = local_ca(tmp_path / "ca")
        above = (certificates.issuing.fingerprint,)

        def template(*names: str, **changes: object) -> Template:
            return template_for(
                None, *names, issuer_chain=above, root=certificates.root.fingerprint, **changes
            )

        return Bench(ca, template, certificates.root, lambda: None)
    beside = BesideCa(tmp_path / "hand")
    issuer = ByHandIssuer("hand", str(tmp_path / "hand"), LocalFiles(), beside.chain)
    return Bench(
        issuer,
        lambda *names, **changes: template_for(beside.issuing, *names, **changes),
        beside.chain[-1],
        beside.answer_all,
    )


def test_nothing_submitted_is_nothing_collected(bench: Bench) -> None:
    """An unknown request has no certificate, and that is no error."""
    assert () == bench.issuer.collect((request_for(bench.template()).request,)).issued


def test_a_request_comes_back_as_planned(bench: Bench) -> None:
    """Leaf and chain fit the template to the byte's meaning: nothing to approve."""
    template = bench.template("web.example", "192.0.2.7", purposes=("serverAuth", "clientAuth"))
    request = request_for(template).request
    bench.issuer.submit(request, template, now=NOW)
    bench.answer()
    collected = bench.issuer.collect((request,))
    assert () == collected.findings
    assert [request] == [one.request for one in collected.issued]
    one = collected.issued[0]
    assert () == compare(one.leaf, one.chain, template, root=bench.root, now=NOW)


def test_submitting_and_collecting_again_changes_nothing(bench: Bench) -> None:
    """The same request gives the same certificate, however often it is handed over and asked for."""
    template = bench.template()
    request = request_for(template).request
    for _ in range(2):
        bench.issuer.submit(request, template, now=NOW)
    bench.answer()
    first = bench.issuer.collect((request,))
    bench.issuer.submit(request, template, now=NOW)
    assert first == bench.issuer.collect((request,))


def test_each_of_many_gets_its_own(bench: Bench) -> None:
    """Requests answered together are told apart by their keys, also where the names are equal."""
    templates = [bench.template("a.example"), bench.template("a.example"), bench.template("b.example")]
    requests = [request_for(template).request for template in templates]
    for request, template in zip(requests, templates, strict=True):
        bench.issuer.submit(request, template, now=NOW)
    bench.answer()
    issued = bench.issuer.collect(tuple(requests)).issued
    assert set(requests) == {one.request for one in issued}
    for one in issued:
        assert one.leaf.public_key is not None
        assert one.request.public_key.sha256 == one.leaf.public_key.sha256


def test_a_request_that_is_not_as_planned_is_refused(bench: Bench) -> None:
    """What the plan was proven with is what is asked for."""
    template = bench.template("web.example")
    request = request_for(template, names=["evil.example"]).request
    with pytest.raises(RefusedError) as refused:
        bench.issuer.submit(request, template, now=NOW)
    assert ("io.issuer-refused", ("names",)) == (refused.value.code, refused.value.values["differs"])
    bench.answer()
    assert () == bench.issuer.collect((request,)).issued
