"""How good truth, people and findings are, in figures: `quality.py [FOLDER] [--worlds N] [--only PART]`.

FOLDER holds real sets, Parquet files with item, annotator, label and gold. Peers (krippendorff, crowd-kit) are timed
beside us where they can be imported, on the same labels, one after the other.
"""

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.measuring import quality_people as people
from benchmarks.measuring import quality_truth as truth

SETS = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[2] / "shared" / "data")) / "labels"
PARTS = ("sets", "people", "speed")
FASTER = 10
MOST_SECONDS = 0.05


def sets(folder: Path) -> bool:
    """The real sets; whether the choice is nowhere behind by more than half a point."""
    if not folder.exists():
        print(f"skipped: {folder} with the sets was expected, there is none")
        return True
    print(f"{'set':18}{'judged':>7}{'majority':>10}{'D-S':>8}{'chosen':>8}{'within':>8}  methods")
    held = True
    for path in sorted(folder.glob("*.parquet")):
        one = truth.settled(path)
        if one is None:
            continue
        held &= one.behind <= truth.WITHIN
        print(
            f"{one.name:18}{one.judged:7}{one.majority:10.4f}{one.dawid_skene:8.4f}{one.chosen:8.4f}"
            f"{one.within:8.0%}  {one.methods}",
            flush=True,
        )
    return held


def figures(found: Iterable[people.Figure]) -> bool:
    """Print figures with what they should be; whether all are so."""
    held = True
    for one in found:
        bound = "" if one.least is None else f"at least {one.least:g}"
        bound = bound if one.most is None else f"at most {one.most:g}"
        held &= one.holds
        print(f"{one.name:62}{one.value:9.3f}  {bound:16}{'' if one.holds else 'MISSED'}", flush=True)
    return held


def speed() -> bool:
    """Seconds beside the peers; whether we are as fast as promised."""
    took = {}
    print(f"{'on 1,000,000 labels':48}{'seconds':>9}{'figure':>9}")
    for one in truth.speeds():
        took[one.name] = one.seconds
        print(f"{one.name:48}{one.seconds:9.4f}{one.figure:9.4f}", flush=True)
    held = took["one vote more, the slowest of 200"] < MOST_SECONDS
    for scale in ("nominal", "ordinal", "interval"):
        theirs = took.get(f"alpha, {scale}: krippendorff")
        held &= theirs is None or took[f"alpha, {scale}"] <= theirs
    for name in ("Dawid-Skene, 20 rounds", "Dawid-Skene until still"):
        theirs = took.get(f"{name.replace(' until', ', until')}: crowd-kit")
        if theirs is not None:
            print(f"{name}: {theirs / took[name]:.1f} times as fast as crowd-kit")
            held &= theirs >= FASTER * took[name]
    return held


def main() -> int:
    """Measure; 1 where a figure is missed."""
    arguments = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    arguments.add_argument(
        "folder", nargs="?", type=Path, default=SETS, help="with the sets, as Parquet files"
    )
    arguments.add_argument(
        "--worlds", type=int, default=40, help="how many worlds of planted people of each kind"
    )
    arguments.add_argument("--only", choices=PARTS, help="this part only")
    given = arguments.parse_args()
    wanted = [given.only] if given.only else PARTS
    held = True
    if "sets" in wanted:
        held &= sets(given.folder)
    if "people" in wanted:
        worlds = given.worlds
        for found in (
            people.planted(worlds), people.sequential(), people.bad_gold(worlds), people.skewed(worlds),
            people.unclear(2 * worlds),
        ):  # fmt: skip
            held &= figures(found)
    if "speed" in wanted:
        held &= speed()
    print("all held" if held else "something was missed")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
