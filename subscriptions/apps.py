from django.apps import AppConfig

from core.triggers import AppendOnly


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"
    append_only = (AppendOnly("subscriptions_planversion"), AppendOnly("subscriptions_transition"))
