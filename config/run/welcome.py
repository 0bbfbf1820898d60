"""What a newcomer reads when everything is up."""

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

PROBE_EVERY_SECONDS = 0.5
COMPLAIN_AFTER_SECONDS = 30.0


class Welcome:
    """Waits for `/readyz`, then prints address and logins, once."""

    def __init__(self, url: str, var: Path, started: float) -> None:
        self._url = url
        self._var = var
        self._started = started
        self._probe_at = 0.0
        self._complain_at = time.monotonic() + COMPLAIN_AFTER_SECONDS
        self._done = False

    def when_ready(self, say: Callable[[str], None]) -> None:
        """Print the welcome as soon as the server is ready; say what is missing if that takes long."""
        now = time.monotonic()
        if self._done or now < self._probe_at:
            return
        self._probe_at = now + PROBE_EVERY_SECONDS
        missing = self._missing()
        if missing is None:
            self._done = True
            say(self._text())
        elif now > self._complain_at:
            self._complain_at = now + COMPLAIN_AFTER_SECONDS
            say(f"not ready yet: {missing}")

    def _missing(self) -> str | None:
        try:
            with urllib.request.urlopen(f"{self._url}/readyz", timeout=2):  # noqa: S310  our own address
                return None
        except urllib.error.HTTPError as error:
            return error.read(2000).decode(errors="replace")
        except OSError as error:
            return str(error)

    def _text(self) -> str:
        return (
            f"ready after {time.monotonic() - self._started:.1f} s at {self._url}\n"
            f"  operators  {self._url}/admin/    operator@example.com / operator-demo\n"
            f"  customers  {self._url}/api/docs  customer@example.com / customer-demo\n"
            f"  services   API key with all scopes in {self._var / 'demo-api-key'}\n"
            "Ctrl-C stops everything; the data stays."
        )
