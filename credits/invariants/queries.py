"""The invariants that a statement can find: each selects what breaks it in some wallets, the wallet's reference first.

`{wallets:x}` stands for the condition that x is one of them, `{sum:x}` for an exact sum of x, `{id:x}` for x as dashed
text, `{like:x}` for a pattern that finds it; `{never}` is an instant that no row has.
"""

from collections.abc import Iterator, Sequence

from django.db import connection

from core import rows

from .. import books
from .violation import Violation

NEVER = "'1900-01-01 00:00:00'"

BALANCE = """
SELECT w.reference, w.balance, {sum:g.remaining} FROM credits_wallet w LEFT JOIN credits_grant g ON g.wallet_id = w.id
WHERE {wallets:w.id} GROUP BY w.id, w.reference, w.balance HAVING w.balance <> COALESCE({sum:g.remaining}, 0)
"""
HELD = """
SELECT w.reference, w.held, {sum:g.held} FROM credits_wallet w LEFT JOIN credits_grant g ON g.wallet_id = w.id
WHERE {wallets:w.id} GROUP BY w.id, w.reference, w.held HAVING w.held <> COALESCE({sum:g.held}, 0)
"""
REMAINING = """
SELECT w.reference, {id:g.id}, g.remaining, {sum:a.amount}
FROM credits_grant g JOIN credits_wallet w ON w.id = g.wallet_id
LEFT JOIN credits_grantallocation a ON a.grant_id = g.id
WHERE {wallets:g.wallet_id} GROUP BY w.reference, g.id, g.remaining HAVING g.remaining <> COALESCE({sum:a.amount}, 0)
"""
OWN_GRANTS = """
SELECT w.reference, {id:e.id}, e.sequence, {id:a.grant_id} FROM credits_grant g
JOIN credits_grantallocation a ON a.grant_id = g.id JOIN credits_ledgerentry e ON e.id = a.entry_id
JOIN credits_wallet w ON w.id = g.wallet_id WHERE {wallets:g.wallet_id} AND e.wallet_id <> g.wallet_id
"""
COVER_OF_GRANT = """
SELECT w.reference, {id:g.id}, g.held, c.covered FROM credits_grant g JOIN credits_wallet w ON w.id = g.wallet_id
LEFT JOIN (
  SELECT c.grant_id, {sum:c.amount} AS covered FROM credits_holdcover c JOIN credits_hold h ON h.id = c.hold_id
  WHERE {wallets:h.wallet_id} GROUP BY c.grant_id
) c ON c.grant_id = g.id
WHERE {wallets:g.wallet_id} AND g.held <> COALESCE(c.covered, 0)
"""
COVER_OF_HOLD = """
SELECT w.reference, {id:h.id}, h.status, c.covered, e.held, h.captured, e.taken
FROM credits_hold h JOIN credits_wallet w ON w.id = h.wallet_id
LEFT JOIN (
  SELECT c.hold_id, {sum:c.amount} AS covered FROM credits_holdcover c JOIN credits_hold h ON h.id = c.hold_id
  WHERE {wallets:h.wallet_id} GROUP BY c.hold_id
) c ON c.hold_id = h.id
LEFT JOIN (
  SELECT e.hold_id, {sum:e.held_change} AS held, -{sum:e.amount} AS taken FROM credits_ledgerentry e
  WHERE {wallets:e.wallet_id} AND e.hold_id IS NOT NULL GROUP BY e.hold_id
) e ON e.hold_id = h.id
WHERE {wallets:h.wallet_id} AND (
  e.held IS NULL OR e.held <> COALESCE(c.covered, 0) OR h.captured <> e.taken
  OR (h.status <> 'active' AND c.covered IS NOT NULL)
)
"""
HOLD_STATE = """
SELECT w.reference, {id:h.id}, h.status, last.kind, h.ended_at, last.effective_at, h.placed_at, first.effective_at
FROM credits_hold h JOIN credits_wallet w ON w.id = h.wallet_id
JOIN (
  SELECT e.hold_id, MIN(e.sequence) AS first, MAX(e.sequence) AS last FROM credits_ledgerentry e
  WHERE {wallets:e.wallet_id} AND e.hold_id IS NOT NULL GROUP BY e.hold_id
) s ON s.hold_id = h.id
JOIN credits_ledgerentry first ON first.wallet_id = h.wallet_id AND first.sequence = s.first
JOIN credits_ledgerentry last ON last.wallet_id = h.wallet_id AND last.sequence = s.last
WHERE {wallets:h.wallet_id} AND (
  first.kind <> 'held' OR h.placed_at <> first.effective_at
  OR COALESCE(h.description, '') <> COALESCE(first.description, '')
  OR COALESCE(h.metadata, '') <> COALESCE(first.metadata, '')
  OR (h.status <> 'active' AND (h.ended_at IS NULL OR h.ended_at <> last.effective_at))
  OR h.status NOT IN (
    CASE last.kind WHEN 'released' THEN 'released' WHEN 'hold_expired' THEN 'expired'
    WHEN 'held' THEN 'active' WHEN 'extended' THEN 'active' ELSE 'captured' END,
    CASE WHEN last.kind IN ('consumed', 'shortfall') THEN 'active' ELSE 'none' END
  )
)
"""
GRANT_STATE = """
SELECT w.reference, {id:g.id}, i.kind, g.activated_at, g.voided_at, s.activated_at, s.voided_at, g.is_open
FROM credits_grant g JOIN credits_wallet w ON w.id = g.wallet_id
LEFT JOIN credits_ledgerentry i ON i.wallet_id = g.wallet_id AND i.sequence = g.sequence
LEFT JOIN (
  SELECT e.grant_id, MIN(CASE WHEN e.kind = 'activated' THEN e.effective_at END) AS activated_at,
    MIN(CASE WHEN e.kind <> 'activated' THEN e.effective_at END) AS voided_at
  FROM credits_ledgerentry e
  WHERE {wallets:e.wallet_id} AND e.kind IN ('activated', 'voided', 'unscheduled') GROUP BY e.grant_id
) s ON s.grant_id = g.id
LEFT JOIN credits_grant p ON p.id = g.parent_id
WHERE {wallets:g.wallet_id} AND (
  i.terms IS NULL OR i.terms NOT LIKE {like:g.id} OR g.created_at <> i.created_at
  OR COALESCE(g.voided_at, {never}) <> COALESCE(s.voided_at, {never})
  OR COALESCE(g.activated_at, {never})
    <> COALESCE(CASE WHEN i.kind = 'scheduled' THEN s.activated_at ELSE i.effective_at END, {never})
  OR (g.is_open AND g.remaining = 0 AND (g.activated_at IS NOT NULL OR g.voided_at IS NOT NULL))
  OR (NOT g.is_open AND (g.remaining > 0 OR (g.activated_at IS NULL AND g.voided_at IS NULL)))
  OR COALESCE(g.description, '')
    <> COALESCE(CASE WHEN g.parent_id IS NULL THEN i.description ELSE p.description END, '')
  OR COALESCE(g.metadata, '') <> COALESCE(CASE WHEN g.parent_id IS NULL THEN i.metadata ELSE p.metadata END, '')
)
"""
REFUNDS = """
SELECT w.reference, {id:g.id}, g.refunded, g.claimed, c.claimed, g.lost, l.lost, m.lost
FROM credits_grant g JOIN credits_wallet w ON w.id = g.wallet_id
LEFT JOIN (
  SELECT e.grant_id, {sum:e.debt_change - e.amount} AS claimed FROM credits_ledgerentry e
  WHERE {wallets:e.wallet_id} AND e.kind IN ('clawed_back', 'debt_incurred') GROUP BY e.grant_id
) c ON c.grant_id = g.id
LEFT JOIN (
  SELECT COALESCE(f.origin_id, f.id) AS head, -{sum:a.amount} AS lost
  FROM credits_grant f JOIN credits_grantallocation a ON a.grant_id = f.id
  JOIN credits_ledgerentry e ON e.id = a.entry_id
  WHERE {wallets:f.wallet_id} AND f.source = 'purchase' AND e.kind IN ('expired', 'voided', 'reset')
  GROUP BY COALESCE(f.origin_id, f.id)
) l ON l.head = g.id
LEFT JOIN (
  SELECT COALESCE(f.origin_id, f.id) AS head, {sum:f.amount - COALESCE(n.amount, 0)} AS lost
  FROM credits_grant f LEFT JOIN credits_grant n ON n.parent_id = f.id AND n.wallet_id = f.wallet_id
  WHERE {wallets:f.wallet_id} AND f.source = 'purchase' AND f.activated_at IS NULL AND f.voided_at IS NOT NULL
  GROUP BY COALESCE(f.origin_id, f.id)
) m ON m.head = g.id
WHERE {wallets:g.wallet_id} AND (
  g.claimed <> COALESCE(c.claimed, 0) OR g.claimed > g.refunded
  OR g.lost <> COALESCE(l.lost, 0) + COALESCE(m.lost, 0)
)
"""
NEXT_CHANGE = """
SELECT w.reference, w.next_change_at, n.next_at FROM credits_wallet w LEFT JOIN (
  SELECT u.wallet_id, MIN(u.instant) AS next_at FROM (
    SELECT h.wallet_id, h.expires_at AS instant FROM credits_hold h WHERE {wallets:h.wallet_id} AND h.status = 'active'
    UNION ALL
    SELECT g.wallet_id, CASE WHEN g.remaining = 0 THEN g.effective_at ELSE g.expires_at END AS instant
    FROM credits_grant g WHERE {wallets:g.wallet_id} AND g.is_open
      AND ((g.activated_at IS NULL AND g.voided_at IS NULL) OR g.remaining > g.held)
  ) u GROUP BY u.wallet_id
) n ON n.wallet_id = w.id
WHERE {wallets:w.id} AND COALESCE(w.next_change_at, {never}) <> COALESCE(n.next_at, {never})
"""
BOUNDS = """
SELECT w.reference, w.balance, w.held, w.debt FROM credits_wallet w
WHERE {wallets:w.id} AND (w.held < 0 OR w.held > w.balance OR w.balance > 1000000000000000 OR w.debt < 0)
"""

QUERIES = {
    "wallet_balance_is_sum_of_grants": (BALANCE, "the wallet says {}, its grants {}"),
    "wallet_held_is_sum_of_grants": (HELD, "the wallet says {}, its grants {}"),
    "grant_remaining_is_sum_of_allocations": (REMAINING, "grant {} says {}, its allocations {}"),
    "allocation_stays_in_its_wallet": (OWN_GRANTS, "entry {} ({}) moved grant {}"),
    "grant_held_is_sum_of_cover": (COVER_OF_GRANT, "grant {} says {}, its cover {}"),
    "hold_cover_and_captured_are_as_posted": (
        COVER_OF_HOLD,
        "hold {}, {}: covered {}, posted {}; captured {}, posted {}",
    ),
    "hold_state_is_as_posted": (
        HOLD_STATE,
        "hold {} is {} after {}; ended at {}, posted {}; placed at {}, posted {}; or its texts differ",
    ),
    "grant_state_is_as_posted": (
        GRANT_STATE,
        "grant {} ({}): activated at {}, voided at {}, posted {} and {}; open {}; or its texts differ",
    ),
    "refunds_are_as_posted": (REFUNDS, "grant {}: refunded {}; claimed {}, posted {}; lost {}, posted {} and {}"),
    "wallet_next_change_is_next": (NEXT_CHANGE, "the wallet says {}, its grants and holds {}"),
    "amounts_within_bounds": (BOUNDS, "balance {}, held {}, debt {}"),
}


class _Parts:
    """What a marker of a query stands for: `{kind:argument}` asks for kind, formatted with argument."""

    def __init__(self, kind: str, wallets: Sequence[str], params: list[object]) -> None:
        self.kind, self.wallets, self.params = kind, wallets, params

    def __format__(self, argument: str) -> str:
        if self.kind == "wallets":
            condition, params = rows.any_of(argument, self.wallets, "uuid")
            self.params += params
            return condition
        if self.kind == "id":
            return books.as_uuid(argument)
        if self.kind == "like":
            shown = books.as_uuid(argument)
            return f"CONCAT('%%', {shown}, '%%')" if connection.vendor == "mysql" else f"'%%' || {shown} || '%%'"
        return exact_sum(argument)


def broken_sums(wallets: Sequence[str]) -> Iterator[Violation]:
    """Yield what the statements find in wallets."""
    for name, (template, sentence) in QUERIES.items():
        params: list[object] = []
        parts = {kind: _Parts(kind, wallets, params) for kind in ("wallets", "id", "sum", "like")}
        for reference, *values in books.query(template.format(never=NEVER, **parts), params):
            yield Violation(name, reference, sentence.format(*values))


def exact_sum(column: str) -> str:
    """Return the SQL of a sum; on SQLite one that doesn't fail beyond 64 bits, where a broken ledger may get to."""
    if connection.vendor != "sqlite":
        return f"SUM({column})"
    return f"(SUM(({column}) / 4294967296) * 4294967296 + SUM(({column}) % 4294967296))"
