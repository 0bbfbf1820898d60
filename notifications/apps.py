from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    # What `manage.py check_ledger` looks at besides the ledger itself.
    ledger_checks = ("notifications.ledger_file_check",)
