"""Random commands for a few wallets: drawn from what the wallets hold, so that most are accepted and many are not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from credits.engine import commands as c
from credits.engine.state import Rollover
from tests.credits.engine.shelf import Shelf

START = datetime(2026, 1, 1, tzinfo=UTC)
WALLETS = ("ann", "bob", "cyd")
SOURCES = ("purchase", "purchase", "purchase", "promotion", "allowance", "subscription", "adjustment")
ONWARD = (0, 0, 0, 0, 1, 1, 2, 3, 7)
SKEWED = (*ONWARD, -1, -4)
LEAPS = (100, 100, 600, 100_000)
LIVES = (2, 10, 40, 90, 200, 500, None)


class Moves:
    """Draws one command after the other; the same seed on the same books draws the same commands."""

    def __init__(self, seed: int, shelf: Shelf, steps: tuple[int, ...] = SKEWED) -> None:
        self.random = Random(seed)
        self.shelf = shelf
        self.now = START
        self.steps = steps
        self.sent: list[c.Command] = []
        self.holds: dict[str, list[str]] = {wallet: [] for wallet in WALLETS}
        self.grants: dict[str, list[str]] = {wallet: [] for wallet in WALLETS}
        self.bought: dict[str, list[str]] = {wallet: [] for wallet in WALLETS}
        self.used: dict[str, list[str]] = {wallet: [] for wallet in WALLETS}
        self.seen = self.drawn = 0

    def tick(self) -> datetime:
        """Move the clock: mostly on, sometimes a little back, seldom far on."""
        step = self.random.choice(LEAPS if self.random.random() < 0.01 else self.steps)
        self.now += timedelta(seconds=step)
        return self.now

    def draw(self) -> c.Command:
        """Return the next command; one in sixteen repeats an earlier one, as it was or with another body."""
        self._look()
        if self.sent and self.random.random() < 0.06:
            again = self.random.choice(self.sent)
            return again if self.random.random() < 0.7 else replace(again, description="another request")
        wallet = self.random.choice(WALLETS)
        kind, rest = self._body(wallet)
        self.drawn += 1
        key = f"k{self.drawn}" if self.random.random() < 0.5 else None
        principal = self.random.choice(("service", "operator", "internal"))
        command: c.Command = kind(reference=wallet, key=key, principal=principal, actor="tester", **rest)
        if key is not None:
            self.sent.append(command)
            del self.sent[:-40]
        return command

    def _look(self) -> None:
        """Note what was posted since the last look, so that later commands can name it."""
        for entry in self.shelf.entries[self.seen :]:
            if entry.grant is not None and entry.kind in ("issued", "scheduled", "rolled_over"):
                self.grants[entry.reference].append(entry.grant)
                if self.shelf.posted_grants[entry.grant].source == "purchase":
                    self.bought[entry.reference].append(entry.grant)
            elif entry.kind in ("transferred", "reversed"):
                self.grants[entry.reference] += [part.grant for part in entry.allocations if part.amount > 0]
            if entry.hold is not None and entry.kind == "held":
                self.holds[entry.reference].append(entry.hold)
            if entry.kind == "consumed":
                self.used[entry.reference].append(entry.id)
        self.seen = len(self.shelf.entries)

    def _body(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        make = self.random.choices(MAKERS, WEIGHTS)[0]
        return make(self, wallet)

    def amount(self, around: int = 0) -> int:
        """Return an amount: all of what is `around`, a part of it, or a small one of its own."""
        if around > 1 and self.random.random() < 0.6:
            return around if self.random.random() < 0.4 else self.random.randint(1, around)
        return self.random.choice((1, 10, 99, 250_000)) * self.random.randint(1, 9)

    def recent(self, found: list[str]) -> str:
        """Return one of the ids, mostly a late one; an id that nobody has where there is none."""
        if not found or self.random.random() < 0.02:
            return "nobody's"
        return self.random.choice(found[-6:] if self.random.random() < 0.8 else found)

    def issue(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        life = self.random.choice(LIVES)
        begins = self.random.choice((None, None, None, None, None, None, 2, 9, 40, -3))
        start = None if begins is None else self.now + timedelta(seconds=begins)
        huge = self.random.random() < (0.2 if self.shelf.wallets[wallet].balance > 10**13 else 0.008)
        return c.IssueGrant, {
            "amount": self.random.randint(10**14, 10**15) if huge else self.amount(),
            "source": self.random.choice(SOURCES),
            "priority": self.random.choice((50, 50, 50, 10, 90)),
            "effective_at": start,
            "expires_at": None if life is None else (start or self.now) + timedelta(seconds=life),
            "rollover": self._rollover(),
            "cost_minor": self.random.choice((None, 999)),
        }

    def _rollover(self) -> Rollover | None:
        if self.random.random() < 0.7:
            return None
        limit = self.random.choice(({}, {"amount": self.amount()}, {"percent": self.random.randint(1, 100)}))
        return Rollover(**limit, days=self.random.choice((None, 1)), times=self.random.randint(1, 3))

    def consume(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        found = self.shelf.wallets[wallet]
        overage = self.random.choice(("strict", "strict", "up_to"))
        return c.Consume, {"amount": self.amount(found.balance - found.held), "overage": overage}

    def hold(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        found = self.shelf.wallets[wallet]
        life = timedelta(seconds=self.random.choice((2, 30, 90, 250, 900)))
        return c.PlaceHold, {"amount": self.amount((found.balance - found.held) // 2), "expires_in": life}

    def capture(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        hold = self._active(wallet)
        covered = self._covered(wallet, hold)
        return c.CaptureHold, {
            "hold": hold,
            "amount": self.random.choice((None, self.amount(covered), covered + self.random.randint(0, 9))),
            "final": self.random.random() < 0.7,
            "overage": self.random.choice(("strict", "up_to")),
        }

    def _active(self, wallet: str) -> str:
        """Return a hold, three times in four one that is active."""
        active = [hold.id for hold in self.shelf.wallets[wallet].holds.values() if hold.status == "active"]
        return self.recent(active if active and self.random.random() < 0.85 else self.holds[wallet])

    def _covered(self, wallet: str, hold: str) -> int:
        found = self.shelf.wallets[wallet].holds.get(hold)
        return 0 if found is None else sum(found.cover.values())

    def release(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        return c.ReleaseHold, {"hold": self._active(wallet)}

    def extend(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        life = self.random.choice((None, 5, 60, 700_000))
        return c.ExtendHold, {
            "hold": self._active(wallet),
            "amount": self.random.choice((0, self.amount())),
            "expires_in": None if life is None else timedelta(seconds=life),
        }

    def reverse(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        entry = self.recent(self.used[wallet])
        taken = -self.shelf.by_id[entry].amount if entry in self.shelf.by_id else 0
        expires = self.now + timedelta(seconds=30) if self.random.random() < 0.3 else None
        return c.ReverseEntry, {
            "entry": entry,
            "amount": self.random.choice((None, self.amount(taken))),
            "expires_at": expires,
        }

    def void(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        return c.VoidGrant, {"grant": self.recent(self.grants[wallet])}

    def claw_back(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        some = self.grants[wallet] if self.random.random() < 0.1 else self.bought[wallet]
        grant = self.recent(some)
        return c.ClawBack, {"grant": grant, "amount": self.amount(self._refundable(grant))}

    def _refundable(self, grant: str) -> int:
        found = self.shelf.posted_grants.get(grant)
        return 0 if found is None else found.amount - found.refunded

    def adjust(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        return c.Adjust, {"amount": self.amount() * self.random.choice((-1, 1))}

    def reset(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        return c.Reset, {}

    def transfer(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        found = self.shelf.wallets[wallet]
        target = self.random.choice((*WALLETS, *WALLETS, "nobody"))
        return c.Transfer, {"target": target, "amount": self.amount((found.balance - found.held) // 2)}

    def forgive(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        return c.ForgiveDebt, {"amount": self.random.choice((None, self.amount(self.shelf.wallets[wallet].debt)))}

    def freeze(self, wallet: str) -> tuple[type[c.Command], dict[str, Any]]:
        thaws = self.shelf.wallets[wallet].status == "frozen" and self.random.random() < 0.9
        return (c.Unfreeze if thaws or self.random.random() < 0.5 else c.Freeze), {}


WEIGHTED: dict[Callable[[Moves, str], tuple[type[c.Command], dict[str, Any]]], float] = {
    Moves.issue: 22,
    Moves.consume: 20,
    Moves.hold: 14,
    Moves.capture: 10,
    Moves.release: 5,
    Moves.extend: 3,
    Moves.reverse: 8,
    Moves.void: 2,
    Moves.claw_back: 7,
    Moves.adjust: 2,
    Moves.reset: 0.4,
    Moves.transfer: 4,
    Moves.forgive: 0.6,
    Moves.freeze: 1.2,
}
MAKERS, WEIGHTS = tuple(WEIGHTED), tuple(WEIGHTED.values())
