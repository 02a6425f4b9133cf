"""What columns hold, with one meaning in every engine.

Instants are whole microseconds since 1970 (UTC) in a big integer: they sort, and no engine's idea of a time zone comes
in between. Fingerprints are lower-case hex. Lists and mappings are JSON in ASCII, so that every text can be kept.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Dialect, MetaData, Text, TypeDecorator

from warifu.domain.x509 import Sha256

METADATA: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)
"""Every table; constraints have names, so that later migrations can name them."""

_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An instant."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Return what is kept."""
        return None if value is None else (value - _BEGIN) // _STEP

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the instant."""
        return None if value is None else _BEGIN + value * _STEP


class Fingerprint(TypeDecorator[Sha256]):
    """A SHA-256."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sha256 | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return what is kept."""
        return None if value is None else value.hex

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sha256 | None:  # noqa: ARG002
        """Return the fingerprint."""
        return None if value is None else Sha256(value)


class Json(TypeDecorator[Any]):
    """A list or mapping of JSON values."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: Dialect) -> str:  # noqa: ARG002
        """Return what is kept."""
        return json.dumps(value, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Return the value."""
        return None if value is None else json.loads(value)
