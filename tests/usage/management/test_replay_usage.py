"""Files of usage are charged to the last digit and once, also when the replay is killed on its way."""

import csv
import os
import random
import time
from decimal import ROUND_CEILING, Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Sum

from core.models import Event
from credits.models import LedgerEntry, Wallet
from tests.concurrency import nursery
from tests.usage.management import replayer
from usage.models import UsageEvent
from usage.services import NewRate, create_rate

REAL = Path(
    os.environ.get("TRACE_FILE", settings.BASE_DIR.parent / "shared" / "data" / "azure_llm_trace_code_2023.csv")
)
FILES = ["generated", *([pytest.param("real", marks=pytest.mark.run_once)] if REAL.exists() else [])]
# Money for a million tokens; a unit of money is 3.7 credits, so that most calls have to be rounded.
INPUT, OUTPUT, WORTH = Decimal("0.15"), Decimal("0.6"), Decimal("3.7")


@pytest.fixture
def rate(db: None) -> None:
    prices = {"input_tokens": INPUT, "output_tokens": OUTPUT}
    create_rate(rate=NewRate(model="m", prices=prices, credits_per_currency_unit=WORTH), actor="user:test")


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    """Return a trace without a line's end at its end, as the real one is."""
    path, chance = tmp_path / "trace.csv", random.Random(7)
    rows = [
        f"2023-11-16 18:{row // 60:02}:{row % 60:02}.9799600,{chance.randrange(1, 8000)},{chance.randrange(2000)}"
        for row in range(1500)
    ]
    rows[5] = "2023-11-16 18:00:05.0,0,0"
    path.write_text("\n".join(["TIMESTAMP,ContextTokens,GeneratedTokens", *rows]))
    return path


def costs(file: Path) -> list[Decimal]:
    """Return what each row costs, rounded up, by the plainest arithmetic."""
    found = []
    for line in file.read_text().splitlines()[1:]:
        _, given, made = line.split(",")
        exact = (int(given) * INPUT + int(made) * OUTPUT) / 1_000_000 * WORTH
        found.append(exact.quantize(Decimal("0.000001"), ROUND_CEILING))
    return found


def run(file: Path, *arguments: str) -> dict[str, str]:
    """Replay a file and return the lines of the report."""
    out = StringIO()
    call_command("replay_usage", str(file), "--model", "m", *arguments, stdout=out, stderr=StringIO())
    return dict(line.split(maxsplit=1) for line in out.getvalue().splitlines())


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_charged_to_the_last_digit_also_when_killed(
    name: str, generated: Path, transactional_db: None, rate: None
) -> None:
    file = generated if name == "generated" else REAL
    expected = costs(file)
    start_and_kill(file, len(expected))
    charged = UsageEvent.objects.count()
    assert 0 < charged < len(expected)
    first = run(file, "--wallets", "5")
    again = run(file, "--wallets", "5")
    total = sum(expected, Decimal(0))
    tokens = sum(int(given) + int(made) for _, given, made in (line.split(",") for line in lines_of(file)))
    for report, earlier in ((first, charged), (again, len(expected))):
        assert report["calls"] == f"{len(expected):,}"
        assert report["charged"] == f"{len(expected):,}, of them {earlier:,} by an earlier try"
        assert (report["amount"], report["refused"]) == (f"{total.normalize():f}", "0")
        assert report["tokens"] == f"{tokens:,}"
    consumed = LedgerEntry.objects.filter(kind="consumed")
    assert sorted(-amount for amount in consumed.values_list("amount", flat=True)) == sorted(filter(None, expected))
    assert UsageEvent.objects.aggregate(total=Sum("amount"))["total"] == total
    assert Wallet.objects.count() == 5
    call_command("check_ledger", stdout=StringIO(), stderr=StringIO())


def lines_of(file: Path) -> list[str]:
    return file.read_text().splitlines()[1:]


def start_and_kill(file: Path, rows: int) -> None:
    """Replay a file in another process, and kill that while it charges."""
    database = str(connection.settings_dict["NAME"])
    process = nursery.context().Process(target=replayer.replay, args=(database, str(file)), daemon=True)
    process.start()
    until = time.monotonic() + 60
    while not UsageEvent.objects.exists():
        assert process.is_alive()
        assert time.monotonic() < until
        time.sleep(0.005)
    process.kill()
    process.join()


@pytest.mark.django_db
def test_refusals_are_counted_by_their_reason(generated: Path, rate: None) -> None:
    report = run(generated, "--wallets", "2", "--grant", "1")
    taken = Decimal(report["amount"])
    assert 1 < taken <= 2
    assert report["insufficient_credits"] == report["refused"] != "0"
    assert sum(Wallet.objects.values_list("balance", flat=True), Decimal(0)) == 2 - taken
    assert 0 < Event.objects.filter(name="operation.refused").count() <= 120


@pytest.mark.django_db
def test_what_was_exported_is_replayed_for_the_same(generated: Path, rate: None, tmp_path: Path) -> None:
    before = run(generated)
    exported = tmp_path / "usage.csv"
    call_command("export_usage", str(exported))
    with exported.open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 1500
    after = run(exported)
    assert (after["amount"], after["tokens"]) == (before["amount"], before["tokens"])
    assert UsageEvent.objects.count() == 3000


@pytest.mark.django_db
def test_calls_come_as_fast_as_they_are_told_to(tmp_path: Path, rate: None) -> None:
    file = tmp_path / "slow.csv"
    file.write_text("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:00:00,5,5\n2023-11-16 18:00:40,5,5\n")
    began = time.monotonic()
    run(file, "--speed", "100")
    assert time.monotonic() - began >= 0.4
    first, last = UsageEvent.objects.order_by("id")
    assert (last.occurred_at - first.occurred_at).total_seconds() >= 0.3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n", "expected the columns"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:00:00,x,5\n", "row 1"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,5\n", "row 1"),
        ("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:00:00,1\n", "row 1"),
        ("", "expected the columns"),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_row(text: str, said: str, tmp_path: Path, rate: None) -> None:
    file = tmp_path / "other.csv"
    file.write_text(text)
    with pytest.raises(CommandError, match=said):
        run(file)
    assert UsageEvent.objects.count() == 0


@pytest.mark.django_db
def test_a_model_without_a_rate_is_told_before_anything_is_charged(generated: Path) -> None:
    with pytest.raises(CommandError, match="model_unknown"):
        run(generated)
