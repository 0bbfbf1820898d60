"""Deliver the outbox by hand, or in a process of its own instead of by Celery."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core.relay import relay_events

PAUSE_SECONDS = 0.2


class Command(BaseCommand):
    help = "Number and deliver the events of the outbox: once, or for ever with --loop."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until interrupted")

    def handle(self, *args: Any, **options: Any) -> None:
        steps = relay_events()
        while options["loop"]:
            if not steps:
                time.sleep(PAUSE_SECONDS)
            steps = relay_events()
        self.stdout.write(f"{steps} steps done")
