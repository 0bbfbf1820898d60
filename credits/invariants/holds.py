"""Compare holds with the entries that placed, extended, captured and ended them, and with what covers them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .. import books
from ..store.tables import COVERS, HOLDS
from .chain import read_terms
from .violation import Violation

STATUS_AFTER = {"held": "active", "extended": "active", "released": "released", "hold_expired": "expired"}

HoldRow = dict[str, Any]


@dataclass(slots=True)
class Posted:
    """What the entries of a hold say."""

    wallet: str
    placed: books.Row | None = None
    last: books.Row = ()
    terms: list[Any] | None = None
    held: int = 0
    captured: int = 0


class Holds:
    """What the entries of a few wallets say about their holds; those that ended are compared page by page."""

    def __init__(self, heads: Sequence[books.Head]) -> None:
        self.references = {head.id: head.reference for head in heads}
        self.posted: dict[str, Posted] = {}
        self.placed: dict[str, int] = defaultdict(int)
        self.active: list[HoldRow] = []
        self.cover = _load_cover(list(self.references))
        self.covered: dict[str, int] = defaultdict(int)
        for hold, _, amount in self.cover:
            self.covered[hold] += amount

    def note(self, row: books.Row) -> None:
        """Take in an entry that names a hold."""
        posted = self.posted.setdefault(row[19], Posted(row[1]))
        posted.last = row
        posted.held += row[6]
        posted.captured -= row[5]
        if row[3] == "held":
            posted.placed = row
            self.placed[row[1]] += 1
        if row[27] is not None:
            posted.terms = read_terms(row[27])

    def compare(self, *, all_are_read: bool) -> Iterator[Violation]:
        """Yield where holds differ; before all is read only those that cover nothing any more, which are forgotten."""
        due = [hold for hold, posted in self.posted.items() if all_are_read or posted.held == 0]
        rows = {row["id"]: row for row in _load_holds("h.id", due)}
        for hold in due:
            row, posted = rows.get(hold), self.posted[hold]
            if row is None:
                yield Violation("hold_terms_are_as_placed", self.references[posted.wallet], f"hold {hold} is missing")
            elif row["status"] == "active" and not all_are_read:
                continue
            else:
                yield from self._compare(row, posted)
            del self.posted[hold]

    def compare_counts(self) -> Iterator[Violation]:
        """Yield the wallets that have more or fewer holds than were placed."""
        wallet = books.shown(HOLDS.only("wallet_id"), "h")[0]
        select = f"SELECT {wallet}, COUNT(*) FROM credits_hold h"
        counts: dict[str, int] = dict(
            books.query_of(select, "h.wallet_id", list(self.references), "GROUP BY h.wallet_id")
        )
        for wallet, reference in self.references.items():
            if counts.get(wallet, 0) != self.placed[wallet]:
                detail = f"{counts.get(wallet, 0)} holds are there, {self.placed[wallet]} were placed"
                yield Violation("every_hold_was_placed", reference, detail)

    def _compare(self, row: HoldRow, posted: Posted) -> Iterator[Violation]:
        if row["status"] == "active":
            self.active.append(row)
        for name, (said, found) in _facts(row, posted, self.covered[row["id"]]).items():
            if said != found:
                detail = f"hold {row['id']} says {said}, its entries {found}"
                yield Violation(name, self.references[posted.wallet], detail)


def _facts(row: HoldRow, posted: Posted, covered: int) -> dict[str, tuple[Any, Any]]:
    placed, last = posted.placed, posted.last
    # A capture that frees something is final; of one that doesn't, only the row says whether it was.
    may_be_open = row["status"] == "active" and last[6] >= last[5]
    status = STATUS_AFTER.get(last[3], "active" if may_be_open else "captured")
    terms = [row["id"], row["amount"], row["expires_at"], row["placed_by"], row["basis"]]
    return {
        "hold_terms_are_as_placed": (terms, posted.terms),
        "hold_was_placed_here": (
            (row["wallet_id"], row["placed_at"]),
            (placed[1], placed[11]) if placed is not None else None,
        ),
        "hold_texts_are_as_placed": (
            (row["description"], row["metadata"]),
            tuple(placed[23:25]) if placed is not None else None,
        ),
        "hold_cover_is_as_posted": (covered, posted.held),
        "hold_captured_is_as_posted": (row["captured"], posted.captured),
        "hold_ended_as_posted": ((row["status"], row["ended_at"]), (status, None if status == "active" else last[11])),
    }


def _load_holds(column: str, ids: Sequence[str]) -> list[HoldRow]:
    if not ids:
        return []
    found = books.query_of(f"SELECT {', '.join(books.shown(HOLDS, 'h'))} FROM credits_hold h", column, ids)
    return [dict(zip(HOLDS.names, row, strict=True)) for row in found]


def _load_cover(wallets: Sequence[str]) -> list[tuple[str, str, int]]:
    columns = ", ".join(books.shown(COVERS, "c"))
    joined = "credits_holdcover c JOIN credits_hold h ON h.id = c.hold_id"
    found = books.query_of(f"SELECT {columns} FROM {joined}", "h.wallet_id", wallets)
    return [(hold, grant, amount) for hold, grant, amount in found]
