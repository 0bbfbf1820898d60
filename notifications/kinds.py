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
    """

    title: str
    text: str
    mailed: bool = True
    quiet: timedelta | None = None
    subject: str = ""
    lowered_by: tuple[str, ...] = ()


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
        title="Payment received", text="We have received {money}. Thank you.", quiet=DAY, subject="payment"
    ),
    "payment.failed": Kind(
        title="A payment failed",
        text="The payment of {money} did not succeed. Try again, or use another means of payment.",
        quiet=HOUR,
        subject="payment",
    ),
    "payment.refunded": Kind(title="A payment was refunded", text="{money} go back to you."),
    "payment.disputed": Kind(
        title="A payment is disputed",
        text="The payment of {money} was disputed at your bank. What was bought with it is on hold.",
        quiet=DAY,
        subject="payment",
    ),
    "subscription.renewed": Kind(title="Your subscription was renewed", text="The next period of {plan} has begun."),
    "subscription.past_due": Kind(
        title="Your subscription could not be renewed",
        text="The payment for {plan} did not succeed. Renew your means of payment to keep it.",
        quiet=DAY,
        subject="subscription",
    ),
    "subscription.ending": Kind(title="Your subscription is about to end", text="{plan} ends on {ends_on}."),
    "shortfall.recorded": Kind(
        title="More was used than your credits covered",
        text="{shortfall} credits of a request were not covered by your balance.",
        quiet=HOUR,
    ),
    "budget.reached": Kind(title="A budget is used up", text="The budget of {limit} credits for {window} is reached."),
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
