"""Operations with a reason, from a list or an object's page: ask for the terms, then run them object by object."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from core.admin import ReadOnlyAdmin
from core.admin_columns import Table, as_uuid
from core.problems import Problem

MAX_CHOSEN = 50


class OperationForm(forms.Form):
    """What every operation asks; `nonce` is its idempotency key, so a form that is sent twice acts once."""

    nonce = forms.UUIDField(widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    reason = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Stands in the operators' audit log, and where the customer reads what was done.",
    )

    def order_fields(self, field_order: Any) -> None:
        """Ask for the reason last."""
        super().order_fields(field_order)
        self.fields["reason"] = self.fields.pop("reason")

    def terms(self) -> dict[str, Any]:
        """Return what is asked, without the reason and what was left empty."""
        own = {"nonce", "reason"}
        return {name: value for name, value in self.cleaned_data.items() if name not in own and value is not None}

    def renew(self) -> None:
        """Take a new key, because this one belongs to another request."""
        self.data = {**dict(self.data.items()), "nonce": str(uuid4())}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A service as operators see it; `target` and `text` are its arguments for the object and for the reason."""

    name: str
    label: str
    effect: str
    permission: str
    call: Callable[..., Any]
    target: str
    text: str = "reason"
    form: type[OperationForm] = OperationForm
    suits: Callable[[Any], bool] = lambda row: True


class OperatedAdmin(ReadOnlyAdmin):
    """A model with operations, offered as actions of its list and as buttons of each object."""

    change_form_template = "admin/operated_change_form.html"
    operations: ClassVar[Sequence[Operation]] = ()

    def perform(self, request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> Problem | None:
        """Run an operation on an object, record it and tell how it went; return what refuses it."""
        raise NotImplementedError

    def rows_of(self, ids: Sequence[Any]) -> list[Any]:
        """Load the objects of an operation."""
        return list(self.model._default_manager.filter(pk__in=ids).order_by("pk"))

    def get_urls(self) -> list[URLPattern]:
        """Put the page of the operations before the stock pages."""
        url = path("operations/<slug:name>", self.admin_site.admin_view(self.operate), name=self._name("operate"))
        return [url, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the operations that the operator may use, besides the stock actions."""
        actions: dict[str, Any] = super().get_actions(request)
        for operation in self._allowed(request):
            actions[operation.name] = (_choose_for(operation), operation.name, f"{operation.label}…")
        return actions

    def buttons_of(self, request: HttpRequest, row: Any) -> list[dict[str, str]]:
        """Return the operations that suit the object and that the operator may use."""
        suiting = (operation for operation in self._allowed(request) if operation.suits(row))
        return [{"label": operation.label, "url": self.url_of(operation, [row])} for operation in suiting]

    def operate(self, request: HttpRequest, name: str) -> HttpResponseBase:
        """Ask for the terms and the reason, and run the operation; what is refused stays on the page."""
        operation = next((known for known in self.operations if known.name == name), None)
        if operation is None:
            raise Http404
        if operation not in self._allowed(request):
            raise PermissionDenied
        rows = self._chosen(request)
        form = operation.form(request.POST or None, initial={"nonce": uuid4()})
        if request.method == "POST" and form.is_valid():
            refused = [row.pk for row in rows if self._refuses(request, operation, row, form)]
            if not refused:
                return self._back(rows)
            rows = self.rows_of(refused)
        return self._ask(request, operation, rows, form)

    def url_of(self, operation: Operation, rows: Sequence[Any]) -> str:
        """Return the address of the form of an operation on objects."""
        query = urlencode({"id": [row.pk for row in rows]}, doseq=True)
        return f"{reverse(self._name('operate', 'admin:'), args=[operation.name])}?{query}"

    def _allowed(self, request: HttpRequest) -> list[Operation]:
        if not self.has_view_permission(request):
            return []
        return [operation for operation in self.operations if request.user.has_perm(operation.permission)]

    def _refuses(self, request: HttpRequest, operation: Operation, row: Any, form: OperationForm) -> bool:
        refusal = self.perform(request, operation, row, form)
        if refusal is not None:
            self.message_user(request, f"{row}: {refusal.detail}", messages.ERROR)
            if refusal.code == "idempotency_key_reused":
                form.renew()
        return refusal is not None

    def _ask(
        self, request: HttpRequest, operation: Operation, rows: Sequence[Any], form: OperationForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": operation.label,
            "operation": operation,
            "chosen": rows,
            "table": Table("", self.list_display, rows),
            "form": form,
        }
        return TemplateResponse(request, "admin/operate.html", context)

    def _back(self, rows: Sequence[Any]) -> HttpResponse:
        if len(rows) == 1:
            return redirect(self._name("change", "admin:"), rows[0].pk)
        return redirect(self._name("changelist", "admin:"))

    def _chosen(self, request: HttpRequest) -> list[Any]:
        given = (request.POST or request.GET).getlist("id")
        ids = {found for text in given if (found := as_uuid(text))}
        rows = self.rows_of(list(ids)) if len(given) <= MAX_CHOSEN else []
        if not rows or len(rows) != len(set(given)):
            raise Http404
        return rows

    def _name(self, page: str, site: str = "") -> str:
        return f"{site}{self.opts.app_label}_{self.opts.model_name}_{page}"


def _choose_for(operation: Operation) -> Callable[..., HttpResponse | None]:
    def choose(page: OperatedAdmin, request: HttpRequest, chosen: QuerySet[Any]) -> HttpResponse | None:
        rows = list(chosen[: MAX_CHOSEN + 1])
        if len(rows) <= MAX_CHOSEN:
            return redirect(page.url_of(operation, rows))
        page.message_user(request, f"Choose at most {MAX_CHOSEN} at a time.", messages.ERROR)
        return None

    return choose
