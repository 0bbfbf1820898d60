"""The one place that knows which connection options each database needs."""

from typing import Any

import environ

SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
    # REPLACE deletes a row, and only then do triggers hear of it.
    "PRAGMA recursive_triggers=ON;",
}
MARIADB_OPTIONS: dict[str, Any] = {"isolation_level": "read committed", "charset": "utf8mb4"}


def database(url: str, *, pgbouncer: bool = False, pool: dict[str, int] | None = None) -> dict[str, Any]:
    """Return Django's settings for the database that `url` names.

    `pgbouncer` leaves out what a pooler in transaction mode cannot carry; `pool` gives psycopg's own pool its bounds.
    """
    settings: dict[str, Any] = dict(environ.Env.db_url_config(url))
    options: dict[str, Any] = settings.pop("OPTIONS", {})
    if settings["ENGINE"].endswith("sqlite3"):
        return {**settings, "OPTIONS": {**SQLITE_OPTIONS, **options}}
    if settings["ENGINE"].endswith("mysql"):
        return {**settings, "OPTIONS": {**MARIADB_OPTIONS, **options}}
    settings["HOST"] = settings.get("HOST") or options.pop("host", "")
    settings["OPTIONS"] = {**options, **_postgresql_options(pgbouncer=pgbouncer, pool=pool)}
    settings["DISABLE_SERVER_SIDE_CURSORS"] = pgbouncer
    settings["CONN_MAX_AGE"] = 0 if pool else 60
    return settings


def _postgresql_options(*, pgbouncer: bool, pool: dict[str, int] | None) -> dict[str, Any]:
    options: dict[str, Any] = {"server_side_binding": True, "prepare_threshold": None if pgbouncer else 2}
    return {**options, "pool": pool} if pool else options
