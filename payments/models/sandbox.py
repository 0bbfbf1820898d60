"""The books of the sandbox, which plays a provider inside our own server; nothing else reads them."""

from typing import ClassVar

from django.db import models

from core.clock import now
from core.fields import ExactCharField, JSONTextField


class SandboxCheckout(models.Model):
    """A page to pay on, and all that became of it; `charges` is what the sandbox says when it is asked."""

    id = models.CharField(max_length=40, primary_key=True)
    order_key = ExactCharField(max_length=128, unique=True, help_text="The idempotency key of who ordered it.")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    title = models.CharField(max_length=120)
    return_url = models.TextField(blank=True, default="")
    customer_id = models.CharField(max_length=40)
    keeps_method = models.BooleanField(default=False)
    ended = models.CharField(max_length=10, blank=True, default="")
    charges = JSONTextField(default=list)
    recurs = JSONTextField(null=True, help_text="Of a subscription: interval, count, periods so far, its status.")
    next_charge_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["next_charge_at"], name="sandbox_next_charge")]

    def __str__(self) -> str:
        return str(self.id)


class SandboxWebhook(models.Model):
    """A webhook that the sandbox sends until it is taken, for at most a day."""

    id = models.BigAutoField(primary_key=True)
    checkout = models.ForeignKey(SandboxCheckout, on_delete=models.CASCADE, related_name="webhooks")
    body = models.TextField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_status = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["due_at"], name="sandbox_webhook_due")]

    def __str__(self) -> str:
        return f"{self.pk} of {self.checkout_id}"
