"""What happens at the sandbox: each act changes a checkout under its lock, and queues the webhooks that tell of it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core import clock

from ..models import SandboxCheckout
from ..providers.messages import CheckoutOrder, Snapshot
from ..providers.protocol import ProviderRefused
from .charges import Row, add_charge, name
from .recurring import RECURRING_ACTS
from .states import state_of_charge, text_of
from .webhooks import queue


def open_checkout(order: CheckoutOrder, recurs: Mapping[str, Any] | None = None) -> SandboxCheckout:
    """Make the page of an order, or return the one that its key has."""
    terms = {
        "amount_minor": order.amount_minor,
        "currency": order.currency,
        "title": order.title,
        "return_url": order.return_url,
        "keeps_method": order.keeps_method,
        "customer_id": order.customer_id or name("cus"),
        "recurs": recurs,
        "created_at": clock.now(),
    }
    try:
        with transaction.atomic():
            return SandboxCheckout.objects.create(pk=name("sub" if recurs else "cs"), order_key=order.key, **terms)
    except IntegrityError:
        return SandboxCheckout.objects.get(order_key=order.key)


@transaction.atomic
def act(checkout_id: str, verb: str, *, messy: bool = False, amount_minor: int = 0) -> SandboxCheckout:
    """Do what a button of the page says; `messy` sends the webhooks twice and out of order. Unknown verbs do nothing.

    `amount_minor` is how much a refund gives back, all by default.
    """
    checkout = SandboxCheckout.objects.select_for_update().get(pk=checkout_id)
    acts = RECURRING_ACTS if checkout.recurs else ACTS
    if verb in acts:
        types = acts[verb](checkout, amount_minor)
        checkout.save()
        queue(checkout, types, messy=messy)
    return checkout


@transaction.atomic
def refund(charge_id: str, amount_minor: int, key: str) -> Row:
    """Give back money of a charge, once for a key; raise ProviderRefused when it has not so much left."""
    checkout = _having(charge_id).select_for_update().first()
    if checkout is None:
        raise ProviderRefused("There is no such charge.", code="not_found")
    charge = _row_of(checkout, charge_id)
    known = next((row for row in charge["refunds"] if row["reference"] == key), None)
    if known is not None:
        return dict(known)
    if charge["status"] != "captured" or amount_minor > charge["amount"] - charge["refunded"]:
        raise ProviderRefused("The charge has not so much left.", code="charge_already_refunded")
    made = _refund_charge(charge, amount_minor, key)
    checkout.save()
    queue(checkout, ["refund.succeeded"], charge=charge)
    return made


def find_charge(charge_id: str) -> Snapshot | None:
    """Return how one charge of a subscription stands."""
    checkout = _having(charge_id).first()
    if checkout is None:
        return None
    return text_of(state_of_charge(checkout, _row_of(checkout, charge_id)), is_full=True)


def cancel_recurring(subscription_id: str, *, at_period_end: bool) -> None:
    """End a recurring charge, now or when its period is over."""
    verb = "cancel_later" if at_period_end else "cancel"
    if SandboxCheckout.objects.filter(pk=subscription_id).exclude(recurs=None).exists():
        act(subscription_id, verb)


def charge_due(now: Any) -> None:
    """Charge the periods that begin, as a provider does by itself."""
    due = SandboxCheckout.objects.filter(next_charge_at__lte=now).values_list("pk", flat=True)
    for checkout_id in list(due[:100]):
        act(checkout_id, "renew")


def _having(charge_id: str) -> QuerySet[SandboxCheckout]:
    return SandboxCheckout.objects.filter(charges__contains=charge_id)


def _row_of(checkout: SandboxCheckout, charge_id: str) -> Row:
    return next(row for row in checkout.charges if row["id"] == charge_id)


def _pay(checkout: SandboxCheckout, amount_minor: int, method: str = "pm_sandbox_pays") -> list[str]:
    add_charge(checkout, "captured", method if checkout.keeps_method else "")
    return ["charge.captured", "checkout.completed"]


def _pay_declining(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    return _pay(checkout, amount_minor, "pm_sandbox_declines")


def _pay_once(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    return [] if _captured(checkout) else _pay(checkout, amount_minor)


def _pay_twice(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    return [*_pay(checkout, amount_minor), *_pay(checkout, amount_minor)]


def _fail(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    add_charge(checkout, "failed")
    return ["charge.failed"]


def _expire(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    checkout.ended = checkout.ended or "expired"
    return ["checkout.expired"]


def _cancel(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    checkout.ended = checkout.ended or "cancelled"
    return ["checkout.cancelled"]


def _pay_late(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    return [*_expire(checkout, amount_minor), *_pay(checkout, amount_minor)]


def _refund_all(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    for charge in _captured(checkout)[:1]:
        left = charge["amount"] - charge["refunded"]
        _refund_charge(charge, min(amount_minor or left, left), "")
        return ["refund.succeeded"]
    return []


def _refund_charge(charge: Row, amount_minor: int, key: str) -> Row:
    made = {"id": name("re"), "amount": amount_minor, "status": "succeeded", "reference": key}
    if amount_minor:
        charge["refunds"].append(made)
        charge["refunded"] += amount_minor
    return made


def _dispute(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
    for charge in _captured(checkout)[:1]:
        charge["disputes"].append({"id": name("dp"), "amount": charge["amount"], "status": "open"})
        return ["dispute.opened"]
    return []


def _end_dispute(status: str) -> Callable[[SandboxCheckout, int], list[str]]:
    def end(checkout: SandboxCheckout, amount_minor: int) -> list[str]:
        open_ones = [row for charge in checkout.charges for row in charge["disputes"] if row["status"] == "open"]
        for dispute in open_ones:
            dispute["status"] = status
        return [f"dispute.{status}"] if open_ones else []

    return end


def _captured(checkout: SandboxCheckout) -> list[Row]:
    return [row for row in checkout.charges if row["status"] == "captured"]


ACTS: dict[str, Callable[[SandboxCheckout, int], list[str]]] = {
    "pay": _pay_once,
    "pay_declining": _pay_declining,
    "pay_twice": _pay_twice,
    "pay_late": _pay_late,
    "fail": _fail,
    "expire": _expire,
    "cancel": _cancel,
    "refund": _refund_all,
    "dispute": _dispute,
    "win": _end_dispute("won"),
    "lose": _end_dispute("lost"),
}
