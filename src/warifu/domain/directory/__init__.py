"""Published trust, as decisions: what may be published, who may ask for it, how nodes follow, when a root may go.

A trust domain is a set of anchors with CRLs at a version; every change makes the next version. An anchor is keyed by
the SHA-256 of its bytes: key ids, subjects and legacy ids are attributes, so that a renewal with the same key and a
cross-certificate live side by side. A change is decided as a whole: all of it becomes the next version, or none. What
nodes do with a version is decided here too: which entries come and go, what is held because too much would go, what
came back by itself. Roles, the chain of the audit trail and the reasons that keep an anchor from being retired are
tables and pure functions.

Reads no database, clock or network: what was published and reported is an argument, and so is the present instant.
"""

from warifu.domain.directory.model import Anchor, AnchorKind, Published, Standing

__all__ = ["Anchor", "AnchorKind", "Published", "Standing"]
