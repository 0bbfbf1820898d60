"""Any HTTP service that takes a message: its body is a template in the settings (docs/notifications.md has three)."""

import html
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from .base import Channel, Message, Undelivered
from .http import post


class HttpGateway(Channel):
    """Send messages to `url`.

    `body` is JSON in whose texts {title}, {text}, {name}, {reference}, {id} and {to} are filled in; `encoding` is
    "json" or "form". `to_attribute` names the attribute of the user who gets {to}: without it he gets nothing. With
    `escape` "html" the signs & < > are written as Slack wants them.
    """

    def __init__(
        self,
        *,
        url: str,
        body: Any,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        encoding: str = "json",
        to_attribute: str = "",
        escape: str = "",
    ) -> None:
        self.url, self.body, self.headers, self.method = url, body, dict(headers or {}), method
        self.encoding, self.to_attribute, self.escape = encoding, to_attribute, escape

    def send(self, message: Message) -> None:
        """Send a message; raises Undelivered."""
        filled = _fill(self.body, self._words(message))
        if self.encoding == "form":
            body, kind = urlencode(filled), "application/x-www-form-urlencoded"
        else:
            body, kind = json.dumps(filled, ensure_ascii=False), "application/json"
        post(self.url, body.encode(), {"Content-Type": kind, **self.headers}, method=self.method)

    def _words(self, message: Message) -> dict[str, str]:
        to = str(message.attributes.get(self.to_attribute, "")) if self.to_attribute else ""
        if self.to_attribute and not to:
            raise Undelivered(f"The receiver has no attribute {self.to_attribute}.", is_final=True)
        words = {name: str(getattr(message, name)) for name in ("id", "name", "title", "text", "reference")}
        return {name: self._escaped(word) for name, word in {**words, "to": to}.items()}

    def _escaped(self, word: str) -> str:
        return html.escape(word, quote=False) if self.escape == "html" else word


def _fill(template: Any, words: Mapping[str, str]) -> Any:
    """Return the template with its texts filled; what is filled in is never read as a template."""
    if isinstance(template, str):
        return template.format_map(words)
    if isinstance(template, Mapping):
        return {name: _fill(value, words) for name, value in template.items()}
    return [_fill(value, words) for value in template] if isinstance(template, list | tuple) else template
