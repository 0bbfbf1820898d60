"""Runtime attributes: what a subject's `attributes` may hold is a JSON Schema that an operator sets at run time.

An app with such a subject names it in its AppConfig: `attribute_subjects = {"wallet": "credits.Wallet"}`; the model
has a primary key and a JSON field `attributes`.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from core import clock
from core.exceptions import NotFound, SchemaBreaksRows, Unavailable, ValidationFailed
from core.json_text import canonical
from core.models import AttributeSchema

MAX_SCHEMA_BYTES = 16_384
MAX_ATTRIBUTES_BYTES = 16_384
MAX_ERRORS = 20
CHUNK = 1_000
# A regular expression can take for ever, and so can a few references that lead to each other.
FORBIDDEN_WORDS = frozenset({"pattern", "patternProperties", "$ref", "$dynamicRef", "$id", "$anchor", "$dynamicAnchor"})
WORDS_WITH_NAMES = frozenset({"properties", "$defs", "dependentSchemas"})
WORDS_WITH_VALUES = frozenset({"const", "enum", "default", "examples", "required", "dependentRequired"})


def subjects() -> dict[str, str]:
    """Return the model label of each subject that the installed apps name."""
    found: dict[str, str] = {}
    for config in apps.get_app_configs():
        found.update(getattr(config, "attribute_subjects", {}))
    return found


def current_schema(subject: str) -> AttributeSchema | None:
    """Return the schema that holds now, None while everything is allowed; raises NotFound for no such subject."""
    if subject not in subjects():
        raise NotFound(f"Name one of these subjects: {', '.join(sorted(subjects()))}.")
    return AttributeSchema.objects.filter(subject=subject).order_by("-version").first()


def validate_attributes(subject: str, attributes: Mapping[str, Any]) -> None:
    """Raise ValidationFailed unless `attributes` meet the subject's schema and are at most 16 kB of JSON."""
    if len(canonical(attributes).encode()) > MAX_ATTRIBUTES_BYTES:
        raise ValidationFailed([("attributes", f"Send at most {MAX_ATTRIBUTES_BYTES} bytes of JSON.")])
    schema = current_schema(subject)
    if schema is None:
        return
    errors = islice(Draft202012Validator(schema.schema).iter_errors(attributes), MAX_ERRORS)
    found = [(".".join(["attributes", *(str(part) for part in error.path)]), error.message[:200]) for error in errors]
    if found:
        raise ValidationFailed(found)


@transaction.atomic
def replace_schema(
    *, subject: str, schema: Mapping[str, Any], actor: str, reason: str = "", force: bool = False
) -> AttributeSchema:
    """Make `schema` the one that holds.

    Raises ValidationFailed for what is no acceptable JSON Schema (2020-12), and SchemaBreaksRows with their count
    when stored attributes would not meet it, unless `force` comes with a `reason`.
    """
    previous = current_schema(subject)
    check_schema(schema)
    if force and not reason:
        raise ValidationFailed([("reason", "Say why stored attributes may break the schema.")])
    broken = count_broken_rows(subject, schema)
    if broken and not force:
        raise SchemaBreaksRows(broken_rows=broken)
    version = previous.version + 1 if previous else 1
    row = AttributeSchema(subject=subject, version=version, schema=schema, broken_rows=broken)
    row.reason, row.actor, row.created_at = reason, actor, clock.now()
    try:
        row.save(force_insert=True)
    except IntegrityError:
        raise Unavailable("Another change of this schema came first: read it, then send yours again.") from None
    return row


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raise ValidationFailed unless `schema` is a small JSON Schema (2020-12) without references and patterns."""
    if len(canonical(schema).encode()) > MAX_SCHEMA_BYTES:
        raise ValidationFailed([("schema", f"Send at most {MAX_SCHEMA_BYTES} bytes of JSON.")])
    if forbidden := sorted(FORBIDDEN_WORDS.intersection(_words(schema))):
        raise ValidationFailed([("schema", f"Leave out {word}.") for word in forbidden])
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ValidationFailed([(".".join(["schema", *map(str, error.path)]), error.message[:200])]) from None


def count_broken_rows(subject: str, schema: Mapping[str, Any]) -> int:
    """Return how many stored rows do not meet `schema`, reading them in chunks by primary key."""
    validator = Draft202012Validator(schema)
    return sum(not validator.is_valid(attributes) for attributes in _stored_attributes(subject))


def _stored_attributes(subject: str) -> Iterator[Any]:
    model: type[models.Model] = apps.get_model(subjects()[subject])
    rows = model._default_manager.order_by("pk").values_list("pk", "attributes")
    chunk = list(rows[:CHUNK])
    while chunk:
        yield from (attributes for _, attributes in chunk)
        chunk = list(rows.filter(pk__gt=chunk[-1][0])[:CHUNK])


def _words(schema: Any) -> Iterator[str]:
    """Give each keyword of the schema, however deep; names of properties and plain values are none."""
    if isinstance(schema, list):
        for part in schema:
            yield from _words(part)
    elif isinstance(schema, Mapping):
        for word, value in schema.items():
            yield word
            if word in WORDS_WITH_NAMES and isinstance(value, Mapping):
                yield from _words(list(value.values()))
            elif word not in WORDS_WITH_VALUES:
                yield from _words(value)
