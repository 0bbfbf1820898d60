"""`manage.py load_demo`: two people, their credits and an API key, for looking around."""

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import ApiKey, User
from accounts.services import api_keys, audit
from credits import services
from credits.models import Wallet
from credits.services import Origin
from credits.services.signup import open_user_wallet

OPERATOR = ("operator@example.com", "operator-demo")
CUSTOMER = ("customer@example.com", "customer-demo")
API_KEY_FILE = "demo-api-key"


class Command(BaseCommand):
    help = "Load the demo data; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_DATA_ALLOWED:
            raise CommandError("The demo's passwords are public, so its data has no place in these settings.")
        _load_operator()
        _load_customer()
        _load_api_key(Path(settings.VAR_DIR) / API_KEY_FILE)
        self.stdout.write("scrip  | demo data ready")


@transaction.atomic
def _load_operator() -> None:
    email, password = OPERATOR
    if not User.objects.filter(email=email).exists():
        operator = User.objects.create_superuser(email, password, name="Olive Operator")
        operator.groups.set(Group.objects.filter(name="Admin"))


def _load_customer() -> None:
    """Make the customer step by step, each of which may be repeated: an interrupted first start is taken up again."""
    email, password = CUSTOMER
    # Not `register_user`, to which this password is too easy to guess.
    customer = User.objects.filter(email=email).first() or User.objects.create_user(email, password, name="Casey")
    if not Wallet.objects.filter(owner=customer).exists():
        open_user_wallet(user=customer)
    _load_credits(f"user:{customer.pk}")


def _load_credits(reference: str) -> None:
    services.issue_grant(
        reference=reference,
        amount=Decimal("1000"),
        source="purchase",
        cost_minor=1000,
        currency="USD",
        description="Credit pack",
        origin=Origin(key="demo:pack"),
    )
    services.issue_grant(
        reference=reference,
        amount=Decimal("100"),
        source="promotion",
        expires_in_days=30,
        description="Welcome",
        origin=Origin(key="demo:welcome"),
    )
    services.consume(
        reference=reference,
        amount=Decimal("12.5"),
        description="First request",
        origin=Origin(key="demo:request"),
    )


def _load_api_key(path: Path) -> None:
    if path.exists() and ApiKey.objects.filter(prefix=_prefix_in(path)).exists():
        return
    new = api_keys.create_api_key(name="Demo", scope="admin", origin=audit.Origin(actor="system"))
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{new.secret}\n")


def _prefix_in(path: Path) -> str:
    """Return the prefix of a key `sk_<prefix>_<secret>`."""
    return path.read_text().partition("_")[2].partition("_")[0]
