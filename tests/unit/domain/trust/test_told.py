"""What a person is told of each fault, word for word: `told.txt` beside this test, a sentence for each case.

`WARIFU_GOLDEN=write` writes it anew. Keys are made afresh, so fingerprints, key ids and serial numbers stand as HEX.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from support.rule_pairs import PAIRS
from warifu.domain.findings import Lang, title

GOLDEN = Path(__file__).with_name("told.txt")


def sentences() -> Iterator[str]:
    for pair in PAIRS:
        case, code = pair.bad(), pair.code
        met = (case.leaf.value, *case.leaf.chain, *(case.sent or ()), *(case.anchors or ()))
        ids = {one.fingerprint.hex for one in met}
        for finding in case.judged().findings:
            if finding.code is code:
                about = "" if finding.subject in ids else " (of no certificate of the case)"
                yield f"{code}{about}: {plain(title(finding, Lang.EN))}"


def plain(text: str) -> str:
    """What every run makes anew, as marks."""
    return re.sub(r"\b[0-9A-Fa-f]{16,64}\b", "HEX", text)


def test_every_fault_says_who_and_what() -> None:
    """Certificate, names, dates and numbers stand in the sentence, where the table asks for them."""
    made = "\n".join(sentences()) + "\n"
    if os.environ.get("WARIFU_GOLDEN") == "write":
        GOLDEN.write_text(made, "utf-8")
    assert GOLDEN.read_text("utf-8") == made
