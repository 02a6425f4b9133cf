"""`cryptography`'s own path validation as the consumer cryptography.

It cannot express CRLs, a purpose other than serverAuth or clientAuth, or a name for a client; such
questions are not answered rather than answered wrongly. It takes every certificate of the trust
store as an anchor, so partial chains need no switch. It wants a name for a server: where the
question names none, the first one of the leaf itself is asked for.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

import cryptography
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from warifu.domain.trust.questions import PathAnswer, PathQuestion
from warifu.domain.x509 import Certificate
from warifu.ports.verifiers import Verifier

ENGINE = f"cryptography {cryptography.__version__}"
_DEPTH = 8  # its own default


class CryptographyVerifier(Verifier):
    """Answers for the consumer cryptography."""

    @property
    def consumer(self) -> str:
        """The consumer it answers for."""
        return "cryptography"

    def answer(self, questions: Sequence[PathQuestion]) -> tuple[PathAnswer, ...]:
        """Answer each question in order."""
        stores: dict[tuple[Certificate, ...], Store] = {}
        return tuple(_answer(question, stores) for question in questions)


def _answer(question: PathQuestion, stores: dict[tuple[Certificate, ...], Store]) -> PathAnswer:
    lack = question.lack or _lack(question)
    if lack:
        return PathAnswer(accepted=False, engine=ENGINE, said=lack, answered=False)
    if not question.anchors:
        return PathAnswer(accepted=False, engine=ENGINE, said="the trust store is empty")
    fault = _fault((question.leaf, *question.chain)) or _fault_of_all(question.anchors)
    if fault:
        return PathAnswer(accepted=False, engine=ENGINE, said=fault)
    try:
        store = stores.get(question.anchors)
        if store is None:
            read = [one.parsed for one in question.anchors if not one.library_fault]
            store = stores.setdefault(question.anchors, Store(read))
        _verify(question, store)
    except VerificationError as error:
        said = "; ".join(filter(None, (str(error), _fault(question.anchors))))
        return PathAnswer(accepted=False, engine=ENGINE, said=said)
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        return PathAnswer(accepted=False, engine=ENGINE, said=str(error), answered=False)
    return PathAnswer(accepted=True, engine=ENGINE)


def _fault(certificates: Sequence[Certificate]) -> str:
    """Return why a certificate cannot be loaded by a program that uses this library; empty where all can."""
    return next((one.library_fault for one in certificates if one.library_fault), "")


def _fault_of_all(anchors: Sequence[Certificate]) -> str:
    """Return the same of a trust store of which no certificate is left."""
    return _fault(anchors) if all(one.library_fault for one in anchors) else ""


def _lack(question: PathQuestion) -> str:
    if question.crl_mode != "off":
        return "looks-at-no-crl"
    if not question.purpose:
        return "wants-a-purpose"
    if question.purpose == "clientAuth" and question.name:
        return "no-name-of-clients"
    return ""


def _verify(question: PathQuestion, store: Store) -> None:
    builder = PolicyBuilder().store(store).time(question.at).max_chain_depth(_DEPTH)
    chain = [one.parsed for one in question.chain]
    if question.purpose == "clientAuth":
        builder.build_client_verifier().verify(question.leaf.parsed, chain)
        return
    subject = _subject(question)
    if subject is None:
        raise VerificationError("the leaf has no subjectAltName")
    builder.build_server_verifier(subject).verify(question.leaf.parsed, chain)


def _subject(question: PathQuestion) -> x509.DNSName | x509.IPAddress | None:
    names = question.leaf.names
    if question.name:
        own = question.asked_name
    elif names is not None and names.texts:
        own = names.texts[0].replace("*", "any", 1)
    else:
        return None
    try:
        return x509.IPAddress(ipaddress.ip_address(own))
    except ValueError:
        return x509.DNSName(own.removesuffix("."))
