"""Published trust, as decisions: what may be published, who may ask for it, how nodes follow, when a root may go.

A trust domain is a set of anchors with CRLs at a version; every change makes the next version. An anchor is keyed by
the SHA-256 of its bytes: key ids, subjects and legacy ids are attributes, so that a renewal with the same key and a
cross-certificate live side by side. A change is decided as a whole: all of it becomes the next version, or none. What
nodes do with a version is decided here too: which entries come and go, what is held because too much would go, what
came back by itself. Roles, the chain of the audit trail and the reasons that keep an anchor from being retired are
tables and pure functions.

Reads no database, clock or network: what was published and reported is an argument, and so is the present instant.
"""

from warifu.domain.directory.crls import CrlAnswer, find_ending, judge_crl
from warifu.domain.directory.decision import Decision, Item, ItemKind, Outcome
from warifu.domain.directory.model import CONTROL, Anchor, AnchorKind, Published, Standing
from warifu.domain.directory.naming import find_anchor, find_by_key_id, match_anchors, shown_key_ids
from warifu.domain.directory.publish import PublishWish, decide_publication
from warifu.domain.directory.removal import decide_quarantine, decide_restore, decide_unpublication

__all__ = [
    "CONTROL",
    "Anchor",
    "AnchorKind",
    "CrlAnswer",
    "Decision",
    "Item",
    "ItemKind",
    "Outcome",
    "PublishWish",
    "Published",
    "Standing",
    "decide_publication",
    "decide_quarantine",
    "decide_restore",
    "decide_unpublication",
    "find_anchor",
    "find_by_key_id",
    "find_ending",
    "judge_crl",
    "match_anchors",
    "shown_key_ids",
]
