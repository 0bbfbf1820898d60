"""Objects as answers show them: each described once, for its JSON, its OpenAPI component and its example."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.amounts import format_micros, to_micros

Members = dict[str, Any]
Write = Callable[[Any], Any]


def amount_text(value: int | Decimal) -> str:
    """Return the canonical text of a count of millionths, or of a row's decimal."""
    return format_micros(value if isinstance(value, int) else to_micros(value))


def instant_text(value: datetime | None) -> str | None:
    """Return an instant as RFC 3339 in UTC."""
    return None if value is None else value.isoformat().replace("+00:00", "Z")


def id_text(value: object) -> str | None:
    """Return an id as text."""
    return None if value is None else str(value)


def json_object(value: Any) -> Any:
    """Return the object that JSON text says; a row's is one already."""
    return json.loads(value) if isinstance(value, str) else value


class Shown:
    """A member of a shape, with an example; `to_json` writes a value of the domain, which is left as it is by None."""

    usual: ClassVar[Any] = None
    to_json: ClassVar[Any] = None

    def __init__(self, example: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.example = self.usual if example is None and not kwargs.get("allow_null") else example


class Text(Shown, serializers.CharField):
    usual = "text"


@extend_schema_field({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,6})?$", "examples": ["12.5"]})
class Amount(Shown, serializers.CharField):
    """Credits as a canonical decimal text: at most six decimals, no superfluous zeros."""

    usual = "12.5"
    to_json = staticmethod(amount_text)


class Instant(Shown, serializers.DateTimeField):
    usual = "2026-11-21T09:30:00Z"
    to_json = staticmethod(instant_text)


class Identifier(Shown, serializers.UUIDField):
    usual = "019a5d0c-7a51-7c3e-9c1a-5e5f0f6f7a01"
    to_json = staticmethod(id_text)


class Date(Shown, serializers.DateField):
    usual = "2026-11-21"


class Number(Shown, serializers.IntegerField):
    usual = 1


class Choice(Shown, serializers.ChoiceField):
    def __init__(self, choices: Iterable[str], example: Any = None, **kwargs: Any) -> None:
        super().__init__(example, choices=choices, **kwargs)


class Object(Shown, serializers.DictField):
    usual: ClassVar[Any] = {}
    to_json = staticmethod(json_object)


class Shape(serializers.Serializer[Any]):
    """Members of an answer; every one is always there."""

    # The members whose example is another one here than where they are described.
    sample: ClassVar[Mapping[str, Any]] = {}

    @classmethod
    def example(cls, **changes: Any) -> Members:
        """Return an example of the members, with some of them changed."""
        members = {name: _example_of(field) for name, field in _always_there(cls).items()}
        return {**members, **cls.sample, **changes}


def writer_of(shape: type[Shape], given: Iterable[str] = (), **sources: str | Write) -> Callable[..., Members]:
    """Return a function that writes the members of an object, each from the attribute of its name.

    `sources` names another attribute, or is a function of the object; `given` members are keyword arguments.
    """
    fields = _always_there(shape)
    computed = [(name, source) for name, source in sources.items() if not isinstance(source, str)]
    plain = [name for name in fields if name not in {*dict(computed), *given}]
    read = attrgetter(*(str(sources.get(name, name)) for name in plain))
    writes = [(name, fields[name].to_json) for name in plain if getattr(fields[name], "to_json", None)]
    blank = dict.fromkeys(fields)

    def write(row: Any, **members_given: Any) -> Members:
        members: Members = blank.copy()
        members.update(zip(plain, read(row), strict=True))
        for name, to_json in writes:
            members[name] = to_json(members[name])
        for name, compute in computed:
            members[name] = compute(row)
        members.update(members_given)
        return members

    return write


def _always_there(shape: type[Shape]) -> dict[str, Any]:
    return {name: field for name, field in shape().fields.items() if field.required}


def _example_of(field: Any) -> Any:
    if isinstance(field, serializers.ListSerializer):
        return [_example_of(field.child)]
    if isinstance(field, Shape):
        return None if field.allow_null else type(field).example()
    return getattr(field, "example", None)
