"""Run an engine's command through the service that has its name, as the interfaces do."""

from collections.abc import Callable
from typing import Any

from core.amounts import from_micros
from credits import services
from credits.engine import commands as c
from credits.services import Origin, Posted


def ask(command: c.Command) -> Posted:
    """Run one command through its service; raise its refusal."""
    origin = Origin(command.principal, command.actor, command.key, command.request_id)
    return SERVICES[type(command)](command, origin)


def credits_of(amount: int | None) -> Any:
    return None if amount is None else from_micros(amount)


def _issue(command: c.IssueGrant, origin: Origin) -> Posted:
    names = ("reference", "source", "priority", "effective_at", "expires_at", "expires_in_days", "rollover")
    terms = {name: getattr(command, name) for name in (*names, "cost_minor", "currency", "description")}
    return services.issue_grant(amount=credits_of(command.amount), origin=origin, **terms)


def _consume(command: c.Consume, origin: Origin) -> Posted:
    terms = {"overage": command.overage, "description": command.description}
    return services.consume(reference=command.reference, amount=credits_of(command.amount), origin=origin, **terms)


def _place(command: c.PlaceHold, origin: Origin) -> Posted:
    return services.place_hold(
        reference=command.reference,
        amount=credits_of(command.amount),
        expires_in=command.expires_in,
        basis=command.basis,
        description=command.description,
        origin=origin,
    )


def _capture(command: c.CaptureHold, origin: Origin) -> Posted:
    terms = {"hold": command.hold, "final": command.final, "overage": command.overage}
    return services.capture_hold(amount=credits_of(command.amount), origin=origin, **terms)


def _release(command: c.ReleaseHold, origin: Origin) -> Posted:
    return services.release_hold(hold=command.hold, origin=origin)


def _extend(command: c.ExtendHold, origin: Origin) -> Posted:
    more = credits_of(command.amount) if command.amount else None
    return services.extend_hold(hold=command.hold, expires_in=command.expires_in, amount=more, origin=origin)


def _reverse(command: c.ReverseEntry, origin: Origin) -> Posted:
    return services.reverse_entry(
        entry=command.entry,
        amount=credits_of(command.amount),
        reason=command.description,
        expires_at=command.expires_at,
        origin=origin,
    )


def _void(command: c.VoidGrant, origin: Origin) -> Posted:
    return services.void_grant(grant=command.grant, reason=_reason(command), origin=origin)


def _claw_back(command: c.ClawBack, origin: Origin) -> Posted:
    amount = credits_of(command.amount)
    return services.claw_back(grant=command.grant, amount=amount, reason=_reason(command), origin=origin)


def _adjust(command: c.Adjust, origin: Origin) -> Posted:
    amount = credits_of(command.amount)
    return services.adjust(reference=command.reference, amount=amount, reason=_reason(command), origin=origin)


def _reset(command: c.Reset, origin: Origin) -> Posted:
    return services.reset(reference=command.reference, reason=_reason(command), origin=origin)


def _transfer(command: c.Transfer, origin: Origin) -> Posted:
    return services.transfer(
        source=command.reference,
        target=command.target,
        amount=credits_of(command.amount),
        description=command.description,
        origin=origin,
    )


def _forgive(command: c.ForgiveDebt, origin: Origin) -> Posted:
    amount = credits_of(command.amount)
    return services.forgive_debt(reference=command.reference, reason=_reason(command), amount=amount, origin=origin)


def _freeze(command: c.Freeze, origin: Origin) -> Posted:
    return services.freeze(reference=command.reference, reason=_reason(command), origin=origin)


def _unfreeze(command: c.Unfreeze, origin: Origin) -> Posted:
    return services.unfreeze(reference=command.reference, reason=_reason(command), origin=origin)


def _reason(command: c.Command) -> Any:
    return command.description


SERVICES: dict[type[c.Command], Callable[[Any, Origin], Posted]] = {
    c.IssueGrant: _issue,
    c.Consume: _consume,
    c.PlaceHold: _place,
    c.CaptureHold: _capture,
    c.ReleaseHold: _release,
    c.ExtendHold: _extend,
    c.ReverseEntry: _reverse,
    c.VoidGrant: _void,
    c.ClawBack: _claw_back,
    c.Adjust: _adjust,
    c.Reset: _reset,
    c.Transfer: _transfer,
    c.ForgiveDebt: _forgive,
    c.Freeze: _freeze,
    c.Unfreeze: _unfreeze,
}
