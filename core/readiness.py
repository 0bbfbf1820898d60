"""Is this process able to serve? Each check raises when what it looks at is not ready."""

from collections.abc import Callable

import kombu
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.module_loading import import_string

from core import logs, triggers

log = logs.get_logger(__name__)
BROKER_TIMEOUT_SECONDS = 2


class NotReady(Exception):
    """What a check raises, with a sentence that may be shown to anybody."""


def failures() -> dict[str, str]:
    """Run every check of the setting READINESS_CHECKS; return the sentence of each that failed, by its name."""
    found = {}
    for name, path in settings.READINESS_CHECKS.items():
        if sentence := _failure(name, import_string(path)):
            found[name] = sentence
    return found


def _failure(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except NotReady as error:
        return str(error)
    except Exception as error:
        log.warning("readiness_failed", check=name, exc_info=error)
        return "It does not answer; the log says why."
    return ""


def check_database() -> None:
    """Ask the database for one row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def check_cache() -> None:
    """Write to the cache and read it back."""
    cache.set("core.readiness", "here", 10)
    if cache.get("core.readiness") != "here":
        raise NotReady("It loses what is written to it.")


def check_broker() -> None:
    """Open a connection to Celery's broker."""
    options = getattr(settings, "CELERY_BROKER_TRANSPORT_OPTIONS", {})
    with kombu.Connection(
        settings.CELERY_BROKER_URL, connect_timeout=BROKER_TIMEOUT_SECONDS, transport_options=options
    ) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_SECONDS)


def check_migrations() -> None:
    """Compare the migrations in the code with those that the database has had."""
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReady(f"{len(waiting)} migrations wait for `manage.py migrate`.")


def check_triggers() -> None:
    """Look for the triggers that keep the ledger append-only."""
    missing = triggers.missing_triggers(connection)
    if missing:
        raise NotReady(f"Missing or changed: {', '.join(missing)}. Run `manage.py migrate`.")
