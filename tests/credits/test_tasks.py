import pytest

from credits import selectors, services, tasks
from credits.models import LedgerEntry, Wallet
from tests.credits import damage
from tests.credits.selectors.ledgers import HOUR, START, D, at

pytestmark = pytest.mark.django_db


def test_a_sweep_posts_what_is_due_in_every_wallet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("credits.services.wallets.SETTLED_AT_ONCE", 2)
    with at(START):
        for number in range(5):
            services.issue_grant(reference=f"w{number}", amount=D(1), expires_at=START + HOUR)
        services.issue_grant(reference="later", amount=D(1), expires_at=START + 3 * HOUR)
    with at(START + HOUR):
        tasks.settle_due_wallets()
        tasks.settle_due_wallets()
    assert LedgerEntry.objects.filter(kind="expired", effective_at=START + HOUR).count() == 5
    assert list(Wallet.objects.exclude(next_change_at=None).values_list("reference", flat=True)) == ["later"]


@pytest.mark.corrupts_ledger
@pytest.mark.django_db(transaction=True)
def test_a_wallet_that_cannot_be_settled_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("credits.services.wallets.SETTLED_AT_ONCE", 3)
    with at(START):
        for number in range(5):
            services.issue_grant(reference=f"w{number}", amount=D(1), expires_at=START + HOUR)
    Wallet.objects.filter(reference="w1").update(balance=0)
    with at(START + HOUR):
        tasks.settle_due_wallets()
        told = selectors.trial_balance()
    expired = LedgerEntry.objects.filter(kind="expired").values_list("wallet__reference", flat=True)
    assert sorted(expired) == ["w0", "w2", "w3", "w4"]
    failures = [record.msg for record in caplog.records if "wallet_not_settled" in str(record.msg)]
    assert {line["wallet"] for line in failures} == {"w1"}
    assert told["unsettled"] == 1


@pytest.mark.corrupts_ledger
@pytest.mark.django_db(transaction=True)
def test_the_nightly_check_logs_each_violation(caplog: pytest.LogCaptureFixture) -> None:
    damage.build()
    tasks.check_ledger()
    assert "ledger_violation" not in caplog.text
    damage.damage(damage.IN_STATE["a wallet's balance"][0])
    tasks.check_ledger()
    assert "wallet_balance_is_sum_of_grants" in caplog.text
