"""The admin pages of users, API keys and the operators' audit log."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.audited_admin import AuditedAdmin
from accounts.forms import NewUserForm, UserForm
from accounts.models import ApiKey, OperatorAction, User
from accounts.services.api_keys import create_api_key, revoke_api_key
from accounts.services.audit import origin_of
from accounts.services.users import end_sessions, open_user
from core.admin import ReadOnlyAdmin

# Their stock pages are for reading other people's tokens.
for model in (BlacklistedToken, OutstandingToken):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(AuditedAdmin, DjangoUserAdmin):  # type: ignore[type-arg]  # takes no parameter at run time
    form = UserForm
    add_form = NewUserForm
    list_display = ("email", "name", "is_active", "is_staff", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "groups")
    search_fields = ("email", "name", "id")
    ordering = ("-created_at",)
    readonly_fields = ("id", "last_login", "created_at")
    actions = ("end_all_sessions",)
    fieldsets = (
        (None, {"fields": ("email", "password", "name")}),
        ("May", {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")}),
        ("Data", {"fields": ("id", "attributes", "preferences", "last_login", "created_at")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave it to superusers to hand out rights."""
        fields = super().get_readonly_fields(request, obj)
        rights = ("is_staff", "is_superuser", "groups", "user_permissions")
        return fields if request.user.is_superuser else (*fields, *rights)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave it to superusers to change operators, whose password would give their rights."""
        may = super().has_change_permission(request, obj)
        return may and (request.user.is_superuser or obj is None or not obj.is_staff)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: what a user did refers to him; he is disabled instead."""
        return False

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        """Store the user; a disabled one loses his sessions for good, a new one gets his wallet."""
        if change and "is_active" in form.changed_data and not obj.is_active:
            obj.session_epoch += 1
        super().save_model(request, obj, form, change)
        if not change:
            open_user(user=obj)

    @admin.action(description="End all sessions and tokens of the chosen users", permissions=["change"])
    def end_all_sessions(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        users = [user for user in queryset if self.has_change_permission(request, user)]
        for user in users:
            end_sessions(user=user, origin=origin_of(request))
        self.message_user(request, f"The sessions of {len(users)} users end within a minute.")


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    list_display = ("name", "prefix", "scope", "created_by", "created_at", "last_used_at", "expires_at", "revoked_at")
    list_filter = ("scope", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "prefix", "created_by")
    fields = ("name", "scope", "expires_at")
    actions = ("revoke",)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.delete_apikey")

    def save_model(self, request: HttpRequest, obj: ApiKey, form: "ModelForm[ApiKey]", change: bool) -> None:
        """Make the key and show it, this once."""
        made = create_api_key(name=obj.name, scope=obj.scope, expires_at=obj.expires_at, origin=origin_of(request))
        obj.pk = made.key.pk
        obj.refresh_from_db()
        self.message_user(request, f"Copy the key now, it is not shown again: {made.secret}", messages.WARNING)

    @admin.action(description="Revoke the chosen keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset:
            revoke_api_key(key=key, origin=origin_of(request))
        self.message_user(request, "The chosen keys are refused within a minute.")


@admin.register(OperatorAction)
class OperatorActionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "actor", "action", "target_type", "target_id", "reason", "ip")
    list_filter = ("action", "target_type", "created_at")
    search_fields = ("actor", "operator__email", "target_id", "request_id", "reason")
    list_select_related: ClassVar = ("operator",)
    date_hierarchy = "created_at"
