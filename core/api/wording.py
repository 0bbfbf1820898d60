"""What is said of a wrong member: a sentence that says what to send, in place of the framework's own."""

from collections.abc import Iterator
from typing import Any

from django.core import validators
from rest_framework import relations, serializers

INSTANT = 'Write an instant with its offset, such as "2026-11-21T09:30:00Z".'
URL = 'Send a URL such as "https://example.com/hook".'

# By class of field; a later line goes before an earlier one.
SENTENCES: tuple[tuple[type[Any], dict[str, str]], ...] = (
    (serializers.Field, {"required": "Send this; it is required.", "null": "Send a value; null is none."}),
    (serializers.CharField, {"invalid": "Send a text.", "blank": "Send a text that is not empty."}),
    (serializers.EmailField, {"invalid": 'Send an e-mail address such as "ada@example.com".'}),
    (serializers.URLField, {"invalid": URL}),
    (serializers.IntegerField, {"invalid": "Send a whole number.", "max_string_length": "Send a smaller number."}),
    (serializers.BooleanField, {"invalid": "Send true or false."}),
    (serializers.UUIDField, {"invalid": "Send a UUID."}),
    (serializers.TimeField, {"invalid": 'Write a time of day such as "09:30".'}),
    (serializers.DateField, {"invalid": 'Write a date such as "2026-11-21".', "datetime": "Send a date without time."}),
    (
        serializers.DateTimeField,
        {"invalid": INSTANT, "date": INSTANT, "overflow": "Name an instant of this era."},
    ),
    (serializers.DictField, {"not_a_dict": "Send a JSON object.", "empty": "Send an object with members."}),
    (serializers.ListField, {"not_a_list": "Send a list.", "empty": "Send a list that is not empty."}),
    (serializers.ListSerializer, {"not_a_list": "Send a list.", "empty": "Send a list that is not empty."}),
    (serializers.Serializer, {"invalid": "Send a JSON object."}),
    (serializers.JSONField, {"invalid": "Send a JSON value."}),
    (
        relations.PrimaryKeyRelatedField,
        {"does_not_exist": "Name one that exists, by its id.", "incorrect_type": "Name one by its id."},
    ),
)
LIMITS: dict[type[Any], str] = {
    validators.MaxValueValidator: "Send at most %(limit_value)s.",
    validators.MinValueValidator: "Send at least %(limit_value)s.",
    validators.MaxLengthValidator: "Send at most %(limit_value)s {unit}.",
    validators.MinLengthValidator: "Send at least %(limit_value)s {unit}.",
}


def say_it_ourselves(field: serializers.Field[Any, Any, Any, Any]) -> None:
    """Put our sentences where a field has the framework's; what its own class says stays."""
    sentences = {code: text for kind, texts in SENTENCES if isinstance(field, kind) for code, text in texts.items()}
    if isinstance(field, serializers.ChoiceField):
        sentences["invalid_choice"] = f"Send one of: {', '.join(map(str, field.choices))}."
    stock = dict(_stock(type(field)))
    field.error_messages |= {
        code: text for code, text in sentences.items() if field.error_messages.get(code) is stock.get(code)
    }
    unit = "items" if isinstance(field, serializers.ListField) else "characters"
    for validator in field.validators:
        if isinstance(validator, validators.BaseValidator) and type(validator) in LIMITS:
            validator.message = LIMITS[type(validator)].format(unit=unit)
        if isinstance(validator, validators.URLValidator):
            validator.message = URL
        elif isinstance(validator, validators.RegexValidator) and str(validator.message) == str(stock.get("invalid")):
            pattern = getattr(validator.regex, "pattern", validator.regex)
            validator.message = f"Send a text that matches {pattern}."
    if isinstance(child := getattr(field, "child", None), serializers.Field):
        say_it_ourselves(child)


def _stock(kind: type[Any]) -> Iterator[tuple[str, Any]]:
    """Give the framework's own text for each code of a class of fields."""
    for parent in reversed(kind.__mro__):
        if parent.__module__.startswith("rest_framework."):
            yield from vars(parent).get("default_error_messages", {}).items()
