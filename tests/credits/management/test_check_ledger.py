import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from core import triggers
from credits import services
from credits.models import Grant, Hold, Wallet
from tests.accounts.servers import database_url
from tests.credits import damage
from tests.credits.selectors.ledgers import START, D, at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.corrupts_ledger]

CASES = {**damage.IN_ENTRIES, **damage.IN_STATE}


def check(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    """Run the command; return its exit status and what it names."""
    try:
        call_command("check_ledger", *options)
    except SystemExit as end:
        return int(end.code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


def export(folder: Path) -> Path:
    """Export the ledger and return the checkpoint file."""
    call_command("export_ledger", str(folder))
    return next(folder.glob("checkpoint-*.jsonl"))


@pytest.mark.parametrize("case", CASES)
def test_a_damage_is_named(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage.build()
    checkpoint = export(tmp_path)
    assert check(capsys, "--checkpoint", str(checkpoint))[0] == 0
    statements, name = CASES[case]
    damage.damage(statements)
    status, told = check(capsys, "--checkpoint", str(checkpoint))
    assert (status, name in told) == (1, True), told


def test_a_cut_tail_is_seen_only_by_the_checkpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage.build()
    checkpoint = export(tmp_path)
    damage.damage(damage.IN_ENTRIES["a cut tail"][0])
    assert check(capsys)[0] == 0
    status, told = check(capsys, "--checkpoint", str(checkpoint))
    assert status == 1
    assert "entries_of_checkpoint_are_there: v: entry 3 is missing" in told


def test_a_changed_checkpoint_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    damage.build()
    checkpoint = export(tmp_path)
    lines = checkpoint.read_text().splitlines()
    checkpoint.write_text("\n".join(lines[1:]))
    assert "checkpoint_covers_its_heads" in check(capsys, "--checkpoint", str(checkpoint))[1]
    checkpoint.write_text("\n".join(lines).replace('"wallets":2', '"wallets":3'))
    assert "checkpoint_is_signed_by_us" in check(capsys, "--checkpoint", str(checkpoint))[1]


def test_a_dropped_trigger_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    damage.build()
    name = "credits_ledgerentry_no_update"
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TRIGGER {name}" + (" ON credits_ledgerentry" if connection.vendor == "postgresql" else "")
        )
    try:
        status, told = check(capsys)
    finally:
        triggers.install(connection)
    assert status == 1
    assert f"triggers_present: ledger: {name}" in told


def test_grants_and_holds_that_nobody_posted_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    services.issue_grant(reference="w", amount=D(1))
    wallet = Wallet.objects.get()
    Grant.objects.create(wallet=wallet, sequence=1, amount=5, remaining=5, source="promotion", effective_at=START)
    Hold.objects.create(wallet=wallet, amount=5, placed_by="system", placed_at=START, expires_at=START)
    told = check(capsys)[1]
    assert "grant_terms_are_as_issued" in told
    assert "every_hold_was_placed: w: 1 holds are there, 0 were placed" in told


def test_each_violation_names_wallet_and_entry(capsys: pytest.CaptureFixture[str]) -> None:
    damage.build()
    damage.damage(damage.IN_ENTRIES["description"][0])
    told = check(capsys)[1]
    assert "texts_match_their_hash: w: entry 3 (" in told


def test_a_wallet_with_more_entries_than_a_page_is_right(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("credits.books.PAGE", 4)
    damage.build()
    assert check(capsys)[0] == 0
    damage.damage(damage.IN_ENTRIES["description"][0])
    assert check(capsys)[0] == 1


def test_two_processes_find_what_one_finds() -> None:
    damage.build()
    with at(START):
        for number in range(20):
            services.issue_grant(reference=f"w{number}", amount=D(number + 1))
    right = run_processes()
    damage.damage(damage.IN_ENTRIES["description"][0])
    wrong = run_processes()
    assert (right.returncode, right.stdout.strip()) == (0, "The ledger is right."), right.stderr
    assert (wrong.returncode, wrong.stdout.count("texts_match_their_hash")) == (1, 1), wrong.stderr


def run_processes() -> subprocess.CompletedProcess[str]:
    """Run the command in two processes on the test database."""
    command = [sys.executable, "manage.py", "check_ledger", "--processes", "2"]
    return subprocess.run(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        check=False,
    )
