"""Words to write a story of one ledger in: instants are seconds, amounts are credits, and every step is audited."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.problems import Problem
from credits.engine import Result
from credits.engine import commands as c
from credits.engine.state import Entry, Grant, Hold
from tests.credits.engine.auditor import Auditor
from tests.credits.engine.shelf import Shelf

START = datetime(2026, 1, 1, tzinfo=UTC)
MICROS = 1_000_000


def instant(second: float | None) -> datetime | None:
    return None if second is None else START + timedelta(seconds=second)


def second(moment: datetime) -> float:
    return (moment - START).total_seconds()


def micros(credits_: float | str | Decimal) -> int:
    """Return millionths; a fraction is given as text."""
    return int(Decimal(credits_) * MICROS)


def credit(amount: int) -> int | Decimal:
    """Return credits, as an int where they are whole."""
    return amount // MICROS if amount % MICROS == 0 else Decimal(amount) / MICROS


class Book:
    """A ledger with the wallet `w`; `at(5)` moves the clock, every other word runs one command and returns its id."""

    def __init__(self, *others: str) -> None:
        self.shelf = Shelf("w", *others)
        self.auditor = Auditor()
        self.audited = 0
        self.clock = 0.0

    def at(self, clock: float) -> "Book":
        """Set the clock of the host that runs what follows."""
        self.clock = clock
        return self

    def run(self, *commands: c.Command) -> list[Result]:
        """Run commands as one batch and audit the books; refusals are results."""
        results = self.shelf.run(START + timedelta(seconds=self.clock), *commands).results
        self.audit()
        return results

    def do(self, command: c.Command) -> Entry:
        """Run one command; raise its refusal."""
        (result,) = self.run(command)
        if result.refusal is not None:
            raise result.refusal
        assert result.entry is not None
        return result.entry

    def refusal(self, command: c.Command) -> Problem:
        """Run one command that must be refused, and see that nothing but time has moved anything."""
        posted = len(self.read(command.reference).shelf.entries)
        (result,) = self.run(command)
        assert result.refusal is not None, "was accepted"
        assert len(self.shelf.entries) == posted
        return result.refusal

    def read(self, wallet: str = "w") -> "Book":
        """Settle a wallet as a read of the present does."""
        if wallet in self.shelf.wallets:
            self.shelf.settle(wallet, START + timedelta(seconds=self.clock))
            self.audit()
        return self

    def audit(self) -> None:
        for entry in self.shelf.entries[self.audited :]:
            self.auditor.take(entry)
        self.audited = len(self.shelf.entries)
        for wallet in self.shelf.wallets.values():
            self.auditor.check(wallet)
            self.auditor.check_closed(wallet, self.shelf.closed[wallet.id], self.shelf.ended[wallet.id])
        self.auditor.check_totals()

    def issue(self, amount: Any, *, expires: float | None = None, starts: float | None = None, **rest: Any) -> str:
        dates = {"effective_at": instant(starts), "expires_at": instant(expires)}
        command = c.IssueGrant(**{"reference": "w", "source": "promotion", "amount": micros(amount), **dates, **rest})
        return named(self.do(command).grant)

    def buy(self, amount: Any, **rest: Any) -> str:
        return self.issue(amount, source="purchase", **rest)

    def consume(self, amount: Any, **rest: Any) -> str:
        return self.do(c.Consume(**{"reference": "w", "amount": micros(amount), **rest})).id

    def hold(self, amount: Any, *, expires: float = 900, **rest: Any) -> str:
        life = timedelta(seconds=expires - self.clock)
        command = c.PlaceHold(**{"reference": "w", "amount": micros(amount), "expires_in": life, **rest})
        return named(self.do(command).hold)

    def capture(self, hold: str, amount: Any = None, **rest: Any) -> str:
        wanted = None if amount is None else micros(amount)
        return self.do(c.CaptureHold(**{"reference": "w", "hold": hold, "amount": wanted, **rest})).id

    def release(self, hold: str) -> str:
        return self.do(c.ReleaseHold(reference="w", hold=hold)).id

    def extend(self, hold: str, amount: Any = 0, *, expires: float | None = None) -> str:
        life = None if expires is None else timedelta(seconds=expires - self.clock)
        return self.do(c.ExtendHold(reference="w", hold=hold, amount=micros(amount), expires_in=life)).id

    def reverse(self, entry: str, amount: Any = None, *, expires: float | None = None) -> str:
        wanted = None if amount is None else micros(amount)
        return self.do(c.ReverseEntry(reference="w", entry=entry, amount=wanted, expires_at=instant(expires))).id

    def void(self, grant: str, wallet: str = "w") -> str:
        return self.do(c.VoidGrant(reference=wallet, grant=grant)).id

    def claw_back(self, grant: str, amount: Any) -> str:
        return self.do(c.ClawBack(reference="w", grant=grant, amount=micros(amount))).id

    def transfer(self, amount: Any, target: str, **rest: Any) -> str:
        return self.do(c.Transfer(**{"reference": "w", "target": target, "amount": micros(amount), **rest})).id

    def adjust(self, amount: Any) -> str:
        return self.do(c.Adjust(reference="w", amount=micros(amount))).id

    def reset(self, **rest: Any) -> str:
        return self.do(c.Reset(**{"reference": "w", **rest})).id

    def forgive(self, amount: Any = None) -> str:
        return self.do(c.ForgiveDebt(reference="w", amount=None if amount is None else micros(amount))).id

    def freeze(self) -> str:
        return self.do(c.Freeze(reference="w")).id

    def unfreeze(self) -> str:
        return self.do(c.Unfreeze(reference="w")).id

    def grant(self, grant_id: str) -> Grant:
        return self.shelf.posted_grants[grant_id]

    def held_by(self, hold_id: str) -> Hold:
        return self.shelf.posted_holds[hold_id]

    def left(self, *grants: str) -> Any:
        """Return what remains of the grants."""
        amounts = [credit(self.grant(grant).remaining) for grant in grants]
        return amounts[0] if len(amounts) == 1 else amounts

    def sums(self, wallet: str = "w") -> tuple[Any, Any, Any]:
        """Return balance, held and debt."""
        found = self.shelf.wallets[wallet]
        return credit(found.balance), credit(found.held), credit(found.debt)

    def balance_at(self, moment: float, wallet: str = "w") -> Any:
        """Return balance(at=T): that of the last entry at or before T."""
        past = [e for e in self.shelf.entries if e.reference == wallet and second(e.effective_at) <= moment]
        return credit(past[-1].balance_after) if past else 0

    def posted(self, *, since: str | None = None, wallet: str = "w") -> str:
        """Return the entries of a wallet, since one of them (itself included), each in one word."""
        rows = [e for e in self.shelf.entries if e.reference == wallet and e.id >= (since or "")]
        return " ".join(word_of(entry) for entry in rows)

    def children(self, grant: str) -> list[Grant]:
        """Return the grants that descend directly from one, oldest first."""
        return [found for found in self.shelf.posted_grants.values() if found.parent == grant]


def named(value: str | None) -> str:
    assert value is not None
    return value


def word_of(entry: Entry) -> str:
    """Return an entry as a word: `>` if caused by another, kind, amount, changes of held, debt, shortfall, second."""
    amount = f"{credit(entry.amount):+}" if entry.amount else ""
    held = f" h{credit(entry.held_change):+}" if entry.held_change else ""
    debt = f" d{credit(entry.debt_change):+}" if entry.debt_change else ""
    short = f" s{credit(entry.shortfall)}" if entry.shortfall else ""
    cause = ">" if entry.caused_by else ""
    return f"{cause}{entry.kind}{amount}{held}{debt}{short}@{second(entry.effective_at):g}".replace(" ", ",")
