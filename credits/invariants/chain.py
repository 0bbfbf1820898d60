"""Go through the entries of wallets: no gap, running sums, time never falls, every hash follows from the last one.

What the writer hashes is written out here once more, so that a defect of the one is found by the other.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from .. import books
from ..engine.chain import HASH_VERSION, text_hash
from .terms import Terms
from .violation import Violation

_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


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


def walk(heads: Sequence[books.Head]) -> Iterator[Violation]:
    """Yield what is wrong in the chains of wallets, and where a chain doesn't end as its wallet says."""
    tallies = {head.id: Tally(head) for head in heads}
    terms = Terms()
    for page in books.pages([head.id for head in heads]):
        for row in page:
            tally = tallies[row[1]]
            if not _follow(tally, row):
                yield from _explain(tally, row)
            _take(tally, row)
            if row[27] is not None:
                terms.note(tally.head.reference, row)
        yield from terms.compare()
    yield from terms.rest()
    for tally in tallies.values():
        yield from _compare_head(tally)


def document_of(previous: str, reference: str, row: books.Row) -> str:
    """Return the text whose SHA-256 is the hash of an entry."""
    start = _encode([HASH_VERSION, previous, *row[:2], reference, *row[2:23], *row[26:28]])
    return f"{start[:-1]},[{row[30] or ''}]]"


def _follow(tally: Tally, row: books.Row) -> bool:
    """Tell whether an entry is right in every respect: the one question that is asked for each."""
    return (
        row[2] == tally.sequence + 1
        and row[8] == tally.balance + row[5]
        and row[9] == tally.held + row[6]
        and row[10] == tally.debt + row[7]
        and row[11] >= tally.last_effective_at
        and row[28] == sha256(document_of(tally.hash, tally.head.reference, row).encode()).hexdigest()
        and _moves_its_amount(row)
        and (row[5] == 0 or row[4] is not None)
        and _texts_are_right(row)
        and row[29] == HASH_VERSION
    )


def _take(tally: Tally, row: books.Row) -> None:
    """Go on from what the entry says, so that one wrong entry is told once."""
    tally.sequence, tally.hash, tally.last_effective_at = row[2], row[28], row[11]
    tally.balance, tally.held, tally.debt = row[8:11]
    if row[3] in ("frozen", "unfrozen"):
        tally.status = "frozen" if row[3] == "frozen" else "active"


def _explain(tally: Tally, row: books.Row) -> Iterator[Violation]:
    """Yield each thing that is wrong with an entry."""
    wrong = {
        "sequence_without_gap": row[2] != tally.sequence + 1,
        "balance_after_is_running_sum": row[8] != tally.balance + row[5],
        "held_after_is_running_sum": row[9] != tally.held + row[6],
        "debt_after_is_running_sum": row[10] != tally.debt + row[7],
        "effective_at_never_falls": row[11] < tally.last_effective_at,
        "entry_amount_is_sum_of_allocations": not _moves_its_amount(row),
        "moved_amount_has_a_contra_account": row[5] != 0 and row[4] is None,
        "texts_match_their_hash": not _texts_are_right(row),
        "hash_version_known": row[29] != HASH_VERSION,
        "hash_follows_from_entry_and_chain": row[28]
        != sha256(document_of(tally.hash, tally.head.reference, row).encode()).hexdigest(),
    }
    where = f"entry {row[2]} ({row[0]}), {row[3]}"
    if row[2] != tally.sequence + 1:
        where = f"{where}, after entry {tally.sequence}"
    return (Violation(name, tally.head.reference, where) for name, is_wrong in wrong.items() if is_wrong)


def _moves_its_amount(row: books.Row) -> bool:
    moved, amount = row[30], row[5]
    if moved is None:
        return bool(amount == 0)
    if moved.count(",") == 1:
        return bool(moved.endswith(f",{amount}]"))
    return bool(sum(part for _, part in json.loads(f"[{moved}]")) == amount)


def _texts_are_right(row: books.Row) -> bool:
    """Tell whether the texts give their hash, or were erased all together."""
    description, metadata, salt, expected = row[23:27]
    if salt is None:
        return description is None and metadata is None
    return expected is not None and text_hash(salt, description, metadata) == expected


def _compare_head(tally: Tally) -> Iterator[Violation]:
    head = tally.head
    wanted = {
        "wallet_sequence_is_last_entry": (head.sequence, tally.sequence),
        "wallet_head_is_last_hash": (head.hash, tally.hash),
        "wallet_balance_is_sum_of_entries": (head.balance, tally.balance),
        "wallet_held_is_sum_of_entries": (head.held, tally.held),
        "wallet_debt_is_sum_of_entries": (head.debt, tally.debt),
        "wallet_last_effective_at_is_last_entrys": (head.last_effective_at or "", tally.last_effective_at),
        "wallet_status_is_last_freeze": (head.status, tally.status),
    }
    for name, (said, found) in wanted.items():
        if said != found:
            yield Violation(name, head.reference, f"the wallet says {said}, its {tally.sequence} entries {found}")
