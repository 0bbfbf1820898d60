"""Record what was used: price it, take it from hold or wallet, and keep the version of the rate with it."""

from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction

from core import clock
from core.exceptions import KeyReused
from core.problems import Problem
from credits.services.posting import post_many

from ..models import UsageEvent
from ..selectors.events import Scope, events_under
from .charges import Charge, Recorded
from .posting import has_expired, made_late
from .recording import Item, write

MAX_ITEMS = 1000
# A round is taken back when a hold proves to have expired or a twin was quicker; the next one knows.
ROUNDS = 4

Outcome = Recorded | Problem


class _Again(Exception):
    """This round has to be taken back, and done anew with these charges."""

    def __init__(self, charges: list[Charge]) -> None:
        super().__init__()
        self.charges = charges


def record_usage(*, charge: Charge) -> Recorded:
    """Record one charge; raise ModelUnknown, QuantityUnpriced, KeyReused, or what the ledger refuses.

    A charge whose hold has expired takes what is there from the wallet, and its events are late.
    """
    outcome = record_usage_batch(charges=[charge])[0]
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


def record_usage_batch(*, charges: Sequence[Charge]) -> list[Outcome]:
    """Record up to 1,000 charges of any wallets in one transaction; one's refusal touches no other."""
    asked = list(charges)
    for _ in range(ROUNDS):
        try:
            with transaction.atomic():
                return _record(asked)
        except _Again as again:
            asked = again.charges
        except IntegrityError:
            # A twin wrote the same key and is committed by now, so the next round finds its events.
            continue
    raise KeyReused


def _record(charges: list[Charge]) -> list[Outcome]:
    at = clock.now()
    known = events_under(charge.scope for charge in charges)
    items = [Item(charge) for charge in charges]
    fresh = [item for item in _first_of_each_key(items) if item.charge.scope not in known]
    for item in fresh:
        item.price(at)
    priced = [item for item in fresh if item.refusal is None]
    _post(priced, charges)
    # The ledger knows a key of which there was no event a moment ago: a twin was quicker.
    twins = [item for item in priced if isinstance(item.refusal, KeyReused) or (item.posted and item.posted.replayed)]
    known |= events_under(item.charge.scope for item in twins)
    write([item for item in priced if item.refusal is None and item not in twins], at)
    keyed = [item for item in fresh if item.charge.origin.key is not None]
    known |= {item.charge.scope: item.events for item in keyed if item.events}
    refusals = {item.charge.scope: item.refusal for item in keyed if item.refusal is not None}
    return [_outcome(item, known, refusals) for item in items]


def _first_of_each_key(items: Sequence[Item]) -> list[Item]:
    seen: dict[object, Item] = {}
    for item in items:
        seen.setdefault(item if item.charge.origin.key is None else item.charge.scope, item)
    return list(seen.values())


def _post(items: Sequence[Item], charges: list[Charge]) -> None:
    """Post what the charges cost; take the round back if a hold among them has expired."""
    asked = [item for item in items if item.ask()]
    outcomes = dict(zip(asked, post_many([item.command for item in asked if item.command]), strict=True))
    expired = {id(item.charge) for item, outcome in outcomes.items() if has_expired(outcome)}
    if expired:
        raise _Again([made_late(charge) if id(charge) in expired else charge for charge in charges])
    for item, outcome in outcomes.items():
        item.take(outcome)


def _outcome(item: Item, known: Mapping[Scope, list[UsageEvent]], refusals: Mapping[Scope, Problem]) -> Outcome:
    """Return a charge's own outcome; a repetition inside the batch has that of the first one."""
    scope = item.charge.scope
    if not item.events and not item.refusal and scope in refusals:
        return refusals[scope]
    return item.outcome(known.get(scope, ()))
