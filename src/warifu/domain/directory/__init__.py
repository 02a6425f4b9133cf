"""Published trust, as decisions: what may be published, who may ask for it, how nodes follow, when a root may go.

A trust domain is a set of anchors with CRLs at a version; every change makes the next version. An anchor is keyed by
the SHA-256 of its bytes: key ids, subjects and legacy ids are attributes, so that a renewal with the same key and a
cross-certificate live side by side. A change is decided as a whole: all of it becomes the next version, or none. What
nodes do with a version is decided here too: which entries come and go, what is held because too much would go, what
came back by itself. Roles, the chain of the audit trail and the reasons that keep an anchor from being retired are
tables and pure functions.

Reads no database, clock or network: what was published and reported is an argument, and so is the present instant.
"""

from warifu.domain.directory.audit import (
    GENESIS,
    AuditEntry,
    Broken,
    Fault,
    Head,
    plain_evidence,
    seal,
    verify,
)
from warifu.domain.directory.convergence import Convergence, EntryChange, local_deletion, reconcile
from warifu.domain.directory.crls import CrlAnswer, find_ending, judge_crl
from warifu.domain.directory.decision import Decision, Item, ItemKind, Outcome
from warifu.domain.directory.fencing import (
    ClockSample,
    Heard,
    NodeReport,
    NodeSeen,
    NodeStanding,
    find_clock_faults,
    judge_report,
)
from warifu.domain.directory.guard import find_mass_removal
from warifu.domain.directory.model import CONTROL, Anchor, AnchorKind, Published, Standing
from warifu.domain.directory.naming import find_anchor, find_by_key_id, match_anchors, shown_key_ids
from warifu.domain.directory.publish import PublishWish, decide_publication
from warifu.domain.directory.removal import decide_quarantine, decide_restore, decide_unpublication
from warifu.domain.directory.retirement import BlastRadius, Reason, Use, blast_radius
from warifu.domain.directory.roles import (
    MATRIX,
    Act,
    Role,
    act_named,
    confirmation_of,
    demand,
    demand_approval,
    demand_confirmation,
    demand_other_person,
    is_approved,
    may,
    may_approve,
    role_named,
)
from warifu.domain.directory.sightings import (
    ClientStore,
    CrlUse,
    NodeEntries,
    Pin,
    Presented,
    Publisher,
    Reports,
    Sighting,
)
from warifu.domain.directory.tokens import (
    JoinToken,
    TokenRecord,
    hash_of,
    judge_token,
    read_token,
    write_token,
)
from warifu.domain.directory.trusting import ExpiryAlarm, Trusting, expiry_alarm, who_trusts

__all__ = [
    "CONTROL",
    "GENESIS",
    "MATRIX",
    "Act",
    "Anchor",
    "AnchorKind",
    "AuditEntry",
    "BlastRadius",
    "Broken",
    "ClientStore",
    "ClockSample",
    "Convergence",
    "CrlAnswer",
    "CrlUse",
    "Decision",
    "EntryChange",
    "ExpiryAlarm",
    "Fault",
    "Head",
    "Heard",
    "Item",
    "ItemKind",
    "JoinToken",
    "NodeEntries",
    "NodeReport",
    "NodeSeen",
    "NodeStanding",
    "Outcome",
    "Pin",
    "Presented",
    "PublishWish",
    "Published",
    "Publisher",
    "Reason",
    "Reports",
    "Role",
    "Sighting",
    "Standing",
    "TokenRecord",
    "Trusting",
    "Use",
    "act_named",
    "blast_radius",
    "confirmation_of",
    "decide_publication",
    "decide_quarantine",
    "decide_restore",
    "decide_unpublication",
    "demand",
    "demand_approval",
    "demand_confirmation",
    "demand_other_person",
    "expiry_alarm",
    "find_anchor",
    "find_by_key_id",
    "find_clock_faults",
    "find_ending",
    "find_mass_removal",
    "hash_of",
    "is_approved",
    "judge_crl",
    "judge_report",
    "judge_token",
    "local_deletion",
    "match_anchors",
    "may",
    "may_approve",
    "plain_evidence",
    "read_token",
    "reconcile",
    "role_named",
    "seal",
    "shown_key_ids",
    "verify",
    "who_trusts",
    "write_token",
]
