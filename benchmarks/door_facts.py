"""How often the planted cause is named with what the door tells: `door_facts.py [--seeds N] [--first 1000]`.

The made-up projects of `bottlenecks.py`, told in full, by a store without a door, by one whose people all came by the
door, by one whose door opened after half of the time, and by one where half of the people came by it; each read back
through the store's own views. With the door, the figures should be those of the full log. `--real` lets made-up people
work through a real Label Studio and the real dealer, on a clock that runs faster, and holds what the store says against
what they did.
"""

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.measuring.door_log import Seen, door_log
from benchmarks.measuring.suites import JUDGING, Case, Share, headrace, log_of, suite
from schemas.flow import CAUSES

SLACK = 0.05
"""How much less than with the full log may be named with the door's events."""
HALF = 0.5


@dataclass(frozen=True)
class Named:
    """What was said of a case, by what was told of it."""

    cause: str
    right: dict[str, bool]


def nobody(_: str, __: datetime) -> bool:
    """There is no door."""
    return False


def everybody(_: str, __: datetime) -> bool:
    """All came by the door, all the time."""
    return True


def half_the_time(begin: datetime, end: datetime) -> Seen:
    """The door opened in the middle."""
    opened = begin + (end - begin) * HALF
    return lambda _, moment: moment >= opened


def half_the_people(people: Iterable[str]) -> Seen:
    """Every second person came by the door."""
    some = set(sorted(people)[::2])
    return lambda person, _: person in some


def judge(case: Case) -> Named:
    """What is said of a case in each form."""
    table, team, truth = log_of(case)
    moments = table["ts"].to_pylist()
    seen: dict[str, Seen] = {
        "no door": nobody,
        "door": everybody,
        "door, half the time": half_the_time(moments[0], moments[-1]),
        "door, half the people": half_the_people(person.id for person in team.people),
    }
    right = {"complete": truth.is_named_by(*headrace(table, team))}
    for name, one in seen.items():
        with door_log(table, np.random.default_rng([case.seed, 3]), one) as log:
            right[name] = truth.is_named_by(*headrace(log.table(), team))
    return Named(case.cause, right)


def main() -> int:
    """Judge the suites, or the real thing; 1 where the door's events tell less than the full log."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seeds", type=int, default=10, help="of each cause")
    parser.add_argument("--first", type=int, default=JUDGING, help="the first seed")
    parser.add_argument("--cause", choices=CAUSES, action="append", help="only this; again for more")
    parser.add_argument("--real", action="store_true", help="a real Label Studio and the real dealer instead")
    given = parser.parse_args()
    if given.real:
        from benchmarks.measuring.door_world import main as real

        return real()
    console = Console(width=140)
    cases = suite(range(given.first, given.first + given.seeds), "complete", given.cause or CAUSES)
    found = [judge(case) for case in track(cases, "cases", console=Console(stderr=True), transient=True)]
    forms = tuple(found[0].right)
    console.print(_table(found, forms))
    missed = misses(found, forms)
    for line in missed:
        print(f"missed: {line}")
    return 1 if missed else 0


def _table(found: list[Named], forms: tuple[str, ...]) -> Table:
    table = Table(title="cause named", title_justify="left")
    table.add_column("planted", no_wrap=True)
    for form in forms:
        table.add_column(form, justify="right")
    for cause in [*dict.fromkeys(one.cause for one in found), "all"]:
        table.add_row(
            cause,
            *(_share(found, form, lambda one: cause in (one.cause, "all")) for form in forms),  # noqa: B023 - used at once
        )
    return table


def _share(found: list[Named], form: str, which: Callable[[Named], bool]) -> str:
    own = [one.right[form] for one in found if which(one)]
    share = Share(sum(own), len(own))
    return f"{share.share:.0%} of {share.of}"


def misses(found: list[Named], forms: tuple[str, ...]) -> list[str]:
    """Where the door's events of all people name fewer causes than the full log."""
    shares = {form: sum(one.right[form] for one in found) / len(found) for form in forms}
    least = shares["complete"] - SLACK
    return [] if shares["door"] >= least else [f"door: {shares['door']:.3f} < {least:.3f}"]


if __name__ == "__main__":
    sys.exit(main())
