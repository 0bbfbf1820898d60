"""What no command may ask: the engine holds, whoever forgot to check."""

from datetime import UTC, datetime, timedelta

import pytest

from credits.engine import commands as c
from credits.engine.bounds import refuse_out_of_bounds
from credits.engine.state import MAX_AMOUNT, Rollover
from credits.exceptions import InvalidOperation

LIVES = [timedelta(0), timedelta(microseconds=-1)]
AMOUNTS = [
    *(kind(reference="w", amount=amount) for kind in (c.IssueGrant, c.Consume, c.PlaceHold) for amount in (0, -1)),
    *(c.Transfer(reference="w", target="v", amount=amount) for amount in (0, -1)),
    *(c.ForgiveDebt(reference="w", amount=amount) for amount in (0, -1)),
    c.Adjust(reference="w", amount=0),
    c.Consume(reference="w", amount=MAX_AMOUNT + 1, overage="up_to"),
    c.IssueGrant(reference="w", amount=MAX_AMOUNT + 1),
    c.Adjust(reference="w", amount=-MAX_AMOUNT - 1),
]
RULES = [
    Rollover(percent=0),
    Rollover(percent=101),
    Rollover(amount=0),
    Rollover(amount=1, percent=1),
    Rollover(times=0),
    Rollover(days=0),
    Rollover(days=36_501),
]


@pytest.mark.parametrize("command", AMOUNTS, ids=str)
def test_an_amount_is_more_than_zero_and_not_too_large(two, command):
    two.issue(100)
    refused = two.refusal(command)
    assert isinstance(refused, InvalidOperation)
    assert refused.members["field"] == "amount"


@pytest.mark.parametrize(("kind", "amount"), [(c.CaptureHold, -1), (c.ExtendHold, -1)])
def test_a_holds_amount_is_not_negative(book, kind, amount):
    book.issue(100)
    refused = book.refusal(kind(reference="w", hold=book.hold(10), amount=amount))
    assert isinstance(refused, InvalidOperation)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refund_or_reversal_is_more_than_zero(book, amount):
    purchase = book.buy(100)
    used = book.consume(10)
    for command in (
        c.ClawBack(reference="w", grant=purchase, amount=amount),
        c.ReverseEntry(reference="w", entry=used, amount=amount),
    ):
        assert isinstance(book.refusal(command), InvalidOperation)


@pytest.mark.parametrize("life", LIVES, ids=str)
def test_a_hold_lives_for_some_time(book, life):
    book.issue(100)
    hold = book.hold(10)
    assert isinstance(book.refusal(c.PlaceHold(reference="w", amount=1, expires_in=life)), InvalidOperation)
    assert isinstance(book.refusal(c.ExtendHold(reference="w", hold=hold, expires_in=life)), InvalidOperation)


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_a_rollover_rule_can_be_followed(book, rule):
    assert isinstance(book.refusal(c.IssueGrant(reference="w", amount=1, rollover=rule)), InvalidOperation)


@pytest.mark.parametrize("days", [0, -1, 36_501, 10**10])
def test_a_life_in_days_is_at_most_a_century(book, days):
    assert isinstance(book.refusal(c.IssueGrant(reference="w", amount=1, expires_in_days=days)), InvalidOperation)
    book.issue(1, expires_in_days=36_500)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"source": "gift"}, "source"),
        ({"priority": 101}, "source"),
        ({"cost_minor": 5}, "currency"),
        ({"currency": "USD"}, "currency"),
        ({"cost_minor": -1, "currency": "USD"}, "cost_minor"),
        ({"cost_minor": 10**15 + 1, "currency": "USD"}, "cost_minor"),
    ],
)
def test_terms_that_the_database_would_refuse_are_refused_by_name(terms: dict[str, object], field: str) -> None:
    command = c.IssueGrant(reference="w", amount=1, **terms)  # type: ignore[arg-type]
    with pytest.raises(InvalidOperation) as refusal:
        refuse_out_of_bounds(command)
    assert refusal.value.members["field"] == field


@pytest.mark.parametrize("field", ["effective_at", "expires_at"])
def test_an_instant_from_which_no_date_can_be_counted_is_refused(field: str) -> None:
    command = c.IssueGrant(reference="w", amount=1, **{field: datetime(9950, 1, 1, tzinfo=UTC)})  # type: ignore[arg-type]
    with pytest.raises(InvalidOperation) as refusal:
        refuse_out_of_bounds(command)
    assert refusal.value.members["field"] == field
