"""Make `.venv` and install pinned lists into it: `python3 config/run/install.py requirements.txt`.

Plain Python, because nothing is installed yet. A list that is already installed, by its hash, is left alone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALLER = ROOT / "requirements-uv.txt"


def main(names: list[str]) -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"Scrip needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}. Try: make PYTHON=..."
        )
    make_venv()
    for name in names:
        install(ROOT / name)


def make_venv() -> None:
    """Make the virtual environment, again if its interpreter is gone."""
    if PYTHON.exists() and quiet([str(PYTHON), "-c", "import pip"]):
        return
    say("Making .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.call([sys.executable, "-m", "venv", str(VENV)]):
        sys.exit("This Python cannot make a virtual environment; on Debian: apt install python3-venv.")


def install(requirements: Path) -> None:
    """Install `requirements` unless exactly that list is installed."""
    stamp = VENV / f".installed-{requirements.name}"
    digest = digest_of(requirements)
    if stamp.exists() and stamp.read_text() == digest:
        return
    started = time.monotonic()
    say(f"Installing {requirements.name}")
    arguments = ["--require-hashes", "--requirement", str(requirements)]
    # uv does not read pip's configuration, so where it finds no package index pip still may.
    if not any(subprocess.call([*command, *arguments]) == 0 for command in installers()):
        sys.exit(f"Installing {requirements.name} failed; is a package index reachable?")
    stamp.write_text(digest)
    say(f"Installed {requirements.name} in {time.monotonic() - started:.1f} s")


def digest_of(requirements: Path) -> str:
    """Return the hash of a list together with the interpreter that it was installed for."""
    return hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()


def installers() -> Iterator[list[str]]:
    """Yield the install commands to try: uv's, eight times as fast as pip, where it has a wheel; then pip's."""
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--quiet"]
    uv = VENV / "bin" / "uv"
    if uv.exists() or quiet([*pip, "--require-hashes", "--only-binary", ":all:", "--requirement", str(INSTALLER)]):
        yield [str(uv), "pip", "install", "--quiet", "--python", str(PYTHON)]
    yield pip


def quiet(command: list[str]) -> bool:
    """Run `command` without its output; return whether it succeeded."""
    environment = {**os.environ, "PIP_NO_INPUT": "1"}
    return subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0


def say(text: str) -> None:
    print(f"scrip  | {text}", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(130)
