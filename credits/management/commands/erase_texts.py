"""Erase descriptions and metadata of entries for privacy; the chain stays valid."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.progress import Progress

from ... import services
from ...exceptions import EntryNotFound


class Command(BaseCommand):
    help = "Set the texts of entries, and of what they posted, to NULL for ever; amounts and hashes stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("entries", nargs="+", help="ids of entries")

    def handle(self, *, entries: list[str], **options: Any) -> None:
        progress = Progress(len(entries), "entries", self.stderr)  # type: ignore[arg-type]  # it has what is used
        for entry in entries:
            try:
                services.erase_texts(entry=entry)
            except (EntryNotFound, ValueError):
                raise CommandError(f"There is no entry {entry}; the ones before it are erased.") from None
            progress.advance()
        progress.finish()
