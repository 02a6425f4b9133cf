"""What a node's endpoint store holds and who may do what with it, as values and decisions.

Stores hold entries; an entry is a private key with its certificates, a secret, a trusted certificate, a CRL or a
private key under a password. Nothing here holds a private key or a secret: those stay in `adapters/endpoint`, and an
entry only says that it has one. Names of stores and aliases are equal when they are equal in lower case. Who may read,
write or take keys out is decided by local user and group, a denial before any grant. Bytes and layouts that other
tools' scripts expect are made here too.

Reads no file, clock or user database: names of users and groups are arguments.
"""

from warifu.domain.endpoint.entries import Deleted, Offered, Outcome
from warifu.domain.endpoint.model import Entry, EntryKind, LocalException, Provenance, SystemStore
from warifu.domain.endpoint.permissions import Access, Ace, Act, Peer, Principal, PrincipalKind, Right, Store
from warifu.domain.endpoint.secret import Secret

__all__ = [
    "Access",
    "Ace",
    "Act",
    "Deleted",
    "Entry",
    "EntryKind",
    "LocalException",
    "Offered",
    "Outcome",
    "Peer",
    "Principal",
    "PrincipalKind",
    "Provenance",
    "Right",
    "Secret",
    "Store",
    "SystemStore",
]
