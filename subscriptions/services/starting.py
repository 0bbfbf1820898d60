"""Start subscriptions."""

from django.db import IntegrityError, transaction

from core.amounts import to_micros
from credits.exceptions import WalletNotFound
from credits.models import Wallet
from credits.services import INTERNAL, Origin

from ..engine.calendar import add_days
from ..engine.shares import Window
from ..exceptions import AlreadySubscribed, PlanNotFound, PlanNotOffered
from ..models import Plan, PlanVersion, Subscription
from ..selectors.plans import find_plan, latest_version
from ..selectors.subscriptions import had_trial
from .cycles import USUAL, PayingAt, anchor, ask, begin_next, is_priced, run_until, wait_for_payment
from .sheet import Opening, Sheet, new_sheet


def start_subscription(
    *,
    reference: str,
    plan: str,
    is_billed: bool = False,
    auto_renew: bool = True,
    public_only: bool = False,
    paying_at: PayingAt = USUAL,
    origin: Origin = INTERNAL,
) -> Subscription:
    """Subscribe a wallet to the newest terms of a plan; the first period begins now.

    A trial comes first where the plan has one and the wallet had none in this family. With `is_billed` a plan with a
    price waits for its payment, past due; without, it is given. Raises PlanNotFound, PlanNotOffered, WalletNotFound,
    AlreadySubscribed.
    """
    offer = _offered(plan, public_only=public_only)
    wallet = Wallet.objects.filter(reference=reference).first()
    if wallet is None:
        raise WalletNotFound()
    version = latest_version(offer)
    with new_sheet(origin) as sheet:
        subscription = _insert(sheet, wallet, version, is_billed=is_billed, auto_renew=auto_renew)
        if version.trial_days and not had_trial(wallet.pk, offer.family):
            _begin_trial(sheet, subscription)
        elif is_priced(subscription, version):
            subscription.status = "past_due"
            ask(sheet, subscription, "start", version, version.amount_minor, sheet.now, paying_at)
            wait_for_payment(subscription, sheet.now)
        sheet.note(subscription, "start", "subscription.started", before="", plan_version=version.number)
        if subscription.status == "active":
            begin_next(sheet, subscription, sheet.now)
    return subscription


def _offered(code: str, *, public_only: bool) -> Plan:
    plan = find_plan(code)
    if public_only and not plan.is_public:
        raise PlanNotFound()
    if not plan.is_active:
        raise PlanNotOffered()
    return plan


def _insert(sheet: Sheet, wallet: Wallet, version: PlanVersion, *, is_billed: bool, auto_renew: bool) -> Subscription:
    subscription = Subscription(
        wallet=wallet,
        family=version.plan.family,
        plan=version.plan,
        version=version,
        status="active",
        is_billed=is_billed,
        auto_renew=auto_renew,
        time_zone=wallet.time_zone,
        started_at=sheet.now,
    )
    anchor(subscription, sheet.now)
    try:
        with transaction.atomic():
            subscription.save(force_insert=True)
    except IntegrityError:
        running = Subscription.objects.filter(wallet=wallet, family=version.plan.family, is_live=True).first()
        raise AlreadySubscribed(
            "The wallet has a running subscription of this family; change that one, or end it first.",
            subscription=str(running.pk) if running else None,
        ) from None
    return subscription


def _begin_trial(sheet: Sheet, subscription: Subscription) -> None:
    version = subscription.version
    ends_at = add_days(sheet.now, version.trial_days, subscription.time_zone)
    anchor(subscription, ends_at)
    run_until(subscription, ends_at)
    subscription.status, subscription.trial_ends_at = "trialing", ends_at
    sheet.open(Opening(subscription, sheet.now, Window(sheet.now, ends_at), 0, 0, to_micros(version.trial_credits)))
