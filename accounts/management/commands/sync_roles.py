"""`manage.py sync_roles`: the ready-made groups and their permissions."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.roles import ROLES, sync_roles


class Command(BaseCommand):
    help = "Give the groups Support, Finance and Admin their permissions. Run it after every migration; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        sync_roles()
        self.stdout.write(f"Roles are in place: {', '.join(ROLES)}.")
