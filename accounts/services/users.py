"""Users: registration, and the end of their sessions."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from accounts.exceptions import EmailTaken
from accounts.models import User, normalize_email
from accounts.services.audit import Origin, record_action
from core.attributes import validate_attributes
from core.exceptions import ValidationFailed


def register_user(*, email: str, password: str, name: str = "") -> User:
    """Store a new user and open what upper apps give one (`USER_OPENED_HOOKS`), all or nothing.

    Raises ValidationFailed for a password that is easy to guess, and then EmailTaken.
    """
    user = User(email=normalize_email(email), name=name)
    _check_password(password, user)
    user.set_password(password)  # before the transaction: it takes long, and SQLite would keep every writer waiting
    with transaction.atomic():
        _store(user)
        open_user(user=user)
    return user


def open_user(*, user: User) -> None:
    """Let upper apps open what a new user needs, in the transaction that stores him."""
    for path in settings.USER_OPENED_HOOKS:
        hook: Callable[..., object] = import_string(path)
        hook(user=user)


def change_profile(*, user: User, **changes: Any) -> User:
    """Replace the name, the attributes or the preferences of a user.

    Raises ValidationFailed for attributes that the schema of the subject `user` refuses.
    """
    if "attributes" in changes:
        validate_attributes("user", changes["attributes"])
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=changes.keys())
    return user


@transaction.atomic
def end_sessions(*, user: User, origin: Origin) -> User:
    """Make every session and token of a user useless; every process hears of it within 30 seconds."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    record_action(origin=origin, action="user.end_sessions", target_type="user", target_id=user.pk)
    user.refresh_from_db()
    return user


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationFailed([("password", message) for message in error.messages]) from None


def _store(user: User) -> None:
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError:
        if User.objects.filter(email=user.email).exists():
            raise EmailTaken from None
        raise
