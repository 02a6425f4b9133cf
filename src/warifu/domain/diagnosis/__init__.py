"""Vendors' messages, logs and listings -> true causes; vendors' procedures -> plans by hand.

A vendor's message is material, not truth: it may be shared by many causes, name the wrong one, or be older than
the file. `find_messages` recognises it, `diagnose` looks for each of its causes in the files concerned and says
which holds, which is ruled out and which stays open. A message nobody knows is kept verbatim.
What vendors' tools list is read strictly, and lists of several nodes are joined into one board.
Procedures are data, with their source, versions and review date; filled in for one environment they are a
document of steps with gates.
"""

from warifu.domain.diagnosis.board import (
    Alarm,
    Board,
    Held,
    InUse,
    Match,
    Refusal,
    Row,
    State,
    find_alarms,
    make_board,
)
from warifu.domain.diagnosis.bundles import Budget, Piece, unpack
from warifu.domain.diagnosis.catalogue import Symptom
from warifu.domain.diagnosis.decision import (
    Answer,
    Candidate,
    Confidence,
    Diagnosis,
    Outcome,
    causes_of,
    diagnose,
    every_sentence,
)
from warifu.domain.diagnosis.evidence import say_seen
from warifu.domain.diagnosis.filling import Filled, FilledStep, fill
from warifu.domain.diagnosis.listing import Entry, Listing, folded_name
from warifu.domain.diagnosis.listings import is_listing, read_listing
from warifu.domain.diagnosis.message import Message
from warifu.domain.diagnosis.paging import page_of, pages
from warifu.domain.diagnosis.places import product_of
from warifu.domain.diagnosis.procedure import Procedure, Said, every_said, read_procedure, worded
from warifu.domain.diagnosis.procedure_paper import say_stale, shown, written
from warifu.domain.diagnosis.procedure_used import UsedProcedure, use_of
from warifu.domain.diagnosis.recognition import find_messages, find_typed, recognise, unknown
from warifu.domain.diagnosis.redaction import is_log, weight_of_keys, without_secrets
from warifu.domain.diagnosis.rules_met import PROFILES
from warifu.domain.diagnosis.scene import Concerned, Scene, Standing, form_of
from warifu.domain.diagnosis.texts import Decoded, decode, is_binary

__all__ = [
    "PROFILES",
    "Alarm",
    "Answer",
    "Board",
    "Budget",
    "Candidate",
    "Concerned",
    "Confidence",
    "Decoded",
    "Diagnosis",
    "Entry",
    "Filled",
    "FilledStep",
    "Held",
    "InUse",
    "Listing",
    "Match",
    "Message",
    "Outcome",
    "Piece",
    "Procedure",
    "Refusal",
    "Row",
    "Said",
    "Scene",
    "Standing",
    "State",
    "Symptom",
    "UsedProcedure",
    "causes_of",
    "decode",
    "diagnose",
    "every_said",
    "every_sentence",
    "fill",
    "find_alarms",
    "find_messages",
    "find_typed",
    "folded_name",
    "form_of",
    "is_binary",
    "is_listing",
    "is_log",
    "make_board",
    "page_of",
    "pages",
    "product_of",
    "read_listing",
    "read_procedure",
    "recognise",
    "say_seen",
    "say_stale",
    "shown",
    "unknown",
    "unpack",
    "use_of",
    "weight_of_keys",
    "without_secrets",
    "worded",
    "written",
]
