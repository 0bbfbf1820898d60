"""One page: who reacts to which event. A pattern is an event's name, or ends in `*`.

IN_ORDER: functions of the event, called in the relay's transaction, in the order of the stream; one that raises stops
its stream until it succeeds. What must not be lost writes a row here. WAKE_UPS: Celery tasks that get the event's id,
in any order, perhaps twice, and perhaps never if the broker loses the message: a row that beat sweeps stands behind.
"""

IN_ORDER: dict[str, tuple[str, ...]] = {
    "payment.paid": ("promos.handlers.reward_purchase",),
}

WAKE_UPS: dict[str, tuple[str, ...]] = {}
