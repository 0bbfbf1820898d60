"""Each measure with its reference from the same run, and the ratio that is aimed at."""

import json
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from accounts.models import Scope
from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin as AuditOrigin
from benchmarks import load, rig
from benchmarks.allowances import measure_allowances
from benchmarks.metering import measure_metering
from benchmarks.rig import Figure
from credits import services
from credits.models import LedgerEntry
from credits.services import Consumption, Origin

HALF = Decimal("0.5")
_random = Random()


@dataclass(frozen=True)
class Plan:
    """How long and how often to measure; `entries` are in the ledger that is checked, `wallets` get an allowance."""

    seconds: float
    rounds: int
    entries: int
    wallets: int


FULL = Plan(seconds=4, rounds=3, entries=200_000, wallets=200_000)
SMOKE = Plan(seconds=1, rounds=1, entries=5_000, wallets=3_000)


def measure_service(plan: Plan) -> list[Figure]:
    """P1, P4 and P5: the services, without HTTP."""
    single, batches, limit = rig.side_by_side(
        plan.rounds,
        lambda: rig.in_processes(8, plan.seconds, _consume),
        lambda: rig.in_processes(2, plan.seconds, _consume_twenty),
        lambda: rig.pgbench(8, plan.seconds),
    )
    pairs, alone = rig.side_by_side(
        plan.rounds,
        lambda: rig.in_processes(2, plan.seconds, _hold_and_capture),
        lambda: rig.in_processes(2, plan.seconds, _consume),
    )
    return [
        Figure("P1", "single consumptions, 8 processes ÷ pgbench, 8 clients", "consumptions/s", single, limit, 0.3),
        Figure("P4", "batches of 20, 2 processes ÷ pgbench, 8 clients", "consumptions/s", batches, limit, 1.5),
        Figure("P5", "hold and capture ÷ single consumption, 2 processes", "/s", pairs, alone, 0.5),
    ]


def measure_http(plan: Plan) -> list[Figure]:
    """P2, P4 over HTTP, P6 and P8: the API on two workers of 16 threads, 32 connections."""
    calls = _calls()
    with rig.server():

        def rate(name: str, connections: int = 32) -> float:
            return load.rate(calls[name], rig.PORT, connections, plan.seconds)

        consume, post, read, get = rig.side_by_side(
            plan.rounds,
            lambda: rate("consume"),
            lambda: rate("bare POST"),
            lambda: rate("read"),
            lambda: rate("bare GET"),
        )
        batch, one_wallet, limit = rig.side_by_side(
            plan.rounds,
            lambda: rate("batch", 4) * 1000,
            lambda: rate("one wallet"),
            lambda: rig.pgbench(32, plan.seconds, one_wallet=True),
        )
    return [
        Figure("P2", "HTTP consume ÷ bare endpoint", "requests/s", consume, post, 0.33),
        Figure("P4", "POST /consumptions of 1,000 ÷ single HTTP consumes", "consumptions/s", batch, consume, 8),
        Figure("P6", "HTTP consume on one wallet ÷ pgbench, 32 clients on one row", "/s", one_wallet, limit, 0.7),
        Figure("P8", "HTTP balance read ÷ bare endpoint", "requests/s", read, get, 0.7),
    ]


def measure_check(plan: Plan) -> list[Figure]:
    """P12: check_ledger with two processes; the reference is the target itself, 100,000 entries a second."""
    rig.fill_wallets("c", 50)
    for _ in range(plan.entries // 1000):
        services.consume_many(items=[_consumption(f"c{_random.randrange(50)}") for _ in range(1000)])
    entries, seconds = _checked(["--processes", "2"])
    return [Figure("P12", "check_ledger, two processes ÷ 100,000 entries/s", "entries/s", entries / seconds, 1e5, 1.0)]


# The check comes first: the reference's function writes no true hashes.
MEASURES: dict[str, Callable[[Plan], list[Figure]]] = {
    "check": measure_check,
    "service": measure_service,
    "http": measure_http,
    "metering": lambda plan: measure_metering(plan.rounds, round(plan.seconds * 150)),
    "allowances": lambda plan: measure_allowances(plan.wallets),
}


def _origin() -> Origin:
    return Origin("service", "key:bench", uuid.uuid4().hex, "bench")


def _wallet() -> str:
    return f"b{_random.randrange(rig.WALLETS)}"


def _consumption(reference: str) -> Consumption:
    return Consumption(reference, HALF, origin=_origin())


def _consume(number: int) -> int:
    services.consume(reference=_wallet(), amount=HALF, origin=_origin())
    return 1


def _consume_twenty(number: int) -> int:
    services.consume_many(items=[_consumption(_wallet()) for _ in range(20)])
    return 20


def _hold_and_capture(number: int) -> int:
    placed = services.place_hold(reference=_wallet(), amount=HALF, expires_in=timedelta(minutes=5), origin=_origin())
    assert placed.hold is not None
    services.capture_hold(hold=placed.hold.id, origin=_origin())
    return 1


def _calls() -> dict[str, load.Call]:
    key = create_api_key(name="bench", scope=Scope.SPEND, origin=AuditOrigin("bench")).secret
    who, wallets = f"Api-Key {key}", rig.WALLETS
    amount = json.dumps({"amount": "0.5"})
    items = json.dumps({"items": [{"reference": f"b{number}", "amount": "0.5"} for number in range(1000)]})
    bare = json.dumps({"reference": "b{n}", "amount": "0.5"})
    return {
        "consume": load.Call("POST", "/api/v1/wallets/b{n}/consume", who, amount, wallets, 201),
        "one wallet": load.Call("POST", "/api/v1/wallets/b0/consume", who, amount, 1, 201),
        "batch": load.Call("POST", "/api/v1/consumptions", who, items, 1, 200),
        "read": load.Call("GET", "/api/v1/wallets/b{n}", who, "", wallets, 200),
        "bare POST": load.Call("POST", "/bare", who, bare, wallets, 200),
        "bare GET": load.Call("GET", "/bare", who, "", 1, 200),
    }


def _checked(arguments: list[str]) -> tuple[int, float]:
    entries, began = LedgerEntry.objects.count(), time.monotonic()
    subprocess.run([sys.executable, "manage.py", "check_ledger", *arguments], check=True, stdout=subprocess.DEVNULL)
    return entries, time.monotonic() - began
