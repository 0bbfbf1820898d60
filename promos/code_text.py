"""How codes are written: the one spelling that is looked up, and texts that nobody guesses."""

import re
import secrets

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

MAX_LENGTH = 64
# Without 0 and O, 1, I and L, U and V: what is read out or typed from paper arrives.
LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
# 16 of 29 letters are 77 bits.
GROUPS, GROUP_LENGTH = 4, 4
MAX_PREFIX = MAX_LENGTH - GROUPS * (GROUP_LENGTH + 1)

_SHAPE = re.compile(r"\A[A-Za-z0-9](?:[A-Za-z0-9_-]{1,62}[A-Za-z0-9])\Z")
_check_shape = RegexValidator(_SHAPE, "Use 3 to 64 of the characters A-Z a-z 0-9 _ -, the first and last no sign.")
validate_prefix = RegexValidator(
    re.compile(rf"\A[A-Za-z0-9]{{0,{MAX_PREFIX}}}\Z"), f"Use at most {MAX_PREFIX} letters A-Z and digits."
)
# It would stand where `POST /promo-codes/generate` does.
_RESERVED = "GENERATE"


def normalize(text: str) -> str:
    """Return the spelling under which a code is looked up; the empty one, that no code has, for what can be none."""
    stripped = text.strip()
    return stripped.upper() if _SHAPE.match(stripped) else ""


def validate_code(text: str) -> None:
    """Raise ValidationError for a text that no code may have."""
    _check_shape(text)
    if text.upper() == _RESERVED:
        raise ValidationError("This word is the name of a call; choose another text.")


def generate(prefix: str = "") -> str:
    """Return a random code such as `SUMMER-7KQM-22XF-9DTR-ACPW`."""
    number, groups = secrets.randbelow(len(LETTERS) ** (GROUPS * GROUP_LENGTH)), []
    for _ in range(GROUPS):
        letters = ""
        for _ in range(GROUP_LENGTH):
            number, index = divmod(number, len(LETTERS))
            letters += LETTERS[index]
        groups.append(letters)
    return "-".join(filter(None, [prefix, *groups]))
