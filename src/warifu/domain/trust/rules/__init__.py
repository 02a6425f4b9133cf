"""The rules, one file a clause family.

A rule is a function `(chain, context) -> findings`, registered under the codes it may find.
Nothing stops at the first fault. `LEAF` looks at the leaf alone, `PATH` at everything above
it, `PRESENTED` at what was sent, `TARGET` at what a profile's target demands besides, so that a million connections share the verdicts of a few paths.
"""

from warifu.domain.trust.rules import (
    anchoring,
    authority,
    constraints,
    extensions,
    file_form,
    key_ids,
    marks,
    names,
    presented,
    revocation,
    signature,
    strength,
    target,
    usage,
    validity,
)
from warifu.domain.trust.rules.rule import Rule, run

LEAF: tuple[Rule, ...] = (
    validity.leaf_dates,
    usage.leaf_purpose,
    usage.leaf_key_usage,
    usage.leaf_netscape_type,
    usage.leaf_encipherment,
    usage.leaf_enciphers,
    authority.ca_as_leaf,
    names.names_present,
    names.wildcards,
    names.names_fit,
    names.names_public,
    names.common_names_listed,
    usage.leaf_purposes_fit,
    strength.leaf_key,
    strength.leaf_signature,
    key_ids.leaf_key_id,
    key_ids.leaf_key_id_form,
    extensions.leaf_form,
    marks.leaf_marks,
    marks.ca_parts_on_leaf,
    strength.leaf_uncommon,
)
NAME: tuple[Rule, ...] = (names.expected_name,)
PATH: tuple[Rule, ...] = (
    anchoring.anchored,
    anchoring.namesakes,
    signature.signatures,
    validity.dates_above,
    authority.is_ca,
    authority.path_length,
    authority.depth,
    authority.cert_sign,
    usage.issuer_purpose,
    usage.root_purposes,
    constraints.name_constraints,
    revocation.revocation,
    revocation.responses,
    key_ids.key_ids_match,
    key_ids.key_ids_above,
    key_ids.key_id_form,
    strength.keys_above,
    strength.signatures_above,
    extensions.form_above,
    marks.marks_above,
    authority.usage_stated,
    constraints.constraint_form,
    strength.uncommon_above,
)
PRESENTED: tuple[Rule, ...] = (
    presented.duplicates,
    presented.issuers_in_octets,
    presented.unrelated,
    presented.order,
    presented.holds_root,
    presented.completeness,
    anchoring.leaf_as_anchor,
    validity.outlives_issuer,
)
TARGET: tuple[Rule, ...] = (
    target.answers_request,
    file_form.encoding,
    file_form.leaf_alone,
    file_form.root_at_end,
    target.purposes_stated,
    target.key_usages,
    target.common_names,
    target.wildcards_refused,
    target.depth,
    target.key_kind,
    target.signature_kind,
    target.dns_name,
    target.room_for_names,
    target.covered_names,
    target.validity,
    target.purpose_ends,
    target.directory_attributes,
)

__all__ = ["LEAF", "NAME", "PATH", "PRESENTED", "TARGET", "Rule", "run"]
