"""The parser of every request body."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from core.exceptions import BodyTooLarge, MalformedJSON, UnsupportedMediaType
from core.strict_json import strict_loads

MAX_BODY_BYTES = 1_048_576


class StrictJSONParser(BaseParser):
    """Read a body of at most 1 MB as strict JSON; only `application/json` in UTF-8 is accepted."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the value of the body; raises BodyTooLarge, UnsupportedMediaType or MalformedJSON."""
        _check_charset(media_type or "")
        body = stream.read(MAX_BODY_BYTES + 1)
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            return strict_loads(body)
        except ValueError as error:
            raise MalformedJSON(str(error)) from None


def _check_charset(media_type: str) -> None:
    for parameter in media_type.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip(' "').lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType
