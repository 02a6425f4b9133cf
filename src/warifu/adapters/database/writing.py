"""Rows put in place of others, in words every engine has: there is one writer at a time, so nothing comes between."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Table, and_, bindparam, delete, insert, update

_BATCH: Final = 500  # values in one statement; engines allow some thousands
T = TypeVar("T")


def batched(values: Collection[T]) -> Iterator[list[T]]:
    """Yield values in lists that fit into one statement."""
    rest = iter(values)
    while some := list(islice(rest, _BATCH)):
        yield some


def put_rows(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows, each in place of the one with its primary key; only for tables that no other table points to.

    Rows that are all there are changed where they lie, which moves no index.
    """
    if not rows:
        return
    keys = list(table.primary_key.columns)
    where = and_(*(column == bindparam(f"old_{column.name}", type_=column.type) for column in keys))
    names = {column.name: f"old_{column.name}" for column in keys}
    changed = [{names.get(name, name): value for name, value in row.items()} for row in rows]
    rest = [name for name in rows[0] if name not in names]
    if rest:
        values = {name: bindparam(name, type_=table.c[name].type) for name in rest}
        if db.execute(update(table).where(where).values(values), changed).rowcount == len(rows):
            return
    db.execute(delete(table).where(where), [{old: row[name] for name, old in names.items()} for row in rows])
    db.execute(insert(table), [dict(row) for row in rows])


def put_row(db: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Keep one row: changed where its primary key is there, else new."""
    keys = list(table.primary_key.columns)
    where = and_(*(column == row[column.name] for column in keys))
    rest = {name: value for name, value in row.items() if name not in table.primary_key.columns}
    if rest and db.execute(table.update().where(where).values(**rest)).rowcount:
        return
    db.execute(insert(table), dict(row))
