"""Reading the query of a request: known parameters, each given once, everything else is refused."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from core.api.fields import IN_QUERY
from core.exceptions import ValidationFailed

PAGE_PARAMETERS = frozenset({"limit", "cursor"})


def read_query(
    request: Request, parameters: type[serializers.Serializer[Any]] | None = None, *, paginated: bool = False
) -> dict[str, Any]:
    """Return the validated query parameters that the serializer `parameters` names.

    `paginated` admits `limit` and `cursor`, which the pagination reads. Raises ValidationFailed.
    """
    serializer = parameters(context={IN_QUERY: True}) if parameters else None
    known = set(serializer.fields) if serializer else set()
    if paginated:
        known |= PAGE_PARAMETERS
    errors = [(name, "This parameter is not known here.") for name in request.query_params if name not in known]
    errors += [(name, "Give this parameter once.") for name, given in request.query_params.lists() if len(given) > 1]
    if errors:
        raise ValidationFailed(errors)
    if serializer is None:
        return {}
    given = {name: value for name, value in request.query_params.items() if name in serializer.fields}
    return dict(serializer.run_validation(given))
