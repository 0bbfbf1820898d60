"""Charge a file of real usage, once, and say what it came to."""

import time
from argparse import ArgumentParser
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.problems import Problem
from core.progress import Progress

from ...services.replays import Replay, Totals, fund, run_replay
from ...traces import UnreadableTrace, fingerprint_of, read_trace


class Command(BaseCommand):
    help = "Replay a CSV of usage: a trace (TIMESTAMP, ContextTokens, GeneratedTokens) or what export_usage wrote."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--wallets", type=int, default=50, help="over which the calls are spread")
        parser.add_argument("--speed", type=float, default=0, help="times real time; 0: as fast as possible")
        parser.add_argument("--model", default="", help="of all calls; a trace names none")
        parser.add_argument("--grant", type=Decimal, help="credits for each wallet; by default what its calls cost")

    def handle(self, *, file: Path, wallets: int, speed: float, model: str, **options: Any) -> None:
        if wallets < 1 or speed < 0:
            raise CommandError("There is at least one wallet, and no speed below 0.")
        began = time.monotonic()
        try:
            totals = self._replay(Replay(fingerprint_of(file), wallets, model), file, speed, options["grant"])
        except (OSError, UnreadableTrace) as error:
            raise CommandError(str(error)) from None
        except Problem as refusal:
            raise CommandError(f"{refusal.code}: {refusal.detail}") from None
        self._report(totals, time.monotonic() - began)

    def _replay(self, replay: Replay, file: Path, speed: float, grant: Decimal | None) -> Totals:
        count = sum(1 for _ in read_trace(file))
        fund(replay=replay, calls=read_trace(file), grant=grant)
        progress = Progress(count, "calls", self.stderr)  # type: ignore[arg-type]  # it has what is used
        totals = run_replay(replay=replay, calls=read_trace(file), speed=speed, advance=progress.advance)
        progress.finish()
        return totals

    def _report(self, totals: Totals, seconds: float) -> None:
        charged = totals.calls - totals.refusals.total()
        self.stdout.write(f"calls       {totals.calls:,}")
        self.stdout.write(f"charged     {charged:,}, of them {totals.replayed:,} by an earlier try")
        self.stdout.write(f"tokens      {totals.tokens:,}")
        self.stdout.write(f"amount      {totals.amount.normalize():f}")
        self.stdout.write(f"refused     {totals.refusals.total():,}")
        for code, count in sorted(totals.refusals.items()):
            self.stdout.write(f"  {code}  {count:,}")
        self.stdout.write(f"throughput  {totals.calls / max(seconds, 0.001):,.0f} calls/s")
