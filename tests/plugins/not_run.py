"""Nothing is skipped silently: what could not run is named at the end, and fails the run in CI."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

NAMED: dict[str, str] = {}
TITLE = "could not run"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        _name(report.nodeid, report.longrepr)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _name(report.nodeid, report.longrepr)


def _name(node: str, reason: Any) -> None:
    NAMED[node] = str(reason[2] if isinstance(reason, tuple) else reason)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    if NAMED and os.environ.get("CI") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    return (yield)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not NAMED:
        return
    terminalreporter.section(TITLE, red=True)
    for node, reason in sorted(NAMED.items()):
        terminalreporter.line(f"{node}: {reason}")
    terminalreporter.line(f"{len(NAMED)} could not run" + ("; that fails in CI" if os.environ.get("CI") else ""))
