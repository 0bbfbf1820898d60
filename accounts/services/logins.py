"""Logging in by e-mail address and password, counted against the limits on guessing."""

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from accounts.exceptions import CredentialsInvalid, TooManyAttempts
from accounts.login_limits import login_limits
from accounts.models import User
from accounts.services.tokens import TokenPair, issue_tokens


def log_in(*, request: HttpRequest, email: str, password: str) -> TokenPair:
    """Return tokens for the user with these credentials.

    Raises CredentialsInvalid, alike for an unknown address, a wrong password and a disabled user; TooManyAttempts
    for a caller who guessed too often, also when this guess is right.
    """
    user = authenticate(request, username=email, password=password)
    if getattr(request, "axes_locked_out", False):
        raise TooManyAttempts(limits=login_limits(request, {"email": email}))
    if not isinstance(user, User):
        raise CredentialsInvalid
    # Django's own signal: axes forgets the failures, and Django writes last_login.
    user_logged_in.send(sender=User, request=request, user=user)
    return issue_tokens(user)
