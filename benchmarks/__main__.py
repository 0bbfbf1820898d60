"""`python -m benchmarks [--smoke] [--wallets N] [measure ...]`: measure, print, and write benchmarks/results.md."""

import argparse
import os
import platform
import sys
from dataclasses import replace
from datetime import UTC, datetime

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
django.setup()

from benchmarks import rig  # noqa: E402  Django has to be set up first
from benchmarks.measures import FULL, MEASURES, SMOKE  # noqa: E402


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench ARGS=")
    parser.add_argument("--smoke", action="store_true", help="one short round each: does everything still run?")
    parser.add_argument("--wallets", type=int, help="how many wallets get an allowance; the target is for 1,000,000")
    parser.add_argument("measures", nargs="*", choices=[[], *MEASURES], default=[])
    options = parser.parse_args()
    if not rig.has_pgbench():
        print("pgbench is not on the PATH; install PostgreSQL's client programs, then run this again.")
        return 1
    plan = SMOKE if options.smoke else FULL
    plan = replace(plan, wallets=options.wallets or plan.wallets)
    rig.make_database()
    figures = []
    for name in options.measures or MEASURES:
        print(f"measuring {name} …", flush=True)
        for figure in MEASURES[name](plan):
            figures.append(figure)
            print(_line(figure), flush=True)
    if not options.smoke:
        (rig.HERE / "results.md").write_text(_page(figures))
    return 0


def _line(figure: rig.Figure) -> str:
    sign = "≤" if figure.at_most else "≥"
    verdict = "met" if figure.is_met else "missed"
    return (
        f"| {figure.name} | {figure.what} | {figure.ours:,.0f} {figure.unit} | {figure.reference:,.0f}"
        f" | {figure.ratio:.2f} | {sign} {figure.target:g} | {verdict} |"
    )


def _page(figures: list[rig.Figure]) -> str:
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    head = ["| # | what | figure | reference | ratio | target | |", "|---|---|---|---|---|---|---|"]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured on {datetime.now(UTC):%Y-%m-%d} ({machine}); client, server and database share the machine.",
            "Each ratio is the median of rounds taken in turn in one run: `make bench`.",
            "",
            *head,
            *map(_line, figures),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
