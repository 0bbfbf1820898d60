"""A call without an answer is made again in the same words, whatever the customer changed meanwhile."""

from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from core.clock import now
from credits.models import Wallet
from credits.services import Origin, open_wallet
from payments.exceptions import ProviderUnavailable
from payments.models import Payment, StoredMethod
from payments.services.checkouts import Order, order_payment
from payments.services.refreshing import refresh_payment
from payments.services.standing_orders import state_auto_top_up
from payments.services.top_ups import charge_top_up, top_up_if_low
from tests.payments.counterparts.running import Running
from tests.payments.desk import settings_of
from tests.payments.orders import pack

pytestmark = [pytest.mark.django_db, pytest.mark.run_once]


@pytest.fixture
def owner(stubs: Running, settings: Any) -> User:
    settings.PAYMENT_PROVIDERS = settings_of(stubs)
    owner = User.objects.create_user("ada@example.com")
    open_wallet(reference="ada")
    Wallet.objects.filter(reference="ada").update(owner=owner)
    return owner


def order(provider: str, key: str = "k", **terms: Any) -> Payment:
    code = pack(currency="USD" if provider == "stripe" else "INR", code=f"pack-{provider}").code
    asked = Order(reference="ada", pack=code, provider=provider, **terms)
    return order_payment(order=asked, origin=Origin(actor="ada", key=key)).payment


def lose_answers(stubs: Running, provider: str, match: str) -> None:
    """Have the provider do what is asked and say nothing, until faults are cleared."""
    stubs(provider, "fault", kind="drop", match=match, times=20)


@pytest.mark.parametrize(("provider", "call"), [("stripe", "POST /v1/checkout/sessions"), ("razorpay", "POST .*links")])
def test_a_checkout_is_asked_for_again_in_the_same_words(provider: str, call: str, owner: User, stubs: Running) -> None:
    lose_answers(stubs, provider, call)
    with pytest.raises(ProviderUnavailable):
        order(provider)
    stubs(provider, "clear_faults")
    User.objects.filter(pk=owner.pk).update(email="countess@example.com")
    wallet = Wallet.objects.get(reference="ada")
    StoredMethod.objects.create(wallet=wallet, provider=provider, is_live=False, customer_id="cus_x", method_id="pm_x")
    payment = order(provider)
    assert (payment.status, payment.email, payment.customer_id) == ("pending", "ada@example.com", "")


def test_a_charge_is_asked_for_again_with_the_same_means(owner: User, stubs: Running) -> None:
    bought = order("stripe", keeps_method=True)
    stubs("stripe", "pay_session", session=bought.checkout_id)
    refresh_payment(payment=bought)
    method = StoredMethod.objects.get()
    state_auto_top_up(
        reference="ada",
        enabled=True,
        threshold=Decimal(5000),
        pack="pack-stripe",
        monthly_cap_minor=10_000,
        consent="Charge my card.",
        origin=Origin(actor="ada"),
    )
    lose_answers(stubs, "stripe", "POST /v1/payment_intents")
    payment = top_up_if_low(reference="ada")
    assert payment is not None
    stubs("stripe", "clear_faults")
    StoredMethod.objects.update(method_id="pm_other", updated_at=now())
    charge_top_up(payment=Payment.objects.get(pk=payment.pk))
    payment.refresh_from_db()
    assert (payment.status, payment.method_id) == ("paid", method.method_id)
    assert Wallet.objects.get(reference="ada").balance == 4000
