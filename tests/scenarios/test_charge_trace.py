"""A file of requests is charged exactly once, also when the script is killed on its way."""

import csv
import os
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import Sum

from accounts.services.api_keys import create_api_key
from accounts.services.audit import Origin
from credits.models import LedgerEntry
from tests.accounts.servers import running_server

SCRIPT = settings.BASE_DIR / "examples" / "charge_trace.py"
REAL = Path(
    os.environ.get("TRACE_FILE", settings.BASE_DIR.parent / "shared" / "data" / "azure_llm_trace_code_2023.csv")
)
FILES = ["generated", *(["real"] if REAL.exists() else [])]


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    path, chance = tmp_path / "trace.csv", random.Random(7)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["TIMESTAMP", "ContextTokens", "GeneratedTokens"])
        for second in range(3000):
            tokens = (0, 0) if second == 5 else (chance.randrange(1, 8000), chance.randrange(0, 2000))
            writer.writerow([f"2023-11-16 18:17:{second % 60:02}.0", *tokens])
    return path


def command(file: Path, base_url: str, *more: str) -> list[str]:
    return [sys.executable, str(SCRIPT), str(file), "--base-url", base_url, *more]


def environment() -> dict[str, str]:
    key = create_api_key(name="trace", scope="grant", origin=Origin("user:test")).secret
    return {**os.environ, "API_KEY": key}


def costs(file: Path) -> list[Decimal]:
    with file.open(newline="") as lines:
        rows = [(int(row["ContextTokens"]) + int(row["GeneratedTokens"])) for row in csv.DictReader(lines)]
    return sorted(Decimal(tokens) / 1000 for tokens in rows if tokens)


def start_and_kill(line: list[str], variables: dict[str, str]) -> None:
    """Start the script and kill it while it charges."""
    process = subprocess.Popen(line, env=variables, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = b""
    while said.count(b"%") < 3:
        part = process.stderr.read1(200)
        assert part, said
        said += part
    process.kill()
    process.wait()
    process.stderr.close()
    assert b"100%" not in said


@pytest.mark.parametrize("name", FILES)
def test_a_trace_is_charged_to_the_last_digit_also_when_killed(
    name: str, generated: Path, transactional_db: None
) -> None:
    file = generated if name == "generated" else REAL
    consumed = LedgerEntry.objects.filter(kind="consumed")
    with running_server(2) as base_url:
        line, variables = command(file, base_url, "--batch", "100"), environment()
        start_and_kill(line, variables)
        assert 0 < consumed.count() < len(costs(file))
        for _ in range(2):
            done = subprocess.run(line, env=variables, capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "equal to the last digit" in done.stdout
    assert sorted(-amount for amount in consumed.values_list("amount", flat=True)) == costs(file)
    assert consumed.values("wallet").distinct().count() == 50


def test_a_difference_is_noticed(generated: Path, transactional_db: None) -> None:
    from credits import services

    with running_server(1) as base_url:
        line, variables = command(generated, base_url, "--wallets", "3", "--batch", "1000"), environment()
        subprocess.run(line, env=variables, capture_output=True, timeout=300, check=True)
        reference = LedgerEntry.objects.filter(kind="consumed").values_list("wallet__reference", flat=True)[0]
        services.consume(reference=reference, amount=Decimal("0.000001"))
        done = subprocess.run(line, env=variables, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert "THE SUMS DIFFER" in done.stderr
    total = LedgerEntry.objects.filter(kind="consumed").aggregate(total=Sum("amount"))["total"]
    assert -total == sum(costs(generated)) + Decimal("0.000001")
