"""What racers do. Each job is a function that another process can import; it returns what can be sent back."""

from datetime import timedelta
from decimal import Decimal

from credits import services
from credits.services import Origin


def consume(reference: str, amount: int, key: str | None = None) -> tuple[str, bool]:
    """Consume; return the entry's id and whether it was a replay."""
    posted = services.consume(reference=reference, amount=Decimal(amount), origin=Origin("service", "key:x", key))
    return posted.entry.id, posted.replayed


def grant(reference: str, amount: int, key: str | None = None) -> str:
    posted = services.issue_grant(reference=reference, amount=Decimal(amount), origin=Origin("service", "key:x", key))
    return posted.wallet.id


def grant_or_consume(reference: str, amount: int) -> str:
    """Grant a positive amount, consume a negative one."""
    return grant(reference, amount) if amount > 0 else consume(reference, -amount)[0]


def hold(reference: str, amount: int, seconds: float = 900) -> str:
    life = timedelta(seconds=seconds)
    posted = services.place_hold(reference=reference, amount=Decimal(amount), expires_in=life)
    assert posted.hold is not None
    return posted.hold.id


def capture(hold_id: str) -> str:
    return services.capture_hold(hold=hold_id).entry.id


def release(hold_id: str) -> str:
    return services.release_hold(hold=hold_id).entry.id


def settle(reference: str) -> None:
    services.settle_wallets([reference])


def transfer(source: str, target: str, amount: int) -> str:
    return services.transfer(source=source, target=target, amount=Decimal(amount)).entry.id


def consume_of_many(references: list[str], amount: int) -> int:
    """Consume from many wallets in one batch; return how many of them paid."""
    items = [services.Consumption(reference, Decimal(amount)) for reference in references]
    return sum(isinstance(outcome, services.Posted) for outcome in services.consume_many(items=items))


def end_hold(verb: str, reference: str, hold_id: str) -> str:
    """Capture, release or just settle."""
    if verb == "settle":
        settle(reference)
        return ""
    return {"capture": capture, "release": release}[verb](hold_id)
