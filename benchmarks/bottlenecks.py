"""How often the planted cause is named, beside five obvious detectors: `bottlenecks.py [--seeds N] [--first 1000]`.

The suites are made-up projects (docs/reference/simulator.md), nine causes, each with so many seeds, as complete logs,
reduced to what Label Studio Community yields, and dirtied. Exits 1 where a promise is missed.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.measuring.suites import (
    FORMS,
    JUDGING,
    OURS,
    Case,
    Form,
    Share,
    Verdict,
    headrace,
    judged,
    shares,
    suite,
)
from schemas.flow import CAUSES, Cause


@dataclass(frozen=True)
class Promise:
    """At least so many right: over all, and of each cause; at most so many false alarms."""

    overall: float
    each: float
    alarms: float = 0.05


PROMISED: dict[Form, Promise] = {
    "complete": Promise(0.95, 0.8),
    "reduced": Promise(0.9, 0.6),
    "dirtied": Promise(0.9, 0.6),
}


def main() -> int:
    """Make the suites, let them be judged, print the tables; 1 where a promise is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=40, help="of each cause")
    parser.add_argument(
        "--first", type=int, default=JUDGING, help="the first seed; tuning has those under 1000"
    )
    parser.add_argument("--form", choices=FORMS, action="append", help="only this; again for more")
    parser.add_argument("--cause", choices=CAUSES, action="append", help="only this; again for more")
    given = parser.parse_args()
    missed: list[str] = []
    for form in given.form or PROMISED:
        missed += report(form, range(given.first, given.first + given.seeds), given.cause or CAUSES)
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


def report(form: Form, seeds: range, causes: tuple[Cause, ...]) -> list[str]:
    """One form's tables, printed; the promises that it misses."""
    console = Console(width=160)
    cases: list[Case] = suite(seeds, form, causes)
    done = track(
        judged(cases, headrace), form, total=len(cases), console=Console(stderr=True), transient=True
    )
    verdicts = [verdict for verdicts in done for verdict in verdicts]
    named = shares(verdicts)
    console.print(_table(f"cause named, {form} logs, seeds {seeds[0]}-{seeds[-1]}", named))
    console.print(_table("at least the resource named", shares(verdicts, resource=True)))
    for (truth, said), times in _mistakes(verdicts).most_common():
        console.print(f"  {times} x {truth}: said {said}", highlight=False)
    return misses(form, named[OURS])


def _table(title: str, found: dict[str, dict[str, Share]]) -> Table:
    """Shares in percent; of ours with the interval that holds the true one in 95 of 100 cases."""
    table = Table(title=title, title_justify="left")
    table.add_column("planted", no_wrap=True)
    for detector in found:
        table.add_column(detector, justify="right", no_wrap=True)
    causes = [cause for cause in found[OURS] if cause != "all"]
    for cause in [*causes, "all"]:
        table.add_row(cause, *(_percent(row[cause], exactly=name == OURS) for name, row in found.items()))
    return table


def _percent(share: Share, *, exactly: bool) -> str:
    low, high = share.interval
    detail = f" of {share.of} ({100 * low:.0f}-{100 * high:.0f})" if exactly else ""
    return f"{100 * share.share:.0f} %{detail}"


def _mistakes(verdicts: list[Verdict]) -> Counter[tuple[str, str]]:
    return Counter(
        (
            f"{verdict.case.cause} (seed {verdict.case.seed}, {verdict.truth[1]})",
            f"{verdict.said[0]} ({verdict.said[1]})",
        )
        for verdict in verdicts
        if verdict.detector == OURS and not verdict.right
    )


def misses(form: Form, named: dict[str, Share]) -> list[str]:
    """What was promised of a form and is not kept, a line each; nothing was promised of one that is not in PROMISED."""
    promise = PROMISED.get(form)
    if promise is None:
        return []
    least = dict.fromkeys(named, promise.each) | {"all": promise.overall}
    if form == "complete":
        least["none"] = 1 - promise.alarms
    return [
        f"{form}: {cause} {share.share:.3f} < {least[cause]}"
        for cause, share in named.items()
        if share.share < least[cause]
    ]


if __name__ == "__main__":
    sys.exit(main())
