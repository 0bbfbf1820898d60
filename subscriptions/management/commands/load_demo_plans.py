"""`manage.py load_demo_plans`: three plans, and the stock rule of five free credits a day."""

from datetime import time
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from credits.engine.state import Rollover
from subscriptions import services
from subscriptions.models import Allowance, Plan

DAILY = "Daily credits"
PLANS: dict[str, dict[str, Any]] = {
    "free": {"credits": Decimal(100), "requests_per_minute": 20},
    "basic": {
        "credits": Decimal(360),
        "amount_minor": 900,
        "currency": "EUR",
        "trial_days": 14,
        "trial_credits": Decimal(50),
        "requests_per_minute": 60,
    },
    "pro": {
        "credits": Decimal(900),
        "amount_minor": 1900,
        "currency": "EUR",
        "rollover": Rollover(percent=50, days=31),
        "requests_per_minute": 300,
    },
}


class Command(BaseCommand):
    help = "Load the demo's plans and its daily allowance; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_DATA_ALLOWED:
            raise CommandError("Demo data has no place in these settings.")
        for code, terms in PLANS.items():
            if not Plan.objects.filter(code=code).exists():
                services.create_plan(code=code, family="chat", name=code.title(), period_unit="month", **terms)
        with transaction.atomic():
            if not Allowance.objects.filter(name=DAILY).exists():
                services.create_allowance(name=DAILY, amount=Decimal(5), time=time(0))
        self.stdout.write("scrip  | demo plans ready")
