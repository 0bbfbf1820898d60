"""What every operation shares: who asks, the texts that go with it, and what is answered."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError

from core.amounts import MICROS, to_micros
from core.json_text import canonical
from core.problems import Problem

from ..engine import Result
from ..engine import commands as c
from ..engine.state import Entry, Grant, Hold, Wallet
from ..exceptions import InvalidOperation
from ..models.wallets import refuse_me, validate_reference
from ..store import execute, execute_one

MAX_TEXT_BYTES = 4096

AnyCommand = TypeVar("AnyCommand", bound=c.Command)


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks, and under which idempotency key: the scope of a key is wallet and principal.

    Keys of the principal `internal` never come over HTTP, so no customer can take one first.
    """

    principal: str = "internal"
    actor: str = "system"
    key: str | None = None
    request_id: str | None = None


INTERNAL = Origin()


@dataclass(frozen=True, slots=True)
class Posted:
    """The principal entry of an operation and the wallet afterwards; `grant` and `hold` are those that it names."""

    entry: Entry
    wallet: Wallet
    replayed: bool
    grant: Grant | None = None
    hold: Hold | None = None
    target_entry: Entry | None = None


def command_of(
    kind: type[AnyCommand],
    origin: Origin,
    reference: str,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    **terms: Any,
) -> AnyCommand:
    """Build a command; raise InvalidOperation if its description or metadata is too long."""
    text = None if metadata is None else canonical(metadata)
    for name, value in (("description", description), ("metadata", text)):
        if value is not None and len(value.encode()) > MAX_TEXT_BYTES:
            raise InvalidOperation(f"{name} takes at most 4 kB of text; shorten it.", field=name)
    return kind(
        reference=reference,
        principal=origin.principal,
        key=origin.key,
        actor=origin.actor,
        request_id=origin.request_id,
        description=description,
        metadata=text,
        salt=secrets.token_hex(16) if description is not None or text is not None else None,
        **terms,
    )


def micros_of(amount: Decimal) -> int:
    """Return the millionths of an amount of credits; raise InvalidOperation for a float, a boolean or no number."""
    try:
        if isinstance(amount, Decimal):
            return to_micros(amount)
        if type(amount) is int:
            return amount * MICROS
    except ValueError:
        pass
    raise InvalidOperation("Name an amount as a Decimal with at most six decimals.", field="amount")


def refuse_bad_reference(reference: str) -> None:
    """Raise InvalidOperation where no wallet may have this reference."""
    try:
        validate_reference(reference)
        refuse_me(reference)
    except ValidationError as error:
        raise InvalidOperation(str(error.message), field="reference") from None


def post(command: c.Command) -> Posted:
    """Run one command; raise its refusal after what settling posted is committed."""
    outcome = _posted(*execute_one(command))
    if isinstance(outcome, Problem):
        raise outcome
    return outcome


def post_many(commands: Sequence[c.Command]) -> list[Posted | Problem]:
    """Run commands of any wallets in one transaction; return for each what it posted or why it was refused."""
    execution = execute(commands)
    return [_posted(result, execution.wallets.get(result.command.reference)) for result in execution.results]


def _posted(result: Result, wallet: Wallet | None) -> Posted | Problem:
    entry = result.entry
    if result.refusal is not None or entry is None or wallet is None:
        return result.refusal or Problem()
    grant, hold = wallet.grants.get(entry.grant or ""), wallet.holds.get(entry.hold or "")
    return Posted(entry, wallet, result.replayed, grant, hold, result.target_entry)
