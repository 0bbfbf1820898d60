"""The rules of subscriptions, pure: dates, shares, states."""
