"""Beat's scheduler: what an operator changes in the admin outlives a restart."""

from collections.abc import Mapping
from typing import Any

from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler


class Scheduler(DatabaseScheduler):  # type: ignore[misc]  # the package has no types
    """Take each entry of `config.schedule` into the database once; delete its row there to get the default back.

    The package's own scheduler writes every entry anew at each start.
    """

    def update_from_dict(self, mapping: Mapping[str, Any]) -> None:
        """Add the entries that have no row yet."""
        known = set(PeriodicTask.objects.filter(name__in=mapping).values_list("name", flat=True))
        super().update_from_dict({name: entry for name, entry in mapping.items() if name not in known})
