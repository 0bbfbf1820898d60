"""The rows of promos; the columns are those of tests.security.table."""

from collections.abc import Callable
from typing import Any

from django.test import override_settings

from accounts.services.audit import Origin
from promos import services

#  method route                                     none own other  read spend grant admin  Support Finance Admin
TABLE = """
   GET    promo-codes                               401 403 403    403 403 403 200         200 200 200
   POST   promo-codes                               401 403 403    403 403 403 201         403 403 201
   POST   promo-codes/generate                      401 403 403    403 403 403 201         403 403 201
   GET    promo-codes/<str:code>                    401 403 403    403 403 403 200         200 200 200
   PATCH  promo-codes/<str:code>                    401 403 403    403 403 403 200         403 403 200
   GET    promo-codes/<str:code>/eligibility        401 200 200    400 400 400 400         400 400 400
   GET    promo-batches                             401 403 403    403 403 403 200         200 200 200
   GET    promo-batches/<uuid:batch_id>             401 403 403    403 403 403 200         200 200 200
   GET    promo-batches/<uuid:batch_id>/codes       401 403 403    403 403 403 200         403 403 200
   POST   promo-batches/<uuid:batch_id>/revoke      401 403 403    403 403 403 200         403 403 200
   GET    promo-campaigns/<str:campaign>            401 403 403    403 403 403 200         200 200 200
   GET    redemptions                               401 200 200    200 200 200 200         200 200 200
   POST   redemptions                               401 201 404    403 403 201 201         403 201 201
   GET    referral-code                             401 200 404    400 400 400 400         400 400 400
   POST   referral-code                             401 200 404    403 403 200 200         403 200 200
"""
# The body of each write, and what must hold before a call can succeed.
BODIES: dict[tuple[str, str], Callable[[Any], dict[str, Any]]] = {
    ("POST", "promo-codes"): lambda world: {"code": "AUTUMN", "amount": "5"},
    ("POST", "promo-codes/generate"): lambda world: {"count": 3, "campaign": "autumn", "amount": "5"},
    ("PATCH", "promo-codes/<str:code>"): lambda world: {"is_active": False},
    ("POST", "promo-batches/<uuid:batch_id>/revoke"): lambda world: {"reason": "test"},
    ("POST", "redemptions"): lambda world: {"code": "summer", "reference": world.reference},
    ("POST", "referral-code"): lambda world: {"reference": world.reference},
}
BEFORE: dict[tuple[str, str], Callable[[Any], None]] = {}
# Members that a body may name, besides those of its example.
NAMED = {
    ("POST", "promo-codes"): {"description", "is_active"},
    ("POST", "promo-codes/generate"): {"description", "is_active", "prefix"},
    ("PATCH", "promo-codes/<str:code>"): {"description", "reason"},
}


def arguments(world: Any) -> dict[str, str]:
    """Return the values for the paths of this room, all about objects of customer A; called once a world."""
    origin, terms = Origin("user:test"), {"amount": 5, "campaign": "summer"}
    services.create_code(code="SUMMER", origin=origin, **terms)
    batch = services.generate_codes(count=2, origin=origin, **terms)
    with override_settings(REFERRAL_GRANT="1", REFERRER_GRANT="2"):
        services.open_referral_code(reference=world.reference, actor="user:test")
    return {"code": "summer", "batch_id": str(batch.pk), "campaign": "summer"}
