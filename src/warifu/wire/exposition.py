"""Numbers as Prometheus reads them.

Spec: Prometheus exposition formats, text format 0.0.4 (escapes in help and label values).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from warifu.domain.findings.text import visible

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def head(name: str, help_text: str, kind: str = "gauge") -> Iterator[str]:
    """Yield the two lines that stand before the samples of a metric."""
    yield f"# HELP {name} {help_text}"
    yield f"# TYPE {name} {kind}"


def sample(name: str, labels: Mapping[str, str], value: float) -> str:
    """Return the line of one sample."""
    shown = _number(value)
    inside = ",".join(f'{key}="{_escaped(visible(text))}"' for key, text in labels.items())
    return f"{name}{{{inside}}} {shown}" if labels else f"{name} {shown}"


def _number(value: float) -> str:
    if value == math.inf:
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(value)


def _escaped(text: str) -> str:
    # Lines never break: what could do that shows as an escape already.
    return text.replace("\\", "\\\\").replace('"', '\\"')
