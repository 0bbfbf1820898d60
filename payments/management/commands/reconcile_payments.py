"""`manage.py reconcile_payments --since 2026-11-01`: compare payments with their providers, heal, and report."""

import argparse
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.progress import Progress
from payments.providers import registry
from payments.providers.protocol import ProviderError
from payments.services.comparing import CLASSES, Findings
from payments.services.reconciliation import reconcile


class Command(BaseCommand):
    help = "Compare payments with their providers; heal what is safe and report the rest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_instant, help="A date or an instant; by default 30 days ago.")
        parser.add_argument("--provider", choices=registry.configured(), help="Only this one; by default all.")

    def handle(self, *args: Any, **options: Any) -> None:
        since = options["since"] or clock.now() - timedelta(days=30)
        names = [options["provider"]] if options["provider"] else registry.configured()
        left = sum(self._reconcile(name, since) for name in names)
        if left:
            raise CommandError(f"{left} differences are left for an operator; they stand above.")

    def _reconcile(self, provider: str, since: datetime) -> int:
        try:
            findings = _watch(provider, since)
        except ProviderError as error:
            raise CommandError(f"{provider} gave no list: {error.detail} Nothing was changed; try again.") from None
        counts = ", ".join(f"{name} {findings.found[name]}" for name in CLASSES)
        self.stdout.write(f"{provider}: {findings.compared} compared, {counts}, {findings.healed} healed")
        for report in findings.reports:
            self.stdout.write(f"  {report}")
        return len(findings.reports)


def _watch(provider: str, since: datetime) -> Findings:
    findings, progress = Findings(), None
    for findings in reconcile(provider=provider, since=since):
        progress = progress or Progress(findings.total, "payments")
        progress.advance(findings.compared - progress.done)
    if progress is not None:
        progress.finish()
    return findings


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("write a date such as 2026-11-01") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
