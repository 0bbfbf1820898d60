from datetime import UTC, date, datetime

import pytest

from credits import selectors, services
from tests.credits.selectors.ledgers import D, at

pytestmark = pytest.mark.django_db


def test_days_without_use_are_zero_and_today_is_the_last() -> None:
    with at(datetime(2026, 3, 1, 12, tzinfo=UTC)):
        services.issue_grant(reference="w", amount=D(10))
    with at(datetime(2026, 3, 3, 12, tzinfo=UTC)):
        services.consume(reference="w", amount=D("2.5"))
        answer = selectors.stats("w", 4)
    assert answer["totals"] == {"consumed": "-2.5", "issued": "10"}
    assert [tuple(day.values()) for day in answer["daily"]] == [
        (date(2026, 2, 28), "0", "0"),
        (date(2026, 3, 1), "0", "10"),
        (date(2026, 3, 2), "0", "0"),
        (date(2026, 3, 3), "2.5", "0"),
    ]


def test_days_begin_at_midnight_of_the_wallets_time_zone() -> None:
    services.open_wallet(reference="w", time_zone="Asia/Kathmandu")
    with at(datetime(2026, 3, 1, 18, 14, tzinfo=UTC)):
        services.issue_grant(reference="w", amount=D(1))
    with at(datetime(2026, 3, 1, 18, 15, tzinfo=UTC)):
        services.issue_grant(reference="w", amount=D(2))
        days = selectors.stats("w", 2)["daily"]
    assert [(day["date"], day["issued"]) for day in days] == [(date(2026, 3, 1), "1"), (date(2026, 3, 2), "2")]


def test_the_day_on_which_clocks_change_has_23_hours() -> None:
    services.open_wallet(reference="w", time_zone="Europe/Berlin")
    for day, hour, amount in ((28, 23, 4), (29, 21, 1), (29, 22, 2)):  # 29 March lasts from 23:00 to 22:00 UTC
        with at(datetime(2026, 3, day, hour, tzinfo=UTC)):
            services.issue_grant(reference="w", amount=D(amount))
    with at(datetime(2026, 3, 30, 12, tzinfo=UTC)):
        days = selectors.stats("w", 3)["daily"]
    assert [day["issued"] for day in days] == ["0", "5", "2"]
