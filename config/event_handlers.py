"""One page: who reacts to which event. A pattern is an event's name, or ends in `*`.

IN_ORDER: functions of the event, called in the relay's transaction, in the order of the stream; one that raises stops
its stream until it succeeds. What must not be lost writes a row here. IN_BATCHES: the same with lists of events, of
many streams but each in its order, for who takes events in numbers. WAKE_UPS: Celery tasks that get the event's id,
in any order, perhaps twice, and perhaps never if the broker loses the message: a row that beat sweeps stands behind.
"""

IN_ORDER: dict[str, tuple[str, ...]] = {
    "recurring_charge.charged": ("subscriptions.handlers.take_charged",),
    "recurring_charge.failed": ("subscriptions.handlers.take_failed",),
    "recurring_charge.cancelled": ("subscriptions.handlers.take_cancelled",),
    "payment.paid": ("promos.handlers.reward_purchase",),
    "payment.refunded": ("promos.handlers.take_back_rewards",),
    "payment.restored": ("promos.handlers.give_again",),
}

IN_BATCHES: dict[str, tuple[str, ...]] = {
    "*": ("notifications.handlers.take_in",),
    "credits.consumed": ("payments.handlers.wake_top_ups",),
    "hold.placed": ("payments.handlers.wake_top_ups",),
}

WAKE_UPS: dict[str, tuple[str, ...]] = {
    "charge.opened": ("subscriptions.tasks.open_checkout",),
}
