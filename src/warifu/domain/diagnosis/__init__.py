"""Vendors' messages, logs and listings -> true causes; vendors' procedures -> plans by hand.

A vendor's message is material, not truth: it may be shared by many causes, name the wrong one, or be older than
the file. `find_messages` recognises it, `diagnose` looks for each of its causes in the files concerned and says
which holds, which is ruled out and which stays open. A message nobody knows is kept verbatim.
What vendors' tools list is read strictly, and lists of several nodes are joined into one board.
Procedures are data, with their source, versions and review date; filled in for one environment they are a
document of steps with gates.
"""

from warifu.domain.diagnosis.bundles import Budget, Piece, unpack
from warifu.domain.diagnosis.decision import (
    Answer,
    Candidate,
    Diagnosis,
    Outcome,
    causes_of,
    diagnose,
    every_sentence,
)
from warifu.domain.diagnosis.evidence import say_seen
from warifu.domain.diagnosis.message import Message
from warifu.domain.diagnosis.recognition import find_messages, unknown
from warifu.domain.diagnosis.scene import Concerned, Scene, Standing, form_of
from warifu.domain.diagnosis.texts import Decoded, decode

__all__ = [
    "Answer",
    "Budget",
    "Candidate",
    "Concerned",
    "Decoded",
    "Diagnosis",
    "Message",
    "Outcome",
    "Piece",
    "Scene",
    "Standing",
    "causes_of",
    "decode",
    "diagnose",
    "every_sentence",
    "find_messages",
    "form_of",
    "say_seen",
    "unknown",
    "unpack",
]
