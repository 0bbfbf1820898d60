"""`make run`: what starts is kept alive, and what is stopped is gone."""

import json
import os
import re
import signal
import sqlite3
import stat
import subprocess
import urllib.error
from pathlib import Path

import pytest

from tests.frame.conftest import ROOT, Installation, started, wait_until

pytestmark = pytest.mark.xdist_group("installation")  # one process, so that one installation serves all


def _child(installation: Installation, words: str) -> int:
    """Return the process whose command has these words; worker and beat start a little after the web server."""

    def found() -> list[int]:
        return [process for process, command in installation.processes().items() if words in command]

    wait_until(lambda: bool(found()), installation.output)
    return min(found())


def _rows(var: Path, table: str) -> int:
    with sqlite3.connect(var / "scrip.sqlite3") as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_the_first_start_ends_in_a_ready_server_with_demo_data(installation: Installation) -> None:
    assert installation.status("/readyz") == 200
    assert f"http://127.0.0.1:{installation.port}" in installation.output()
    assert "operator@example.com / operator-demo" in installation.output()
    assert "customer@example.com / customer-demo" in installation.output()
    key = installation.var / "demo-api-key"
    assert key.read_text().startswith("sk_")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE((installation.var / "secret-key").stat().st_mode) == 0o600


def test_the_commands_of_the_readme_work(installation: Installation) -> None:
    block = next(part for part in _shell_blocks(ROOT / "README.md") if "KEY=" in part)
    script = block.replace("var/demo-api-key", str(installation.var / "demo-api-key")).replace(
        "8000", str(installation.port)
    )
    done = subprocess.run(["bash", "-euc", script], cwd=ROOT, capture_output=True, text=True, check=True)
    grant, hold, entry, wallet = (json.loads(line) for line in done.stdout.splitlines())
    assert grant["entry"]["kind"] == "issued"
    assert hold["hold"]["status"] == "active"
    assert entry["amount"] == "-12.5"
    assert (wallet["balance"], wallet["held"], wallet["available"]) == ("87.5", "20", "67.5")


def _shell_blocks(page: Path) -> list[str]:
    return re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.mark.parametrize("words", ["granian", "--quiet worker", "--quiet beat"])
def test_a_killed_child_is_started_again(installation: Installation, words: str) -> None:
    killed = _child(installation, words)
    os.kill(killed, signal.SIGKILL)
    wait_until(
        lambda: any(words in command for process, command in installation.processes().items() if process != killed),
        installation.output,
    )
    wait_until(lambda: _is_ready(installation), installation.output)


def _is_ready(installation: Installation) -> bool:
    try:
        return installation.status("/readyz") == 200
    except (urllib.error.URLError, OSError):
        return False


def test_a_busy_port_is_named_with_the_way_out(installation: Installation, tmp_path: Path) -> None:
    text = _refusal(Installation(tmp_path / "var", port=installation.port))
    assert f"make run PORT={installation.port + 1}" in text


def test_a_data_folder_serves_one_run_at_a_time(installation: Installation) -> None:
    text = _refusal(Installation(installation.var))
    assert f"already runs on {installation.var} as process {installation.process.pid}" in text
    assert installation.status("/readyz") == 200


def _refusal(second: Installation) -> str:
    """Return what an installation says that does not start."""
    try:
        wait_until(lambda: second.process.poll() is not None, second.output)
        assert second.process.returncode == 1
    finally:
        second.stop(signal.SIGKILL)
    return second.output()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_leaves_no_process_and_the_next_start_keeps_the_data(tmp_path: Path, number: int) -> None:
    with started(tmp_path / "var") as first:
        wait_until(lambda: len(first.processes()) >= 5, first.output)  # also granian's own worker
        assert first.stop(number) == 0
        assert first.processes() == {}
        assert first.output().rstrip().endswith("stopped")
        before = _contents(first.var)
    with started(first.var):
        assert _contents(first.var) == before


def _contents(var: Path) -> tuple[int, int, int, str]:
    tables = ("accounts_user", "accounts_apikey", "credits_ledgerentry")
    users, keys, entries = (_rows(var, table) for table in tables)
    return users, keys, entries, (var / "demo-api-key").read_text()


def test_a_killed_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    with started(tmp_path / "var") as running:
        running.stop(signal.SIGKILL)
        wait_until(lambda: not running.processes(), lambda: str(running.processes()))
