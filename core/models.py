"""Rows of the machinery: events on their way, answers to repeated writes, the test clock, runtime schemas."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.fields import ExactCharField, JSONTextField


class Event(models.Model):
    """A fact on its way upwards; the relay numbers it within its stream and hands it to the handlers."""

    id = models.BigAutoField(primary_key=True)
    stream = ExactCharField(max_length=160)
    stream_seq = models.BigIntegerField(null=True)
    name = models.CharField(max_length=80)
    payload = JSONTextField()
    created_at = models.DateTimeField()
    in_order = models.BooleanField(default=True, db_default=True)
    delivered_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=500, default="", db_default="", blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stream", "stream_seq"], name="event_number_unique_in_stream"),
            models.CheckConstraint(condition=Q(stream_seq__gte=1), name="event_number_starts_at_one"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["delivered_at", "in_order", "stream", "stream_seq"], name="event_undelivered"),
            models.Index(fields=["id"], condition=Q(stream_seq__isnull=True), name="event_unnumbered"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.stream}#{self.stream_seq}"


class EventStream(models.Model):
    """The last number that the relay gave in a stream."""

    stream = ExactCharField(max_length=160, primary_key=True)
    last_seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.stream}#{self.last_seq}"


class IdempotentRequest(models.Model):
    """An HTTP write that is no ledger entry, with the answer that its repetition gets."""

    scope = ExactCharField(max_length=255)
    key = ExactCharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = JSONTextField(null=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key"], name="idempotent_request_key_unique_in_scope")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class TestClock(models.Model):
    """How far the clock of a test installation is from real time; one row."""

    __test__ = False
    ONLY: ClassVar = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    offset = models.DurationField(default=timedelta(0))

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=Q(id=1), name="test_clock_is_one_row")]

    def __str__(self) -> str:
        return f"{self.offset}"


class AttributeSchema(models.Model):
    """One version of the JSON Schema that the runtime attributes of a subject must meet; the newest holds."""

    subject = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    schema = JSONTextField()
    broken_rows = models.PositiveBigIntegerField(default=0)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.CharField(max_length=100)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "version"], name="attribute_schema_version_unique"),
            models.CheckConstraint(
                condition=Q(broken_rows=0) | ~Q(reason=""), name="attribute_schema_forced_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} v{self.version}"
