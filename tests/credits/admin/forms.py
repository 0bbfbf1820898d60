"""Fill in the form of an operation as a browser does."""

from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse


def send(site: Client, row: Any, operation: str, *, others: tuple[Any, ...] = (), **fields: Any) -> HttpResponse:
    """Send the form of an operation on one object or more, and follow to the page after it."""
    url = reverse(f"admin:credits_{row._meta.model_name}_operate", args=[operation])
    data = {"id": [str(one.pk) for one in (row, *others)], "nonce": str(uuid4()), "reason": "as agreed", **fields}
    return site.post(url, data, follow=True)


def told(response: HttpResponse) -> str:
    """Return the messages of a page as one text."""
    return " ".join(str(message) for message in response.context["messages"])
