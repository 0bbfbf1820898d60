"""Go through the entries of wallets: no gap, running sums, time never falls, every hash follows from the last one.

What the writer hashes is written out here once more, so that a defect of the one is found by the other.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .. import books
from ..engine.chain import HASH_VERSION, text_hash
from .violation import Violation

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode

Parts = list[tuple[str, int]]
"""What an entry moved: ids of grants with amounts."""


@dataclass(slots=True)
class Tally:
    """What a wallet's entries have come to so far."""

    head: books.Head
    sequence: int = 0
    balance: int = 0
    held: int = 0
    debt: int = 0
    last_effective_at: str = ""
    hash: str = ""
    status: str = "active"

    def follow(self, row: books.Row, parts: Parts) -> Iterator[Violation]:
        """Yield what is wrong with the next entry, and go on from what it says, so that it is told once."""
        if not _is_right(self, row, parts):
            yield from _explain(self, row, parts)
        self.sequence, self.hash, self.last_effective_at = row[2], row[28], row[11]
        self.balance, self.held, self.debt = row[8:11]
        if row[3] in ("frozen", "unfrozen"):
            self.status = "frozen" if row[3] == "frozen" else "active"

    def end(self) -> Iterator[Violation]:
        """Yield where the wallet's row differs from its entries."""
        head = self.head
        wanted = {
            "wallet_sequence_is_last_entry": (head.sequence, self.sequence),
            "wallet_head_is_last_hash": (head.hash, self.hash),
            "wallet_balance_is_sum_of_entries": (head.balance, self.balance),
            "wallet_held_is_sum_of_entries": (head.held, self.held),
            "wallet_debt_is_sum_of_entries": (head.debt, self.debt),
            "wallet_last_effective_at_is_last_entrys": (head.last_effective_at or "", self.last_effective_at),
            "wallet_status_is_last_freeze": (head.status, self.status),
        }
        for name, (said, found) in wanted.items():
            if said != found:
                yield Violation(name, head.reference, f"the wallet says {said}, its {self.sequence} entries {found}")


def read_terms(text: str) -> list[Any]:
    """Return the terms of an entry; none where they are no list, which the hash tells."""
    try:
        terms = json.loads(text)
    except ValueError:
        return []
    return terms if isinstance(terms, list) else []


def _is_right(tally: Tally, row: books.Row, parts: Parts) -> bool:
    """Tell whether an entry is right in every respect: the one question that is asked for each."""
    return (
        row[2] == tally.sequence + 1
        and row[8] == tally.balance + row[5]
        and row[9] == tally.held + row[6]
        and row[10] == tally.debt + row[7]
        and row[11] >= tally.last_effective_at
        and row[28] == _hash(tally, row, parts)
        and row[5] == sum([amount for _, amount in parts])
        and (row[5] == 0 or row[4] is not None)
        and _texts_are_right(row)
        and row[29] == HASH_VERSION
    )


def _explain(tally: Tally, row: books.Row, parts: Parts) -> Iterator[Violation]:
    """Yield each thing that is wrong with an entry."""
    wrong = {
        "sequence_without_gap": row[2] != tally.sequence + 1,
        "balance_after_is_running_sum": row[8] != tally.balance + row[5],
        "held_after_is_running_sum": row[9] != tally.held + row[6],
        "debt_after_is_running_sum": row[10] != tally.debt + row[7],
        "effective_at_never_falls": row[11] < tally.last_effective_at,
        "hash_follows_from_entry_and_chain": row[28] != _hash(tally, row, parts),
        "entry_amount_is_sum_of_allocations": row[5] != sum(amount for _, amount in parts),
        "moved_amount_has_a_contra_account": row[5] != 0 and row[4] is None,
        "texts_match_their_hash": not _texts_are_right(row),
        "hash_version_known": row[29] != HASH_VERSION,
    }
    where = f"entry {row[2]} ({row[0]}, {row[3]}) after entry {tally.sequence}"
    return (Violation(name, tally.head.reference, where) for name, is_wrong in wrong.items() if is_wrong)


def _hash(tally: Tally, row: books.Row, parts: Parts) -> str:
    fields = [*row[:2], tally.head.reference, *row[2:23], *row[26:28]]
    return sha256(_encode([HASH_VERSION, tally.hash, *fields, sorted(parts)]).encode()).hexdigest()


def _texts_are_right(row: books.Row) -> bool:
    """Tell whether the texts give their hash, or were erased all together."""
    description, metadata, salt, expected = row[23:27]
    if salt is None:
        return description is None and metadata is None
    return expected is not None and text_hash(salt, description, metadata) == expected
