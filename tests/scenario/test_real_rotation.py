"""nginx, HAProxy and PostgreSQL change their root CA under constant traffic, by the command line, and go back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.crashing import Crashes
from support.pki import make_ca
from support.running import wait_until
from support.shopfront import Attempt, Shopfront, run_shopfront
from warifu.domain.rotation.steps import Adopt
from warifu.wire import plan as plans

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def rolling(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashes]:
    """A running shop that each test takes through whole rotations."""
    folder = tmp_path_factory.mktemp("real")
    with run_shopfront(folder / "shop") as shop:
        yield Crashes(shop, folder / "account")


@pytest.mark.req("S1-13")
def test_a_root_is_replaced_and_put_back_without_a_failed_handshake(rolling: Crashes) -> None:
    """Every connection shows old and new leaf; the way back asks for its point of no return, and loses none either."""
    shop = rolling.shop
    first_leaves, first_root = shop.leaves(), rolling.root
    with rolling.rotation() as digest:
        done = shop.warifu("apply", "plan.json", "--approve", digest[:8], "--follow")
        assert 0 == done.code, done.out + done.err
    assert len(shop.upstream_leaves()) >= 2  # HAProxy's client certificate, as nginx saw it
    refused = shop.warifu("plan", "rollback")
    assert 3 == refused.code
    assert "--past-return" in refused.err
    back = shop.plan("rollback", "--past-return", out="back.json")
    way_back = plans.decode((shop.folder / "back.json").read_bytes())
    assert [] == [step.id for step in way_back.steps if isinstance(step, Adopt)]  # done on the way there
    ended = shop.warifu("apply", "back.json", "--approve", back[:8], "--follow")
    assert 0 == ended.code, ended.out + ended.err
    assert first_leaves == shop.leaves()
    assert set(shop.anchors) == set(shop.trusting(first_root.read_bytes()))
    assert [] == shop.trusting(rolling.root.read_bytes())
    assert [] == shop.failures()
    assert [] == shop.leftovers()
    rolling.at = rolling.before
    rollout = json.loads(shop.warifu("rollout", "show", "--json").out)[0]["rollout"]
    shown, report = shop.warifu("rollout", "show", rollout), shop.warifu("rollout", "report", rollout)
    assert (0, 0) == (shown.code, report.code)
    assert rollout in shown.out
    assert first_leaves["web/tls"][:16] in report.out


@pytest.mark.req("X-04")
def test_a_plan_without_its_trust_wave_is_refused_at_the_gate(rolling: Crashes) -> None:
    """The wave that adds the new root, taken out of an approved plan: no service is switched, no handshake fails."""
    shop = rolling.shop
    rolling.plan()
    path = shop.folder / "plan.json"
    plan = plans.decode(path.read_bytes())
    cut = replace(plan, waves=tuple(wave for wave in plan.waves if wave.purpose != "trust"))
    assert len(cut.waves) < len(plan.waves)
    path.write_bytes(plans.encode(cut))
    before = shop.leaves()
    refused = shop.warifu("apply", "plan.json", "--approve", plans.digest(cut)[:8])
    assert 4 == refused.code, refused.out + refused.err
    assert before == shop.leaves()
    assert [] == shop.failures()
    assert 0 == shop.warifu("rollout", "abandon").code
    assert [] == [left for left in shop.leftovers() if left.startswith("fence")]


def test_a_service_that_is_down_keeps_the_waves_shut_until_it_is_back(rolling: Crashes) -> None:
    """Nobody goes on past an owed connection that is refused: it is named, nothing changes, and resuming ends it."""
    shop = rolling.shop
    with rolling.rotation() as digest:
        before = shop.leaves()
        with shop.down("db"):
            shut = shop.warifu("apply", "plan.json", "--approve", digest[:8], "--follow")
            assert 3 == shut.code, shut.out + shut.err
            assert "app-to-db does not hold now" in shut.out + shut.err
            assert before == shop.leaves()
        resumed = shop.warifu("rollout", "resume", "--follow")
        assert 0 == resumed.code, resumed.out + resumed.err
    assert [] == shop.failures()


@pytest.mark.req("X-04")
@pytest.mark.parametrize("service", ["web", "db"])
def test_switching_before_trusting_fails_handshakes(rolling: Crashes, service: str) -> None:
    """By hand, the first phase skipped: a leaf under a root that nobody trusts yet is refused by every client."""
    shop = rolling.shop
    root = make_ca("Too Early", now=datetime.now(UTC))
    leaf = root.leaf(f"{service}.example", now=datetime.now(UTC))
    slot = next(name for name in shop.certificates if name == f"{service}/tls")
    certificate, key = shop.certificates[slot], shop.keys[slot]
    with swapped(shop, service, {certificate: leaf.fullchain_pem, key: leaf.key_pem}) as failed:
        assert "CERTIFICATE_VERIFY_FAILED" in failed[0].error


@pytest.mark.req("X-04")
@pytest.mark.parametrize("service", ["app", "db"])
def test_removing_before_switching_fails_handshakes(rolling: Crashes, service: str) -> None:
    """By hand, the second phase skipped: a trust store without the root that the peer's leaf still chains to."""
    shop = rolling.shop
    root = make_ca("Too Soon", now=datetime.now(UTC))
    slot = {"app": "app/upstream", "db": "db/clients"}[service]
    with swapped(shop, service, {shop.anchors[slot]: root.pem}) as failed:
        assert failed


@contextmanager
def swapped(shop: Shopfront, service: str, files: dict[Path, bytes]) -> Iterator[list[Attempt]]:
    """Put other bytes into a service's files, give what fails then, and put everything right again."""
    kept = {path: path.read_bytes() for path in files}
    with shop.apart(service if service in ("web", "db", "edge") else "*"):
        known = len(broken(shop))
        try:
            for path, data in files.items():
                path.write_bytes(data)
            shop.load(service)
            wait_until(lambda: len(broken(shop)) > known, "a handshake to fail")
            yield broken(shop)[known:]
        finally:
            for path, data in kept.items():
                path.write_bytes(data)
            shop.load(service)


def broken(shop: Shopfront) -> list[Attempt]:
    return [each for each in shop.attempts() if each.error]
