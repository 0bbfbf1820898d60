"""What usage costs: versions that are never changed."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from core.clock import now
from core.fields import CreditsField, ExactCharField, JSONTextField
from core.ids import uuid7

from ..pricing import Terms, Tier

SOURCES = ("operator", "import")


class Rate(models.Model):
    """One version of the price of a model; a later one takes over from its `effective_from` on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = ExactCharField(max_length=64, blank=True, help_text="Empty: any provider.")
    model = ExactCharField(max_length=128, help_text="* stands for any characters.")
    operation = ExactCharField(max_length=64, blank=True, help_text="Empty: any operation.")
    version = models.PositiveIntegerField()
    prices = JSONTextField(help_text="Money for each quantity, as decimal texts; tokens and characters by the million.")
    tiers = JSONTextField(default=list, blank=True, help_text="A list of {above, prices}: above so many input tokens.")
    # Both are exact decimals with six places, which DECIMAL is not on SQLite.
    markup_percent = CreditsField(default=0)
    credits_per_currency_unit = CreditsField(default=1)
    currency = models.CharField(max_length=3, default="USD")
    effective_from = models.DateTimeField(default=now)
    effective_to = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=8, default="operator", choices=[(source, source) for source in SOURCES])
    created_by = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(default=now, editable=False)

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["provider", "model", "operation", "version"], name="rate_version_unique_for_its_model"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="rate_version_starts_at_one"),
            models.CheckConstraint(condition=~Q(model=""), name="rate_names_a_model"),
            models.CheckConstraint(condition=Q(markup_percent__gte=-100), name="rate_never_pays_the_customer"),
            models.CheckConstraint(condition=Q(credits_per_currency_unit__gt=0), name="rate_currency_is_worth_credits"),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_from__lt=F("effective_to")),
                name="rate_ends_after_it_begins",
            ),
            models.CheckConstraint(condition=Q(source__in=SOURCES), name="rate_source_known"),
        ]

    def __str__(self) -> str:
        name = "/".join(part for part in (self.provider, self.model, self.operation) if part)
        return f"{name} v{self.version}"

    @property
    def terms(self) -> Terms:
        """Return what the pure arithmetic takes."""
        return Terms(
            id=str(self.pk),
            version=self.version,
            provider=self.provider,
            model=self.model,
            operation=self.operation,
            prices=_decimals(self.prices),
            effective_from=self.effective_from,
            effective_to=self.effective_to,
            tiers=tuple(Tier(tier["above"], _decimals(tier["prices"])) for tier in self.tiers),
            markup_percent=self.markup_percent,
            credits_per_currency_unit=self.credits_per_currency_unit,
            currency=self.currency,
        )


def _decimals(texts: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(text) for name, text in texts.items()}
