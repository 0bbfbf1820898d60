"""The setting METERING: how the calls that this process serves are metered; read once, and typed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string

from core.amounts import from_micros, parse_amount

CLIENT_GONE = ("reported", "counted", "released")
MOST_HOLD_SECONDS = 7 * 24 * 3600

Estimate = Callable[[HttpRequest], Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteringSettings:
    """The members of METERING with their defaults; docs/metering.md describes each. Amounts in credits."""

    paths: tuple[str, ...] = ()
    skip_paths: tuple[str, ...] = ()
    wallet: Callable[[HttpRequest], str | None] | None = None
    wallet_header: str = ""
    estimate: Estimate = lambda request: Decimal(1)
    credits_per_unit: Decimal = Decimal(1)
    response_header: str = ""
    body_key: str = ""
    charge_client_errors: bool = False
    hold_seconds: int = 900
    slice_credits: Decimal = Decimal(10)
    slice_seconds: int = 10
    credits_per_chunk: Decimal = Decimal(0)
    client_gone: str = "counted"
    requests_per_minute: tuple[tuple[Decimal, int], ...] = ()
    adaptive: bool = False
    adaptive_percentile: int = 95
    adaptive_least: Decimal = Decimal("0.5")
    adaptive_most: Decimal = Decimal(4)
    shadow: bool = False
    threads: int = 16


def metering_settings() -> MeteringSettings:
    """Return METERING as it stands in the settings. Raises ImproperlyConfigured naming each wrong member."""
    global _known
    raw: Mapping[str, Any] = settings.METERING
    if _known[0] is not raw:
        _known = (raw, read_metering(raw))
    return _known[1]


def read_metering(raw: Mapping[str, Any]) -> MeteringSettings:
    """Return the typed members of a METERING. Raises ImproperlyConfigured naming each wrong one."""
    members, wrong = _read(raw)
    if wrong:
        raise ImproperlyConfigured("; ".join(wrong))
    return MeteringSettings(**members)


def wrong_members(raw: Mapping[str, Any]) -> list[str]:
    """Return one sentence for each member that cannot be used."""
    return _read(raw)[1]


def _read(raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    members, wrong = {}, []
    for name, value in raw.items():
        try:
            members[name] = _READERS[name](value)
        except KeyError:
            wrong.append(f"METERING[{name!r}] is unknown; it has {', '.join(sorted(_READERS))}.")
        except (ValueError, ImportError) as error:
            wrong.append(f"METERING[{name!r}]: {error}")
    if members.get("wallet_header") and not settings.TRUSTED_PROXIES:
        wrong.append("METERING['wallet_header'] is believed only behind a proxy of yours: set TRUSTED_PROXIES.")
    return members, wrong


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(text, str) and text for text in value):
        raise ValueError("write a list of texts")
    return tuple(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("write a text")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("write True or False")
    return value


def _whole(value: object, *, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"write a whole number from {least} to {most}")
    return value


def _amount(value: object, *, positive: bool = True) -> Decimal:
    return from_micros(parse_amount(value, positive=positive))


def _function(value: object) -> Callable[..., Any]:
    found: object = import_string(value) if isinstance(value, str) else value
    if not callable(found):
        raise ValueError("write the dotted name of a function")
    return found


def _choice(value: object) -> str:
    if value not in CLIENT_GONE:
        raise ValueError(f"write one of {', '.join(CLIENT_GONE)}")
    return str(value)


def _estimate(value: object) -> Estimate:
    """Read an amount, the name of a function of the request, or one of both for each path prefix."""
    if isinstance(value, Mapping):
        if "" not in value:
            raise ValueError('add the prefix "", for the paths that no other prefix fits')
        prefixes = sorted(value, key=len, reverse=True)
        return partial(_by_path, [(prefix, _estimate(value[prefix])) for prefix in prefixes])
    if callable(value) or (isinstance(value, str) and not value.replace(".", "").isdigit()):
        return _function(value)
    amount = _amount(value)
    return lambda request: amount


def _by_path(estimates: list[tuple[str, Estimate]], request: HttpRequest) -> Decimal:
    return next(estimate for prefix, estimate in estimates if request.path.startswith(prefix))(request)


def _rates(value: object) -> tuple[tuple[Decimal, int], ...]:
    """Read {available credits: requests per minute}, and return it from the largest balance to the smallest."""
    if not isinstance(value, Mapping):
        raise ValueError('write {"0": 10, "100": 60}: from so many available credits so many requests per minute')
    rates = [
        (_amount(credits, positive=False), _whole(rate, least=0, most=1_000_000)) for credits, rate in value.items()
    ]
    return tuple(sorted(rates, reverse=True))


_READERS: dict[str, Callable[[Any], Any]] = {
    "paths": _texts,
    "skip_paths": _texts,
    "wallet": _function,
    "wallet_header": _text,
    "estimate": _estimate,
    "credits_per_unit": _amount,
    "response_header": _text,
    "body_key": _text,
    "charge_client_errors": _flag,
    "hold_seconds": partial(_whole, least=1, most=MOST_HOLD_SECONDS),
    "slice_credits": _amount,
    "slice_seconds": partial(_whole, least=1, most=3600),
    "credits_per_chunk": partial(_amount, positive=False),
    "client_gone": _choice,
    "requests_per_minute": _rates,
    "adaptive": _flag,
    "adaptive_percentile": partial(_whole, least=1, most=100),
    "adaptive_least": _amount,
    "adaptive_most": _amount,
    "shadow": _flag,
    "threads": partial(_whole, least=1, most=256),
}
assert _READERS.keys() == {member.name for member in fields(MeteringSettings)}  # noqa: S101  one reader each

_known: tuple[Any, MeteringSettings] = (None, MeteringSettings())
