"""Host names as certificates and servers hold them."""

from __future__ import annotations


def to_a_labels(name: str) -> str:
    """Return a DNS name in lower case, each label of other letters as its A-label; spec: RFC 5890 §2.3.2.1, UTS #46.

    What IDNA 2008 mapped by UTS #46 tells apart stays apart (`ß` is not `ss`), as in browsers.

    Raises:
        ValueError: a label that no certificate can hold.
    """
    if name.isascii():
        return name.lower()
    import idna  # noqa: PLC0415 - few names need its tables

    try:
        labels = idna.uts46_remap(name, std3_rules=False).split(
            "."
        )  # asterisks and underscores may stand beside
        if "" in labels[:-1]:
            raise ValueError("empty label")
        return ".".join(one if one.isascii() else idna.alabel(one).decode("ascii") for one in labels)
    except idna.IDNAError as error:
        raise ValueError(str(error)) from None
