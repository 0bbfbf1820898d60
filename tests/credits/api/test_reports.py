import re
from decimal import Decimal

from credits.checkpoints import is_ours
from tests.credits.api.callers import Caller, fields


def test_all_wallets_and_all_contra_accounts_are_zero_together(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="10", source="purchase")
    admin.posts("wallets/bob/grants", amount="5", source="referral")
    admin.posts("wallets/ada/consume", amount="2.5")
    admin.posts("transfers", source="ada", target="bob", amount="1")
    told = admin.get("reports/trial-balance").json()
    assert (told["wallets"], told["total"], told["debt"]) == ("12.5", "0", "0")
    contra = {account: Decimal(amount) for account, amount in told["contra"].items()}
    assert contra == {"purchases": -10, "promotions": -5, "usage": Decimal("2.5"), "transfers": 0}
    assert fields(admin.get("reports/trial-balance", at="now")) == ["at"]


def test_a_checkpoint_is_signed(admin: Caller) -> None:
    admin.posts("wallets/ada/grants", amount="10")
    checkpoint = admin.get("ledger/checkpoint").json()
    assert (checkpoint["wallets"], checkpoint["entries"]) == (1, 1)
    assert is_ours(checkpoint)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", checkpoint["at"])
    assert not is_ours({**checkpoint, "entries": 2})
