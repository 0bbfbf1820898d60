"""The page behind the link at the end of a mail. Looking at it changes nothing: mail scanners follow links."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from ..kinds import KINDS
from ..services.preferences import unsubscribe
from ..unsubscribing import Subscription, subscription_of


# Mail programs post without a cookie (RFC 8058, section 3.2); the signed link is the proof.
@method_decorator([csrf_exempt, never_cache], name="dispatch")
class UnsubscribeView(View):
    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """Ask whether messages of a kind shall end."""
        return _page(request, _known(token), done=False)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """End them."""
        subscription = _known(token)
        unsubscribe(subscription=subscription)
        return _page(request, subscription, done=True)


def _known(token: str) -> Subscription:
    subscription = subscription_of(token)
    if subscription is None:
        raise Http404
    return subscription


def _page(request: HttpRequest, subscription: Subscription, *, done: bool) -> HttpResponse:
    kind = KINDS.get(subscription.name)
    words = {"title": kind.title if kind else subscription.name, "subscription": subscription, "done": done}
    return render(request, "notifications/unsubscribe.html", words)
