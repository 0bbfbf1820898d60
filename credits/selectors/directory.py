"""Many wallets at once: find them, and read them at present in three statements."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet

from core import clock
from core.amounts import to_micros

from ..engine.state import NEVER
from ..models import Grant, Wallet
from ..readings import MOST_EXPIRING, WalletReading
from ..services.wallets import settle_wallets


def list_wallets(search: str | None = None, status: str | None = None) -> QuerySet[Wallet]:
    """Return the wallets whose reference contains `search`, newest first."""
    wallets = Wallet.objects.all() if search is None else Wallet.objects.filter(reference__contains=search)
    return wallets if status is None else wallets.filter(status=status)


def read_wallets(references: Sequence[str]) -> list[WalletReading]:
    """Return wallets at present in the order of their references; those in which something is due are settled."""
    wallets = Wallet.objects.filter(reference__in=references)
    due = wallets.filter(next_change_at__lte=clock.now()).values_list("reference", flat=True)
    settle_wallets(list(due))
    found = {wallet.reference: wallet for wallet in wallets.all()}
    endings = _endings([wallet.pk for wallet in found.values()])
    return [_reading(found[reference], endings) for reference in references if reference in found]


def _endings(wallets: Sequence[UUID]) -> dict[UUID, list[Grant]]:
    grants = Grant.objects.filter(wallet__in=wallets, is_open=True, remaining__gt=F("held"), expires_at__isnull=False)
    endings: dict[UUID, list[Grant]] = {}
    for grant in sorted(grants.in_order_of_use(), key=_end):
        endings.setdefault(grant.wallet_id, []).append(grant)
    return endings


def _end(grant: Grant) -> datetime:
    return grant.expires_at or NEVER


def _reading(wallet: Wallet, endings: dict[UUID, list[Grant]]) -> WalletReading:
    ending = endings.get(wallet.pk, ())[:MOST_EXPIRING]
    return WalletReading(
        reference=wallet.reference,
        status=wallet.status,
        balance=to_micros(wallet.balance),
        held=to_micros(wallet.held),
        debt=to_micros(wallet.debt),
        sequence=wallet.sequence,
        time_zone=wallet.time_zone,
        attributes=wallet.attributes,
        created_at=wallet.created_at,
        updated_at=wallet.updated_at,
        next_change_at=wallet.next_change_at,
        expiring=tuple(
            (to_micros(grant.remaining - grant.held), grant.expires_at) for grant in ending if grant.expires_at
        ),
    )
