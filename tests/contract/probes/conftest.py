"""Identities and ways for the probe's suite."""

from __future__ import annotations

import pytest

from support.pki import BOTH, DAY, NOW, Entity, make_ca

LATER = NOW + (3650 * DAY)  # real servers judge by the real clock


@pytest.fixture(scope="session")
def root() -> Entity:
    return make_ca("Root")


@pytest.fixture(scope="session")
def web(root: Entity) -> Entity:
    """A server's identity with two intermediates."""
    return root.intermediate("Policy").intermediate("Issuing").leaf("web.example")


@pytest.fixture(scope="session")
def client(root: Entity) -> Entity:
    return root.leaf("client.example", purposes=BOTH, end=LATER)


@pytest.fixture(scope="session")
def stranger() -> Entity:
    return make_ca("Stranger").leaf("stranger.example", purposes=BOTH, end=LATER)
