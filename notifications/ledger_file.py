"""The ledger file: JSON Lines on disk, in the order of their positions, each exactly once whatever is killed.

The file itself says how far it is. A writer cuts a torn last line, reads the position of the last whole one and goes on
after it; lines are on the disk before anybody counts on them. Finished files are named after their last position.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from core import logs

from .models import LedgerEnd
from .services.ledger_texts import lines_after

PAGE = 1_000
TAIL_BYTES = 65_536

log = logs.get_logger(__name__)


def write_ledger_file(path: Path) -> int:
    """Append what the file lacks and return how many lines that was; 0 if another process writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_writer(path) as mine:
        return _append_all(path) if mine else 0


def finished_files(path: Path) -> list[Path]:
    """Return the files before the present one, oldest first."""
    return sorted(path.parent.glob(f"{path.stem}-[0-9]*{path.suffix}"))


def rebuild_ledger_file(path: Path) -> int:
    """Write all lines anew and return how many; the former files stay beside, under names that end in `.old`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_writer(path) as mine:
        if not mine:
            raise BlockingIOError(f"Another process is writing {path}; stop the worker, then try again.")
        for file in [*finished_files(path), path]:
            if file.exists():
                os.replace(file, f"{file}.old")
        return _append_all(path)


@contextmanager
def _only_writer(path: Path) -> Iterator[bool]:
    with path.with_suffix(".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _append_all(path: Path) -> int:
    last = _last_line(path) or next((line for file in finished_files(path)[::-1] if (line := _last_line(file))), None)
    position = last["position"] if last else 0
    if position > (LedgerEnd.objects.values_list("position", flat=True).first() or 0):
        # The database was set back: what it will give these positions to is something else.
        log.error("ledger_file_ahead_of_database", file=str(path), position=position)
        return 0
    day, written = str(last["created_at"])[:10] if last else "", 0
    while lines := lines_after(position, PAGE):
        for count, page in _by_day(lines) if settings.LEDGER_FILE_DAILY else [("", lines)]:
            if _is_full(path) or (day and count > day):
                _finish(path, position)
            _append(path, [text for _, text in page])
            position, day = page[-1][0], max(day, count)
            written += len(page)
    return written


def _by_day(lines: list[tuple[int, str]]) -> Iterator[tuple[str, list[tuple[int, str]]]]:
    """Cut lines where a later day begins; a line that is a little late stays with those around it."""
    part: list[tuple[int, str]] = []
    day = ""
    for line in lines:
        its_day = str(json.loads(line[1])["created_at"])[:10]
        if part and its_day > day:
            yield day, part
            part = []
        day = max(day, its_day)
        part.append(line)
    yield day, part


def _append(path: Path, texts: list[str]) -> None:
    is_new = not path.exists()
    with path.open("ab") as file:
        file.write("".join(f"{text}\n" for text in texts).encode())
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        _sync_folder(path)


def _is_full(path: Path) -> bool:
    return path.exists() and path.stat().st_size >= settings.LEDGER_FILE_MAX_BYTES


def _finish(path: Path, position: int) -> None:
    """Give the present file, if it has lines, its final name."""
    if path.exists() and path.stat().st_size:
        os.replace(path, path.with_name(f"{path.stem}-{position:012d}{path.suffix}"))
        _sync_folder(path)


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _last_line(path: Path) -> dict[str, Any] | None:
    """Return the last whole line of a file, and cut what was torn off behind it; None if it has no line."""
    if not path.exists():
        return None
    with path.open("rb+") as file:
        end = _end_of_lines(file)
        if end < file.seek(0, os.SEEK_END):
            log.warning("ledger_file_torn_line_cut", file=str(path))
            file.truncate(end)
            os.fsync(file.fileno())
        start = _end_of_lines(file, end - 1)
        file.seek(start)
        text = file.read(end - start)
    line: dict[str, Any] | None = json.loads(text) if text else None
    return line


def _end_of_lines(file: Any, before: int | None = None) -> int:
    """Return where the last line break before a place ends, 0 if there is none."""
    place = file.seek(0, os.SEEK_END) if before is None else max(before, 0)
    while place > 0:
        start = max(place - TAIL_BYTES, 0)
        file.seek(start)
        found = file.read(place - start).rfind(b"\n")
        if found >= 0:
            return int(start + found + 1)
        place = start
    return 0
