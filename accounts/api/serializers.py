"""The members of requests and answers about people and keys."""

from datetime import datetime
from typing import Any

from rest_framework import serializers

from accounts.models import ApiKey, Scope, User, normalize_email
from core.api.fields import InstantField, ObjectField, StrictSerializer, TextField
from core.clock import now

LONGEST_PASSWORD = 1024


class EmailField(TextField):
    """An e-mail address, in the one spelling that is stored."""

    def to_internal_value(self, data: Any) -> str:
        address: str = serializers.EmailField().run_validation(normalize_email(super().to_internal_value(data)))
        return address


class RegistrationSerializer(StrictSerializer):
    email = EmailField(max_length=254)
    password = TextField(max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True)
    name = TextField(max_length=150, allow_blank=True, default="")


class LoginSerializer(StrictSerializer):
    email = TextField(max_length=254)
    password = TextField(max_length=LONGEST_PASSWORD, trim_whitespace=False, write_only=True)


class RefreshSerializer(StrictSerializer):
    refresh = TextField(max_length=4096)


class TokenPairSerializer(serializers.Serializer[Any]):
    access = serializers.CharField()
    refresh = serializers.CharField()


class UserSerializer(serializers.ModelSerializer[User]):
    """A user as he sees himself; `wallet` is the reference of his wallet."""

    wallet = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "name", "wallet", "attributes", "preferences", "created_at")

    def get_wallet(self, user: User) -> str:
        return user.wallet_reference()


class ProfileSerializer(StrictSerializer):
    """What a user may change about himself; the e-mail address is his login and stays."""

    name = TextField(max_length=150, allow_blank=True, required=False)
    attributes = ObjectField(required=False)
    preferences = ObjectField(required=False)


class ApiKeySerializer(serializers.ModelSerializer[ApiKey]):
    """A key as it may be shown at any time."""

    class Meta:
        model = ApiKey
        exclude = ("secret_hash",)


class NewApiKeySerializer(ApiKeySerializer):
    """A key just made, with its text, which is shown this once."""

    key = serializers.CharField(read_only=True)


class ApiKeyRequestSerializer(StrictSerializer):
    name = TextField(max_length=100)
    scope = serializers.ChoiceField(choices=Scope.choices)
    expires_at = InstantField(required=False, allow_null=True, default=None)

    def validate_expires_at(self, value: datetime | None) -> datetime | None:
        if value is not None and value <= now():
            raise serializers.ValidationError("Name an instant that is still to come.")
        return value
