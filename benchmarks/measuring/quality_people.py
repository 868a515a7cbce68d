"""How well planted people, drift, bad gold and unclear clauses are found, over many worlds."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.measuring.planted_people import KINDS, Shape, World, area, world
from pipeline.quality.agreement import agreement_of, verdict
from pipeline.quality.ambiguity import differences
from pipeline.quality.careless import careless, insight
from pipeline.quality.coded import Coded, Floats, Places
from pipeline.quality.copied_model import copies_model, matching, with_model
from pipeline.quality.copying import copies_earlier, pairs, with_first
from pipeline.quality.dawid_skene import pooled
from pipeline.quality.gold_faults import gold_faults
from pipeline.quality.sequential import BAD, DROPPED, GOOD, STEADY, drifts, sequential_test

RUNS = 5000


@dataclass(frozen=True)
class Figure:
    """One figure, with what it should be at most or at least."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is within what it should be."""
        return (self.least is None or self.value >= self.least) and (
            self.most is None or self.value <= self.most
        )


def planted(seeds: int) -> Iterator[Figure]:
    """Two of 15 people with 100 labels each, of each kind."""
    for kind in KINDS:
        areas, honest, found = [], [], []
        for seed in range(seeds):
            made = world(kind, seed)
            areas.append(area(_score(made, kind), made.planted))
            flagged = _flagged(made)
            names = {name for name, bad in zip(made.votes.annotators, made.planted, strict=True) if bad}
            honest.append(len(flagged - names))
            found.append(len(flagged & names) / len(names))
        yield Figure(f"{kind}: AUC, mean", float(np.mean(areas)), least=0.95)
        yield Figure(f"{kind}: AUC, worst world", min(areas))
        yield Figure(f"{kind}: flagged of the planted", float(np.mean(found)))
        yield Figure(f"{kind}: honest flagged of 13, mean", float(np.mean(honest)), most=1)
        yield Figure(
            f"{kind}: worlds with at most 1 honest flagged", float(np.mean([n <= 1 for n in honest]))
        )


def _score(made: World, kind: str) -> Floats:
    people = pooled(made.votes).models[0]
    if kind == "copier":
        return with_first(made.votes, people, made.turn).surprise()
    if kind == "model user":
        return matching(with_model(made.votes, people, made.model))
    return -insight(made.votes, people).value


def _flagged(made: World) -> set[str]:
    people = pooled(made.votes).models[0]
    signs = careless(made.votes, people) + copies_earlier(made.votes, people, made.turn)
    signs += pairs(made.votes, people, made.turn) + copies_model(made.votes, people, made.model)
    return {sign.annotator for sign in signs}


def sequential() -> Iterator[Figure]:
    """The test on gold, and drift."""
    random = np.random.default_rng(1)
    for accuracy in (0.95, GOOD, 0.75, BAD, 0.5):
        ends = [sequential_test(row.tolist()) for row in random.random((RUNS, 600)) < accuracy]
        failed = float(np.mean([end.state == "failed" for end in ends]))
        missed = float(np.mean([end.state != "failed" for end in ends]))
        if accuracy >= GOOD:
            yield Figure(f"test on gold at {accuracy}: failed", failed, most=0.05)
        else:
            yield Figure(
                f"test on gold at {accuracy}: missed", missed, most=0.05 if accuracy <= BAD else None
            )
        mean = float(np.mean([end.n for end in ends]))
        yield Figure(
            f"test on gold at {accuracy}: gold needed, mean",
            mean,
            most=25 if accuracy in (GOOD, BAD) else None,
        )
    delays = []
    for _ in range(RUNS):
        answers = np.concatenate([random.random(100) < STEADY, random.random(400) < DROPPED])
        delays.append(next(one.after for one in drifts(answers.tolist()) if one.after > 100) - 100)
    yield Figure("drift 0.90 to 0.70: gold until noticed, P90", float(np.percentile(delays, 90)), most=45)
    alarms = [len(drifts((random.random(700) < STEADY).tolist())) for _ in range(RUNS)]
    yield Figure("drift: false alarms in 700 gold at 0.90, mean", float(np.mean(alarms)), most=1)


def bad_gold(seeds: int) -> Iterator[Figure]:
    """5 in 100 of the gold wrong: how much is listed, and who fails because of it."""
    for overlap in (3, 5, 8):
        listed = wrong = shown = 0
        failed = {"as it is": 0, "with the doubted set aside": 0, "if it were right": 0}
        for seed in range(seeds):
            made = world("", seed, Shape(labels=100, overlap=overlap, skill=(0.86, 0.96), hard=0.05))
            random = np.random.default_rng(seed)
            bad = random.random(made.truth.size) < 0.05
            gold = np.where(bad, (made.truth + random.integers(1, 4, made.truth.size)) % 4, made.truth)
            faults = gold_faults(made.votes, gold)
            names = {made.votes.items[at] for at in np.flatnonzero(bad)}
            listed += len({fault.item for fault in faults} & names)
            shown += len(faults)
            wrong += len(names)
            aside = {fault.item for fault in faults if fault.set_aside}
            left = np.array([name not in aside for name in made.votes.items])
            for how, answers, kept in (
                ("as it is", gold, np.ones_like(left)),
                ("with the doubted set aside", gold, left),
                ("if it were right", made.truth, np.ones_like(left)),
            ):
                failed[how] += _failing(made.votes, answers, kept)
        yield Figure(f"bad gold, {overlap} answers an item: listed", listed / wrong, least=0.9)
        yield Figure(f"bad gold, {overlap} answers an item: of those listed, bad", listed / shown)
        for how, count in failed.items():
            yield Figure(f"bad gold, {overlap} answers an item: people failing, {how}", count / (15 * seeds))


def _failing(votes: Coded, gold: Places, kept: Places) -> int:
    right = votes.label == gold[votes.item]
    chosen = kept[votes.item].astype(bool)
    own = (right[chosen & (votes.annotator == at)].tolist() for at in range(len(votes.annotators)))
    return sum(sequential_test(one).state == "failed" for one in own)


def skewed(seeds: int) -> Iterator[Figure]:
    """97 of 100 items of one label, people right 92 times in 100: no verdict that they are bad."""
    wrong = flagged = 0
    for seed in range(seeds):
        random = np.random.default_rng(seed)
        truth = (random.random(500) < 0.03).astype(int)
        item = np.repeat(np.arange(500), 3)
        annotator = np.concatenate([random.choice(15, 3, replace=False) for _ in range(500)])
        label = np.where(random.random(item.size) < 0.92, truth[item], 1 - truth[item])
        votes = Coded(
            [str(at) for at in range(500)],
            [str(at) for at in range(15)],
            ["ok", "bad"],
            item,
            annotator,
            label,
        )
        wrong += verdict(agreement_of(votes, "nominal")) == "weak"
        flagged += len(careless(votes, pooled(votes).models[0]))
    yield Figure("97/3: sets called weak", wrong / seeds, most=0)
    yield Figure("97/3: people flagged as careless, of 15", flagged / seeds, most=1)


def unclear(seeds: int) -> Iterator[Figure]:
    """An unclear clause, one bad person, or neither."""
    for what, name in (("clause", "clause 0"), ("person", "person 0"), ("nothing", "")):
        right = 0
        for seed in range(seeds):
            found = _named(seed, what)
            right += (found[0] == (what, name)) if name and found else (not name and not found)
        title = "neither: nothing named" if not name else f"{what}: told apart"
        yield Figure(f"unclear {title}", right / seeds, least=0.9)


def _named(seed: int, what: str) -> list[tuple[str, str]]:
    random = np.random.default_rng(seed)
    truth, clause = random.integers(4, size=400), random.integers(8, size=400)
    item = np.repeat(np.arange(400), 3)
    weights = np.ones((400, 12))
    weights[:, 0] = np.where(clause == 0, 4, 0.5)  # the person works mostly on that very clause
    annotator = np.concatenate([random.choice(12, 3, replace=False, p=one / one.sum()) for one in weights])
    skill = random.uniform(0.85, 0.95, 12)[annotator]
    if what == "person":
        skill[annotator == 0] = 0.5
    if what == "clause":
        skill[clause[item] == 0] = 0.6
    other = (truth[item] + random.integers(1, 4, item.size)) % 4
    label = np.where(random.random(item.size) < skill, truth[item], other)
    names = [str(at) for at in range(400)], [f"person {at}" for at in range(12)], list("abcd")
    found = differences(Coded(*names, item, annotator, label), clause, [f"clause {at}" for at in range(8)])
    return [(one.cause, one.name) for one in found if one.named]
