"""How often something may be asked for: a bucket of tokens for each address, and one for all.

An IPv6 host owns a whole /64, so that one bucket holds for all of it. Memory is bounded: of more addresses than are
kept the one not seen for longest begins anew, and the bucket for all bounds what that gains anybody.
"""

from __future__ import annotations

import ipaddress
import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from warifu.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then one in so many seconds."""

    burst: int
    seconds: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class RateLimit:
    """Lets through what is asked seldom enough.

    Args:
        each: for one address.
        all_: for all addresses together.
        tick: seconds that pass, from any beginning.
        most: addresses that are kept.
    """

    def __init__(self, each: Rate, all_: Rate, tick: Callable[[], float], *, most: int = 10_000) -> None:
        self._each = each
        self._rate_of_all = all_
        self._tick = tick
        self._most = most
        self._all = _Bucket(all_.burst, tick())
        self._by_address: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._by_address)

    def take(self, address: str) -> None:
        """Count one that is asked for; what is refused takes nothing from anybody.

        Raises:
            RefusedError: `server.too-many`, with the seconds after which to come again.
        """
        now = self._tick()
        name = _network(address)
        bucket = self._by_address.setdefault(name, _Bucket(self._each.burst, now))
        self._by_address.move_to_end(name)
        if len(self._by_address) > self._most:
            self._by_address.popitem(last=False)
        wait = max(_wait(bucket, self._each, now), _wait(self._all, self._rate_of_all, now))
        if wait > 0:
            raise RefusedError("server.too-many", seconds=math.ceil(wait))
        bucket.tokens -= 1
        self._all.tokens -= 1


def _wait(bucket: _Bucket, rate: Rate, now: float) -> float:
    """Fill a bucket with what time has brought; return the seconds until it holds a token."""
    bucket.tokens = min(rate.burst, bucket.tokens + max(now - bucket.at, 0) / rate.seconds)
    bucket.at = now
    return 0.0 if bucket.tokens >= 1 else (1 - bucket.tokens) * rate.seconds


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
