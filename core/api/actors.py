"""Who is behind a request, by name only; what a caller may do is the business of the room above."""

from rest_framework.request import Request


def actor_of(request: Request) -> str:
    """Return the caller's name for the records, "anonymous" for none."""
    return str(getattr(request.auth, "actor", "anonymous"))
