"""Razorpay's own SDK against a process that behaves like Razorpay."""

from datetime import UTC, datetime, timedelta

import pytest

from core.clock import now
from payments.providers.config import ProviderConfig
from payments.providers.messages import Snapshot
from payments.providers.protocol import Declined, ProviderMisconfigured, ProviderRefused
from payments.providers.razorpay import Razorpay
from tests.payments.counterparts.running import Running

from . import orders

INR = {"currency": "INR"}


def _bought(razorpay: Razorpay, stubs: Running) -> tuple[str, Snapshot]:
    page = razorpay.create_checkout(orders.checkout(**INR))
    stubs("razorpay", "pay_link", link=page.id)
    return page.id, razorpay.fetch(page.id)


def _customer(stubs: Running, **values: object) -> str:
    customer = {"id": f"cust_{now().timestamp()}", "email": "a@example.com", "contact": "+919000000000", **values}
    return str(stubs("razorpay", "keep", kind="customer", item=customer)["id"])


def test_a_link_has_our_price_and_our_reference_and_takes_no_part(razorpay: Razorpay, stubs: Running) -> None:
    order = orders.checkout(**INR, expires_at=datetime(2027, 1, 1, tzinfo=UTC))
    page = razorpay.create_checkout(order)
    link = stubs("razorpay", "find", kind="link", id=page.id)
    assert (link["amount"], link["currency"], link["accept_partial"]) == (1999, "INR", False)
    assert page.expires_at == order.expires_at
    assert razorpay.fetch(page.id) == Snapshot(checkout_id=page.id, reference=order.key, is_live=False, is_full=True)


def test_the_same_order_gives_the_same_link(razorpay: Razorpay) -> None:
    order = orders.checkout(**INR)
    assert razorpay.create_checkout(order) == razorpay.create_checkout(order)


def test_a_link_that_is_refused_for_itself_stays_refused(razorpay: Razorpay) -> None:
    with pytest.raises(ProviderRefused, match="amount"):
        razorpay.create_checkout(orders.checkout(amount_minor=1))


def test_a_paid_link_names_its_money_by_the_payment(razorpay: Razorpay, stubs: Running) -> None:
    _, paid = _bought(razorpay, stubs)
    (charge,) = paid.charges
    assert (charge.status, charge.amount_minor, charge.currency) == ("captured", 1999, "INR")
    assert (charge.id[:4], charge.aliases[0][:6]) == ("pay_", "order_")


def test_failed_authorised_expired_and_cancelled_links(razorpay: Razorpay, stubs: Running) -> None:
    failed, authorised, expired, cancelled = (razorpay.create_checkout(orders.checkout(**INR)).id for _ in range(4))
    stubs("razorpay", "fail_link", link=failed)
    stubs("razorpay", "pay_link", link=authorised, captured=False)
    stubs("razorpay", "expire_link", link=expired)
    stubs("razorpay", "cancel_link", link=cancelled)
    assert [charge.status for charge in razorpay.fetch(failed).charges] == ["failed"]
    assert [charge.status for charge in razorpay.fetch(authorised).charges] == ["pending"]
    assert (razorpay.fetch(expired).ended, razorpay.fetch(cancelled).ended) == ("expired", "cancelled")


def test_a_link_that_names_only_its_payments_leads_to_their_order(razorpay: Razorpay, stubs: Running) -> None:
    id, paid = _bought(razorpay, stubs)
    stubs("razorpay", "set", kind="link", id=id, values={"order_id": None})
    assert razorpay.fetch(id) == paid


def test_a_refund_is_made_once_however_often_it_is_asked_for(razorpay: Razorpay, stubs: Running) -> None:
    id, paid = _bought(razorpay, stubs)
    order = orders.refund(paid.charges[0].id, 500, **INR)
    first = razorpay.refund(order)
    stubs("razorpay", "forget_keys")
    assert razorpay.refund(order) == first
    assert (first.status, first.amount_minor, first.reference) == ("succeeded", 500, order.key)
    (charge,) = razorpay.fetch(id).charges
    assert (charge.refunded_minor, charge.refunds) == (500, (first,))


def test_a_refund_without_our_mark_is_known_by_its_key(razorpay: Razorpay, stubs: Running) -> None:
    id, paid = _bought(razorpay, stubs)
    order = orders.refund(paid.charges[0].id, 500, **INR)
    first = razorpay.refund(order)
    stubs("razorpay", "set", kind="refund", id=first.id, values={"receipt": None})
    assert razorpay.refund(order).id == first.id
    assert razorpay.fetch(id).charges[0].refunded_minor == 500


def test_more_than_was_paid_is_not_refunded(razorpay: Razorpay, stubs: Running) -> None:
    _, paid = _bought(razorpay, stubs)
    with pytest.raises(ProviderRefused, match="amount"):
        razorpay.refund(orders.refund(paid.charges[0].id, 2000, **INR))


def test_disputes_are_told_whether_their_id_is_known_or_not(razorpay: Razorpay, stubs: Running) -> None:
    id, paid = _bought(razorpay, stubs)
    dispute = stubs("razorpay", "dispute", payment=paid.charges[0].id, amount=1000)["id"]
    assert [one.status for one in razorpay.fetch(id, (dispute,)).charges[0].disputes] == ["inquiry"]
    stubs("razorpay", "close_dispute", dispute=dispute, outcome="lost")
    (lost,) = razorpay.fetch(id).charges[0].disputes
    assert (lost.status, lost.amount_minor) == ("lost", 1000)


def test_a_dispute_that_no_list_has_is_told_by_its_id(razorpay: Razorpay, stubs: Running) -> None:
    id, paid = _bought(razorpay, stubs)
    dispute = stubs("razorpay", "dispute", payment=paid.charges[0].id)["id"]
    stubs("razorpay", "set", kind="dispute", id=dispute, values={"created_at": 1})
    assert not razorpay.fetch(id).charges[0].disputes
    assert razorpay.fetch(id, (dispute, dispute)).charges[0].disputes[0].id == dispute


def test_a_refund_that_failed_is_told(razorpay: Razorpay, stubs: Running) -> None:
    id, paid = _bought(razorpay, stubs)
    made = razorpay.refund(orders.refund(paid.charges[0].id, 1999, **INR))
    stubs("razorpay", "fail_refund", refund=made.id)
    (charge,) = razorpay.fetch(id).charges
    assert (charge.status, charge.refunded_minor, charge.refunds[0].status) == ("captured", 0, "failed")


def test_a_consented_charge_is_made_once_for_an_order_of_ours(razorpay: Razorpay, stubs: Running) -> None:
    order = orders.consented(_customer(stubs), "token_1", **INR)
    charged = razorpay.charge(order)
    assert razorpay.charge(order) == charged
    assert (charged.reference, charged.checkout_id[:6]) == (order.key, "order_")
    assert [(charge.status, charge.amount_minor) for charge in charged.charges] == [("captured", 2500)]
    assert razorpay.fetch(charged.checkout_id).charges == charged.charges


def test_a_declined_token_is_told_apart(razorpay: Razorpay, stubs: Running) -> None:
    with pytest.raises(Declined):
        razorpay.charge(orders.consented(_customer(stubs, _declines=True), "token_1", **INR))


def test_a_list_gives_the_money_of_every_page(razorpay: Razorpay, stubs: Running) -> None:
    since = now() - timedelta(seconds=1)
    order = stubs("razorpay", "new_order", amount=500, currency="INR", receipt="other", notes={})["id"]
    for _ in range(101):
        stubs("razorpay", "pay_order", order=order)
    id, paid = _bought(razorpay, stubs)
    listed = list(razorpay.list_payments(since))
    assert [one.charges[0] for one in listed if one.checkout_id == id] == [paid.charges[0]]
    assert len([one for one in listed if one.checkout_id == order]) == 101


def test_a_subscription_starts_once_on_a_plan_that_is_shared(razorpay: Razorpay, stubs: Running) -> None:
    order, other = orders.subscription(**INR), orders.subscription(**INR)
    page = razorpay.start_subscription(order)
    assert razorpay.start_subscription(order) == page
    plans = {
        stubs("razorpay", "find", kind="subscription", id=id)["plan_id"]
        for id in (page.id, razorpay.start_subscription(other).id)
    }
    assert len(plans) == 1
    razorpay.cancel_subscription(page.id, at_period_end=False)
    razorpay.cancel_subscription(page.id, at_period_end=False)
    assert stubs("razorpay", "find", kind="subscription", id=page.id)["status"] == "cancelled"


def test_a_subscriptions_life_is_told(razorpay: Razorpay, stubs: Running) -> None:
    order, before = orders.subscription(**INR), len(stubs("razorpay", "told"))
    id = razorpay.start_subscription(order).id
    stubs("razorpay", "authorize_subscription", subscription=id)
    stubs("razorpay", "fail_subscription", subscription=id)
    stubs("razorpay", "charge_subscription", subscription=id)
    stubs("razorpay", "fail_subscription", subscription=id, retries_left=False)
    stubs("razorpay", "cancel_subscription", subscription=id)
    told = [razorpay.read_event(one["body"].encode(), "id") for one in stubs("razorpay", "told")[before:]]
    news = [notice.subscription for notice in told if notice.subscription]
    assert [one.kind for one in news] == ["started", "charged", "failed", "charged", "failed", "cancelled"]
    assert {(one.subscription_id, one.reference) for one in news} == {(id, order.key)}
    first, second = (one for one in news if one.kind == "charged")
    assert (first.amount_minor, first.currency, first.charge_key) == (900, "INR", first.charge_id)
    assert second.period_start == first.period_end
    assert not [notice for notice in told if notice.snapshot or notice.hint == order.key or notice.reference]


def test_there_is_no_page_for_means_of_payment(razorpay: Razorpay) -> None:
    with pytest.raises(ProviderRefused):
        razorpay.portal_url("cust_1", "https://shop.example/")


def test_a_wrong_secret_is_ours_to_mend(stubs: Running) -> None:
    config = ProviderConfig.of("razorpay", stubs.settings("razorpay") | {"secret": "wrong_secret"})
    with pytest.raises(ProviderMisconfigured, match="RAZORPAY_KEY_ID and RAZORPAY_KEY_SECRET") as refused:
        Razorpay(config).fetch("plink_1")
    assert "wrong_secret" not in str(refused.value)


def test_the_key_says_whether_money_is_real() -> None:
    assert Razorpay(ProviderConfig("razorpay", key="rzp_live_1")).is_live
    assert not Razorpay(ProviderConfig("razorpay", key="rzp_test_1")).is_live
