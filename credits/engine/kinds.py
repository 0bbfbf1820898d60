"""The kinds of entry, and the account on the other side of each."""

SOURCES = ("purchase", "promotion", "referral", "subscription", "allowance", "signup", "adjustment", "import")

CONTRA_OF_SOURCE = {
    "purchase": "purchases",
    "promotion": "promotions",
    "referral": "promotions",
    "subscription": "subscriptions",
    "allowance": "allowances",
    "signup": "adjustments",
    "adjustment": "adjustments",
    "import": "adjustments",
}

CONTRA_OF_KIND = {
    "consumed": "usage",
    "reversed": "usage",
    "expired": "breakage",
    "adjusted": "adjustments",
    "reset": "adjustments",
    "transferred": "transfers",
    "clawed_back": "purchases",
    "debt_repaid": "purchases",
}

BY_SOURCE = frozenset({"issued", "activated", "voided"})

MOVES_NOTHING = (
    "rolled_over",
    "debt_incurred",
    "debt_forgiven",
    "scheduled",
    "unscheduled",
    "held",
    "extended",
    "released",
    "hold_expired",
    "shortfall",
    "frozen",
    "unfrozen",
)

MAY_BE_ZERO = ("reset", "voided", "clawed_back")

KINDS = (*CONTRA_OF_KIND, *sorted(BY_SOURCE), *MOVES_NOTHING)


def contra_of(kind: str, source: str | None) -> str | None:
    """Return the contra account of an entry of `kind`; `source` is that of its grant where that decides."""
    if kind in BY_SOURCE and source is not None:
        return CONTRA_OF_SOURCE[source]
    return CONTRA_OF_KIND.get(kind)
