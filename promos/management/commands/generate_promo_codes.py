"""Make a batch of unguessable codes, and write them as CSV."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.services.audit import Origin
from core.progress import Progress

from ... import services
from ...exports import lines_of
from ...models import PromoCode
from ...models.batches import MOST_CODES


def _instant(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = f"Make up to {MOST_CODES:,} codes with the same terms, each of which works once, and write them as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("count", type=int)
        parser.add_argument("--campaign", required=True, help="its name, under which it is counted")
        parser.add_argument("--prefix", default="", help="letters and digits that each code begins with")
        parser.add_argument("--amount", type=Decimal, help="credits, granted at once")
        parser.add_argument("--bonus-percent", type=int, help="or so many percent of the next purchase")
        parser.add_argument("--expires-in-days", type=int, help="life of the granted credits; for ever by default")
        parser.add_argument("--starts-at", type=_instant, help="an instant, in UTC unless it names another offset")
        parser.add_argument("--ends-at", type=_instant)
        parser.add_argument("--group", default="", help="a wallet uses one code of the group only")
        parser.add_argument("--description", default="", help="what the customer reads")
        parser.add_argument("--output", type=Path, help="a new file; standard output by default")

    def handle(self, *, count: int, campaign: str, prefix: str, output: Path | None, **options: Any) -> None:
        named = ("amount", "bonus_percent", "expires_in_days", "starts_at", "ends_at", "group", "description")
        terms = {name: options[name] for name in named} | {"is_stackable": not options["group"]}
        if output is not None and output.exists():
            raise CommandError(f"{output} exists; name a new file.")
        progress = Progress(count, "codes", self.stderr)  # type: ignore[arg-type]  # it has what is used
        try:
            batch = services.generate_codes(
                count=count,
                campaign=campaign,
                prefix=prefix,
                origin=Origin("system"),
                advance=progress.advance,
                **terms,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        progress.finish()
        self._write(PromoCode.objects.filter(batch=batch), output)
        self.stderr.write(f"batch {batch.pk}")

    def _write(self, codes: Any, output: Path | None) -> None:
        if output is None:
            for lines in lines_of(codes):
                self.stdout.write(lines, ending="")
            return
        with output.open("x", newline="") as file:
            file.writelines(lines_of(codes))
