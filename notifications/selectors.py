"""Who wants to hear what of which wallet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Subquery

from core.models import Event
from credits.models import Grant, LedgerEntry, Wallet
from credits.store.news import stream_of

from .kinds import KINDS, matches
from .models import Preference, WebhookEndpoint

WALLET_STREAM = stream_of("")
INBOX, EMAIL = "inbox", "email"


def wallet_of(event: Event) -> str:
    """Return the reference of the wallet that an event is about, "" for none."""
    named = event.payload.get("wallet") or ""
    return str(named) or (event.stream.removeprefix(WALLET_STREAM) if event.stream.startswith(WALLET_STREAM) else "")


@dataclass(frozen=True)
class Audience:
    """Who listens to the wallets of some events: their owners, with preferences, and endpoints."""

    owned: frozenset[str]
    preferences: Mapping[str, Preference]
    endpoints: Mapping[str, list[WebhookEndpoint]]

    def endpoints_for(self, event: Event) -> list[WebhookEndpoint]:
        """Return the endpoints that want an event: the wallet's own, and those of the installation."""
        wallet = wallet_of(event)
        around = [*self.endpoints.get("", ()), *(self.endpoints.get(wallet, ()) if wallet else ())]
        return [one for one in around if not one.event_types or matches(event.name, one.event_types)]

    def hears(self, reference: str) -> bool:
        """Tell whether anybody would hear of a wallet."""
        return reference in self.owned or "" in self.endpoints or reference in self.endpoints


def audience_of(events: Iterable[Event]) -> Audience:
    """Load who listens to the wallets of events, in three statements."""
    references = {wallet_of(event) for event in events}
    owned = Wallet.objects.filter(reference__in=references, owner__is_active=True).values_list("reference", flat=True)
    endpoints: dict[str, list[WebhookEndpoint]] = {}
    for endpoint in WebhookEndpoint.objects.filter(reference__in=references | {""}, disabled_at=None):
        endpoints.setdefault(endpoint.reference, []).append(endpoint)
    return Audience(frozenset(owned), preferences_of(references), endpoints)


def preferences_of(references: Iterable[str]) -> dict[str, Preference]:
    """Return the stored preferences of wallets by reference."""
    return {row.reference: row for row in Preference.objects.filter(reference__in=list(references))}


def names_wanted(preference: Preference | None, channel: str) -> list[str]:
    """Return the patterns of what a wallet's owner wants to get by a channel."""
    chosen = (preference.channels or {}) if preference else {}
    return list(chosen[channel] if channel in chosen else default_names(channel))


def default_names(channel: str) -> list[str]:
    """Return the patterns of what goes by a channel where nobody chose."""
    if channel == INBOX:
        return ["*"]
    if channel == EMAIL:
        return [name for name, kind in KINDS.items() if kind.mailed]
    options: Mapping[str, Any] = settings.NOTIFICATION_CHANNELS[channel]
    return list(options.get("names", ["*"]))


def low_balance_of(preference: Preference | None) -> tuple[Decimal | None, int | None]:
    """Return the amount, or the percentage of the last grant, below which a balance is low; (None, None) for never."""
    if preference and preference.low_balance_amount is not None:
        return preference.low_balance_amount, None
    if preference and preference.low_balance_percent is not None:
        return None, preference.low_balance_percent
    default: str = settings.LOW_BALANCE
    if default.endswith("%"):
        return None, int(default[:-1])
    return (Decimal(default) if default else None), None


def expiring_days_of(preference: Preference | None) -> list[int]:
    """Return how many days before the end of a grant its owner wants to be warned."""
    chosen = preference.expiring_days if preference else None
    return list(settings.EXPIRING_DAYS if chosen is None else chosen)


def last_grants(entries: Iterable[str]) -> dict[str, Decimal]:
    """Return by entry the amount of the last grant that its wallet had got before it, in one statement."""
    earlier = Grant.objects.filter(
        wallet=OuterRef("wallet"), sequence__lt=OuterRef("sequence"), activated_at__lte=OuterRef("effective_at")
    )
    amount = Subquery(earlier.order_by("-id").values("amount")[:1])
    found = LedgerEntry.objects.filter(pk__in=list(entries)).annotate(last_grant=amount)
    return {str(pk): last for pk, last in found.values_list("pk", "last_grant") if last is not None}


def sources_of(entries: Iterable[str]) -> dict[str, str]:
    """Return by entry the source of the grant that it issued or activated."""
    found = LedgerEntry.objects.filter(pk__in=list(entries), grant__isnull=False)
    return {str(pk): source for pk, source in found.values_list("pk", "grant__source")}
