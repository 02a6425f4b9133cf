"""Values sorted by their kind, equal sets of them being the very same object."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from warifu.domain.estate import IdentityValue, TrustValue, Value

_Value = TypeVar("_Value", IdentityValue, TrustValue)


def only(kind: type[_Value], values: tuple[Value, ...]) -> tuple[_Value, ...]:
    """Return the values of one kind; when all are, the very same tuple."""
    for value in values:
        if not isinstance(value, kind):
            return tuple([value for value in values if isinstance(value, kind)])
    return values  # type: ignore[return-value]  # all of the kind


class Alike:
    """Gives equal sets of trust values the very same tuple."""

    def __init__(self) -> None:
        self._equal: dict[tuple[TrustValue, ...], tuple[TrustValue, ...]] = {}
        self._single: dict[int, tuple[Value, tuple[TrustValue, ...]]] = {}

    def stores(self, values: tuple[Value, ...]) -> tuple[TrustValue, ...]:
        """Return the trust values among some values."""
        if len(values) != 1:
            return self._once(values)
        known = self._single.get(id(values[0]))
        if known is None:  # the value is kept, so that no other one gets its id
            known = self._single[id(values[0])] = values[0], self._once(values)
        return known[1]

    def several(self) -> Iterable[tuple[TrustValue, ...]]:
        """Return the different sets, each once."""
        return self._equal.values()

    def _once(self, values: tuple[Value, ...]) -> tuple[TrustValue, ...]:
        stores = only(TrustValue, values)
        return self._equal.setdefault(stores, stores)
