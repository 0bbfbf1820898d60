"""What a metered call goes through: hold, run, settle; for the middleware, the decorator, DRF and streams alike."""
