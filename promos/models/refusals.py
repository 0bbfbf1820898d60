"""All that a refused redemption leaves behind."""

from typing import ClassVar

from django.db import models


class RefusalCount(models.Model):
    """How often a reason was answered on a day (UTC)."""

    date = models.DateField()
    reason = models.CharField(max_length=32)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        default_permissions = ("view",)
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["date", "reason"], name="refusal_reason_counted_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.reason}"
