"""Compare grants and holds with the entries that issued and placed them, which cover every term of theirs."""

import json
from collections.abc import Iterator
from typing import Any

from core import rows
from core.rows import Query, fetch

from .. import books
from ..engine.chain import stamp
from ..store.tables import GRANTS, HOLDS
from .violation import Violation

GRANT_TERMS = GRANTS.only(
    "id",
    "amount",
    "source",
    "priority",
    "effective_at",
    "expires_at",
    "rollover",
    "parent_id",
    "origin_id",
    "cost_minor",
    "currency",
    "wallet_id",
    "sequence",
)
HOLD_TERMS = HOLDS.only("id", "amount", "expires_at", "placed_by", "basis", "wallet_id")


class Terms:
    """The terms that were read since the last comparison; those of a hold may still be overtaken by an extension."""

    def __init__(self) -> None:
        self.grants: dict[str, tuple[str, list[Any]]] = {}
        self.holds: dict[str, tuple[str, list[Any]]] = {}
        self.wrong: dict[str, Violation] = {}

    def note(self, reference: str, row: books.Row) -> None:
        """Keep what an entry says about grants or about a hold."""
        said = json.loads(row[27])
        if isinstance(said[0], list):
            self.grants |= {terms[0]: (reference, [*terms, row[1], row[2]]) for terms in said}
        else:
            self.holds[said[0]] = (reference, [*said, row[1]])

    def compare(self) -> Iterator[Violation]:
        """Yield the grants whose rows differ from what was noted; a hold that differs is wrong for now."""
        found = _rows(GRANT_TERMS, list(self.grants))
        for grant, (reference, said) in self.grants.items():
            if found.get(grant) != said:
                yield Violation("grant_terms_are_as_issued", reference, _difference("grant", said, found.get(grant)))
        found = _rows(HOLD_TERMS, list(self.holds))
        for hold, (reference, said) in self.holds.items():
            self.wrong.pop(hold, None)
            if found.get(hold) != said:
                detail = _difference("hold", said, found.get(hold))
                self.wrong[hold] = Violation("hold_terms_are_as_placed", reference, detail)
        self.grants, self.holds = {}, {}

    def rest(self) -> Iterator[Violation]:
        """Yield the holds that no later entry has put right."""
        yield from self.wrong.values()


def _rows(table: rows.Table, ids: list[str]) -> dict[str, list[Any]]:
    """Return rows by id as the terms have them."""
    if not ids:
        return {}
    condition, params = rows.any_of("id", ids, "uuid")
    found = fetch([Query(table, f"SELECT {', '.join(table.names)} FROM {table.name} WHERE {condition}", params)])[0]
    kinds = [kind for _, kind in table.columns]
    texts = [None if name != "rollover" else json.loads for name in table.names]
    return {
        row[0]: [
            value if value is None else stamp(value) if kind == "instant" else load(value) if load else value
            for value, kind, load in zip(row, kinds, texts, strict=True)
        ]
        for row in found
    }


def _difference(noun: str, said: list[Any], found: list[Any] | None) -> str:
    where = f"{noun} {said[0]}"
    if found is None:
        return f"{where} is missing"
    names = GRANT_TERMS.names if noun == "grant" else HOLD_TERMS.names
    parts = zip(names, said, found, strict=True)
    return f"{where}: " + ", ".join(f"{name} was {old}, is {new}" for name, old, new in parts if old != new)
