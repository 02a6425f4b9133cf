"""Which slots somebody meets who dials the addresses of their service."""

from __future__ import annotations

from collections import Counter

from warifu.domain.estate.model import Estate, IdentitySlot


def find_met(estate: Estate) -> frozenset[str]:
    """Return the slots that a handshake shows: what servers present, and what they judge clients by.

    An identity that no connection uses is met where it has server names of its own, or where its service has no
    other one; else it may be one that the service presents only as a client.
    """
    connections = estate.connections.values()
    met = {slot for one in connections for slot in (*one.server_identities, *one.server_trusts)}
    presented = {slot for one in connections for slot in one.client_identities}
    identities = [slot for slot in estate.slots.values() if isinstance(slot, IdentitySlot)]
    count = Counter(slot.service for slot in identities)
    unused = (slot for slot in identities if slot.name not in presented)
    return frozenset(met | {slot.name for slot in unused if slot.sni or count[slot.service] == 1})
