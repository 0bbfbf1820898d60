"""The objects of the ledger as answers show them; `representations` writes them."""

from typing import Any, ClassVar

from rest_framework import serializers

from core.api.fields import StrictSerializer
from core.api.shapes import Amount as Amount  # this and Shape for the rooms above, too
from core.api.shapes import Choice, Identifier, Instant, Number, Object, Text
from core.api.shapes import Shape as Shape

from ..engine.kinds import CONTRA_OF_KIND, CONTRA_OF_SOURCE, KINDS, SOURCES
from ..models.holds import STATUSES
from ..services.consumptions import MAX_ITEMS
from .bodies import ConsumptionItem

CONTRAS = sorted({*CONTRA_OF_KIND.values(), *CONTRA_OF_SOURCE.values()})
GRANT_ID, HOLD_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a01", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a02"
ENTRY_ID, OTHER_ENTRY_ID = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a03", "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a04"
AT, LATER = "2026-11-21T09:30:00Z", "2026-12-21T09:30:00Z"
HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Ending(Shape):
    amount = Amount("87.5")
    expires_at = Instant(LATER)


class Wallet(Shape):
    at = Instant(required=False, help_text="The past instant that was asked for.")
    reference = Text("ada")
    status = Choice(["active", "frozen"], "active")
    balance = Amount("87.5")
    held = Amount("0")
    available = Amount("87.5")
    debt = Amount("0")
    expiring = Ending(many=True)
    sequence = Number(2)
    time_zone = Text("UTC")
    attributes = Object({"tier": "gold"})
    created_at = Instant(AT)
    updated_at = Instant(AT)


class Grant(Shape):
    id = Identifier(GRANT_ID)
    amount = Amount("100")
    remaining = Amount("87.5")
    held = Amount("0")
    source = Choice(SOURCES, "promotion")  # type: ignore[assignment]  # DRF has an attribute of this name
    priority = Number(50)
    effective_at = Instant(AT)
    expires_at = Instant(LATER, allow_null=True)
    voided_at = Instant(allow_null=True)
    cost_minor = Number(allow_null=True)
    currency = Text(allow_null=True)
    description = Text("Welcome", allow_null=True)
    metadata = Object(allow_null=True)
    created_at = Instant(AT)


class Hold(Shape):
    id = Identifier(HOLD_ID)
    reference = Text("ada")
    amount = Amount("60")
    captured = Amount("0")
    status = Choice(STATUSES, "active")
    placed_at = Instant(AT)
    expires_at = Instant("2026-11-21T09:45:00Z")
    ended_at = Instant(allow_null=True)
    basis = Text(allow_null=True)
    description = Text("A long job", allow_null=True)
    metadata = Object(allow_null=True)


class Allocation(Shape):
    grant = Identifier(GRANT_ID)
    amount = Amount("-12.5")


class Entry(Shape):
    id = Identifier(ENTRY_ID)
    reference = Text("ada")
    sequence = Number(2)
    kind = Choice(KINDS, "consumed")
    contra = Choice(CONTRAS, "usage", allow_null=True)
    amount = Amount("-12.5")
    held_change = Amount("0")
    debt_change = Amount("0")
    balance_after = Amount("87.5")
    held_after = Amount("0")
    debt_after = Amount("0")
    effective_at = Instant(AT)
    created_at = Instant(AT)
    grant = Identifier(allow_null=True)
    hold = Identifier(allow_null=True)
    reverses = Identifier(allow_null=True)
    caused_by = Identifier(allow_null=True)
    allocations = Allocation(many=True)
    shortfall = Amount("0")
    description = Text("A chat", allow_null=True)
    metadata = Object({"model": "m-1"}, allow_null=True)
    request_id = Text("order-4711", allow_null=True)
    hash = Text(HASH)


ISSUED = Entry.example(
    sequence=1,
    kind="issued",
    contra="promotions",
    amount="100",
    balance_after="100",
    grant=GRANT_ID,
    allocations=[Allocation.example(amount="100")],
)
HELD: dict[str, Any] = {"kind": "held", "contra": None, "amount": "0", "allocations": []}


class PostedEntry(Entry):
    wallet = Wallet()


class PostedGrant(Grant):
    entry = Entry()
    wallet = Wallet()
    sample: ClassVar = {
        "remaining": "100",
        "entry": ISSUED,
        "wallet": Wallet.example(balance="100", available="100", sequence=1),
    }


class PostedHold(Shape):
    hold = Hold()
    entry = Entry()
    wallet = Wallet()
    sample: ClassVar = {
        "entry": Entry.example(**HELD, held_change="60", held_after="60", hold=HOLD_ID),
        "wallet": Wallet.example(held="60", available="27.5"),
    }


class PostedTransfer(Shape):
    entry = Entry()
    target_entry = Entry()
    sample: ClassVar = {
        "entry": Entry.example(kind="transferred", contra="transfers", amount="-20"),
        "target_entry": Entry.example(
            id=OTHER_ENTRY_ID,
            reference="bob",
            kind="transferred",
            contra="transfers",
            amount="20",
            caused_by=ENTRY_ID,
        ),
    }


class Batch(StrictSerializer):
    items = serializers.ListField(child=ConsumptionItem(), min_length=1, max_length=MAX_ITEMS)


class BatchResult(Shape):
    """`entry` and `replayed` when the item was posted (status 201), else `problem`."""

    status = Number(201)
    replayed = serializers.BooleanField(required=False)
    entry = Entry(required=False)
    problem = Object(required=False)


REFUSED: dict[str, Any] = {"status": 402, "code": "insufficient_credits", "required": "1", "available": "0"}


class BatchResults(Shape):
    results = BatchResult(many=True)
    sample: ClassVar = {
        "results": [
            BatchResult.example(replayed=False, entry=Entry.example()),
            BatchResult.example(status=402, problem=REFUSED),
        ]
    }
