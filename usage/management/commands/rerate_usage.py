"""Price usage of a time anew, after rates of that time were corrected."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.amounts import format_micros
from core.problems import Problem

from ...models import UsageEvent
from ...selectors.events import differently_rated
from ...services import plan_rerating, rerate_event


class Command(BaseCommand):
    help = "Show what usage of a time would cost by the rates of today's knowledge; --apply posts the differences."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("since", type=_instant, help="RFC 3339; occurred_at from then on")
        parser.add_argument("until", type=_instant, help="and before then")
        parser.add_argument("--model", default="", help="only of this model")
        parser.add_argument("--apply", action="store_true", help="post the differences; without it nothing is written")

    def handle(self, *, since: datetime, until: datetime, model: str, apply: bool, **options: Any) -> None:
        total, count = 0, 0
        for event in differently_rated(since, until, model):
            try:
                change = self._change(event, apply=apply)
            except Problem as refusal:
                raise CommandError(f"{event.pk}: {refusal.code}: {refusal.detail}") from None
            if change:
                self.stdout.write(f"{event.pk} {event.wallet.reference} {event.model} {format_micros(change)}")
                total, count = total + change, count + 1
        self.stdout.write(
            f"{count:,} events, {format_micros(total)} credits{'' if apply else ', to post with --apply'}"
        )

    def _change(self, event: UsageEvent, *, apply: bool) -> int:
        plan = plan_rerating(event)
        if apply and plan.is_needed:
            rerate_event(event=event.pk, reason="Re-rated", actor="rerate_usage")
        return plan.change


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
