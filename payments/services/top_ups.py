"""Buy credits by themselves for customers who agreed to it, within what they agreed to."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from core import clock
from core.amounts import to_micros
from credits.selectors import refresh_wallet
from credits.services import Origin

from ..exceptions import PackNotFound, ProviderUnknown
from ..models import AutoTopUp, Payment, StoredMethod
from ..news import tell
from ..providers.protocol import ProviderError, ProviderRefused
from ..providers.registry import configured
from ..selectors.top_ups import UNPAID_ENDS, due_orders, spent_this_month
from .checkouts import Order, store_payment
from .consented import ask_charge
from .pricing import offer_of_pack
from .standing_orders import count_declines
from .truths import apply_truth

# What the first attempt left unanswered is asked again under the same key.
ASK_AGAIN_AFTER = timedelta(minutes=2)


def top_up_if_low(*, reference: str) -> Payment | None:
    """Buy the pack of a wallet's standing order if it is due: enabled, low, cooled down, within its monthly cap.

    At most one top-up of a wallet is open, by a unique column; a simultaneous twin finds it there.
    """
    payment = _open_top_up(reference)
    if payment is not None:
        charge_top_up(payment=payment)
    return payment


def charge_top_up(*, payment: Payment) -> None:
    """Charge an open top-up, once however often; a decline closes it, and without an answer it is asked again."""
    try:
        apply_truth(payment=payment, snapshot=ask_charge(payment=payment))
    except ProviderRefused as error:
        _close(payment, error.detail)
    except ProviderError:
        return
    count_declines(wallet=payment.wallet)


def sweep_top_ups() -> int:
    """Ask again for charges without an answer, and look at every standing order that may be due; return how many."""
    waiting = Payment.objects.filter(top_up_of__isnull=False, updated_at__lt=clock.now() - ASK_AGAIN_AFTER)
    for payment in waiting.select_related("wallet")[:100]:
        charge_top_up(payment=payment)
    standing = AutoTopUp.objects.filter(is_enabled=True, stopped_at=None).select_related("wallet").order_by("pk")
    for top_up in standing.filter(wallet__payments__status__in=UNPAID_ENDS).distinct():
        count_declines(wallet=top_up.wallet)
    due = due_orders().order_by("pk").values_list("wallet__reference", flat=True)
    return sum(top_up_if_low(reference=reference) is not None for reference in list(due))


def _open_top_up(reference: str) -> Payment | None:
    """Store the payment of a due top-up under the standing order's lock; None where none is due."""
    standing = AutoTopUp.objects.filter(wallet__reference=reference, is_enabled=True, stopped_at=None).first()
    if standing is None or refresh_wallet(reference).available >= to_micros(standing.threshold):
        return None
    try:
        with transaction.atomic():
            top_up = AutoTopUp.objects.select_for_update().get(pk=standing.pk)
            return _store_due(top_up) if _is_due(top_up) else None
    except (IntegrityError, PackNotFound, ProviderUnknown):
        # A twin was first, or what was agreed to is not on sale any more.
        return None


def _is_due(top_up: AutoTopUp) -> bool:
    at = clock.now()
    if not top_up.is_enabled or top_up.stopped_at or (top_up.next_try_at and top_up.next_try_at > at):
        return False
    if Payment.objects.filter(top_up_of=top_up.wallet_id).exists():
        return False
    price = offer_of_pack(top_up.pack.code, top_up.currency).amount_minor
    return spent_this_month(top_up.wallet_id, top_up.currency, at) + price <= top_up.monthly_cap_minor


def _store_due(top_up: AutoTopUp) -> Payment:
    """Store the payment at the provider that has a means of payment; without one it is declined, and so tells."""
    stored = StoredMethod.objects.filter(wallet=top_up.wallet_id, provider__in=configured()).exclude(method_id="")
    provider = stored.order_by("-updated_at").values_list("provider", flat=True).first() or ""
    reference, pack = top_up.wallet.reference, top_up.pack.code
    order = Order(reference=reference, pack=pack, currency=top_up.currency, provider=provider)
    origin = Origin(actor=f"auto_top_up:{top_up.pk}")
    payment = store_payment(order, origin, purpose="top_up", top_up_of=top_up.wallet)
    top_up.next_try_at = clock.now() + timedelta(seconds=settings.TOP_UP_COOL_DOWN_SECONDS)
    top_up.save(update_fields=["next_try_at"])
    return payment


@transaction.atomic
def _close(payment: Payment, detail: str) -> None:
    locked = Payment.objects.select_for_update().get(pk=payment.pk)
    if locked.charge_id is None and locked.status in ("created", "pending"):
        locked.status, locked.top_up_of, locked.updated_at = "failed", None, clock.now()
        locked.save(update_fields=["status", "top_up_of", "updated_at"])
        tell("payment.failed", locked, detail=detail)
