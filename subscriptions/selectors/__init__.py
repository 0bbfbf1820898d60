"""Questions about plans, subscriptions and allowances."""
