"""Checks of the running database, which settings alone cannot answer: `manage.py check --deploy --database default`."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database, deploy=True)
def durable_commits(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Report each PostgreSQL database that answers before a commit is on disk: a crash would lose answered writes."""
    return [error for alias in databases or () for error in _not_durable(alias)]


def _not_durable(alias: str) -> list[CheckMessage]:
    connection = connections[alias]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        value = cursor.fetchone()[0]
    if value != "off":
        return []
    hint = "Set synchronous_commit to on for Scrip's role or database."
    return [Error(f"synchronous_commit is off on '{alias}'.", hint=hint, id="scrip.E001")]
