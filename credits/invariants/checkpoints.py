"""Compare the ledger with an older checkpoint: every entry that was a head then must be there still."""

import json
from collections.abc import Iterable, Iterator, Sequence

from core import rows

from .. import books
from ..checkpoints import Head, HeadDigest, is_ours
from .violation import Violation

BATCH = 1_000
HEADS = rows.Table("heads", (("reference", "text"), ("sequence", "bigint"), ("hash", "text")))


def violations_against(lines: Iterable[str]) -> Iterator[Violation]:
    """Yield what the ledger has lost or changed since the checkpoint file with these lines was written."""
    digest, batch, signed = HeadDigest(), list[Head](), None
    for line in lines:
        said = json.loads(line)
        signed = said.get("checkpoint", signed)
        if "head" in said:
            reference, sequence, head_hash = said["head"]
            batch.append((reference, sequence, head_hash))
            digest.add(batch[-1])
        if len(batch) >= BATCH:
            yield from _missing(batch)
            batch = []
    yield from _missing(batch)
    if signed is None or not is_ours(signed):
        yield Violation("checkpoint_is_signed_by_us", "", "the checkpoint has no signature of this installation")
    elif signed["digest"] != digest.hexdigest():
        yield Violation("checkpoint_covers_its_heads", "", "heads of the checkpoint were changed or removed")


def _missing(heads: Sequence[Head]) -> Iterator[Violation]:
    """Yield the heads that the ledger has no more, or with another hash."""
    if not heads:
        return
    source, params = rows.relation(HEADS, heads)
    sql = (
        f"SELECT v.reference, v.sequence, e.hash FROM {source}"
        " LEFT JOIN credits_wallet w ON w.reference = v.reference"
        " LEFT JOIN credits_ledgerentry e ON e.wallet_id = w.id AND e.sequence = v.sequence"
        " WHERE v.sequence > 0 AND (e.hash IS NULL OR e.hash <> v.hash)"
    )
    for reference, sequence, found in books.query(sql, params):
        fate = "is missing" if found is None else "has another hash"
        yield Violation("entries_of_checkpoint_are_there", reference, f"entry {sequence} {fate}")
