"""The model of an estate: what is managed, who connects to whom, and what each slot holds.

A slot is one service instance's use of one identity or one trust store, with its own loaded
state: one file read by three services is three slots. What a slot holds is a *set* of values:
everything loaded in any of its processes and everything on disk since the last proven load.
"""

from warifu.domain.estate.model import (
    ByAgent,
    ByHand,
    ClientCertificate,
    Connection,
    CrlMode,
    Estate,
    Group,
    Identity,
    IdentitySlot,
    IssuerSpec,
    Loading,
    Local,
    Node,
    Owner,
    Place,
    Provenance,
    Reach,
    Service,
    Slot,
    Ssh,
    TrustSlot,
    TrustStore,
    Waiver,
    Window,
)
from warifu.domain.estate.state import IdentityValue, Observed, SlotState, Template, TrustValue, Value

__all__ = [
    "ByAgent",
    "ByHand",
    "ClientCertificate",
    "Connection",
    "CrlMode",
    "Estate",
    "Group",
    "Identity",
    "IdentitySlot",
    "IdentityValue",
    "IssuerSpec",
    "Loading",
    "Local",
    "Node",
    "Observed",
    "Owner",
    "Place",
    "Provenance",
    "Reach",
    "Service",
    "Slot",
    "SlotState",
    "Ssh",
    "Template",
    "TrustSlot",
    "TrustStore",
    "TrustValue",
    "Value",
    "Waiver",
    "Window",
]
