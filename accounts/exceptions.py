"""What can go wrong with people and keys; each `code` is a heading of docs/problems.md."""

from core.exceptions import AuthenticationFailed, Throttled
from core.problems import Problem


class CredentialsInvalid(AuthenticationFailed):
    default_detail = "No active user has this e-mail address and password."


class TokenInvalid(AuthenticationFailed):
    default_detail = "The token is malformed, spent, expired or revoked. Refresh it, or log in again."


class ApiKeyInvalid(AuthenticationFailed):
    default_detail = "The key is unknown, expired or revoked."


class TooManyAttempts(Throttled):
    default_detail = "Too many attempts. Wait as long as Retry-After says, then try again."


class EmailTaken(Problem):
    status = 409
    code = "email_taken"
    title = "The e-mail address is taken"
    default_detail = "A user with this e-mail address exists: log in, or use another address."
