"""What an operator did, kept for ever."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core.clock import now
from core.ids import uuid7


class OperatorAction(models.Model):
    """One line of the audit log; triggers refuse to change or delete it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    actor = models.CharField(max_length=64, help_text="The caller: user:<uuid> or key:<prefix>.")
    operator = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    ip = models.GenericIPAddressField("IP address", null=True, blank=True)
    request_id = models.CharField(max_length=200, blank=True)
    action = models.CharField(max_length=100, help_text="A noun and a verb, such as wallet.freeze.")
    target_type = models.CharField(max_length=100)
    target_id = models.CharField(max_length=160)
    reason = models.TextField(blank=True)
    before = models.JSONField(encoder=DjangoJSONEncoder, null=True, blank=True)
    after = models.JSONField(encoder=DjangoJSONEncoder, null=True, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-created_at", "-id")
        default_permissions = ("view",)
        indexes = (
            models.Index(fields=("target_type", "target_id", "created_at"), name="operator_action_target"),
            models.Index(fields=("created_at",), name="operator_action_created"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"
