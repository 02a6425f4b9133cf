"""The engines at hand on this machine, and which of them are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from warifu.domain.estate import Estate
    from warifu.ports.verifiers import Verifier


def usual_engines() -> list[Verifier]:
    """Return those that are on every machine: openssl and cryptography, which answer within a fraction of a second."""
    from warifu.adapters.verifiers.cryptography import CryptographyVerifier
    from warifu.adapters.verifiers.openssl import OpensslVerifier

    return [OpensslVerifier(), CryptographyVerifier()]


def every_engine() -> list[Verifier]:
    """Return them all."""
    from warifu.adapters.verifiers.gnutls import GnutlsVerifier
    from warifu.adapters.verifiers.java import JavaVerifier
    from warifu.adapters.verifiers.nss import NssVerifier

    return [*usual_engines(), GnutlsVerifier(), NssVerifier(), JavaVerifier()]


def engines_of(estate: Estate | None = None) -> Mapping[str, Verifier]:
    """Return openssl and cryptography, and what services of an estate verify with besides, by consumer."""
    wanted = {"openssl", "cryptography"}
    if estate is not None:
        wanted |= {service.consumer for service in estate.services.values()}
    return {engine.consumer: engine for engine in every_engine() if engine.consumer in wanted}
