"""The budgets that limit a run of commands."""

from collections.abc import Collection, Mapping

from django.db.models import Q

from ..counting import Limit, Scope
from ..models import Budget


def lock_limits(scopes: Collection[Scope], zones: Mapping[str, str]) -> list[Limit]:
    """Lock the budgets that may limit one of these scopes, in the order of their ids; `zones` are the wallets'.

    They are looked up before, without a lock, so that nothing is locked where there are none.
    """
    prefixes = [actor.removeprefix("key:") for _, actor, _ in scopes if actor is not None and actor.startswith("key:")]
    of = (
        Q(wallet=None, api_key=None)
        | Q(wallet__in={scope.wallet for scope in scopes})
        | Q(api_key__prefix__in=prefixes)
    )
    named = Budget.objects.filter(of, operation__in={"", *(scope.operation for scope in scopes)}).order_by("pk")
    actors = dict(named.values_list("pk", "api_key__prefix"))
    if not actors:
        return []
    locked = Budget.objects.select_for_update().filter(pk__in=list(actors)).order_by("pk")
    return [limit_of(budget, actors[budget.pk], zones.get(str(budget.wallet_id), "UTC")) for budget in locked]


def limit_of(budget: Budget, prefix: str | None, zone: str) -> Limit:
    """Return a budget as the guard sees it."""
    return Limit(budget, None if prefix is None else f"key:{prefix}", zone)
