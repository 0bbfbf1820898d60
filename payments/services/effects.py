"""Take a payment's credits back, and give them back again; each call posts once to the ledger.

The ledger's claw_back takes a face value and claims of it what did not end unused. A won dispute is a new purchased
grant, because a claim of the ledger is never undone: it repays the debt first, as every purchase does.
"""

from decimal import Decimal
from uuid import UUID

from core.amounts import to_micros
from credits import services
from credits.models import Grant
from credits.services import Origin

from .. import currencies
from ..models import Effect, Payment


def claw_back(payment: Payment, amount: Decimal) -> bool:
    """Take back `amount` of what a locked payment gave, as far as its newest grant reaches; tell True."""
    grant = _newest_refundable(payment)
    if grant is None:
        return _note(payment, "clawed_back", amount, payment.reversed_credits + amount)
    part = min(amount, grant.amount - grant.refunded)
    number = payment.effects.count()
    posted = services.claw_back(
        grant=str(grant.pk),
        amount=part,
        reason=f"Money of payment {payment.pk} went back",
        origin=Origin(key=f"payment:{payment.pk}:claw_back:{number}"),
    )
    claimed = Grant.objects.values_list("claimed", flat=True).get(pk=grant.pk) - grant.claimed
    entry = UUID(posted.entry.id)
    return _note(payment, "clawed_back", part, payment.reversed_credits + part, claimed, grant.pk, entry)


def give_back(payment: Payment, reversed_credits: Decimal) -> bool:
    """Give back what was claimed beyond `reversed_credits`, as credits that live as long as bought ones; tell True."""
    amount = _owed(payment, reversed_credits)
    face = payment.reversed_credits - reversed_credits
    if not amount:
        return _note(payment, "given_back", face, reversed_credits)
    number = payment.effects.count()
    posted = services.issue_grant(
        reference=payment.wallet.reference,
        amount=amount,
        source="purchase",
        expires_in_days=payment.expires_in_days,
        cost_minor=currencies.share_of(payment.amount_minor, to_micros(amount), to_micros(payment.credits)),
        currency=payment.currency,
        description=payment.title,
        metadata={"payment": str(payment.pk)},
        origin=Origin(key=f"payment:{payment.pk}:give_back:{number}"),
    )
    grant, entry = UUID(str(posted.entry.grant)), UUID(posted.entry.id)
    return _note(payment, "given_back", face, reversed_credits, amount, grant, entry)


def _newest_refundable(payment: Payment) -> Grant | None:
    grants = [effect.grant for effect in _givings(payment)]
    return next((grant for grant in reversed(grants) if grant is not None and grant.refunded < grant.amount), None)


def _owed(payment: Payment, reversed_credits: Decimal) -> Decimal:
    """Return what the customer lacks: what was claimed, less what would be if only this much had gone back."""
    givings = list(_givings(payment))
    grants = [effect.grant for effect in givings if effect.grant is not None]
    given = sum((effect.posted for effect in givings if effect.kind == "given_back"), Decimal(0))
    claimed = sum((grant.claimed for grant in grants), Decimal(0)) - given
    lost = sum((grant.lost for grant in grants), Decimal(0))
    return max(Decimal(0), claimed - max(Decimal(0), reversed_credits - lost))


def _givings(payment: Payment) -> list[Effect]:
    giving = payment.effects.filter(grant__isnull=False).exclude(kind="clawed_back")
    return list(giving.select_related("grant").order_by("created_at", "pk"))


def _note(
    payment: Payment,
    kind: str,
    face: Decimal,
    reversed_credits: Decimal,
    posted: Decimal = Decimal(0),
    grant: UUID | None = None,
    entry: UUID | None = None,
) -> bool:
    Effect.objects.create(
        payment=payment,
        provider=payment.provider,
        charge_id=str(payment.charge_id),
        effect=f"{kind}:{payment.effects.count()}",
        kind=kind,
        credits=face,
        posted=posted,
        grant_id=grant,
        entry_id=entry,
    )
    payment.reversed_credits = reversed_credits
    payment.save(update_fields=["reversed_credits"])
    return True
