"""One row of the table of findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from warifu.domain.findings.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Entry:
    """What a code means.

    Args:
        title: the fault, with placeholders for its evidence.
        clause: the standard or document that says so, for example `RFC 5280 §4.1.2.5`; a text where words go with it.
        remedy: what to do, with the exact command or place.
        otherwise: what to do instead where evidence of that name holds that value, or lists it; the first that does
            counts.
        titles: the fault in other words, in the same way.
        where_known: sentences that the remedy goes on with, by the name of the evidence that they need.
    """

    title: Text
    clause: str | Text
    remedy: Text
    otherwise: Mapping[tuple[str, object], Text] = field(default_factory=dict)
    titles: Mapping[tuple[str, object], Text] = field(default_factory=dict)
    where_known: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))

    def title_for(self, evidence: Mapping[str, object]) -> Text:
        """Return the fault where this was seen."""
        return _chosen(self.titles, evidence) or self.title

    def remedy_for(self, evidence: Mapping[str, object]) -> Text:
        """Return what to do where this was seen."""
        return _chosen(self.otherwise, evidence) or self.remedy

    def says_so(self, lang: Lang) -> str:
        """Return the clause, for people; empty where a rule of our own stands behind it."""
        return self.clause.fill(lang, {}) if isinstance(self.clause, Text) else self.clause


def _chosen(texts: Mapping[tuple[str, object], Text], evidence: Mapping[str, object]) -> Text | None:
    for (name, wanted), text in texts.items():
        value = evidence.get(name)
        if value == wanted or (isinstance(value, tuple) and wanted in value):
            return text
    return None


def in_profile(clause: str = "") -> Text:
    """Return a clause of which the profile names the rest."""
    before = f"{clause}; " if clause else ""
    return Text(
        f"{before}the source of the profile: `warifu profile show PROFILE`",
        f"{before}プロファイルの出典: `warifu profile show PROFILE`",
    )


OF_TEMPLATE: Mapping[str, Text] = MappingProxyType(
    {
        "template": Text(
            "It was issued from the certificate template {template}: change it there.",
            "この証明書の発行に使われた証明書テンプレートは {template} です。そこを変更してください。",
        )
    }
)
"""What the remedy of a fault goes on with where the certificate tells which template of a Microsoft CA made it."""


def reissue(before: Text, after: Text | None = None) -> Text:
    """Return a remedy that ends in a new certificate: by a request alone, or by a plan where there is an estate.

    Args:
        before: what comes first, a sentence or the beginning of one.
        after: further sentences.
    """
    more = after or Text("", "")
    return Text(
        f"{before.en} `warifu renewal csr OLD.pem` makes key and request for the CA; in an estate "
        f"`warifu plan replace-identity IDENTITY` does it all.{more.en}",
        f"{before.ja}`warifu renewal csr OLD.pem` で鍵と証明書要求を作れます。管理対象環境では "
        f"`warifu plan replace-identity IDENTITY` で一度に行えます。{more.ja}",
    )
