"""The admin's forms of a user, by e-mail address instead of user name."""

from typing import ClassVar

from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from accounts.models import User


class NewUserForm(AdminUserCreationForm):  # type: ignore[type-arg]  # takes no parameter at run time
    class Meta:
        model = User
        fields = ("email", "name")
        field_classes: ClassVar[dict[str, type]] = {}


class UserForm(UserChangeForm):  # type: ignore[type-arg]  # as above
    class Meta:
        model = User
        fields = "__all__"
        field_classes: ClassVar[dict[str, type]] = {}
