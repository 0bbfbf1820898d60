"""What racers do about codes; each job can be imported by another process."""

from decimal import Decimal

from core import clock
from promos import services
from promos.models import CodeBatch, PromoCode
from tests.promos.makers import OPERATOR, redeem


def use(code: str, reference: str) -> str:
    """Redeem; return the id of the redemption."""
    return str(redeem(code, reference).redemption.pk)


def make(code: str, amount: int) -> str:
    return services.create_code(code=code, amount=Decimal(amount), origin=OPERATOR).code


def refer(reference: str) -> str:
    return services.open_referral_code(reference=reference, actor="x")[0].code


def revoke_or_use(verb: str, code: str, reference: str) -> str:
    if verb == "use":
        return use(code, reference)
    batch = CodeBatch.objects.get(codes__code=code)
    services.revoke_batch(batch=batch, origin=OPERATOR, reason="stolen")
    return str(PromoCode.objects.get(code=code).redeemed)


def reward(reference: str, payment: str) -> int:
    """Reward a purchase, as two deliveries of one event would."""
    return services.reward_purchase(
        purchase=services.Purchase(
            reference=reference,
            payment=payment,
            credits=Decimal(100),
            amount_minor=1000,
            currency="EUR",
            paid_at=clock.now(),
        )
    )


def count_refusal(reason: str) -> None:
    services.count_refusal(reason=reason)
