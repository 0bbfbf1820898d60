"""Set credits aside before the work, and settle after it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from .. import selectors
from ..engine import commands as c
from .posting import INTERNAL, Origin, Posted, command_of, micros_of, post


def place_hold(
    *,
    reference: str,
    amount: Decimal,
    expires_in: timedelta = c.DEFAULT_HOLD_LIFE,
    basis: str | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    origin: Origin = INTERNAL,
) -> Posted:
    """Cover `amount` so that nothing else can take it; raise InsufficientCredits or WalletFrozen."""
    terms = {"amount": micros_of(amount), "expires_in": expires_in, "basis": basis}
    posted = post(command_of(c.PlaceHold, origin, reference, description, metadata, **terms))
    if posted.hold is not None:
        selectors.remember_hold(posted.hold.id, reference)
    return posted


def capture_hold(
    *,
    hold: str,
    amount: Decimal | None = None,
    final: bool = True,
    overage: str = "strict",
    metadata: Mapping[str, Any] | None = None,
    origin: Origin = INTERNAL,
) -> Posted:
    """Consume from a hold's cover, all of it or `amount`; a final capture frees the rest. Raises HoldNotActive."""
    terms = {"hold": hold, "amount": None if amount is None else micros_of(amount), "final": final, "overage": overage}
    return post(command_of(c.CaptureHold, origin, selectors.reference_of_hold(hold), None, metadata, **terms))


def release_hold(*, hold: str, origin: Origin = INTERNAL) -> Posted:
    """Free a hold's cover; raise HoldNotActive, naming how and when it ended."""
    return post(command_of(c.ReleaseHold, origin, selectors.reference_of_hold(hold), hold=hold))


def extend_hold(
    *, hold: str, expires_in: timedelta | None = None, amount: Decimal | None = None, origin: Origin = INTERNAL
) -> Posted:
    """Move a hold's expiry to `expires_in` from now and cover `amount` more; at most 7 days after it was placed."""
    more = 0 if amount is None else micros_of(amount)
    reference = selectors.reference_of_hold(hold)
    return post(command_of(c.ExtendHold, origin, reference, hold=hold, expires_in=expires_in, amount=more))
