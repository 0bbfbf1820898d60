from datetime import timedelta

import pytest

from credits import selectors, services
from credits.exceptions import InvalidOperation, WalletNotFound
from credits.models import LedgerEntry
from tests.credits.selectors.ledgers import HOUR, START, D, at

pytestmark = pytest.mark.django_db


def test_a_read_posts_what_is_due_first() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(100), expires_at=START + HOUR)
    with at(START + HOUR - timedelta(microseconds=1)):
        before = selectors.read_wallet("w")
    with at(START + HOUR):
        after = selectors.read_wallet("w")
    assert (before.balance, before.sequence) == (100_000_000, 1)
    assert (after.balance, after.sequence, after.next_change_at) == (0, 2, None)
    assert LedgerEntry.objects.get(sequence=2).effective_at == START + HOUR


def test_a_read_of_a_settled_wallet_writes_nothing() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(1), expires_at=START + HOUR)
        first = selectors.read_wallet("w")
        assert selectors.read_wallet("w") == first


def test_a_reading_lists_what_expires_next_in_order_of_its_end() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(3), expires_at=START + 3 * HOUR)
        services.issue_grant(reference="w", amount=D(1), expires_at=START + HOUR)
        services.issue_grant(reference="w", amount=D(9))
        reading = selectors.read_wallet("w")
    assert list(reading.expiring) == [(1_000_000, START + HOUR), (3_000_000, START + 3 * HOUR)]


def test_held_credits_are_not_told_as_expiring() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(5), expires_at=START + HOUR)
        services.place_hold(reference="w", amount=D(5))
        reading = selectors.read_wallet("w")
    assert (reading.available, reading.held, list(reading.expiring)) == (0, 5_000_000, [])


def test_an_unknown_wallet_is_not_found() -> None:
    with pytest.raises(WalletNotFound):
        selectors.read_wallet("nobody")
    with pytest.raises(WalletNotFound):
        selectors.forecast("nobody")


def test_the_balance_at_a_past_instant_is_that_of_the_last_entry_by_then() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(100), expires_at=START + HOUR)
        services.place_hold(reference="w", amount=D(60), expires_in=3 * HOUR)
    with at(START + 5 * HOUR):
        moments = [selectors.balance_at("w", START + number * HOUR) for number in (-1, 0, 1, 2, 3, 5)]
    assert [(past.balance, past.held) for past in moments] == [
        (0, 0),
        (100_000_000, 60_000_000),
        (60_000_000, 60_000_000),
        (60_000_000, 60_000_000),
        (0, 0),
        (0, 0),
    ]


def test_the_balance_at_a_future_instant_is_refused() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(1))
        with pytest.raises(InvalidOperation, match="forecast"):
            selectors.balance_at("w", START + HOUR)


def test_lists_show_a_settled_wallet() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(10), expires_at=START + 2 * HOUR)
        services.place_hold(reference="w", amount=D(4), expires_in=HOUR)
    with at(START + HOUR):
        assert selectors.list_holds("w").get().status == "expired"
        assert [grant.amount for grant in selectors.list_expiring("w", days=1)] == [D(10)]
    with at(START + 2 * HOUR):
        assert selectors.list_grants("w").get().remaining == 0
        kinds = list(selectors.list_entries("w").values_list("kind", flat=True))
        assert kinds == ["expired", "hold_expired", "held", "issued"]


def test_a_statement_is_filtered_by_kind_contra_and_time() -> None:
    with at(START):
        services.issue_grant(reference="w", amount=D(10))
    with at(START + HOUR):
        services.consume(reference="w", amount=D(1))
        kinds = {
            name: [entry.kind for entry in selectors.list_entries("w", **wanted)]
            for name, wanted in {
                "kind": {"kind": "consumed"},
                "contra": {"contra": "adjustments"},
                "since": {"since": START + HOUR},
                "until": {"until": START + HOUR},
            }.items()
        }
    assert kinds == {"kind": ["consumed"], "contra": ["issued"], "since": ["consumed"], "until": ["issued"]}
