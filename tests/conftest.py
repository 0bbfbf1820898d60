"""Fixtures for every test; an app's own stand in its folder's conftest."""

pytest_plugins = [
    "tests.plugins.append_only",
    "tests.plugins.databases",
    "tests.plugins.ledger",
    "tests.plugins.moved_clocks",
    "tests.plugins.not_run",
    "tests.plugins.this_machine_only",
]
