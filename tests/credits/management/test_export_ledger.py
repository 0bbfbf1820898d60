import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from credits import services
from tests.credits import damage
from tests.credits.selectors.ledgers import START, D, at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.corrupts_ledger]

SCRIPT = settings.BASE_DIR / "examples" / "verify_export.py"


def export(folder: Path) -> tuple[Path, Path]:
    """Export the ledger into a new folder; return the ledger and the checkpoint file."""
    call_command("export_ledger", str(folder))
    return next(folder.glob("ledger-*.jsonl")), next(folder.glob("checkpoint-*.jsonl"))


def verify(*arguments: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run the verifier in this process; return its exit status and what it prints."""
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["verify_export.py", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(SCRIPT), run_name="__main__")
    return int(end.value.code or 0), capsys.readouterr().out


@pytest.mark.parametrize("case", damage.IN_ENTRIES)
def test_the_verifier_names_what_an_export_shows(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    damage.build()
    older = export(tmp_path / "before")[1]
    damage.damage(damage.IN_ENTRIES[case][0])
    ledger = export(tmp_path / "after")[0]
    status, told = verify(ledger, "--checkpoint", older, monkeypatch=monkeypatch, capsys=capsys)
    assert status == 1
    wallet = {"a cut tail": "v 3:", "an entry in another wallet": "v 4:", "a wallet's reference": "x 1:"}.get(
        case, "w "
    )
    assert any(line.startswith(wallet) for line in told.splitlines()), told


def test_an_export_is_verified_without_django(tmp_path: Path) -> None:
    damage.build()
    older = export(tmp_path / "before")[1]
    with at(START):
        services.issue_grant(reference="v", amount=D(1), description='"Grüße" \\ \x7f')
    ledger = export(tmp_path / "after")[0]
    blocked = (
        f"import sys, runpy; sys.modules['django'] = None; sys.argv[1:] = {[str(ledger), '--checkpoint', str(older)]}"
    )
    command = [sys.executable, "-c", f"{blocked}; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "The export is right."), done
    assert done.stdout.startswith("13 entries of 2 wallets")


def test_a_trusted_key_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    damage.build()
    ledger, _ = export(tmp_path)
    key = capsys.readouterr().out.split("public key ")[1].strip()
    assert verify(ledger, "--public-key", key, monkeypatch=monkeypatch, capsys=capsys)[0] == 0
    status, told = verify(ledger, "--public-key", "00" * 32, monkeypatch=monkeypatch, capsys=capsys)
    assert (status, "signed with another key" in told) == (1, True)


@pytest.mark.parametrize(
    "change", [("reset", ""), ('"entries":12', '"entries":11'), ('"head":["v",3', '"head":["v",4')]
)
def test_a_changed_file_is_found(
    change: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    damage.build()
    ledger, _ = export(tmp_path)
    text = ledger.read_text()
    lines = text.splitlines(keepends=True)
    ledger.write_text("".join(lines[:-1]) if change[0] == "reset" else text.replace(*change))
    assert ledger.read_text() != text
    assert verify(ledger, monkeypatch=monkeypatch, capsys=capsys)[0] == 1


@pytest.mark.parametrize("line", ['{"entry": {"seq', "[1]", ""])
def test_a_line_that_says_nothing_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    damage.build()
    ledger = export(tmp_path)[0]
    broken = tmp_path / "broken.jsonl"
    broken.write_text(ledger.read_text().splitlines()[0] + f"\n{line}\n")
    done = subprocess.run([sys.executable, str(SCRIPT), str(broken)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.startswith("Line 2 is no entry")) == (1, True), done.stderr
