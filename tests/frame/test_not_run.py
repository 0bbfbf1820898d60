"""The test run itself says what it could not run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

def test_that_runs():
    pass

@pytest.mark.skipif(True, reason="no such server")
def test_that_cannot_run():
    pass
"""


def _run(folder: Path, tests: str, **environment: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_sample.py").write_text(tests)
    (folder / "pytest.ini").write_text(
        "[pytest]\naddopts = -p tests.plugins.not_run -p no:django -p no:cacheprovider\n"
    )
    variables = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env={**variables, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_skipped_test_is_named_at_the_end(tmp_path: Path) -> None:
    done = _run(tmp_path, TESTS)
    assert done.returncode == 0
    assert "test_sample.py::test_that_cannot_run: Skipped: no such server" in done.stdout
    assert "1 could not run" in done.stdout


def test_a_skipped_test_fails_the_run_in_ci(tmp_path: Path) -> None:
    assert _run(tmp_path, TESTS, CI="true").returncode == 1


@pytest.mark.parametrize("statement", ['pytest.skip("no such module", allow_module_level=True)'])
def test_a_skipped_module_counts_too(tmp_path: Path, statement: str) -> None:
    done = _run(tmp_path, TESTS + statement, CI="true")
    assert done.returncode != 0
    assert "no such module" in done.stdout


def test_a_run_without_skips_passes_in_ci(tmp_path: Path) -> None:
    done = _run(tmp_path, "def test_that_runs(): pass", CI="true")
    assert done.returncode == 0
    assert "could not run" not in done.stdout
