"""What a frame is made of: one digest over everything that its rows follow from, so that what stands in the lake already is not made again.

A plan of Spark Connect names functions, values and files. The lake's files are named by what they hold, and are told by that; numbers and
names that a session counts up are told by their order. Two plans with one digest give the same rows under the same code and engine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from pyspark.sql import DataFrame

_WITHOUT_ADDRESS = frozenset({"NamedTable", "CachedRemoteRelation"})
Address = Callable[[str], str | None]
"""What the file at a path holds, in a word that no other content has; null where nothing tells."""


def digest_of_plan(rows: DataFrame, address: Address) -> str | None:
    """64 hex digits; null for an engine that shows no plan, and where the plan reads what has no address."""
    plan: Any = getattr(rows, "_plan", None)
    if plan is None:
        return None
    session: Any = rows.sparkSession
    told = _Told(address)
    try:
        told.message(plan.to_proto(session.client))
    except _NoAddress:
        return None
    return told.digest.hexdigest()


class _NoAddress(Exception):
    """The plan reads what may hold other rows tomorrow."""


class _Told:
    """A message of protocol buffers, told field by field."""

    def __init__(self, address: Address) -> None:
        self.digest = hashlib.sha256()
        self._address = address
        self._seen: dict[object, int] = {}

    def message(self, message: Any) -> None:
        kind = message.DESCRIPTOR.name
        if kind in _WITHOUT_ADDRESS:
            raise _NoAddress
        if kind == "DataSource":
            self._files(message)
            return
        for field, value in message.ListFields():
            self._say(field.number)
            if field.name == "plan_id" or kind == "UnresolvedNamedLambdaVariable":
                self._say(self._seen.setdefault(str(value), len(self._seen)))
            elif field.type != field.TYPE_MESSAGE:
                self._say(value)
            elif field.message_type.GetOptions().map_entry:
                for key in sorted(value):
                    self._say(key)
                    self._value(value[key])
            elif field.is_repeated:
                self._say(len(value))
                for one in value:
                    self.message(one)
            else:
                self.message(value)
        self._say("end")

    def _files(self, source: Any) -> None:
        """Rows of Parquet files, by what these hold; of a source of another kind nobody knows."""
        found = [self._address(path) for path in source.paths]
        if source.format != "parquet" or not found or None in found:
            raise _NoAddress
        self._say([source.schema, *found, *sorted(source.options.items())])

    def _value(self, value: Any) -> None:
        if hasattr(value, "ListFields"):
            self.message(value)
        else:
            self._say(value)

    def _say(self, value: object) -> None:
        self.digest.update(f"{value!r}\n".encode())
