"""A shop with one customer: buy, let things happen at a provider, and hear of them in any order."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from core.amounts import format_micros, to_micros
from core.clock import now
from core.models import Event
from credits.models import Wallet
from credits.services import Origin, open_wallet
from payments.models import Dispute, Effect, Payment, ProviderEvent, ProviderId, Refund
from payments.services.checkouts import Order, order_payment
from payments.services.provider_events import process_due_events, process_event
from tests.payments.counterparts.counterpart import Told
from tests.payments.counterparts.running import Running
from tests.payments.counterparts.server import WEBHOOK_SECRETS
from tests.payments.counterparts.signing import HEADERS

PRICE_MINOR = 1000
PAYMENT = (
    "status",
    "charge_id",
    "checkout_id",
    "refunded_minor",
    "reversed_minor",
    "reversed_credits",
    "alarm",
    "is_settled",
)
CURRENCIES = {"stripe": "USD", "razorpay": "INR"}
# 1000 of the smallest unit buy 100 credits.
FREE_AMOUNTS = {
    currency: {"credits_per_unit": "10", "minimum_minor": 500, "maximum_minor": 100_000}
    for currency in CURRENCIES.values()
}


def settings_of(stubs: Running) -> dict[str, dict[str, Any]]:
    """Return PAYMENT_PROVIDERS with both providers at the stubs."""
    return {name: stubs.settings(name) for name in CURRENCIES}


@dataclass(frozen=True)
class Outcome:
    """How a payment and its wallet stand; `grants` were ever issued for it."""

    status: str
    balance: str
    grants: int
    alarm: bool


class Desk:
    """One payment at one provider, and what the provider tells of it."""

    def __init__(self, provider: str, stubs: Running, wallet: str) -> None:
        self.provider, self._stubs, self.wallet = provider, stubs, wallet
        if not Wallet.objects.filter(reference=wallet).exists():
            open_wallet(reference=wallet)
        order = Order(reference=wallet, amount_minor=PRICE_MINOR, currency=CURRENCIES[provider], provider=provider)
        key = f"{wallet}:{Payment.objects.count()}"
        self.payment = order_payment(order=order, origin=Origin(key=key, actor=wallet)).payment
        self._told_before = len(stubs(provider, "told"))
        self.charge = ""
        self._last: dict[str, str] = {}

    def act(self, deed: str, **values: Any) -> Any:
        """Let something happen at the provider; the ids that it needs are those of this payment."""
        given = {**self._needed(deed), **values}
        result = self._stubs(self.provider, deed, **given)
        if isinstance(result, dict):
            self._remember(deed, result)
        return result

    def of(self, kind: str) -> str:
        """Return the id of this payment's object of a kind at the provider."""
        return self.charge if kind in ("intent", "payment") else str(self.payment.checkout_id)

    def told(self) -> list[Told]:
        """Return what the provider has told of since the payment was ordered."""
        new = self._stubs(self.provider, "told")[self._told_before :]
        return [Told(one["id"], one["name"], one["body"].encode()) for one in new]

    def hear(self, told: Told, client: Client | None = None) -> None:
        """Send an event through the real endpoint, signed, and process it as the worker does."""
        headers = HEADERS[self.provider](told, [WEBHOOK_SECRETS[self.provider]], int(now().timestamp()))
        answer = (client or Client()).post(
            f"/api/v1/webhooks/{self.provider}",
            told.body,
            content_type=headers.pop("Content-Type"),
            headers=headers,
        )
        assert answer.status_code == 200, answer.content
        for event_id in ProviderEvent.objects.filter(status="received", attempts=0).values_list("pk", flat=True):
            process_event(event_id=event_id)

    def wait(self) -> None:
        """Let the time pass after which events that came too early are looked at again."""
        for _ in range(2):
            ProviderEvent.objects.filter(status="received").update(next_attempt_at=now())
            process_due_events()

    def state(self) -> str:
        """Return all that the rows say, without ids of our own and times, which differ between two ways."""
        wallet = Wallet.objects.get(pk=self.payment.wallet_id)
        rows = {
            "wallet": [(wallet.balance, wallet.debt)],
            "payments": list(Payment.objects.values_list(*PAYMENT)),
            "refunds": list(Refund.objects.values_list("provider_refund_id", "amount_minor", "status")),
            "disputes": list(Dispute.objects.values_list("provider_dispute_id", "amount_minor", "status")),
            "effects": list(Effect.objects.values_list("kind", "credits", "posted")),
            "names": list(ProviderId.objects.values_list("value")),
            "waiting": list(ProviderEvent.objects.filter(status="received").values_list("type").distinct()),
        }
        return repr({name: sorted(map(str, found)) for name, found in rows.items()})

    def outcome(self) -> Outcome:
        payment = Payment.objects.get(pk=self.payment.pk)
        wallet = Wallet.objects.get(pk=payment.wallet_id)
        return Outcome(
            status=payment.status,
            balance=format_micros(to_micros(wallet.balance - wallet.debt)),
            grants=Effect.objects.filter(payment=payment, kind="credited").count(),
            alarm=Event.objects.filter(name="payment.mismatch").exists(),
        )

    def _needed(self, deed: str) -> dict[str, str]:
        checkout = str(self.payment.checkout_id)
        if deed in ("pay_session", "fail_session", "expire_session", "settle_session"):
            return {"session": checkout}
        if deed in ("pay_link", "fail_link", "expire_link", "cancel_link"):
            return {"link": checkout}
        if deed in ("refund", "dispute"):
            return {"intent" if self.provider == "stripe" else "payment": self.charge}
        return {
            "capture": {"payment": self.charge},
            "fail_refund": {"refund": self._last.get("refund", "")},
            "close_dispute": {"dispute": self._last.get("dispute", "")},
        }.get(deed, {})

    def _remember(self, deed: str, result: dict[str, Any]) -> None:
        if deed.endswith(("_session", "_link")):
            self.charge = str(result.get("payment_intent") or (result["id"] if "order_id" in result else self.charge))
        if deed in ("refund", "dispute"):
            self._last[deed] = str(result["id"])
