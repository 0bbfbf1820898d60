"""The supervisor with programs that misbehave."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.run.program import LONGEST_PAUSE_SECONDS, Program
from tests.frame.conftest import ROOT, wait_until

SUPERVISE = """
import sys
from config.run.program import Program
from config.run.supervisor import Supervisor
Supervisor([Program("child", [sys.executable, "-u", "-c", sys.argv[1]])], lambda: None).run()
"""


class Run:
    """A supervisor in a process of its own, around one program."""

    def __init__(self, code: str, log: Path) -> None:
        self._log = log
        command = [sys.executable, "-c", SUPERVISE, textwrap.dedent(code)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=log.open("wb"), stderr=subprocess.STDOUT)

    def lines(self) -> list[str]:
        return self._log.read_text().splitlines()

    def wait_for(self, text: str) -> list[str]:
        """Wait for a line that has `text`; return all lines until now."""
        wait_until(lambda: any(text in line for line in self.lines()), lambda: "\n".join(self.lines()))
        return self.lines()

    def number_after(self, word: str) -> int:
        """Return the number that the child printed behind `word`."""
        lines = self.wait_for(f"{word} ")
        return int(next(line for line in lines if f"{word} " in line).rsplit(" ", 1)[1])


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[list[Run]]:
    """Collect supervisors, and kill those that a failing test left."""
    started: list[Run] = []
    yield started
    for run in started:
        run.process.kill()


def test_output_stands_behind_the_name_also_what_came_last(runs: list[Run], tmp_path: Path) -> None:
    runs.append(Run("print('one'); import sys; sys.stdout.write('no newline')", tmp_path / "log"))
    lines = runs[0].wait_for("starting again")
    assert lines[:2] == ["child | one", "child | no newline"]
    assert lines[2] == "child | ended with status 0, starting again in 1 s"


def test_a_child_that_ignores_the_request_to_end_is_killed(runs: list[Run], tmp_path: Path) -> None:
    code = """
        import os, signal, time
        signal.signal(signal.SIGTERM, lambda *a: print("asked"))
        print("pid", os.getpid())
        while True: time.sleep(1)
    """
    runs.append(Run(code, tmp_path / "log"))
    child = runs[0].number_after("pid")
    runs[0].process.terminate()
    runs[0].wait_for("asked")
    runs[0].process.send_signal(signal.SIGINT)
    assert runs[0].process.wait(timeout=30) == 0
    assert not Path(f"/proc/{child}/exe").exists()


def test_what_a_killed_child_started_is_gone_before_it_starts_again(runs: list[Run], tmp_path: Path) -> None:
    code = """
        import os, subprocess, sys, time
        inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
        print("grandchild", inner.pid)
        print("pid", os.getpid())
        time.sleep(300)
    """
    runs.append(Run(code, tmp_path / "log"))
    child, grandchild = runs[0].number_after("pid"), runs[0].number_after("grandchild")
    os.kill(child, signal.SIGKILL)
    runs[0].wait_for("ended with status -9")
    wait_until(lambda: _is_gone(grandchild), lambda: f"process {grandchild} still runs")
    runs[0].process.terminate()
    assert runs[0].process.wait(timeout=30) == 0


def _is_gone(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def test_pauses_double_up_to_half_a_minute_and_start_over_after_a_steady_minute() -> None:
    program = Program("child", [sys.executable, "-c", ""])
    pauses = [_end(program, at=0.0) for _ in range(7)]
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]
    assert _end(program, at=1000.0, lived=61.0) == 1


def _end(program: Program, *, at: float, lived: float = 1.0) -> float:
    program.start(at)
    wait_until(program.ended, lambda: "the child does not end")
    return program.clear(at + lived)[1]
