"""The sandbox's page: everything that can happen to a payment has its button."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from .. import currencies
from ..models import SandboxCheckout
from ..providers import registry
from . import books

FIRST = (("pay", "Pay"), ("fail", "Let the card fail"))
OTHERS = (
    ("pay_declining", "Pay with a card that declines later"),
    ("pay_twice", "Pay twice"),
    ("pay_late", "Pay after it expired"),
    ("expire", "Let it expire"),
    ("cancel", "Cancel"),
    ("refund", "Refund"),
    ("dispute", "Dispute"),
    ("win", "Win the dispute"),
    ("lose", "Lose the dispute"),
)
FIRST_RECURRING = (("agree", "Agree and pay"),)
OTHERS_RECURRING = (
    ("renew", "Charge the next period now"),
    ("fail", "Let the next charge fail"),
    ("recover", "Let the failed charge succeed"),
    ("cancel", "Cancel now"),
    ("cancel_later", "Cancel at the period's end"),
)


class SandboxView(View):
    def get(self, request: HttpRequest, checkout_id: str) -> HttpResponse:
        """Show a checkout, with all that became of it."""
        return render(request, "payments/sandbox.html", _context(_checkout(checkout_id), request))

    def post(self, request: HttpRequest, checkout_id: str) -> HttpResponse:
        """Do what a button says; who paid goes back to the shop, as at any provider."""
        checkout, verb = _checkout(checkout_id), request.POST.get("act", "")
        amount = request.POST.get("amount_minor", "")
        books.act(
            checkout.pk,
            verb,
            messy=request.POST.get("messy") == "on",
            amount_minor=int(amount) if amount.isascii() and amount.isdigit() and len(amount) < 13 else 0,
        )
        if verb in ("pay", "agree") and checkout.return_url:
            return redirect(checkout.return_url)
        return redirect(request.get_full_path())


def _checkout(checkout_id: str) -> SandboxCheckout:
    if "sandbox" not in registry.configured():
        raise Http404
    return get_object_or_404(SandboxCheckout, pk=checkout_id)


def _context(checkout: SandboxCheckout, request: HttpRequest) -> dict[str, object]:
    recurs = checkout.recurs
    webhooks = checkout.webhooks.order_by("-pk")[:30]
    return {
        "checkout": checkout,
        "total": currencies.write(checkout.amount_minor, checkout.currency),
        "recurs": f"{recurs['count']} {recurs['interval']}" if recurs else "",
        "status": recurs["status"] if recurs else "",
        "first": FIRST_RECURRING if recurs else FIRST,
        "others": OTHERS_RECURRING if recurs else OTHERS,
        "rows": [_row(charge, checkout.currency) for charge in checkout.charges],
        "webhooks": [
            {
                "created_at": webhook.created_at,
                "type": json.loads(webhook.body)["type"],
                "attempts": webhook.attempts,
                "last_status": webhook.last_status,
            }
            for webhook in webhooks
        ],
    }


def _row(charge: dict[str, object], currency: str) -> dict[str, object]:
    disputes = charge["disputes"]
    return {
        "id": charge["id"],
        "status": charge["status"],
        "refunded": currencies.write(int(str(charge["refunded"])), currency),
        "disputes": ", ".join(dispute["status"] for dispute in disputes) if isinstance(disputes, list) else "",
    }
