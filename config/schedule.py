"""One page: what beat starts, and how often. Each task sweeps due rows, so a missed turn only delays."""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "settle-due-wallets": {
        "task": "credits.tasks.settle_due_wallets",
        "schedule": crontab(minute="*"),
    },
    "bill-subscriptions": {"task": "subscriptions.tasks.bill", "schedule": crontab(minute="*")},
    "run-due-work": {"task": "subscriptions.tasks.run_due_work", "schedule": 10.0, "options": {"expires": 30}},
    "sweep-payments": {"task": "payments.tasks.sweep_payments", "schedule": 10.0, "options": {"expires": 30}},
    "sweep-top-ups": {"task": "payments.tasks.sweep_top_ups", "schedule": crontab(minute="*")},
    "take-back-due-rewards": {"task": "promos.tasks.take_back_due", "schedule": crontab(minute="*")},
    "reconcile-providers": {"task": "payments.tasks.reconcile_providers", "schedule": crontab(minute="23")},
    "check-ledger": {
        "task": "credits.tasks.check_ledger",
        "schedule": crontab(hour="4", minute="41"),
    },
    "relay-events": {"task": "core.tasks.relay_events", "schedule": 1.0, "options": {"expires": 5}},
    "send-deliveries": {"task": "notifications.tasks.send_deliveries", "schedule": 2.0, "options": {"expires": 10}},
    "write-ledger-file": {"task": "notifications.tasks.write_ledger_file", "schedule": 2.0, "options": {"expires": 10}},
    "warn-of-expiring-credits": {
        "task": "notifications.tasks.warn_of_expiring_credits",
        "schedule": crontab(minute="7"),
    },
    "purge-old-notifications": {
        "task": "notifications.tasks.purge_old_notifications",
        "schedule": crontab(hour="3", minute="51"),
    },
    "purge-old-rows": {"task": "core.tasks.purge_old_rows", "schedule": crontab(hour="3", minute="41")},
    "forget-expired-logins": {
        "task": "accounts.tasks.forget_expired_logins",
        "schedule": crontab(hour="3", minute="17"),
    },
    "purge-old-budget-counters": {
        "task": "usage.tasks.purge_old_counters",
        "schedule": crontab(hour="3", minute="29"),
    },
}
