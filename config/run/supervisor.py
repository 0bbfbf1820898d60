"""A small supervisor: starts programs, prefixes their output, restarts what ends, and leaves nothing behind."""

import contextlib
import selectors
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import IO

from config.run.program import Program

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS = 10.0
TICK_SECONDS = 0.2


class Supervisor:
    """Runs programs until a stop signal. One thread, so that children may be told to die with it."""

    def __init__(self, programs: Sequence[Program], on_tick: Callable[[], None], out: IO[str] = sys.stdout) -> None:
        self._programs = programs
        self._on_tick = on_tick
        self._out = out
        self._selector = selectors.DefaultSelector()
        self._stops = 0
        self._width = max(len(name) for name in ("scrip", *(program.name for program in programs)))

    def run(self) -> None:
        """Start every program, keep all of them running, and return when a stop signal has ended them all."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._note_stop)
        try:
            while not self._stops:
                self._keep_running()
                self._read(TICK_SECONDS)
                self._on_tick()
        finally:
            self._stop_all()

    def say(self, text: str, name: str = "scrip") -> None:
        """Print `text` behind the name of the program that says it."""
        with contextlib.suppress(OSError):  # a closed terminal must not keep us from stopping the children
            for line in text.splitlines():
                print(f"{name:<{self._width}} | {line}", file=self._out)
            self._out.flush()

    def _note_stop(self, number: int, frame: object) -> None:
        self._stops += 1

    def _keep_running(self) -> None:
        now = time.monotonic()
        for program in self._programs:
            if program.ended():
                self._drain(program)
                status, pause = program.clear(now)
                self.say(f"ended with status {status}, starting again in {pause:.0f} s", program.name)
            if program.is_due(now):
                program.start(now)
                self._selector.register(program.output, selectors.EVENT_READ, program)

    def _read(self, timeout_seconds: float) -> None:
        for key, _ in self._selector.select(timeout_seconds):
            if not self._pass_on(key.data):
                self._selector.unregister(key.fd)

    def _pass_on(self, program: Program) -> bool:
        data = program.read()
        for line in program.lines(data):
            self.say(line, program.name)
        return bool(data)

    def _drain(self, program: Program) -> None:
        """Pass on what a program said before it ended; a grandchild may hold its pipe open, so never wait."""
        while self._pass_on(program):
            pass
        if program.output in self._selector.get_map():
            self._selector.unregister(program.output)

    def _stop_all(self) -> None:
        running = [program for program in self._programs if program.is_running()]
        self.say("stopping")
        for program in running:
            program.terminate()
        asked, deadline = self._stops, time.monotonic() + PATIENCE_SECONDS
        while any(not program.ended() for program in running):
            self._read(TICK_SECONDS)
            if time.monotonic() > deadline or self._stops > asked:
                break
        for program in running:
            self._drain(program)
            program.kill()
        self.say("stopped")
