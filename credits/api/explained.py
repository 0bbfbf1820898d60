"""Explanations, statistics, forecasts and reports as answers show them."""

from typing import ClassVar

from rest_framework import serializers

from core.api.shapes import Amount, Choice, Date, Identifier, Instant, Number, Object, Shape, Text

from ..engine.kinds import KINDS, SOURCES
from .shapes import AT, ENTRY_ID, GRANT_ID, HASH, LATER, Allocation

NEXT_DAY = "2026-11-22T09:30:00Z"


class GrantTerms(Shape):
    grant = Identifier(GRANT_ID)
    source = Choice(SOURCES, "promotion")  # type: ignore[assignment]  # DRF has an attribute of this name
    priority = Number(50)
    amount = Amount("100")
    effective_at = Instant(AT)
    expires_at = Instant(LATER, allow_null=True)
    voided_at = Instant(allow_null=True)
    parent = Identifier(allow_null=True)  # type: ignore[assignment]  # DRF has an attribute of this name


class GrantPart(GrantTerms):
    remaining = Amount("87.5")


class GrantMoved(GrantTerms):
    moved = Amount("-12.5")
    remaining_before = Amount("100")
    remaining_after = Amount("87.5")


class HoldPart(Shape):
    hold = Identifier()
    amount = Amount("60")
    placed_by = Text("key:abcdefghij")
    placed_at = Instant(AT)
    expires_at = Instant(LATER)
    basis = Text(allow_null=True)
    held = Amount("60", required=False)


class Expiry(Shape):
    grant = Identifier(GRANT_ID)
    amount = Amount("87.5")
    expires_at = Instant(LATER)


class KindSum(Shape):
    kind = Choice(KINDS, "issued")
    amount = Amount("87.5")


class BalanceExplained(Shape):
    """A balance re-added from the ledger; of a refusal, what was asked for, and what would have let it pass."""

    reference = Text("ada", required=False)
    at = Instant(AT, required=False)
    sequence = Number(2)
    balance = Amount("87.5")
    held = Amount("0")
    available = Amount("87.5")
    debt = Amount("0")
    grants = GrantPart(many=True)
    holds = HoldPart(many=True)
    expiries = Expiry(many=True)
    kinds = KindSum(many=True, required=False)
    would_pass = serializers.ListField(child=Text(), required=False)
    sample: ClassVar = {
        "reference": "ada",
        "at": AT,
        "holds": [],
        "kinds": [KindSum.example(kind="consumed", amount="-12.5"), KindSum.example(amount="100")],
    }


class Line(Shape):
    id = Identifier(ENTRY_ID)
    reference = Text("ada")
    sequence = Number(2)
    kind = Choice(KINDS, "consumed")
    contra = Text("usage", allow_null=True)
    amount = Amount("-12.5")
    held_change = Amount("0")
    debt_change = Amount("0")
    balance_after = Amount("87.5")
    shortfall = Amount("0")
    effective_at = Instant(AT)
    grant = Identifier(allow_null=True)
    hold = Identifier(allow_null=True)
    actor = Text("key:abcdefghij")
    description = Text("A chat", allow_null=True)
    metadata = Object(allow_null=True)


class EntryExplained(Shape):
    entry = Line()
    terms = Text(allow_null=True)
    allocations = GrantMoved(many=True)
    hold = HoldPart(allow_null=True)
    reverses = Line(many=True)
    causes = Line(many=True)
    followed_by = Line(many=True)
    reversals = Line(many=True)
    reversed = Amount("0")
    charges = serializers.ListField(
        child=serializers.DictField(), help_text="What was used: its rate's version, each quantity, the rounding."
    )
    sample: ClassVar = {"reverses": [], "causes": [], "followed_by": [], "reversals": [], "charges": []}


class Day(Shape):
    date = Date()
    consumed = Amount("12.5")
    issued = Amount("100")


class Stats(Shape):
    reference = Text("ada")
    time_zone = Text("UTC")
    totals = Object({"consumed": "-12.5", "issued": "100"}, child=Amount())
    daily = Day(many=True)


class GrantUse(Shape):
    grant = Identifier(GRANT_ID)
    amount = Amount("40")
    # "from" is a word of Python, so the shape is built by name.
    locals()["from"] = Instant(AT)
    to = Instant(LATER)


class ForecastLine(Shape):
    kind = Choice(KINDS, "consumed")
    amount = Amount("-8")
    effective_at = Instant(NEXT_DAY)
    balance_after = Amount("79.5")
    held_after = Amount("0")
    shortfall = Amount("0")
    allocations = Allocation(many=True)


class Forecast(Shape):
    reference = Text("ada")
    at = Instant(AT)
    first_at = Instant(NEXT_DAY)
    until = Instant(LATER)
    daily = Amount("8")
    runs_out_at = Instant("2026-12-01T09:30:00Z", allow_null=True)
    pays = GrantUse(many=True)
    expires_unused = GrantUse(many=True)
    entries = ForecastLine(many=True)


class TrialBalance(Shape):
    as_of = Instant(AT)
    unsettled = Number(0)
    wallets = Amount("87.5")
    contra = Object({"promotions": "-100", "usage": "12.5"}, child=Amount())
    total = Amount("0")
    debt = Amount("0")


class Checkpoint(Shape):
    """`signature` is Ed25519 (RFC 8032) over the other members as canonical JSON; all in hexadecimal."""

    version = Number(1)
    at = Instant(AT)
    wallets = Number(1)
    entries = Number(2)
    digest = Text(HASH)
    public_key = Text(HASH)
    signature = Text(HASH * 2)
