"""Compare wallets with their grants and active holds, and grants with the cover that rests on them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from core.amounts import MAX_MICROS

from .. import books
from .grants import GrantRow
from .holds import HoldRow, Holds
from .violation import Violation


def compare_wallets(heads: Sequence[books.Head], grants: Sequence[GrantRow], holds: Holds) -> Iterator[Violation]:
    """Yield where balance, held and next change aren't what grants and holds come to."""
    grants_of: dict[str, list[GrantRow]] = defaultdict(list)
    holds_of: dict[str, list[HoldRow]] = defaultdict(list)
    for grant in grants:
        grants_of[grant["wallet_id"]].append(grant)
    for hold in holds.active:
        holds_of[hold["wallet_id"]].append(hold)
    for head in heads:
        mine = grants_of[head.id]
        wanted = {
            "wallet_balance_is_sum_of_grants": (head.balance, sum(grant["remaining"] for grant in mine)),
            "wallet_held_is_sum_of_grants": (head.held, sum(grant["held"] for grant in mine)),
            "wallet_next_change_is_the_next": (head.next_change_at, _next_change(mine, holds_of[head.id])),
            "amounts_within_bounds": (_is_within_bounds(head), True),
        }
        for name, (said, found) in wanted.items():
            if said != found:
                yield Violation(name, head.reference, f"the wallet says {said}, its grants and holds {found}")


def compare_cover(grants: Sequence[GrantRow], holds: Holds, references: dict[str, str]) -> Iterator[Violation]:
    """Yield the grants that hold back more or less than active holds rest on them."""
    covered: dict[str, int] = defaultdict(int)
    for _, grant_id, amount in holds.cover:
        covered[grant_id] += amount
    for grant in grants:
        part = covered.pop(grant["id"], 0)
        if part != grant["held"]:
            detail = f"grant {grant['id']} says {grant['held']}, its cover {part}"
            yield Violation("grant_held_is_sum_of_cover", references[grant["wallet_id"]], detail)
    for grant_id in covered:
        yield Violation("cover_stays_in_its_wallet", next(iter(references.values())), f"grant {grant_id} is elsewhere")


def _next_change(grants: Sequence[GrantRow], holds: Sequence[HoldRow]) -> str | None:
    instants = [hold["expires_at"] for hold in holds]
    for grant in grants:
        if grant["activated_at"] is None and grant["voided_at"] is None:
            instants.append(grant["effective_at"])
        elif grant["expires_at"] is not None and grant["remaining"] > grant["held"]:
            instants.append(grant["expires_at"])
    return min(instants, default=None)


def _is_within_bounds(head: books.Head) -> bool:
    return 0 <= head.held <= head.balance <= MAX_MICROS and head.debt >= 0
