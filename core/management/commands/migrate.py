"""Django's `migrate`, which then sees to the append-only triggers."""

from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import connections

from core import triggers


class Command(MigrateCommand):
    """Migrate, and install the triggers that are missing.

    A command and not the post_migrate signal: it runs once, after everything, and `flush` cannot run it halfway.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options["plan"] and not options["check_unapplied"]:
            triggers.install(connections[options["database"]])
