"""Machine words, as plans, journals and JSON keep them, and errors, in the language of who reads them."""

from __future__ import annotations

from collections.abc import Mapping

from warifu.domain.findings.causes import explained
from warifu.domain.findings.messages import MESSAGES
from warifu.domain.findings.table import outline
from warifu.domain.findings.text import Lang, show
from warifu.errors import WarifuError

_KEYS: Mapping[str, Mapping[str, str]] = {
    "entry-kind": {
        "private-key": "word.entry-kind-private-key",
        "secret": "word.entry-kind-secret",
        "trusted": "word.entry-kind-trusted",
        "crl": "word.entry-kind-crl",
        "encrypted-key": "word.entry-kind-encrypted-key",
    },
    "entry-from": {
        "directory": "word.entry-from-directory",
        "local": "word.entry-from-local",
        "both": "word.entry-from-both",
    },
    "client": {
        "none": "word.client-none",
        "optional": "word.client-optional",
        "required": "word.client-required",
    },
    "provenance": {
        "declared": "word.provenance-declared",
        "configured": "word.provenance-configured",
        "seen": "word.provenance-seen",
    },
    "step": {
        "issue": "word.step-issue",
        "adopt": "word.step-adopt",
        "load": "word.step-load",
        "switch-identity": "word.step-switch-identity",
        "add-anchor": "word.step-add-anchor",
        "remove-anchor": "word.step-remove-anchor",
        "replace-anchor": "word.step-replace-anchor",
        "replace-crl": "word.step-replace-crl",
        "put-back": "word.step-put-back",
    },
    "rollout": {
        "open": "word.rollout-open",
        "done": "word.rollout-done",
        "abandoned": "word.rollout-abandoned",
        "superseded": "word.rollout-superseded",
    },
    "state": {
        "open": "word.state-open",
        "intended": "word.state-intended",
        "waiting": "word.state-waiting",
        "stopped": "word.state-stopped",
        "done": "word.state-done",
        "abandoned": "word.state-abandoned",
        "superseded": "word.state-superseded",
        "pending": "word.state-pending",
        "submitted": "word.state-submitted",
        "issued": "word.state-issued",
        "installed": "word.state-installed",
        "void": "word.state-void",
    },
    "move": {
        "submit": "word.move-submit",
        "issue": "word.move-issue",
        "install": "word.move-install",
        "discard": "word.move-discard",
    },
    "vendor-step": {
        "powered-off": "retire.vendor-powered-off",
        "snapshot": "retire.vendor-snapshot",
        "powered-on": "retire.vendor-powered-on",
        "listed-before": "retire.vendor-listed-before",
        "unpublished": "retire.vendor-unpublished",
        "listed-after": "retire.vendor-listed-after",
        "restarted": "retire.vendor-restarted",
        "signed-in": "retire.vendor-signed-in",
    },
    "retire-step": {
        "approve": "retire.step-approve",
        "back-up": "retire.step-back-up",
        "export": "retire.step-export",
        "quarantine": "retire.step-quarantine",
        "distrust": "retire.step-distrust",
        "unpublish": "retire.step-unpublish",
        "list": "retire.step-list",
        "refresh": "retire.step-refresh",
        "converge": "retire.step-converge",
        "delete": "retire.step-delete",
        "prove": "retire.step-prove",
        "restart": "retire.step-restart",
        "sign-in": "retire.step-sign-in",
        "watch": "retire.step-watch",
    },
    "witness": {
        "file": "word.witness-file",
        "handshake": "word.witness-handshake",
        "ca-names": "word.witness-ca-names",
        "sentinel": "word.witness-sentinel",
        "generation": "word.witness-generation",
        "self-report": "word.witness-self-report",
        "each-use": "word.witness-each-use",
        "owner": "word.witness-owner",
    },
    "reach": {
        "local": "word.reach-local",
        "by-hand": "word.reach-by-hand",
        "agent": "word.reach-agent",
        "ssh": "word.reach-ssh",
    },
    "platform": {"appliance": "word.platform-appliance"},
    "issuer": {
        "local": "word.issuer-local",
        "by-hand": "word.issuer-by-hand",
    },
    "yes": {
        "true": "word.yes-true",
        "false": "word.yes-false",
    },
    "detail": {
        "accepted": "word.detail-accepted",
        "losses": "word.detail-losses",
        "by": "word.detail-by",
        "digest": "word.detail-digest",
        "owner": "word.detail-owner",
        "overdue": "word.detail-overdue",
        "statement": "word.detail-statement",
        "recorded-by": "word.detail-recorded-by",
        "state": "word.detail-state",
        "step": "word.detail-step",
        "slot": "word.detail-slot",
        "folder": "word.detail-folder",
        "address": "word.detail-address",
        "leaf": "word.detail-leaf",
        "codes": "word.detail-codes",
        "identity": "word.detail-identity",
        "request": "word.detail-request",
        "issuer": "word.detail-issuer",
        "since": "word.detail-since",
        "found": "word.detail-found",
        "rollout": "word.detail-rollout",
        "path": "word.detail-path",
        "node": "word.detail-node",
        "reason": "word.detail-reason",
        "host": "word.detail-host",
        "opens": "word.detail-opens",
        "window": "word.detail-window",
        "wave": "word.detail-wave",
        "number": "word.detail-number",
        "fingerprints": "word.detail-fingerprints",
        "witnesses": "word.detail-witnesses",
        "contact": "word.detail-contact",
        "command": "word.detail-command",
        "code": "word.detail-code",
        "said": "word.detail-said",
        "operation": "word.detail-operation",
        "total": "word.detail-total",
    },
    "notice": {
        "expiring": "word.notice-expiring",
        "expired-in-use": "word.notice-expired-in-use",
        "expired-undecided": "word.notice-expired-undecided",
        "expired-unused": "word.notice-expired-unused",
        "not-live": "word.notice-not-live",
        "pair-broken": "word.notice-pair-broken",
        "changed": "word.notice-changed",
        "forecast": "word.notice-forecast",
        "not-seen": "word.notice-not-seen",
    },
    "notice-state": {
        "open": "word.notice-state-open",
        "notified": "word.notice-state-notified",
        "acknowledged": "word.notice-state-acknowledged",
        "closed": "word.notice-state-closed",
    },
    "standing": {
        "in-use": "word.standing-in-use",
        "undecided": "word.standing-undecided",
        "unused": "word.standing-unused",
        "renewed-not-live": "word.standing-renewed-not-live",
    },
    "closing": {
        "seen": "word.closing-seen",
        "followed": "word.closing-followed",
        "unmanaged": "word.closing-unmanaged",
        "accepted": "word.closing-accepted",
    },
    "sent": {
        "pending": "word.sent-pending",
        "going": "word.sent-going",
        "sent": "word.sent-sent",
        "uncertain": "word.sent-uncertain",
        "dropped": "word.sent-dropped",
    },
    "output": {
        "as-published": "word.output-as-published",
        "differs": "word.output-differs",
        "absent": "word.output-absent",
        "unreadable": "word.output-unreadable",
        "unchanged": "word.output-unchanged",
        "written": "word.output-written",
        "loaded": "word.output-loaded",
        "proven": "word.output-proven",
        "put-back": "word.output-put-back",
        "down": "word.output-down",
        "failed": "word.output-failed",
    },
    "role": {
        "viewer": "directory.role-viewer",
        "operator": "directory.role-operator",
        "trust-administrator": "directory.role-trust-administrator",
        "approver": "directory.role-approver",
        "host-administrator": "directory.role-host-administrator",
    },
    "act": {
        "look": "directory.act-look",
        "publish": "directory.act-publish",
        "publish-crl": "directory.act-publish-crl",
        "plan-removal": "directory.act-plan-removal",
        "approve-removal": "directory.act-approve-removal",
        "restore": "directory.act-restore",
        "confirm-mass-removal": "directory.act-confirm-mass-removal",
        "create-domain": "directory.act-create-domain",
        "import-root": "directory.act-import-root",
        "put-estate": "directory.act-put-estate",
        "plan": "directory.act-plan",
        "approve-plan": "directory.act-approve-plan",
        "drive": "directory.act-drive",
        "waive": "directory.act-waive",
        "confirm-step": "directory.act-confirm-step",
        "refresh": "directory.act-refresh",
        "create-token": "directory.act-create-token",
        "fence-node": "directory.act-fence-node",
        "reseed-node": "directory.act-reseed-node",
        "remove-node": "directory.act-remove-node",
        "add-person": "directory.act-add-person",
        "change-person": "directory.act-change-person",
        "remove-person": "directory.act-remove-person",
        "read-audit": "directory.act-read-audit",
        "verify-audit": "directory.act-verify-audit",
        "back-up": "directory.act-back-up",
        "renew-server": "directory.act-renew-server",
    },
}


def word(kind: str, machine: str, lang: Lang, /) -> str:
    """Return how a machine word is shown; one that no table knows, such as a name of the user's, is shown as it is.

    Args:
        kind: which list of words: `client` (certificates), `provenance`, `step`, `rollout`, `state` (of a step or
            request), `move`, `witness`, `reach`, `platform`, `issuer`, `yes`, `detail` (names of what an event noted), `notice` (its
            kind), `notice-state`, `standing` (of a certificate at a place), `closing` (why), `sent` (a message), `output`, `role` or
            `act` (of people on a server), `retire-step`, `vendor-step`.
    """
    key = _KEYS[kind].get(machine)
    return machine if key is None else MESSAGES[key].fill(lang, {})


def words(kind: str, machine: str, lang: Lang, /) -> str:
    """Return a list, kept with commas between, word by word."""
    return show([word(kind, one, lang) for one in machine.split(",") if one], lang)


def say_error(error: WarifuError, lang: Lang) -> str:
    """Return an error as a sentence, and its parts one a line below it.

    A code without a message shows its code and values.
    """
    text = MESSAGES.get(error.code)
    whole = (
        str(error)
        if text is None
        else text.fill(lang, {**explained(error.values, lang), **_spoken(error, lang)})
    )
    return "\n".join((whole, *(say_error(part, lang) for part in error.parts)))


def _spoken(error: WarifuError, lang: Lang) -> dict[str, str]:
    """Return those values of an error that are machine words."""
    kinds = {"state": "state", "move": "move", "act": "act"}
    said = {
        name: word(kinds[name], str(value), lang) for name, value in error.values.items() if name in kinds
    }
    roles = error.values.get("roles")
    if isinstance(roles, tuple):
        said["roles"] = show([word("role", str(role), lang) for role in roles], lang)
    codes = show(error.values.get("codes", ""))
    if codes:
        subject = str(error.values.get("slot") or error.values.get("step") or "…")
        said["codes"] = show([outline(code.strip(), subject, lang) for code in codes.split(",")], lang)
    return said
