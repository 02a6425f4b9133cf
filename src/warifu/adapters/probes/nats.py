"""How TLS begins with NATS: the server tells of itself in clear, then both go on with TLS.

Spec: NATS client protocol, INFO and "TLS".
"""

from __future__ import annotations

import json

from warifu.adapters.probes.talk import Talk, TalkError, line_within

_LONGEST = 1 << 16


def nats() -> Talk:
    """Read INFO; where TLS is not required, a login in clear is let in."""
    line = yield from line_within(1, "nats", longest=_LONGEST)
    word, _, text = line.partition(" ")
    if word.upper() == "-ERR":
        raise TalkError("nats-error")
    if word.upper() != "INFO":
        raise TalkError("not-nats")
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise TalkError("not-nats") from None
    if not isinstance(told, dict):
        raise TalkError("not-nats")
    required = told.get("tls_required") is True
    if not required and told.get("tls_available") is not True:
        raise TalkError("nats-without-tls")
    return not required
