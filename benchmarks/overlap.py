"""What asking again only where votes leave a doubt saves and costs, on real votes: `overlap.py [FOLDER [SEEDS]]`.

FOLDER holds Parquet files with the columns item, annotator, label and, where the truth is known, gold; without it the
majority of all votes on an item stands for the truth. People come in random order, by seed; tasks are open in waves,
and the model of annotators learns from what was voted so far once that has grown by a tenth, as it does in a running
project. Labels are made preferences, far enough apart to be different judgements, so that a real task type settles
them. Below the policies stands what half of the gold makes of the labels of the other half, where votes are fixed.
"""

import argparse
import os
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import pyarrow.parquet as pq

from pipeline.assessing.truth import GROWN
from pipeline.quality.chosen import Chosen
from pipeline.quality.one_coin import OneCoin
from pipeline.quality.overlap import demand, is_audited, settled
from pipeline.quality.posterior import Posterior
from pipeline.quality.savings import Savings, Spent, savings, spent
from schemas.base import Label, Vote
from schemas.project import Overlap
from tasks import task_types
from tasks.preference_pair import PreferencePairLabel

SETS = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[2] / "shared" / "data")) / "labels"
TYPE = task_types()["preference_pair"]
WAVES = 20
APART = (-3, -1, 1, 3)
POLICIES = {
    "fixed 3": Overlap(n=3),
    "third_on_disagreement": Overlap(policy="third_on_disagreement"),
    "posterior, at most 3": Overlap(policy="posterior", n=3),
    "posterior, at most 5": Overlap(policy="posterior", n=5),
    "fixed 5": Overlap(n=5),
}
BLENDED = {f"{name}, blend": POLICIES[name] for name in ("posterior, at most 3", "posterior, at most 5")}
"""The same stopped by the blend, in place of one coin."""
AUDIT = 0.1
Cast = dict[str, list[Vote[Any]]]


@dataclass(frozen=True)
class Outcome:
    """One run of a policy over all items: per-item means, 0..1 but for `votes`."""

    votes: float
    right: float
    disputed: float
    doubt: float
    """How probably the leading labels are wrong, as the model has it."""
    audit: Savings


def read(path: Path) -> tuple[Cast, dict[str, Label]]:
    """The votes on each item that has a truth, one a person, and the truths."""
    rows = pq.read_table(path).to_pylist()
    said = sorted({row["label"] for row in rows})
    label = {one: PreferencePairLabel(preference=APART[at]) for at, one in enumerate(said)}
    cast: dict[str, dict[str, Vote[Any]]] = {}
    truth: dict[str, Label] = {}
    for row in rows:
        vote = Vote[Any](annotator=row["annotator"], label=label[row["label"]])
        cast.setdefault(row["item"], {}).setdefault(vote.annotator, vote)
        if row.get("gold") in label:
            truth[row["item"]] = label[row["gold"]]
    votes = {item: list(by_person.values()) for item, by_person in cast.items()}
    truth = truth or {item: most for item, given in votes.items() if (most := majority(given))}
    return {item: votes[item] for item in sorted(truth)}, truth


def majority(votes: list[Vote[Any]]) -> Label | None:
    """The label with most votes; None where two have as many."""
    (most, times), *others = Counter(vote.label for vote in votes).most_common()
    return most if not others or others[0][1] < times else None


class Learner:
    """A model that is learned anew when votes have grown by a tenth."""

    def __init__(self, kind: type[OneCoin] | type[Chosen]) -> None:
        self._kind, self._votes = kind, 0
        self.model: Posterior = OneCoin()

    def hear(self, got: Cast) -> Posterior:
        """The model by now."""
        votes = sum(map(len, got.values()))
        if votes > (1 + GROWN) * self._votes:
            self._votes, self.model = votes, self._kind.fit(TYPE, got)
        return self.model


def run(
    overlap: Overlap,
    cast: Cast,
    truth: dict[str, Label],
    seed: int,
    kind: type[OneCoin] | type[Chosen] = OneCoin,
) -> Outcome:
    """Label all items under a policy, each settled by the model of its moment."""
    dice = random.Random(seed)  # noqa: S311 - the order in which people come
    items = dice.sample(sorted(cast), len(cast))
    coming = {item: dice.sample(cast[item], len(cast[item])) for item in items}
    got: Cast = {}
    results: list[tuple[bool, bool, float]] = []
    audits: list[Spent] = []
    learner = Learner(kind)
    for start in range(0, len(items), -(-len(items) // WAVES)):
        wave = items[start : start + -(-len(items) // WAVES)]
        model = ask(overlap, wave, coming, got, learner)
        for item in wave:
            label = settled(TYPE, overlap, got[item], model).label
            doubt = 1 - model.posterior(TYPE, got[item]).probability
            results.append((label == truth[item], label is None, doubt))
            if is_audited(f"{seed} {item}", AUDIT):
                audits.append(spent(TYPE, overlap, coming[item], audited=True, model=model))
    right, disputed, doubt = (mean(column) for column in zip(*results, strict=True))
    return Outcome(mean(len(votes) for votes in got.values()), right, disputed, doubt, savings(audits))


def ask(overlap: Overlap, wave: list[str], coming: Cast, got: Cast, learner: Learner) -> Posterior:
    """Let people vote on a wave of items until each has what it wants, or nobody is left; the model then."""
    while True:
        model = learner.hear(got)
        more = 0
        for item in wave:
            has = len(got.get(item, ()))
            wants = demand(TYPE, overlap, got.get(item, []), audited=False, model=model, asked=has).votes
            got[item] = coming[item][: max(has, wants)]
            more += len(got[item]) - has
        if not more:
            return model


def row(name: str, runs: list[Outcome], full: float) -> str:
    """A policy's line of the table, over its runs."""
    votes, right = mean(one.votes for one in runs), [one.right for one in runs]
    audited, flipped = sum(one.audit.audited for one in runs), sum(one.audit.flipped for one in runs)
    said = f"{flipped / audited:7.1%}" if audited else "      -"
    return (
        f"{name:28}{votes:7.2f}{votes / full:8.0%}{mean(right):9.3f} ({min(right):.3f}-{max(right):.3f})"
        f"{mean(one.disputed for one in runs):9.3f}{mean(one.doubt for one in runs):9.3f} {said}"
    )


def compare(path: Path, seeds: int) -> None:
    """Print how the policies fare on one set, as a table."""
    cast, truth = read(path)
    print(f"\n{path.stem}: {len(cast)} items, {seeds} seeds")
    print(
        f"{'':28}{'votes':>7}{'of 3':>8}{'right (least-most)':>23}{'disputed':>9}{'doubt':>9}{'flipped':>9}"
    )
    tables = {
        name: [run(overlap, cast, truth, seed) for seed in range(seeds)] for name, overlap in POLICIES.items()
    }
    for name, overlap in BLENDED.items():
        tables[name] = [run(overlap, cast, truth, seed, Chosen) for seed in range(seeds)]
    full = mean(one.votes for one in tables["fixed 3"])
    for name, runs in tables.items():
        print(row(name, runs, full), flush=True)


def taught(cast: Cast, truth: dict[str, Label], votes: int, seed: int) -> tuple[str, float, float]:
    """The method that half of the gold chooses at so many votes an item, and how often heads and it are right then."""
    dice = random.Random(seed)  # noqa: S311 - the order in which people come
    items = dice.sample(sorted(cast), len(cast))
    got = {item: dice.sample(cast[item], len(cast[item]))[:votes] for item in items}
    half = len(items) // 2
    model = Chosen.fit(TYPE, got, {item: truth[item] for item in items[:half]})
    fixed = Overlap(n=votes)
    heads, taught_one = (
        mean(settled(TYPE, fixed, got[item], one).label == truth[item] for item in items[half:])
        for one in (OneCoin(), model)
    )
    return model.lesson.method, heads, taught_one


def teach(path: Path, seeds: int) -> None:
    """Print what half of the gold makes of the rest."""
    cast, truth = read(path)
    for votes in (3, 5):
        runs = [taught(cast, truth, votes, seed) for seed in range(seeds)]
        methods = ", ".join(sorted({method for method, _, _ in runs}))
        heads, model = mean(one[1] for one in runs), mean(one[2] for one in runs)
        print(
            f"fixed {votes}, on half of the gold: heads {heads:.3f}, with the other half {model:.3f} ({methods})"
        )


def main() -> int:
    """Compare the policies on every set; without sets there is nothing to hold, and so nothing missed."""
    arguments = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    arguments.add_argument(
        "folder", nargs="?", type=Path, default=SETS, help="with the sets, as Parquet files"
    )
    arguments.add_argument("seeds", nargs="?", type=int, default=8, help="random orders of people")
    given = arguments.parse_args()
    if not given.folder.exists():
        print(f"skipped: {given.folder} with the sets was expected, there is none")
        return 0
    for path in sorted(given.folder.glob("*.parquet")):
        compare(path, given.seeds)
        if "gold" in pq.read_schema(path).names:
            teach(path, given.seeds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
