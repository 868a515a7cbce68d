"""Alpha by any distance: the same as where the distance is a formula, and parts of a task go together."""

import numpy as np
import pytest

from pipeline.quality.agreement import agreement_of
from pipeline.quality.by_distance import FEW, Far, Said, Sums, mean_interval
from pipeline.quality.coded import Coded, Floats


def _table(seed: int, *, items: int = 80, labels: int = 4, most: int = 4, right: float = 0.7) -> Coded:
    """Votes of which most are right, two or more on each item."""
    random = np.random.default_rng(seed)
    truth = random.integers(labels, size=items)
    rows = []
    for item in range(items):
        for person in range(int(random.integers(2, most + 1))):
            label = truth[item] if random.random() < right else random.integers(labels)
            rows.append((f"i{item:03}", f"p{person}", str(label)))
    return Coded.of(rows, labels=map(str, range(labels)))


def _sums(votes: Coded, apart: Floats) -> Sums:
    said = Said(votes.item, votes.item, votes.label, len(votes.labels))
    return Sums(said, len(votes.items), lambda a, b: float(apart[a, b]))


def _all(sums: Sums) -> Far:
    return sums.of(np.ones(len(sums.votes), dtype=bool))


@pytest.mark.parametrize("seed", range(20))
def test_equal_or_not_gives_what_the_nominal_formula_gives(seed: int) -> None:
    votes = _table(seed)
    found, known = _all(_sums(votes, 1 - np.eye(4))), agreement_of(votes, "nominal")
    assert found.alpha == pytest.approx(known.alpha, abs=1e-12)
    assert found.ac1 == pytest.approx(known.ac1, abs=1e-12)
    assert found.raw == pytest.approx(known.raw, abs=1e-12)
    assert found.ac1_interval is not None
    assert found.ac1 is not None
    assert found.ac1_interval[0] < found.ac1 < found.ac1_interval[1]
    assert found.tasks == known.doubly_labeled
    assert found.interval == pytest.approx(known.alpha_interval, abs=0.04)  # other items were drawn


def test_the_interval_of_ac1_holds_it_as_often_as_it_says() -> None:
    """Of forty samples of a large set, where one label makes nine of ten."""
    held = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        truth = np.repeat(random.random(150) < 0.1, 2)
        label = (truth ^ (random.random(300) < 0.08)).astype(np.intp)
        item = np.repeat(np.arange(150), 2)
        found = _all(Sums(Said(item, item, label, 2), 150, lambda a, b: float(a != b)))
        assert found.ac1_interval is not None
        held += found.ac1_interval[0] <= 0.7972 <= found.ac1_interval[1]
    assert held >= 35


def test_squares_give_what_the_formula_for_numbers_gives() -> None:
    votes = _table(3, labels=7)
    places = np.arange(7)
    found = _all(_sums(votes, ((places[:, None] - places) / 6.0) ** 2))
    assert found.alpha == pytest.approx(agreement_of(votes, "interval").alpha, abs=1e-12)


def test_of_many_labels_chance_is_told_by_a_sample() -> None:
    votes = _table(5, items=1500, labels=FEW + 40, right=0.6)
    found = _all(_sums(votes, 1 - np.eye(FEW + 40)))
    known = agreement_of(votes, "nominal")
    assert found.alpha == pytest.approx(known.alpha, abs=0.02)
    assert found.interval == pytest.approx(known.alpha_interval, abs=0.02)
    assert found.ac1 is None


def test_any_of_the_tasks_can_be_asked_for() -> None:
    votes = _table(7)
    kept = np.arange(len(votes.items)) % 2 == 0
    some = votes.only(kept[votes.item])
    found, known = _sums(votes, 1 - np.eye(4)).of(kept), agreement_of(some, "nominal")
    assert found.alpha == pytest.approx(known.alpha, abs=1e-12)
    assert found.given.tolist() == np.bincount(some.label, minlength=4).tolist()


def test_parts_of_one_task_are_drawn_together() -> None:
    """Ten parts that say the same ten times are no more certain than one."""
    votes = _table(11, items=60)
    once = _all(_sums(votes, 1 - np.eye(4)))
    times = 10
    said = Said(
        np.tile(votes.item, times),
        np.concatenate([votes.item + at * len(votes.items) for at in range(times)]),
        np.tile(votes.label, times),
        4,
    )
    tenfold = _all(Sums(said, len(votes.items), lambda a, b: float(a != b)))
    assert once.interval is not None
    assert tenfold.interval == pytest.approx(once.interval, abs=0.03)
    assert tenfold.tasks == once.tasks


def test_a_known_chance_is_taken_as_it_is() -> None:
    said = Said(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2]), 3)
    found = Sums(said, 2, lambda a, b: abs(a - b) / 2, chance=0.5).of(np.array([True, True]))
    assert found.alpha == pytest.approx(1 - 0.25 / 0.5)


def test_where_nobody_can_differ_nothing_is_said() -> None:
    said = Said(np.array([0, 0, 1]), np.array([0, 0, 1]), np.array([0, 0, 0]), 1)
    sums = Sums(said, 3, lambda a, b: float(a != b))
    found = sums.of(np.ones(3, dtype=bool))
    assert (found.alpha, found.interval, found.raw, found.tasks) == (None, None, 1.0, 1)
    nothing = sums.of(np.array([False, True, True]))
    assert (nothing.alpha, nothing.raw, nothing.tasks) == (None, None, 0)


def test_the_same_votes_in_another_order_give_the_same() -> None:
    votes = _table(13)
    order = np.random.default_rng(0).permutation(votes.n)
    apart = lambda a, b: float(a != b)  # noqa: E731 - a distance
    kept = np.ones(len(votes.items), dtype=bool)
    one = Sums(Said(votes.item, votes.item, votes.label, 4), len(votes.items), apart).of(kept)
    other = Said(votes.item[order], votes.item[order], votes.label[order], 4)
    assert Sums(other, len(votes.items), apart).of(kept).interval == one.interval


def test_the_mean_of_values_lies_within_its_interval() -> None:
    found = mean_interval([0.2, 0.4, 0.6, 0.8] * 10)
    assert found is not None
    assert found[0] < 0.5 < found[1]
    assert mean_interval([0.5]) is None
