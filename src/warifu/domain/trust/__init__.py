"""Whether a chain holds for a purpose, and every reason why not.

Verdict and reasons are ours, and every fault is a finding: code, certificate, evidence, clause,
remedy; nothing stops at the first. Acceptance is the consumer's: a side accepts when our rules
for the profile accept and its own engine, asked by a workflow (`questions`), accepts too
(`refusals.join_answers`). Read `verdict` first, then `search`, `paths`, and `rules` one file a clause
family; `acceptance` is the same in factors, for plans over a million connections.
"""

from warifu.domain.trust.acceptance import (
    Acceptance,
    PathVerdict,
    accepts,
    leaf_interval,
    leaf_verdict,
    name_verdict,
    origin_class,
    path_verdict,
)
from warifu.domain.trust.context import Context
from warifu.domain.trust.facts import (
    LeafFacts,
    LeafReader,
    LeafTemplate,
    Origin,
    Tried,
    leaf_facts,
    template_facts,
)
from warifu.domain.trust.order import in_order
from warifu.domain.trust.profile import Profile, profile_named
from warifu.domain.trust.questions import PathAnswer, PathQuestion
from warifu.domain.trust.refusals import join_answers
from warifu.domain.trust.rules.clock import find_skew
from warifu.domain.trust.rules.key_match import find_key_faults
from warifu.domain.trust.signatures import Signatures
from warifu.domain.trust.verdict import Basis, Outcome, Verdict, judge, judge_anchors

__all__ = [
    "Acceptance",
    "Basis",
    "Context",
    "LeafFacts",
    "LeafReader",
    "LeafTemplate",
    "Origin",
    "Outcome",
    "PathAnswer",
    "PathQuestion",
    "PathVerdict",
    "Profile",
    "Signatures",
    "Tried",
    "Verdict",
    "accepts",
    "find_key_faults",
    "find_skew",
    "in_order",
    "join_answers",
    "judge",
    "judge_anchors",
    "leaf_facts",
    "leaf_interval",
    "leaf_verdict",
    "name_verdict",
    "origin_class",
    "path_verdict",
    "profile_named",
    "template_facts",
]
