"""The members of requests and answers about notifications."""

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import AmountField, StrictBooleanField, StrictIntegerField, StrictSerializer, TextField
from credits.api.bodies import ReferenceField

from ..models import Delivery, Notice, WebhookEndpoint
from ..services.expiries import LONGEST_DAYS

MOST_NAMES = 50
_NAME = re.compile(r"[a-z_]+(\.[a-z_]+)?|[a-z_.]*\*", re.ASCII)


class NameField(TextField):
    """The name of an event, or a beginning of names that ends in `*`."""

    def to_internal_value(self, data: Any) -> str:
        """Return the name; raises ValidationError."""
        name = super().to_internal_value(data)
        if len(name) > 80 or not _NAME.fullmatch(name):
            raise serializers.ValidationError(
                'Write a name such as "payment.paid", or a beginning such as "payment.*".'
            )
        return name


class NamesField(serializers.ListField):
    child = NameField()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MOST_NAMES, **kwargs)


class NoticeSerializer(serializers.ModelSerializer[Notice]):
    # DRF has an attribute of this name.
    data: Any = serializers.DictField()

    class Meta:
        model = Notice
        fields = ("id", "reference", "name", "title", "text", "data", "created_at", "read_at")


class NothingBody(StrictSerializer):
    """A call that needs no body."""


class InboxQuery(StrictSerializer):
    reference = ReferenceField(required=False, help_text="A wallet; of a customer always the own one.")
    unread = StrictBooleanField(required=False)


class WalletQuery(StrictSerializer):
    reference = ReferenceField(required=False, help_text="A wallet; of a customer always the own one.")


class PreferencesSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    low_balance_amount = AmountField(allow_null=True)
    low_balance_percent = serializers.IntegerField(allow_null=True)
    expiring_days = serializers.ListField(child=serializers.IntegerField())
    channels = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class PreferencesBody(StrictSerializer):
    """All preferences at once; what is left out, or null, is as the installation has it."""

    reference = ReferenceField(required=False)
    low_balance_amount = AmountField(required=False, allow_null=True, positive=False)
    low_balance_percent = StrictIntegerField(required=False, allow_null=True, min_value=0, max_value=100)
    expiring_days = serializers.ListField(
        child=StrictIntegerField(min_value=1, max_value=LONGEST_DAYS), required=False, allow_null=True, max_length=5
    )
    channels = serializers.DictField(child=NamesField(), required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return the members; raises ValidationError for two thresholds."""
        if attrs.get("low_balance_amount") is not None and attrs.get("low_balance_percent") is not None:
            raise serializers.ValidationError({"low_balance_percent": "Name an amount or a percentage, not both."})
        return attrs


class EndpointSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    event_types = serializers.ListField(child=serializers.CharField())
    reference = serializers.SerializerMethodField()

    class Meta:
        model = WebhookEndpoint
        fields = (
            *("id", "reference", "url", "description", "event_types", "failing_since", "failures", "paused_until"),
            *("disabled_at", "disabled_because", "created_at"),
        )

    @extend_schema_field({"type": ["string", "null"]})
    def get_reference(self, endpoint: WebhookEndpoint) -> str | None:
        """Return the wallet whose events it gets, None for all wallets."""
        return endpoint.reference or None


class OpenedEndpointSerializer(EndpointSerializer):
    secret = serializers.CharField(help_text="Verifies the signatures; shown this once.")

    class Meta(EndpointSerializer.Meta):
        fields = (*EndpointSerializer.Meta.fields, "secret")  # type: ignore[assignment]


class EndpointBody(StrictSerializer):
    url = TextField(max_length=500)
    reference = ReferenceField(required=False, allow_null=True, help_text="Null: the events of all wallets.")
    event_types = NamesField(required=False)
    description = TextField(required=False, allow_blank=True, max_length=200)


class EndpointChangeBody(StrictSerializer):
    url = TextField(required=False, max_length=500)
    event_types = NamesField(required=False)
    description = TextField(required=False, allow_blank=True, max_length=200)
    enabled = StrictBooleanField(required=False)
    rotate_secret = StrictBooleanField(required=False)


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    payload = serializers.DictField()

    class Meta:
        model = Delivery
        fields = (
            *("id", "name", "status", "attempts", "next_attempt_at", "last_error", "payload", "created_at", "ended_at"),
        )


class DeliveriesQuery(StrictSerializer):
    status = serializers.ChoiceField(choices=["waiting", "sent", "dead"], required=False)
