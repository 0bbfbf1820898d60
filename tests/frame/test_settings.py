"""Connection options, headers, and the pages that list things."""

import re
from pathlib import Path

import pytest
from django.core.checks import Error
from django.db import connection
from django.test import Client

from config import checks
from config.celery import app
from config.schedule import SCHEDULE
from config.settings.databases import database

ROOT = Path(__file__).resolve().parents[2]
POLICY = {
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
}


def test_sqlite_writes_wait_for_each_other_instead_of_failing() -> None:
    options = database("sqlite:////var/lib/x.sqlite3")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "journal_mode=WAL" in options["init_command"]


def test_mariadb_reads_what_is_committed() -> None:
    assert database("mysql://root@127.0.0.1/x")["OPTIONS"]["isolation_level"] == "read committed"


def test_postgresql_prepares_statements_and_pools_connections() -> None:
    settings = database("postgres://u:p@db:5432/x", pool={"min_size": 1, "max_size": 4})
    assert settings["OPTIONS"]["prepare_threshold"] == 2
    assert settings["OPTIONS"]["server_side_binding"] is True
    assert settings["OPTIONS"]["pool"]["max_size"] == 4
    assert settings["CONN_MAX_AGE"] == 0  # Django refuses a pool with persistent connections


def test_pgbouncer_gets_neither_prepared_statements_nor_server_side_cursors() -> None:
    settings = database("postgres://u:p@db:5432/x", pgbouncer=True)
    assert settings["OPTIONS"]["prepare_threshold"] is None
    assert settings["DISABLE_SERVER_SIDE_CURSORS"] is True


def test_a_socket_folder_becomes_the_host() -> None:
    settings = database("postgres://postgres@/x?host=/run/postgresql")
    assert (settings["USER"], settings["NAME"], settings["HOST"]) == ("postgres", "x", "/run/postgresql")
    assert "host" not in settings["OPTIONS"]


@pytest.mark.django_db
def test_commits_that_are_not_durable_are_an_error_of_the_deployment() -> None:
    assert checks.durable_commits(databases=["default"]) == []
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        (error,) = checks.durable_commits(databases=["default"])
        assert isinstance(error, Error)
        assert error.id == "scrip.E001"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/healthz", "/readyz", "/problems", "/admin/login/", "/api/schema", "/nope", "/api/nope"]
)
def test_every_page_carries_the_strict_policy(path: str, client: Client) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert set(policy.split("; ")) == POLICY


def test_the_api_page_may_style_itself_and_loads_nothing_from_elsewhere(client: Client) -> None:
    page, script = client.get("/api/docs"), client.get("/api/docs?script=")
    allowed = POLICY - {"style-src 'self'"} | {"style-src 'self' 'unsafe-inline'", "img-src 'self' data:"}
    assert set(page.headers["Content-Security-Policy"].split("; ")) == allowed
    assert script.headers["Content-Type"].startswith("application/javascript")
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.content.decode())
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)


def test_beat_names_only_tasks_that_exist() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_every_setting_of_the_environment_is_in_the_example_and_the_other_way_round() -> None:
    code = "\n".join(path.read_text() for path in sorted((ROOT / "config" / "settings").glob("*.py")))
    read = set(re.findall(r'\benv(?:\.\w+)?\(\s*"([A-Z_]+)"', code)) | {"DJANGO_SETTINGS_MODULE"}
    listed = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read == listed
