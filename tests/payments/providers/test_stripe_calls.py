"""Stripe's own SDK against a process that behaves like Stripe."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import now
from payments.providers.config import ProviderConfig
from payments.providers.messages import Snapshot
from payments.providers.protocol import Declined, ProviderMisconfigured, ProviderRefused
from payments.providers.stripe import Stripe
from tests.payments.counterparts.running import Running

from . import orders


def _bought(stripe: Stripe, stubs: Running, **changes: object) -> tuple[str, Snapshot]:
    page = stripe.create_checkout(orders.checkout(**changes))
    stubs("stripe", "pay_session", session=page.id)
    return page.id, stripe.fetch(page.id)


def test_a_page_has_our_price_our_reference_and_an_end(stripe: Stripe, stubs: Running) -> None:
    order = orders.checkout(expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    page = stripe.create_checkout(order)
    assert page.url.startswith("https://checkout.stripe.test/")
    assert page.expires_at == order.expires_at
    open_page = stripe.fetch(page.id)
    assert open_page == Snapshot(checkout_id=page.id, reference=order.key, is_live=False, is_full=True)


def test_the_same_order_gives_the_same_page(stripe: Stripe) -> None:
    order = orders.checkout()
    assert stripe.create_checkout(order) == stripe.create_checkout(order)


def test_another_order_under_the_same_key_is_refused(stripe: Stripe) -> None:
    order = orders.checkout()
    stripe.create_checkout(order)
    with pytest.raises(ProviderRefused):
        stripe.create_checkout(orders.checkout(key=order.key, amount_minor=1))


def test_a_paid_page_names_its_money_by_the_intent(stripe: Stripe, stubs: Running) -> None:
    _, paid = _bought(stripe, stubs)
    (charge,) = paid.charges
    assert (charge.status, charge.amount_minor, charge.currency) == ("captured", 1999, "USD")
    assert charge.id.startswith("pi_")
    assert [alias[:3] for alias in charge.aliases] == ["ch_"]
    assert (charge.customer_id, charge.method_id) == ("", "")


def test_money_in_a_currency_that_stripe_counts_otherwise_comes_back_as_it_was(stripe: Stripe, stubs: Running) -> None:
    id, paid = _bought(stripe, stubs, currency="ISK", amount_minor=700)
    assert paid.charges[0].amount_minor == 700
    assert stubs("stripe", "find", kind="session", id=id)["amount_total"] == 70_000


def test_a_declined_attempt_a_delayed_one_and_an_expired_page(stripe: Stripe, stubs: Running) -> None:
    declined, delayed, expired = (stripe.create_checkout(orders.checkout()).id for _ in range(3))
    stubs("stripe", "fail_session", session=declined)
    stubs("stripe", "pay_session", session=delayed, delayed=True)
    stubs("stripe", "expire_session", session=expired)
    assert [charge.status for charge in stripe.fetch(declined).charges] == ["failed"]
    assert [charge.status for charge in stripe.fetch(delayed).charges] == ["pending"]
    assert (stripe.fetch(expired).ended, stripe.fetch(expired).charges) == ("expired", ())


def test_a_refund_is_made_once_however_often_it_is_asked_for(stripe: Stripe, stubs: Running) -> None:
    id, paid = _bought(stripe, stubs)
    order = orders.refund(paid.charges[0].id, 500)
    first = stripe.refund(order)
    assert stripe.refund(order) == first
    assert (first.status, first.amount_minor, first.reference) == ("succeeded", 500, order.key)
    (charge,) = stripe.fetch(id).charges
    assert charge.refunded_minor == 500
    assert charge.refunds == (first,)


def test_a_refund_is_known_by_our_mark_when_stripe_has_forgotten_the_key(stripe: Stripe, stubs: Running) -> None:
    id, paid = _bought(stripe, stubs)
    order = orders.refund(paid.charges[0].id, 500)
    first = stripe.refund(order)
    stubs("stripe", "forget_keys")
    assert stripe.refund(order) == first
    assert stripe.fetch(id).charges[0].refunded_minor == 500


def test_a_refund_without_our_mark_is_known_by_its_key(stripe: Stripe, stubs: Running) -> None:
    id, paid = _bought(stripe, stubs)
    order = orders.refund(paid.charges[0].id, 500)
    first = stripe.refund(order)
    stubs("stripe", "set", kind="refund", id=first.id, values={"metadata": {}})
    assert stripe.refund(order).id == first.id
    assert stripe.fetch(id).charges[0].refunded_minor == 500


def test_more_than_was_paid_is_not_refunded(stripe: Stripe, stubs: Running) -> None:
    _, paid = _bought(stripe, stubs)
    with pytest.raises(ProviderRefused):
        stripe.refund(orders.refund(paid.charges[0].id, 2000))


def test_disputes_and_failed_refunds_are_told_in_full(stripe: Stripe, stubs: Running) -> None:
    id, paid = _bought(stripe, stubs)
    made = stripe.refund(orders.refund(paid.charges[0].id, 500))
    stubs("stripe", "fail_refund", refund=made.id)
    dispute = stubs("stripe", "dispute", intent=paid.charges[0].id, amount=1000)
    (charge,) = stripe.fetch(id).charges
    assert (charge.refunded_minor, [refund.status for refund in charge.refunds]) == (0, ["failed"])
    assert [(one.id, one.amount_minor, one.status) for one in charge.disputes] == [(dispute["id"], 1000, "open")]
    stubs("stripe", "close_dispute", dispute=dispute["id"], outcome="won")
    assert stripe.fetch(id).charges[0].disputes[0].status == "won"


def test_a_consented_charge_is_made_once(stripe: Stripe, stubs: Running) -> None:
    _, paid = _bought(stripe, stubs, keeps_method=True)
    (kept,) = paid.charges
    assert kept.customer_id.startswith("cus_")
    order = orders.consented(kept.customer_id, kept.method_id)
    charged = stripe.charge(order)
    assert stripe.charge(order) == charged
    assert (charged.reference, charged.charges[0].amount_minor) == (order.key, 2500)
    assert stripe.fetch(charged.checkout_id).charges[0] == charged.charges[0]


def test_a_declined_means_of_payment_is_told_apart(stripe: Stripe, stubs: Running) -> None:
    _, paid = _bought(stripe, stubs, keeps_method=True)
    (kept,) = paid.charges
    stubs("stripe", "decline_customer", customer=kept.customer_id)
    with pytest.raises(Declined) as declined:
        stripe.charge(orders.consented(kept.customer_id, kept.method_id))
    assert declined.value.code == "card_declined"


def test_a_list_gives_every_payment_of_every_page(stripe: Stripe, stubs: Running) -> None:
    since = now() - timedelta(seconds=1)
    ids = {stripe.create_checkout(orders.checkout()).id for _ in range(103)}
    paid, checkout = _bought(stripe, stubs, keeps_method=True)
    kept = checkout.charges[0]
    consented = stripe.charge(orders.consented(kept.customer_id, kept.method_id))
    listed = {snapshot.checkout_id: snapshot for snapshot in stripe.list_payments(since)}
    assert ids | {paid, consented.checkout_id} <= set(listed)
    assert listed[paid].charges[0].id == kept.id
    assert not listed[paid].is_full


def test_a_page_that_is_paid_after_the_list_began_is_found_by_its_money(stripe: Stripe, stubs: Running) -> None:
    page = stripe.create_checkout(orders.checkout())
    stubs("stripe", "set", kind="session", id=page.id, values={"created": 1_000_000_000})
    stubs("stripe", "pay_session", session=page.id)
    listed = [one for one in stripe.list_payments(now() - timedelta(minutes=1)) if one.checkout_id == page.id]
    assert [charge.status for charge in listed[0].charges] == ["captured"]


def test_a_subscription_starts_on_a_page_and_can_be_ended_twice(stripe: Stripe, stubs: Running) -> None:
    order = orders.subscription()
    page = stripe.start_subscription(order)
    assert stripe.start_subscription(order) == page
    id = stubs("stripe", "pay_session", session=page.id)["subscription"]
    assert stubs("stripe", "find", kind="subscription", id=id)["metadata"] == {"subscription": order.key}
    stripe.cancel_subscription(id, at_period_end=True)
    assert stubs("stripe", "find", kind="subscription", id=id)["cancel_at_period_end"]
    stripe.cancel_subscription(id, at_period_end=False)
    stripe.cancel_subscription(id, at_period_end=False)
    assert stubs("stripe", "find", kind="subscription", id=id)["status"] == "canceled"


def test_a_subscriptions_life_is_told(stripe: Stripe, stubs: Running) -> None:
    order, before = orders.subscription(), len(stubs("stripe", "told"))
    id = stubs("stripe", "pay_session", session=stripe.start_subscription(order).id)["subscription"]
    failed = stubs("stripe", "renew_subscription", subscription=id, succeeds=False)["id"]
    stubs("stripe", "pay_invoice", invoice=failed)
    stubs("stripe", "cancel_subscription", subscription=id)
    told = [stripe.read_event(one["body"].encode(), "evt") for one in stubs("stripe", "told")[before:]]
    news = [notice.subscription for notice in told if notice.subscription]
    assert [one.kind for one in news] == ["charged", "started", "failed", "charged", "cancelled"]
    assert {(one.subscription_id, one.reference) for one in news} == {(id, order.key)}
    first, second = (one for one in news if one.kind == "charged")
    assert (first.amount_minor, first.currency, first.charge_id[:3]) == (900, "USD", "pi_")
    assert second.period_start == first.period_end
    assert second.charge_key != first.charge_key
    assert not [notice for notice in told if notice.snapshot or notice.hint or notice.reference]


def test_customers_manage_their_means_of_payment_at_stripe(stripe: Stripe, stubs: Running) -> None:
    customer = stubs("stripe", "new_customer")["id"]
    assert stripe.portal_url(customer, "https://shop.example/").startswith("https://billing.stripe.test/")
    with pytest.raises(ProviderRefused):
        stripe.portal_url("cus_unknown", "https://shop.example/")


def test_a_wrong_key_is_ours_to_mend(stubs: Running) -> None:
    config = ProviderConfig.of("stripe", stubs.settings("stripe") | {"key": "sk_test_wrong"})
    with pytest.raises(ProviderMisconfigured, match="STRIPE_API_KEY") as refused:
        Stripe(config).fetch("cs_test_1")
    assert "sk_test_wrong" not in str(refused.value)


@pytest.mark.parametrize(
    ("key", "is_live"), [("sk_live_1", True), ("rk_live_1", True), ("sk_test_1", False), ("rk_test_1", False)]
)
def test_the_key_says_whether_money_is_real(key: str, is_live: bool) -> None:
    assert Stripe(ProviderConfig("stripe", key=key)).is_live is is_live
