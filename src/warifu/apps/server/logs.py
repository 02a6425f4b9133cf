"""Events as JSON lines on standard error; `wiring` sets it up once.

What other libraries log comes along as events of level and logger name; of exceptions only type and place are told,
because their texts may hold anything.
"""

from __future__ import annotations

import contextlib
import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any, TextIO, cast

import structlog

from warifu.apps.server.base import Log
from warifu.domain.findings.text import visible

_FOREIGN = ("uvicorn", "asyncio", "litestar", "sqlalchemy", "alembic", "tuf")
_HIDDEN = ("token", "password", "secret", "passphrase", "authorization", "cookie")
"""What no event may carry, whatever is put into it by mistake."""


def make_log(out: TextIO, clock: Callable[[], datetime], *, level: int = logging.INFO) -> Log:
    """Return where events are told: one JSON object a line, with `at`, `level` and `event`."""

    def stamp(_: Any, __: str, values: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {"at": clock().isoformat(timespec="milliseconds"), **values}

    made = structlog.wrap_logger(
        _Lines(out),
        processors=[structlog.processors.add_log_level, stamp, _hide, _one_line],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )
    return cast("Log", made)


def take_foreign(log: Log) -> logging.Handler:
    """Have what other libraries log from warnings on told as events; return what to take away again."""
    handler = _Foreign(log)
    for name in _FOREIGN:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    return handler


def leave_foreign(handler: logging.Handler) -> None:
    """Take it away again."""
    for name in _FOREIGN:
        logger = logging.getLogger(name)
        logger.removeHandler(handler)
        logger.propagate = True


class _Lines:
    """Writes lines; that nobody reads them any more is no reason to serve no longer."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._writing = threading.Lock()

    def info(self, line: str) -> None:
        with self._writing, contextlib.suppress(OSError, ValueError):
            self._out.write(f"{line}\n")
            self._out.flush()

    debug = warning = error = critical = info


class _Foreign(logging.Handler):
    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0] if record.exc_info else None
        self._log.warning(
            "library",
            logger=record.name,
            said=str(record.msg)[:300],  # the template: what it is filled with may hold anything
            error=error.__name__ if error else "",
            place=f"{record.module}:{record.lineno}",
        )


def _hide(_: Any, __: str, values: structlog.typing.EventDict) -> structlog.typing.EventDict:
    for name in _hidden(tuple(values)):
        values[name] = "…"
    return values


@lru_cache(maxsize=1000)
def _hidden(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if any(word in name.lower() for word in _HIDDEN))


_ENCODER = json.JSONEncoder(ensure_ascii=False, default=lambda value: visible(str(value)))


def _one_line(_: Any, __: str, values: structlog.typing.EventDict) -> str:
    return _ENCODER.encode(values)
