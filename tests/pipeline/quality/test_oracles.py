"""Every statistic against an independent implementation, on 200 random tables with missing votes each.

The oracles are large, and one is under the GPL, so they are no part of the development environment: they are used where
they can be imported. Textbook values, which need none, are in the other tests.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from pipeline.quality.agreement import Scale, agreement, alpha_of
from pipeline.quality.beyond_chance import weighted_kappa
from pipeline.quality.bradley_terry import bradley_terry
from pipeline.quality.coded import Coded
from pipeline.quality.concordance import kendall_w
from pipeline.quality.dawid_skene import dawid_skene
from pipeline.quality.intervals import wilson
from pipeline.quality.savings import clopper_pearson
from pipeline.quality.truth import majority
from tests.pipeline.quality.coding import coded, table

TABLES = 200
CLOSE = 1e-6
ROUNDS = 4

pytestmark = pytest.mark.filterwarnings("ignore")


def oracle(name: str) -> Any:
    return pytest.importorskip(name, reason=f"{name}, an oracle, is not installed here", exc_type=ImportError)


def matrix(votes: Coded) -> Any:
    """People by items, with nan where there is no vote; labels as numbers."""
    found = np.full((len(votes.annotators), len(votes.items)), np.nan)
    found[votes.annotator, votes.item] = [float(votes.labels[code]) for code in votes.label]
    return found


@contextmanager
def counting() -> Iterator[list[int]]:
    """Sees to it that most tables could be compared."""
    compared: list[int] = []
    yield compared
    assert len(compared) > TABLES * 0.8


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval"])
def test_alpha_is_that_of_krippendorff(scale: Scale) -> None:
    krippendorff = oracle("krippendorff")
    with counting() as compared:
        for seed in range(TABLES):
            votes = coded(seed)
            ours = alpha_of(votes, scale)
            if ours is None:
                continue
            theirs = krippendorff.alpha(reliability_data=matrix(votes), level_of_measurement=scale)
            assert ours == pytest.approx(theirs, abs=CLOSE)
            compared.append(seed)


def test_ac1_and_raw_agreement_are_those_of_irr_cac() -> None:
    raw, frames = oracle("irrCAC.raw"), oracle("pandas")
    with counting() as compared:
        for seed in range(TABLES):
            rows = table(seed)
            found = agreement(rows, "nominal")
            if found.ac1 is None or len(found.prevalence) < 2:
                continue
            rated = frames.DataFrame(matrix(Coded.of(rows)).T)
            categories = sorted(map(float, found.prevalence))
            theirs = raw.CAC(rated, categories=categories, digits=12).gwet()["est"]
            assert found.ac1 == pytest.approx(theirs["coefficient_value"], abs=CLOSE)
            assert found.raw == pytest.approx(theirs["pa"], abs=CLOSE)
            compared.append(seed)


def frame(votes: Coded, frames: Any) -> Any:
    rows = zip(votes.item, votes.annotator, votes.label, strict=True)
    return frames.DataFrame(list(rows), columns=["task", "worker", "label"])


def test_majority_is_that_of_crowd_kit() -> None:
    aggregation, frames = oracle("crowdkit.aggregation"), oracle("pandas")
    for seed in range(TABLES):
        votes = coded(seed)
        theirs = aggregation.MajorityVote().fit_predict_proba(frame(votes, frames)).sort_index()
        ours = majority(votes).posterior[theirs.index][:, theirs.columns]
        assert np.abs(ours - theirs.to_numpy()).max() < CLOSE


def test_dawid_and_skene_are_those_of_crowd_kit() -> None:
    aggregation, frames = oracle("crowdkit.aggregation"), oracle("pandas")
    for seed in range(TABLES):
        votes = coded(seed)
        model = aggregation.DawidSkene(n_iter=ROUNDS, tol=-1.0)  # all rounds
        theirs = model.fit_predict_proba(frame(votes, frames)).sort_index()
        ours = dawid_skene(votes, smoothing=0, rounds=ROUNDS, still=0)
        assert np.abs(ours.posterior[theirs.index][:, theirs.columns] - theirs.to_numpy()).max() < CLOSE


def test_gold_holds_dawid_and_skene_as_in_crowd_kit() -> None:
    aggregation, frames = oracle("crowdkit.aggregation"), oracle("pandas")
    for seed in range(TABLES):
        votes = coded(seed)
        known = np.full(len(votes.items), -1)
        known[::3] = random.Random(seed).randrange(len(votes.labels))
        gold = frames.Series(known[::3], index=range(0, len(known), 3))
        gold.index.name = "task"
        model = aggregation.DawidSkene(n_iter=ROUNDS, tol=-1.0)
        theirs = model.fit(frame(votes, frames), true_labels=gold).probas_.sort_index()
        ours = dawid_skene(votes, known, smoothing=0, rounds=ROUNDS, still=0)
        assert np.abs(ours.posterior[theirs.index][:, theirs.columns] - theirs.to_numpy()).max() < CLOSE


def test_bradley_and_terry_are_the_logistic_regression_of_statsmodels() -> None:
    models = oracle("statsmodels.api")
    for seed in range(TABLES):
        chance = random.Random(seed)
        things = list("abcdef"[: chance.randint(3, 6)])
        ring = [("judge", one, other) for one, other in zip(things, things[1:] + things[:1], strict=True)]
        drawn = [chance.sample(things, 2) for _ in range(chance.randint(5, 60))]
        listed = ring + [("judge", one, other) for one, other in drawn]
        ours = bradley_terry(listed, drawn=0)
        design = np.zeros((len(listed), len(things)))
        for row, (_, won, lost) in enumerate(listed):
            design[row, things.index(won)], design[row, things.index(lost)] = 1, -1
        both = np.concatenate([design, -design])[
            :, 1:
        ]  # the first thing is what the others are compared with
        outcomes = np.repeat([1.0, 0.0], len(listed))
        fitted = models.GLM(outcomes, both, family=models.families.Binomial()).fit(tol=1e-12)
        scores = np.exp(np.append(0.0, fitted.params))
        theirs = dict(zip(things, scores / scores.sum(), strict=True))
        assert max(abs(ours.scores[one] - theirs[one]) for one in things) < CLOSE


def test_intervals_are_those_of_statsmodels() -> None:
    proportion = oracle("statsmodels.stats.proportion")
    for seed in range(TABLES):
        chance = random.Random(seed)
        of = chance.randint(1, 300)
        right = chance.randint(0, of)
        exact = proportion.proportion_confint(right, of, method="beta")
        assert clopper_pearson(right, of) == pytest.approx(exact, abs=CLOSE)
        theirs = proportion.proportion_confint(
            right, of, alpha=0.0499957902964409, method="wilson"
        )  # of 1.96
        assert wilson(right / of, of) == pytest.approx(theirs, abs=CLOSE)


@pytest.mark.parametrize(("power", "weights"), [(1, "linear"), (2, "quadratic")])
def test_weighted_kappa_is_that_of_scikit_learn(power: int, weights: str) -> None:
    metrics = oracle("sklearn.metrics")
    with counting() as compared:
        for seed in range(TABLES):
            chance = random.Random(seed)
            pairs = [(chance.randint(-3, 3), chance.randint(-3, 3)) for _ in range(chance.randint(2, 60))]
            pairs = [(a, a) if chance.random() < 0.5 else (a, b) for a, b in pairs]
            ours = weighted_kappa(pairs, power)
            if ours is None:
                continue
            theirs = metrics.cohen_kappa_score(
                *zip(*pairs, strict=True), weights=weights, labels=range(-3, 4)
            )
            assert ours == pytest.approx(theirs, abs=CLOSE)
            compared.append(seed)


def test_kendalls_w_is_that_of_friedmans_test() -> None:
    stats = pytest.importorskip("scipy.stats")
    with counting() as compared:
        for seed in range(TABLES):
            chance = random.Random(seed)
            judges, things = chance.randint(3, 9), chance.randint(3, 7)
            rankings = [[chance.randint(1, things) for _ in range(things)] for _ in range(judges)]
            ours = kendall_w([{str(at): place for at, place in enumerate(one)} for one in rankings])
            if ours is None:
                continue
            chi = stats.friedmanchisquare(*zip(*rankings, strict=True)).statistic
            assert ours == pytest.approx(chi / (judges * (things - 1)), abs=CLOSE)
            compared.append(seed)
