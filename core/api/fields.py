"""Serializer members that take exactly what the contract names: no lenient numbers, no guessed time zones."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.functional import cached_property
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.amounts import format_micros, from_micros, parse_amount, to_micros
from core.api.wording import say_it_ourselves

MAX_OBJECT_BYTES = 16_384
# The context of a serializer that reads a query, in which everything is text.
IN_QUERY = "in_query"
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_BOOLEANS = {"true": True, "false": False}


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses members it does not know: a misspelt one would silently be without effect."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": "Send a JSON object."}

    @cached_property
    def fields(self) -> Any:
        """Return the fields, which say what to send in sentences of ours."""
        fields = super().fields
        for field in fields.values():
            say_it_ourselves(field)
        return fields

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated members; raises ValidationError for an unknown one, too."""
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if name not in self.fields]
            if unknown:
                raise serializers.ValidationError({name: ["This member is not known here."] for name in unknown})
        return super().to_internal_value(data)


@extend_schema_field(
    {
        "oneOf": [{"type": "string", "pattern": r"^-?[0-9]{1,10}(\.[0-9]{1,6})?$"}, {"type": "number"}],
        "example": "12.5",
    }
)
class AmountField(serializers.Field[Decimal, Any, str, Any]):
    """An amount of credits: a canonical text going out, a Decimal coming in (ledger.md, section 1)."""

    def __init__(self, *, signed: bool = False, positive: bool = True, **kwargs: Any) -> None:
        self.signed = signed
        self.positive = positive
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        """Return the exact amount; raises ValidationError for what is not one."""
        try:
            return from_micros(parse_amount(data, signed=self.signed, positive=self.positive))
        except ValueError as error:
            text = str(error)
            raise serializers.ValidationError(f"{text[:1].upper()}{text[1:]}.") from None

    def to_representation(self, value: Decimal) -> str:
        """Return the canonical text."""
        return format_micros(to_micros(value))


class TextField(serializers.CharField):
    """A JSON string; a number or a boolean is not one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; raises ValidationError."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class ObjectField(serializers.JSONField):
    """A JSON object of at most 16 KB."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the object; raises ValidationError."""
        if not isinstance(data, dict):
            raise serializers.ValidationError("Send a JSON object.")
        if len(json.dumps(data)) > MAX_OBJECT_BYTES:
            raise serializers.ValidationError(f"Send at most {MAX_OBJECT_BYTES} bytes.")
        return super().to_internal_value(data)


class StrictIntegerField(serializers.IntegerField):
    """A whole number: a JSON integer, or ASCII digits in a query."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number; `5.0`, true and digits of other scripts are refused."""
        if isinstance(data, str) and self.context.get(IN_QUERY) and _INTEGER.fullmatch(data):
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return data


class StrictBooleanField(serializers.BooleanField):
    """true or false: as JSON, or as a word in a query."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the truth value; `1`, "yes" and "on" are refused."""
        value = _BOOLEANS.get(data, data) if isinstance(data, str) and self.context.get(IN_QUERY) else data
        if not isinstance(value, bool):
            self.fail("invalid", input=data)
        return value


# Dates counted from an instant have to stay within the calendar.
YEAR_TOO_LATE = 3000


class InstantField(serializers.DateTimeField):
    """An instant with its offset from UTC (RFC 3339)."""

    def to_internal_value(self, value: Any) -> datetime:
        """Return the aware instant; a time without an offset is refused, not guessed."""
        if not isinstance(value, str) or not re.search(r"(Z|[+-]\d\d:\d\d)$", value, re.ASCII | re.IGNORECASE):
            self.fail("invalid", format="")
        instant: datetime = super().to_internal_value(value)
        if instant.year >= YEAR_TOO_LATE:
            raise serializers.ValidationError(f"Name an instant before the year {YEAR_TOO_LATE}.")
        return instant
