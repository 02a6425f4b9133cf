"""TLS as a client of a Warifu server: which CAs vouch for it, and which key is ours.

Python's `ssl` reads a key from a file alone: it is given one that lies in memory (memfd_create(2)), so that no key
touches a disk for it.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Sequence

from warifu.domain.x509 import Certificate, to_pem
from warifu.errors import CouldNotLookError
from warifu.ports.orders import AgentIdentity


def trusting(anchors: Sequence[Certificate], identity: AgentIdentity | None = None) -> ssl.SSLContext:
    """Return what connects to a server that one of these CAs vouches for, and to nobody else.

    Raises:
        CouldNotLookError: `orders.not-believed`: there is no CA, or none that the library reads;
            `orders.identity-unfit`: the key does not fit the certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(cadata=to_pem(anchors).decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise CouldNotLookError("orders.not-believed", server="-", reason="no-anchors") from error
    if identity is not None:
        _take_identity(context, identity)
    return context


def unverified() -> ssl.SSLContext:
    """Return what connects to anybody: for signed files alone, which are believed for their signatures."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _take_identity(context: ssl.SSLContext, identity: AgentIdentity) -> None:
    handle = os.memfd_create("identity", os.MFD_CLOEXEC)
    try:
        data = memoryview(identity.key.to_pkcs8() + to_pem(identity.chain))
        while data:
            data = data[os.write(handle, data) :]
        context.load_cert_chain(f"/proc/self/fd/{handle}")
    except (OSError, ssl.SSLError) as error:
        raise CouldNotLookError(
            "orders.identity-unfit", fingerprint=identity.certificate.fingerprint.short
        ) from error
    finally:
        os.close(handle)
