"""A table whose handlers write and then fail."""

IN_ORDER = {"order.placed": ("tests.core.event_handlers.note", "tests.core.broken_handlers.fail")}
WAKE_UPS: dict[str, tuple[str, ...]] = {}


def fail(event: object) -> None:
    """Fail after another handler wrote."""
    raise RuntimeError
