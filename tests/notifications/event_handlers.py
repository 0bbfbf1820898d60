"""Nobody but notifications: the events of other rooms need not be whole here."""

IN_BATCHES = {"*": ("notifications.handlers.take_in",)}
