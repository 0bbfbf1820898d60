"""`manage.py load_demo_packs`: three packs to buy, for looking around."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from payments.models import CreditPack, PackPrice

# Code, name, credits, bonus tiers, price in US cents, in paise, in yen.
PACKS: tuple[tuple[str, str, int, list[dict[str, int]], dict[str, int]], ...] = (
    ("starter", "Starter", 1_000, [], {"USD": 999, "INR": 79_900, "JPY": 1_500}),
    ("team", "Team", 6_000, [{"from_quantity": 3, "bonus_percent": 5}], {"USD": 4_999, "INR": 399_900, "JPY": 7_500}),
    (
        "scale",
        "Scale",
        30_000,
        [{"from_quantity": 2, "bonus_percent": 5}, {"from_quantity": 5, "bonus_percent": 12}],
        {"USD": 19_900, "INR": 1_599_900, "JPY": 30_000},
    ),
)


class Command(BaseCommand):
    help = "Load the packs of the demo; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_DATA_ALLOWED:
            raise CommandError("These packs are made up, so they have no place in these settings.")
        for position, (code, name, amount, tiers, prices) in enumerate(PACKS):
            terms = {"name": name, "credits": Decimal(amount), "bonus_tiers": tiers, "position": position}
            pack, is_new = CreditPack.objects.get_or_create(code=code, defaults=terms)
            if is_new:
                PackPrice.objects.bulk_create(
                    PackPrice(pack=pack, currency=currency, amount_minor=minor) for currency, minor in prices.items()
                )
