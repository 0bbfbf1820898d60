"""Write the ledger to files that anybody can verify without this system: `examples/verify_export.py` does."""

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand

from core import clock
from core.progress import Progress

from ... import books
from ...checkpoints import HeadDigest
from ...engine.chain import canonical
from ...store.tables import ENTRIES


class Command(BaseCommand):
    help = "Write all entries as JSON Lines, and a signed checkpoint of all wallets, into a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="gets ledger-<instant>.jsonl and checkpoint-<instant>.jsonl")

    def handle(self, *, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        at = clock.now()
        names = [folder / f"{noun}-{at:%Y%m%dT%H%M%S%fZ}.jsonl" for noun in ("ledger", "checkpoint")]
        # Until they are complete the files have another name.
        drafts = [name.with_suffix(".part") for name in names]
        digest, packs = HeadDigest(), list(books.packs())
        progress = Progress(sum(pack.entries for pack in packs), "entries", self.stderr)  # type: ignore[arg-type]  # it has what is used
        with drafts[0].open("w") as ledger, drafts[1].open("w") as checkpoint:
            for pack in packs:
                with books.one_view(by_index=True):
                    _write_pack(pack.wallets, digest, ledger, checkpoint)
                progress.advance(pack.entries)
            signed = digest.sign(at)
            for file in (ledger, checkpoint):
                file.write(canonical({"checkpoint": signed}) + "\n")
        progress.finish()
        for draft, name in zip(drafts, names, strict=True):
            draft.rename(name)
            self.stdout.write(str(name))
        self.stdout.write(f"public key {signed['public_key']}")


def _write_pack(wallets: Sequence[str], digest: HeadDigest, ledger: TextIO, checkpoint: TextIO) -> None:
    """Write the entries of a few wallets, and then where their chains end."""
    heads = books.heads(wallets)
    references = {head.id: head.reference for head in heads}
    for page in books.pages(wallets):
        ledger.writelines(canonical(_members(line, references)) + "\n" for line in page)
    for head in heads:
        said = digest.add((head.reference, head.sequence, head.hash)) + "\n"
        ledger.write(said)
        checkpoint.write(said)


def _members(line: books.Line, references: dict[str, str]) -> dict[str, Any]:
    row, parts = line
    names = [*ENTRIES.names[:2], "reference", *ENTRIES.names[2:], "allocations"]
    return {"entry": dict(zip(names, [*row[:2], references[row[1]], *row[2:30], sorted(parts)], strict=True))}
