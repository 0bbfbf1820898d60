"""A person who logs in with an e-mail address."""

import unicodedata
from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from core.clock import now
from core.ids import uuid7


def normalize_email(email: str) -> str:
    """Return the one spelling under which an address is stored and looked up.

    NFKC first: the e-mail validator ignores case, so it lets compatibility letters such as U+212A pass for ASCII ones.
    """
    return unicodedata.normalize("NFKC", email).strip().lower()


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by an address in any spelling."""
        return self.get(email=normalize_email(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new user; the password is hashed, and None makes it unusable."""
        user = self.model(email=normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new user with every right."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField("e-mail address", unique=True, max_length=254)
    name = models.CharField(max_length=150, blank=True)
    is_active = models.BooleanField("active", default=True, help_text="Clear this instead of deleting the user.")
    is_staff = models.BooleanField("operator", default=False, help_text="May log in to the admin, as far as roles go.")
    attributes = models.JSONField(default=dict, blank=True)
    preferences = models.JSONField(default=dict, blank=True)
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text="Raised to end every session and token of this user."
    )
    created_at = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message="An e-mail address is stored in lower case.",
            ),
        )

    def __str__(self) -> str:
        return self.email

    def wallet_reference(self) -> str:
        """Return the reference of the user's own wallet, which is also his name as an actor."""
        return f"user:{self.pk}"

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """Return the stored spelling, so that Django's own forms and commands agree with the manager."""
        return normalize_email(username)

    def get_session_auth_hash(self) -> str:
        """Return the authentication stamp: it changes with the password and with every `session_epoch`."""
        return self._stamp(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the stamps under former secret keys, so that rotating the key logs nobody out."""
        return (self._stamp(key) for key in settings.SECRET_KEY_FALLBACKS)

    def _stamp(self, secret: str | bytes) -> str:
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac("accounts.User.stamp", value, secret=secret, algorithm="sha256").hexdigest()
