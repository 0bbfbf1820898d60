"""A progress bar for long commands: one line that is drawn again on a terminal, and only the last state elsewhere."""

import sys
import time
from typing import TextIO

WIDTH = 30
DRAW_EVERY_SECONDS = 0.2


class Progress:
    """Counts what is done of `total`; `noun` names it."""

    def __init__(self, total: int, noun: str, stream: TextIO | None = None) -> None:
        self.total, self.noun, self.done = total, noun, 0
        self.stream = sys.stderr if stream is None else stream
        self.started = self.drawn = time.monotonic()

    def advance(self, count: int = 1) -> None:
        """Count more as done, and draw if that is due."""
        self.done += count
        if self.stream.isatty() and time.monotonic() - self.drawn >= DRAW_EVERY_SECONDS:
            self._draw("\r")

    def finish(self) -> None:
        """Draw the last state."""
        self._draw("\n")

    def _draw(self, end: str) -> None:
        self.drawn = time.monotonic()
        share = min(1.0, self.done / self.total) if self.total else 1.0
        bar = ("#" * round(share * WIDTH)).ljust(WIDTH)
        speed = self.done / max(self.drawn - self.started, 0.001)
        self.stream.write(f"[{bar}] {share:4.0%}  {self.done:,} of {self.total:,} {self.noun}, {speed:,.0f}/s{end}")
        self.stream.flush()
