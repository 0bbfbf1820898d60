"""The ready-made roles of operators: which permissions each group has.

A pattern such as `credits.view_*` stands for every permission that it matches, and must match one.
"""

from fnmatch import fnmatchcase

from django.contrib.auth.models import Group, Permission
from django.db import transaction

SUPPORT = (
    "accounts.view_user",
    "credits.view_*",
    "notifications.view_*",
    "payments.view_*",
    "promos.view_*",
    "subscriptions.view_*",
    "usage.view_*",
)
FINANCE = (*SUPPORT, "credits.grant_credits", "payments.refund_payment", "subscriptions.change_subscription")
ADMIN = (
    *FINANCE,
    "credits.administer_ledger",
    "accounts.*_apikey",
    "accounts.add_user",
    "accounts.change_user",
    "accounts.view_operatoraction",
    "axes.view_accessattempt",
    "axes.delete_accessattempt",
    "core.view_*",
    "core.add_attributeschema",
    "core.change_testclock",
    "notifications.*_webhookendpoint",
    "notifications.change_delivery",
    "notifications.change_notice",
    "notifications.change_preference",
    "django_celery_beat.*_crontabschedule",
    "django_celery_beat.*_intervalschedule",
    "django_celery_beat.*_periodictask",
    "payments.*_creditpack",
    "payments.*_packprice",
    "promos.add_promocode",
    "promos.change_promocode",
    "subscriptions.*_allowance",
    "subscriptions.*_plan",
    "usage.add_rate",
    "usage.*_budget",
)
ROLES = {"Support": SUPPORT, "Finance": FINANCE, "Admin": ADMIN}


@transaction.atomic
def sync_roles() -> None:
    """Give each ready-made group exactly the permissions that stand here.

    For another set make a group of another name. Raises LookupError for a pattern that matches nothing.
    """
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, patterns in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([known[label] for pattern in patterns for label in _matching(pattern, known)])


def _matching(pattern: str, known: dict[str, Permission]) -> list[str]:
    labels = [label for label in known if fnmatchcase(label, pattern)]
    if not labels:
        raise LookupError(f"no permission is named {pattern}")
    return labels
