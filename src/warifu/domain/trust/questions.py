"""Path questions: what a consumer's engine is asked, and what it answered.

The domain runs no engine: a workflow asks `verifiers` and hands the answers back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from warifu.domain.x509 import Certificate, Purpose, RevocationList
from warifu.domain.x509.host_names import to_a_labels

_PLAIN = re.compile(
    r"[!-~]*"
)  # what stands in a script or in a line of a protocol holds no blank, and nothing unseen


@dataclass(frozen=True, slots=True)
class PathQuestion:
    """Does this consumer accept this chain against this trust store?

    Args:
        consumer: `openssl`, `cryptography`, ...
        leaf: the certificate presented.
        chain: what is sent with it, in order.
        anchors: the trust store, in order.
        purpose: `serverAuth` or `clientAuth`; empty asks for none.
        name: host name or address the leaf must carry; empty asks for none. Engines are asked for `asked_name`.
        at: the instant of verification.
        crl_mode: `off`, `leaf` or `chain`.
    """

    consumer: str
    leaf: Certificate
    chain: tuple[Certificate, ...]
    anchors: tuple[Certificate, ...]
    purpose: str
    at: datetime
    name: str = ""
    crls: tuple[RevocationList, ...] = ()
    crl_mode: str = "off"
    partial_chain: bool = False

    @property
    def asked_name(self) -> str:
        """The name in the letters that certificates hold, as programs hand it to their engines (RFC 9525 §6.3).

        The root's dot and the brackets of an address in a URL (RFC 3986 §3.2.2) are spelling, not name.
        """
        name = self.name.removesuffix(".")
        if name.startswith("[") and name.endswith("]"):
            return name[1:-1]
        try:
            return name if name.isascii() else to_a_labels(name)
        except ValueError:
            return name

    @property
    def lack(self) -> str:
        """Why no engine can be asked this, as a word of ours; empty where it can."""
        if self.purpose not in {"", Purpose.SERVER_AUTH, Purpose.CLIENT_AUTH}:
            return "no-such-purpose"
        return "" if _PLAIN.fullmatch(self.asked_name) else "name-unfit"


@dataclass(frozen=True, slots=True)
class PathAnswer:
    """What an engine said.

    Args:
        engine: name and version, for people.
        said: its own text, evidence for people and never parsed for reasons.
        answered: False when the engine cannot express the question; `accepted` then means nothing
            and is False, and `said` tells what it lacks.
    """

    accepted: bool
    engine: str
    said: str = ""
    answered: bool = True
