"""People, keys and what operators did."""

from accounts.models.api_keys import ApiKey, Scope
from accounts.models.operator_actions import OperatorAction
from accounts.models.users import User, normalize_email

__all__ = ["ApiKey", "OperatorAction", "Scope", "User", "normalize_email"]
