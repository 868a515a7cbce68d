"""How well the chosen method settles real sets, and how fast beside the peers."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.analysis.findings import Findings
from pipeline.analysis.label_file import read_labels
from pipeline.quality.agreement import Scale, alpha_of
from pipeline.quality.choosing import choose
from pipeline.quality.coded import UNKNOWN, Coded, Places
from pipeline.quality.dawid_skene import blend, dawid_skene
from pipeline.quality.standing import Standing
from pipeline.quality.truth import Truth, majority

SPLITS = 20
WITHIN = 0.005
ITEMS, OVERLAP, PEOPLE, LABELS = 100_000, 10, 200, 4
STILL = 1e-5
"""At which crowd-kit ends; so do we where we are compared with it."""


@dataclass(frozen=True)
class Settled:
    """Accuracies on the half of a set's gold that did not choose, means over many halvings."""

    name: str
    judged: int
    majority: float
    dawid_skene: float
    chosen: float
    within: float
    """The share of halvings in which the choice is within 0.5 points, or two items, of the better of the two."""
    methods: str

    @property
    def behind(self) -> float:
        """How far the choice is behind the better of the two, on average; negative where it is ahead."""
        return max(self.majority, self.dawid_skene) - self.chosen


def settled(path: Path) -> Settled | None:
    """One set; None where it has no gold."""
    (labeled,) = read_labels(path, None, "nominal", Findings())
    votes, known = labeled.votes, labeled.known
    gold = np.flatnonzero(known != UNKNOWN)
    if not gold.size:
        return None
    plain = majority(votes), dawid_skene(votes, smoothing=0, still=STILL)
    rows, methods = [], set()
    for seed in range(SPLITS):
        drawn = np.random.default_rng(seed).permutation(gold)
        teaching, judging = np.split(drawn, [gold.size // 2])
        half = np.full(len(known), UNKNOWN)
        half[teaching] = known[teaching]
        choice = choose(votes, half)
        methods.add(choice.method)
        rows.append([_accuracy(one, known, judging) for one in (*plain, choice.truth)])
    figures = np.array(rows)
    limit = max(WITHIN, 2 / (gold.size - gold.size // 2)) + 1e-9
    within = float((figures[:, 2] >= figures[:, :2].max(axis=1) - limit).mean())
    ours = [float(mean) for mean in figures.mean(axis=0)]
    half_size = gold.size - gold.size // 2
    return Settled(path.stem, half_size, ours[0], ours[1], ours[2], within, ", ".join(sorted(methods)))


def _accuracy(truth: Truth, known: Places, judging: Places) -> float:
    return float((truth.best() == known)[judging].mean())


def million() -> tuple[Coded, Places]:
    """A million labels, and the truth."""
    random = np.random.default_rng(1)
    item = np.repeat(np.arange(ITEMS), OVERLAP)
    start = random.integers(PEOPLE, size=ITEMS)
    step = 1 + 2 * random.integers(PEOPLE // 20, size=ITEMS)
    annotator = ((start[:, None] + step[:, None] * np.arange(OVERLAP)) % PEOPLE).ravel()
    truth = random.integers(LABELS, size=ITEMS)
    skill = random.beta(6, 4, PEOPLE)
    label = np.where(
        random.random(item.size) < skill[annotator], truth[item], random.integers(LABELS, size=item.size)
    )
    names = (
        [str(at) for at in range(ITEMS)],
        [str(at) for at in range(PEOPLE)],
        [str(at) for at in range(LABELS)],
    )
    return Coded(*names, item, annotator, label), truth


@dataclass(frozen=True)
class Timed:
    """What something took, in seconds of the processor (others may use it too), and what it came to."""

    name: str
    seconds: float
    figure: float


def speeds() -> Iterator[Timed]:
    """Ours and, where they can be imported, the peers', one after the other on the same labels; the best of three."""
    votes, truth = million()

    def right(best: Any) -> float:  # noqa: ANN401 - a peer's own
        return float((np.asarray(best) == truth).mean())

    scales: tuple[Scale, ...] = ("nominal", "ordinal", "interval")
    for scale in scales:
        yield _best(f"alpha, {scale}", partial(_alpha, votes, scale))
        if krippendorff := _peer("krippendorff"):
            yield _best(f"alpha, {scale}: krippendorff", partial(_theirs, krippendorff, votes, scale))
    yield _best("Dawid-Skene, 20 rounds", lambda: right(dawid_skene(votes, rounds=20, still=0).best()))
    yield _best("Dawid-Skene until still", lambda: right(dawid_skene(votes, still=STILL).best()))
    if crowdkit := _peer("crowdkit.aggregation"):
        frame = import_module("pandas").DataFrame(
            {"task": votes.item, "worker": votes.annotator, "label": votes.label}
        )
        for name, rounds, tol in (("20 rounds", 20, -1.0), ("until still", 100, STILL)):
            model = crowdkit.DawidSkene(n_iter=rounds, tol=tol)
            yield _best(f"Dawid-Skene, {name}: crowd-kit", partial(_crowd_kit, model, frame, truth), times=1)
    yield _best("blend", lambda: right(blend(votes).best()), times=1)
    yield _one_more(votes)


def _one_more(votes: Coded) -> Timed:
    """The slowest of 200 votes more in a project of 100,000 tasks."""
    standing = Standing.of(votes, blend(votes))
    took, moved = [], 0.0
    for at in range(200):
        item = votes.items[at * 97]
        before = standing.posterior(item)
        start = time.process_time()
        after = standing.vote(item, "199", str(at % LABELS))
        took.append(time.process_time() - start)
        moved = max(moved, float(np.abs(after - before).max()))
    return Timed("one vote more, the slowest of 200", max(took), moved)


def _alpha(votes: Coded, scale: Scale) -> float:
    return alpha_of(votes, scale) or 0.0


def _crowd_kit(model: Any, frame: Any, truth: Places) -> float:  # noqa: ANN401 - a peer's own
    return float((np.asarray(model.fit_predict(frame).sort_index()) == truth).mean())


def _theirs(krippendorff: Any, votes: Coded, scale: str) -> float:  # noqa: ANN401 - a module
    """From the same three arrays: counts are made of them, which is its fast way."""
    counts = votes.counts()
    domain = np.arange(len(votes.labels))
    return float(krippendorff.alpha(value_counts=counts, value_domain=domain, level_of_measurement=scale))


def _best(name: str, work: Callable[[], float], times: int = 3) -> Timed:
    took, figure = [], 0.0
    for _ in range(times):
        start = time.process_time()
        figure = work()
        took.append(time.process_time() - start)
    return Timed(name, min(took), figure)


def _peer(name: str) -> Any:  # noqa: ANN401 - a module, or none
    try:
        return import_module(name)
    except ImportError:
        return None
