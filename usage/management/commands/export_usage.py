"""Write what was used to a file that `replay_usage` reads."""

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from ...models import UsageEvent
from ...traces import EXPORT, export_row

PAGE = 2000


class Command(BaseCommand):
    help = "Write usage events as CSV, oldest first; corrections are left out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--reference", help="only of this wallet")

    def handle(self, *, file: Path, reference: str | None, **options: Any) -> None:
        events = UsageEvent.objects.filter(corrects=None).select_related("wallet").order_by("id")
        if reference is not None:
            events = events.filter(wallet__reference=reference)
        with file.open("w", newline="", encoding="utf-8") as target:
            writer = csv.writer(target)
            writer.writerow(EXPORT)
            page = list(events[:PAGE])
            while page:
                writer.writerows(export_row(event) for event in page)
                page = list(events.filter(pk__gt=page[-1].pk)[:PAGE])
