"""The members of requests: all strict, each body read by fields that are built once."""

from functools import lru_cache
from typing import Any, ClassVar, cast
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.models import User
from core.amounts import to_micros
from core.api.bodies import read_body as read_body  # for the rooms above
from core.api.fields import (
    AmountField,
    InstantField,
    ObjectField,
    StrictBooleanField,
    StrictIntegerField,
    StrictSerializer,
    TextField,
)
from core.json_text import canonical

from ..engine.bounds import MAX_DAYS
from ..engine.kinds import SOURCES
from ..engine.state import MAX_HOLD_LIFE, Rollover
from ..models.wallets import refuse_me, validate_reference
from ..services.posting import MAX_TEXT_BYTES

OVERAGES = ("strict", "up_to")
MAX_HOLD_SECONDS = int(MAX_HOLD_LIFE.total_seconds())
# Not a place: what the computer takes for its own, or nothing at all.
NO_ZONES = frozenset({"localtime", "Factory"})


@lru_cache
def time_zones() -> frozenset[str]:
    """Return the names of the time zones of the IANA database."""
    return frozenset(available_timezones() - NO_ZONES)


class ReferenceField(TextField):
    """A wallet's reference; never `me`, which only stands in paths."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validators=[validate_reference, refuse_me], trim_whitespace=False, **kwargs)


class DescriptionField(TextField):
    """A text of at most 4 kB in UTF-8, kept as it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the text; raises ValidationError."""
        text = super().to_internal_value(data)
        if len(text.encode()) > MAX_TEXT_BYTES:
            raise serializers.ValidationError(f"Send at most {MAX_TEXT_BYTES} bytes of text.")
        return text


class MetadataField(ObjectField):
    """A JSON object of at most 4 kB."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the object; raises ValidationError."""
        value = super().to_internal_value(data)
        if len(canonical(value).encode()) > MAX_TEXT_BYTES:
            raise serializers.ValidationError(f"Send at most {MAX_TEXT_BYTES} bytes of JSON.")
        return value


class KeyField(serializers.RegexField):
    """An idempotency key: 1 to 255 visible ASCII characters."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Send 1 to 255 visible ASCII characters, without spaces."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"\A[!-~]{1,255}\Z", trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the key; a number is none."""
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class TimeZoneField(TextField):
    """The name of a time zone of the IANA database."""

    def to_internal_value(self, data: Any) -> str:
        """Return the name; raises ValidationError for one that is not known."""
        name = super().to_internal_value(data)
        if name not in time_zones():
            raise serializers.ValidationError('Name a time zone of the IANA database, such as "Europe/Berlin".')
        return name


class OwnerField(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]  # takes no parameter at run time
    """The id of a registered user."""

    def to_internal_value(self, data: Any) -> User:
        """Return the user; raises ValidationError."""
        try:
            return cast("User", super().to_internal_value(data if isinstance(data, str) else ""))
        except (serializers.ValidationError, ValidationError):
            raise serializers.ValidationError("Name a user who exists, by his id.") from None


class WalletBody(StrictSerializer):
    reference = ReferenceField()
    owner = OwnerField(queryset=User.objects.all(), required=False, allow_null=True)
    time_zone = TimeZoneField(required=False)
    attributes = ObjectField(required=False)


class WalletChangeBody(StrictSerializer):
    time_zone = TimeZoneField(required=False)
    attributes = ObjectField(required=False)


class RolloverBody(StrictSerializer):
    """What passes on when the grant ends: at most `amount`, or `percent` of what is left; by default all of it."""

    amount = AmountField(required=False)
    percent = StrictIntegerField(required=False, min_value=1, max_value=100)
    days = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_DAYS)
    times = StrictIntegerField(required=False, min_value=1, max_value=1000)

    def validate(self, attrs: dict[str, Any]) -> Rollover:
        """Return the engine's rule; raises ValidationError for an amount beside a share."""
        if "amount" in attrs and "percent" in attrs:
            raise serializers.ValidationError({"percent": "Name an amount or a percentage, not both."})
        amount = to_micros(attrs["amount"]) if "amount" in attrs else None
        return Rollover(amount, attrs.get("percent"), attrs.get("days"), attrs.get("times", 1))


class GrantBody(StrictSerializer):
    amount = AmountField()
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment]  # DRF has an attribute of this name
    priority = StrictIntegerField(required=False, min_value=0, max_value=100)
    effective_at = InstantField(required=False, allow_null=True)
    expires_at = InstantField(required=False, allow_null=True)
    expires_in_days = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_DAYS)
    rollover = RolloverBody(required=False, allow_null=True)
    description = DescriptionField(required=False, allow_null=True, allow_blank=True)
    metadata = MetadataField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the members; raises ValidationError for two ends."""
        if attrs.get("expires_at") is not None and attrs.get("expires_in_days") is not None:
            raise serializers.ValidationError({"expires_in_days": "Name expires_at or expires_in_days, not both."})
        return attrs


class ConsumeBody(StrictSerializer):
    amount = AmountField()
    overage = serializers.ChoiceField(choices=OVERAGES, required=False)
    description = DescriptionField(required=False, allow_null=True, allow_blank=True)
    metadata = MetadataField(required=False, allow_null=True)


class ConsumptionItem(ConsumeBody):
    reference = ReferenceField()
    idempotency_key = KeyField(required=False)


class HoldBody(StrictSerializer):
    amount = AmountField()
    expires_in_seconds = StrictIntegerField(required=False, min_value=1, max_value=MAX_HOLD_SECONDS)
    description = DescriptionField(required=False, allow_null=True, allow_blank=True)
    metadata = MetadataField(required=False, allow_null=True)


class CaptureBody(StrictSerializer):
    amount = AmountField(required=False, allow_null=True, positive=False)
    final = StrictBooleanField(required=False)
    overage = serializers.ChoiceField(choices=OVERAGES, required=False)
    metadata = MetadataField(required=False, allow_null=True)


class ExtendBody(StrictSerializer):
    expires_in_seconds = StrictIntegerField(required=False, allow_null=True, min_value=1, max_value=MAX_HOLD_SECONDS)
    amount = AmountField(required=False, allow_null=True)


class NothingBody(StrictSerializer):
    """A call that needs no body."""


class ReasonField(DescriptionField):
    """A description that says something."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; raises ValidationError where it is blank."""
        text = super().to_internal_value(data)
        if not text.strip():
            raise serializers.ValidationError("Say why, in a few words.")
        return text


class ReasonBody(StrictSerializer):
    reason = ReasonField()


class AdjustBody(ReasonBody):
    amount = AmountField(signed=True)


class ForgiveBody(ReasonBody):
    amount = AmountField(required=False, allow_null=True)


class ReverseBody(ReasonBody):
    amount = AmountField(required=False, allow_null=True)
    expires_at = InstantField(required=False, allow_null=True)


class TransferBody(StrictSerializer):
    source = ReferenceField()  # type: ignore[assignment]  # DRF has an attribute of this name
    target = ReferenceField()
    amount = AmountField()
    description = DescriptionField(required=False, allow_null=True, allow_blank=True)
