"""When a stream's use is captured, and how the stream ends: the rules, without any iteration."""

import json
import time
from decimal import Decimal

from rest_framework.utils.encoders import JSONEncoder

from core.amounts import from_micros, to_micros
from core.api.problem_responses import problem_body
from credits.exceptions import InsufficientCredits
from usage.metering.calls import Metering

EVENT_STREAM = "text/event-stream"
JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/json-seq")


class CreditsExhausted(ConnectionError):
    """A stream whose form has no room for a last word is broken off, so that nobody takes it for complete."""


class StreamMeter:
    """Captures a stream's use before it exceeds one slice; `is_out` once the wallet can pay for no more.

    All methods but `note_chunk` may block.
    """

    def __init__(self, metering: Metering, *, media_type: str = "", path: str = "") -> None:
        self.metering = metering
        self.is_out = False
        self._media_type, self._path = media_type.partition(";")[0].strip(), path
        self._captured_at = time.monotonic()

    def note_chunk(self) -> bool:
        """Count a chunk that is about to pass; tell whether `settle_slice` must look first."""
        recorder = self.metering.recorder
        recorder.count(self.metering.settings.credits_per_chunk)
        amounts = [usage.amount for usage in recorder.pending()]
        if None in amounts or self._is_time():
            return True
        return bool(amounts) and to_micros(sum(filter(None, amounts), Decimal(0))) >= self._slice()

    def settle_slice(self) -> None:
        """Capture what is due: a slice of credits, all that is covered, or whatever there is after some seconds."""
        if self._is_time() or self.metering.weigh() >= self._slice():
            self.is_out = not self.metering.capture_slice()
            self._captured_at = time.monotonic()

    def _slice(self) -> int:
        return min(to_micros(self.metering.settings.slice_credits), self.metering.standing.covered)

    def _is_time(self) -> bool:
        settings = self.metering.settings
        return time.monotonic() - self._captured_at > min(settings.slice_seconds, settings.hold_seconds / 2)

    def end(self) -> None:
        """Settle a stream that came to its end."""
        self.metering.charge()

    def fail(self) -> None:
        """Settle a stream that broke in its source: what was captured stays, the rest is free."""
        self.metering.release()

    def leave(self) -> None:
        """Settle a stream whose client went away, by the setting's policy."""
        if self.metering.settings.client_gone == "released":
            self.metering.release()
        else:
            self.metering.charge()

    @property
    def drains(self) -> bool:
        """Tell whether the source runs on without a client, because only its end reports what it used."""
        return self.metering.settings.client_gone == "reported"

    def last_words(self) -> bytes:
        """Return the event that says why the stream ends here. Raises CreditsExhausted where there is no room."""
        standing = self.metering.standing
        problem = InsufficientCredits(
            "The credits ran out, so the stream ends here; add credits, and send the request again.",
            required=self.metering.settings.slice_credits,
            available=from_micros(standing.available or 0),
            consumed=from_micros(self.metering.consumed),
        )
        text = json.dumps(problem_body(problem, self._path), cls=JSONEncoder)
        if self._media_type == EVENT_STREAM:
            return f"event: {problem.code}\ndata: {text}\n\n".encode()
        if self._media_type in JSON_LINES:
            return f"{text}\n".encode()
        raise CreditsExhausted(problem.detail)
