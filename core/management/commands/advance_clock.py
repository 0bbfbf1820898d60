"""Move the clock of a test installation."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock


class Command(BaseCommand):
    help = "Move the clock of every process forward by --days, --hours or --seconds; --reset returns to real time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for unit in ("days", "hours", "seconds"):
            parser.add_argument(f"--{unit}", type=float, default=0)
        parser.add_argument("--reset", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TEST_CLOCK_ENABLED:
            raise CommandError("The settings allow no test clock: TEST_CLOCK_ENABLED is False.")
        step = timedelta(**{unit: options[unit] for unit in ("days", "hours", "seconds")})
        clock.forget_offset()
        instant = clock.set_now(None if options["reset"] else clock.now() + step)
        self.stdout.write(f"It is now {instant.isoformat()}")
