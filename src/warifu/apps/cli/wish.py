"""What `warifu check` was asked for where it was asked for many: no more than values, so that one file pays for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sweep was asked for beside the subjects.

    Args:
        lists: files of subjects; `-` for standard input.
        pools: files of CAs that may stand above leaves of a pile.
        jobs: processes that judge; 0 for one each processor.
        parallel: addresses that are asked at the same time.
        question: what was asked, by name, that is not in the subjects.
    """

    lists: tuple[str, ...]
    out: str
    pools: tuple[str, ...]
    jobs: int
    parallel: int
    replace: bool
    question: Mapping[str, str]
