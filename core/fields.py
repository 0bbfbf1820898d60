"""Model fields: exact credit amounts, canonical JSON text, and text that is compared byte by byte."""

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from core.amounts import from_micros, to_micros
from core.json_text import canonical

if TYPE_CHECKING:
    _AmountBase = models.BigIntegerField[Decimal | int, Decimal]
    _JSONBase = models.TextField[Any, Any]
else:
    _AmountBase, _JSONBase = models.BigIntegerField, models.TextField


class CreditsField(_AmountBase):
    """An amount of credits: a Decimal in Python, a BIGINT count of millionths in the database.

    A sum of two such columns in a query is an IntegerField for Django: wrap it in
    `ExpressionWrapper(..., output_field=CreditsField())`.
    """

    _pyi_private_set_type: Decimal | int  # type: ignore[assignment]  # the stubs' way to type a subclass
    _pyi_private_get_type: Decimal  # type: ignore[assignment]  # the same

    def from_db_value(self, value: int | Decimal | None, *_: object) -> Decimal | None:
        """Return the Decimal that the stored millionths stand for."""
        return None if value is None else from_micros(int(value))

    def get_prep_value(self, value: Any) -> Any:
        """Return the millionths of a Decimal, an int or a numeric text; expressions pass as they are."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, float):
            raise TypeError("A float is not an amount of credits")
        return to_micros(Decimal(value))

    def to_python(self, value: Any) -> Decimal | None:
        """Return a Decimal for what a form or a fixture holds."""
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return from_micros(to_micros(Decimal(str(value))))
        except (ArithmeticError, ValueError):
            raise ValidationError("Enter an amount with at most six decimals.", code="invalid") from None

    def value_to_string(self, obj: models.Model) -> str:
        """Return the decimal text that fixtures carry."""
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field with six decimals."""
        return models.Field.formfield(
            self, **{"form_class": forms.DecimalField, "max_digits": 16, "decimal_places": 6, **kwargs}
        )


class JSONTextField(_JSONBase):
    """A JSON value kept as canonical text, so that no database changes its numbers; NULL is None."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: object) -> Any:
        """Return the Python value of the stored text."""
        return None if value is None else json.loads(value)

    def get_prep_value(self, value: Any) -> Any:
        """Return the canonical text of a Python value; expressions pass as they are."""
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return canonical(value)

    def to_python(self, value: Any) -> Any:
        """Return the value as it is: it is a Python value already."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Return the canonical text that fixtures carry."""
        return canonical(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        """Return a form field that reads and shows JSON."""
        return models.Field.formfield(self, **{"form_class": forms.JSONField, **kwargs})


class ExactCharField(models.CharField):  # type: ignore[type-arg]  # the plugin tells NULL columns apart
    """Short text that is compared byte by byte on every database (MariaDB would take `Req-A` for `req-a`)."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Name the binary collation where the default one folds case."""
        parameters = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = "utf8mb4_bin"
        return parameters
