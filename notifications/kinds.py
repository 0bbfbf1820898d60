"""One page: which events are told to people, in which words, and how often.

A kind is told to the owner of the wallet that the event names, and to the operators if it names none. Words are filled
from the event's payload.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# A success in the wallet: the next refusal is news again.
SUCCESSES = ("credits.consumed", "hold.placed")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How an event is told. With `quiet` at most once in that time for each wallet and value of the member `subject`;
    with `lowered_by` once more only after one of these events in the wallet. `mailed` is the default of e-mail.
    What is `for_operators` is not for the wallet's owner, even if a wallet is named.
    """

    title: str
    text: str
    mailed: bool = True
    quiet: timedelta | None = None
    subject: str = ""
    lowered_by: tuple[str, ...] = ()
    for_operators: bool = False


KINDS: dict[str, Kind] = {
    "balance.low": Kind(
        title="Your credits are running low",
        text="Your balance has fallen to {balance} credits, below the {threshold} at which you want to be told.",
    ),
    "credits.expiring": Kind(
        title="Credits will expire soon",
        text="{amount} credits expire on {expires_on}, in at most {days} days. Use them before they are gone.",
    ),
    "grant.issued": Kind(
        title="You have received credits", text="{amount} credits were added. Your balance is {balance}.", mailed=False
    ),
    "grant.activated": Kind(
        title="Your credits have begun",
        text="{amount} credits can be used now. Your balance is {balance}.",
        mailed=False,
    ),
    "payment.paid": Kind(
        title="Payment received",
        text="We have received {money}, and {credits} credits are yours. Thank you.",
        quiet=DAY,
        subject="payment",
    ),
    "payment.failed": Kind(
        title="A payment failed",
        text="The payment of {money} did not succeed. Try again, or use another means of payment.",
        quiet=HOUR,
        subject="payment",
    ),
    "payment.refunded": Kind(
        title="A payment was refunded", text="Of your payment of {money}, {reversed_money} have gone back in all."
    ),
    "dispute.opened": Kind(
        title="A payment is disputed",
        text="Your bank disputes the payment of {money}. Its credits are held back until that is decided.",
        quiet=DAY,
        subject="dispute",
    ),
    "auto_top_up.stopped": Kind(
        title="Automatic top-ups have stopped",
        text="Your means of payment was declined {declines} times. Renew it, then switch top-ups on again.",
    ),
    "subscription.renewed": Kind(title="Your subscription was renewed", text="The next period of {plan} has begun."),
    "subscription.past_due": Kind(
        title="Your subscription could not be renewed",
        text="The payment for {plan} did not succeed. Renew your means of payment to keep it.",
        quiet=DAY,
        subject="subscription",
    ),
    "subscription.cancelled": Kind(
        title="Your subscription is ending", text="{plan} was cancelled and ends with its present period."
    ),
    "subscription.ended": Kind(title="Your subscription has ended", text="{plan} has ended. Its credits live on."),
    "shortfall.recorded": Kind(
        title="More was used than your credits covered",
        text="{shortfall} credits of a request were not covered by your balance.",
        quiet=HOUR,
    ),
    "budget.reached": Kind(
        title="A budget is being used up", text="{percent}% of the budget of {limit} credits ({window}) are used."
    ),
    "operation.refused": Kind(
        title="An operation was refused", text="{detail}", quiet=HOUR, subject="code", lowered_by=SUCCESSES
    ),
    "operation.failed": Kind(
        title="An operation failed", text="{detail}", quiet=HOUR, subject="code", lowered_by=SUCCESSES
    ),
    "webhook_endpoint.disabled": Kind(
        title="A webhook endpoint was disabled",
        text="{url} gets no more events: {reason}. Correct it, then enable it again.",
    ),
    "ledger.violated": Kind(
        title="The ledger violates an invariant",
        text="{invariant}: {detail}. Run check_ledger, and follow docs/operations.md.",
        quiet=DAY,
        subject="invariant",
        for_operators=True,
    ),
    "usage.missing": Kind(
        title="Nobody knows what a call used",
        text="A call of {reference} ended well without its usage: {reason}.",
        quiet=HOUR,
        subject="reason",
        for_operators=True,
    ),
    "usage.unpriced": Kind(
        title="Usage without a price",
        text="The model {model} has no rate, so its usage is free. Give it one.",
        quiet=DAY,
        subject="model",
        for_operators=True,
    ),
    "payment.mismatch": Kind(
        title="A payment differs from what was asked for",
        text="Payment {payment} credits nothing: {detail}.",
        quiet=DAY,
        subject="payment",
        for_operators=True,
    ),
    "recurring_charge.mismatched": Kind(
        title="A recurring charge differs from what was agreed",
        text="What {provider} charged for {subscription} starts no period: {detail}",
        quiet=DAY,
        subject="subscription",
        for_operators=True,
    ),
    "refund.failed": Kind(
        title="A refund failed", text="Refund {refund} of payment {payment} failed at the provider.", for_operators=True
    ),
    "provider_event.died": Kind(
        title="A provider's webhook was given up", text="{provider} {type}: {detail}.", quiet=HOUR, for_operators=True
    ),
    "provider.fell_silent": Kind(
        title="A payment provider sends nothing",
        text="{provider} has sent no webhook since {last_event_on}, while payments wait.",
        quiet=DAY,
        subject="provider",
        for_operators=True,
    ),
    "reconciliation.differed": Kind(
        title="Payments differ from the provider's books",
        text="{provider} and our books differ; the reconciliation's log names each payment.",
        for_operators=True,
    ),
}


class _Words(dict[str, Any]):
    """What a payload lacks must not stop its stream."""

    def __missing__(self, name: str) -> str:
        return f"({name} unknown)"


def words_of(kind: Kind, data: Mapping[str, Any]) -> str:
    """Return the kind's text about an event's payload."""
    return kind.text.format_map(_Words(data))


def matches(name: str, patterns: list[str]) -> bool:
    """Tell whether a name is among patterns: names, or beginnings that end in `*`."""
    return any(name.startswith(one[:-1]) if one.endswith("*") else name == one for one in patterns)
