"""A charge on its way: priced, posted, written."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from core import events
from core.amounts import MAX_MICROS, from_micros, to_micros
from core.exceptions import KeyReused
from core.json_text import canonical
from core.problems import Problem
from credits.engine.commands import Command
from credits.exceptions import InvalidOperation, WalletNotFound
from credits.models import Wallet
from credits.services import Posted
from credits.store.news import stream_of

from ..models import UsageEvent
from ..pricing import INPUT, OUTPUT, Priced, sum_of
from .charges import Charge, Recorded, Usage
from .posting import command_for
from .pricing import price_usage


@dataclass(slots=True, eq=False)
class Item:
    """A charge with what has become of it so far."""

    charge: Charge
    prices: list[Priced] = field(default_factory=list)
    command: Command | None = None
    posted: Posted | None = None
    refusal: Problem | None = None
    events: list[UsageEvent] = field(default_factory=list)

    @property
    def amount(self) -> int:
        return sum(priced.amount for priced in self.prices)

    @property
    def fingerprint(self) -> str:
        """Return what is equal for two charges that ask for the same."""
        charge = self.charge
        asked = [charge.hold, charge.final, charge.overage, charge.metadata, *map(_asked, charge.usages)]
        return hashlib.sha256(canonical(asked).encode()).hexdigest()

    def price(self, at: datetime) -> None:
        """Price each usage by the rate of its time; what has no price refuses the charge."""
        try:
            self.prices = [_price(usage, at) for usage in self.charge.usages]
        except Problem as refusal:
            self.refusal = refusal

    def ask(self) -> bool:
        """Say what the charge asks of the ledger, if it may be asked; tell whether there is anything to ask."""
        try:
            self.command = command_for(self.charge, self.amount)
        except Problem as refusal:
            self.refusal = refusal
        return self.command is not None

    def take(self, outcome: Posted | Problem) -> None:
        """Note what the ledger answered."""
        if isinstance(outcome, Problem):
            self.refusal = outcome
        else:
            self.posted = outcome

    def outcome(self, known: Sequence[UsageEvent]) -> Recorded | Problem:
        """Return the answer; `known` are the events under the charge's key, its own among them."""
        if self.events:
            return Recorded(self.events, self.posted, late=self.charge.late_after is not None)
        if known and known[0].fingerprint == self.fingerprint:
            return Recorded(list(known), None, replayed=True, late=known[0].late)
        if known:
            return KeyReused("This key was used for another request; send a new request under a new key.")
        return self.refusal or KeyReused()


def write(items: Sequence[Item], at: datetime) -> None:
    """Write the events of charges that were posted, and the alarms of those that nothing priced."""
    wallets = _wallet_ids(items)
    for item in items:
        wallet = wallets.get(item.charge.reference)
        if wallet is None:
            item.refusal = WalletNotFound()
        else:
            item.events = [_event(item, number, wallet, at) for number in range(len(item.prices))]
    made = [event for item in items for event in item.events]
    UsageEvent.objects.bulk_create(made)
    events.publish_many([news for item in items for news in _alarms(item)])


def _asked(usage: Usage) -> list[object]:
    quantities = {name: f"{Decimal(units).normalize():f}" for name, units in usage.quantities.items()}
    occurred_at = usage.occurred_at and usage.occurred_at.isoformat()
    amount = None if usage.amount is None else to_micros(usage.amount)
    return [usage.model, usage.provider, usage.operation, quantities, occurred_at, amount, usage.metadata]


def _price(usage: Usage, at: datetime) -> Priced:
    if usage.amount is not None:
        return Priced(to_micros(usage.amount))
    priced = price_usage(
        model=usage.model,
        quantities=usage.quantities,
        provider=usage.provider,
        operation=usage.operation,
        at=usage.occurred_at or at,
    )
    if priced.amount > MAX_MICROS:
        raise InvalidOperation("An event costs at most 1,000,000,000 credits; split it.", field="amount")
    return priced


def _wallet_ids(items: Iterable[Item]) -> dict[str, UUID | str]:
    found: dict[str, UUID | str] = {item.charge.reference: item.posted.wallet.id for item in items if item.posted}
    unknown = {item.charge.reference for item in items} - found.keys()
    if unknown:
        found |= Wallet.objects.filter(reference__in=unknown).values_list("reference", "pk")
    return found


def _event(item: Item, number: int, wallet: UUID | str, at: datetime) -> UsageEvent:
    usage, priced, origin = item.charge.usages[number], item.prices[number], item.charge.origin
    # A key of several events: the first has it as it is, and no key has a blank.
    key = origin.key if number == 0 or origin.key is None else f"{origin.key} {number}"
    return UsageEvent(
        wallet_id=wallet,
        provider=usage.provider,
        model=usage.model,
        operation=usage.operation,
        quantities={
            name: f"{units:f}" if isinstance(units, Decimal) else units for name, units in usage.quantities.items()
        },
        input_tokens=sum_of(usage.quantities, INPUT),
        output_tokens=sum_of(usage.quantities, OUTPUT),
        rate_id=priced.rate,
        amount=from_micros(priced.amount),
        occurred_at=usage.occurred_at or at,
        late=item.charge.late_after is not None,
        entry_id=None if item.posted is None else item.posted.entry.id,
        principal=origin.principal,
        idempotency_key=key,
        fingerprint=item.fingerprint,
        parts=len(item.prices),
        actor=origin.actor,
        request_id=origin.request_id,
        created_at=at,
    )


def _alarms(item: Item) -> Iterable[events.News]:
    """Tell of usage that is free because nobody gave its model a rate."""
    for event, usage in zip(item.events, item.charge.usages, strict=False):
        if event.rate_id is None and usage.amount is None:
            payload = {"wallet": item.charge.reference, "usage": str(event.pk), "model": usage.model}
            yield "usage.unpriced", stream_of(item.charge.reference), {**payload, "provider": usage.provider}
