"""The core against Erlang's formula: people around the clock, one vote a task, tasks and times at random."""

import math

import numpy as np
import pytest

from pipeline.simulation.core import simulate
from pipeline.simulation.model import CellModel, Job, Model, Service, Worker

TIMES = Service(1.0, sampler=lambda source, size: source.exponential(1.0, size).tolist())


def mean_wait(people: int, load: float, tasks: int, seed: int) -> float:
    """In service times, over one run from empty."""
    source = np.random.default_rng([seed, people, round(100 * load)])
    arrivals = np.cumsum(source.exponential(1 / (people * load), tasks))
    jobs = [Job(moment, 0, "ready") for moment in arrivals.tolist()]
    workers = [Worker(f"p{place}") for place in range(people)]
    model = Model([CellModel(TIMES, first=1, most=1)], workers, jobs, 0.0, math.inf)
    return float((np.array(simulate(model, source).settled) - arrivals).mean()) - 1.0


def erlang_wait(people: int, load: float) -> float:
    """In service times: Erlang C."""
    offered = people * load
    waiting = offered**people / math.factorial(people) / (1 - load)
    others = sum(offered**busy / math.factorial(busy) for busy in range(people))
    return waiting / (waiting + others) / (people * (1 - load))


@pytest.mark.parametrize(("people", "load"), [(1, 0.6), (3, 0.7), (8, 0.8)])
def test_waiting_time_is_erlangs_within_four_standard_errors(people: int, load: float) -> None:
    waits = np.array([mean_wait(people, load, 9000, seed) for seed in range(10)])
    error = waits.std(ddof=1) / math.sqrt(len(waits))
    assert abs(waits.mean() - erlang_wait(people, load)) <= 4 * error
    assert error <= 0.1 * erlang_wait(people, load)


@pytest.mark.proof
@pytest.mark.parametrize(("people", "load"), [(1, 0.8), (3, 0.7), (3, 0.9), (8, 0.9)])
def test_waiting_time_is_erlangs_within_five_percent(people: int, load: float) -> None:
    waits = np.array([mean_wait(people, load, 60_000, seed) for seed in range(20)])
    expected = erlang_wait(people, load)
    error = waits.std(ddof=1) / math.sqrt(len(waits))
    found = f"{waits.mean():.3f} (standard error {error:.3f})"
    print(f"M/M/{people} at {load}: waiting {found}, Erlang C {expected:.3f}")  # noqa: T201 - the record
    assert waits.mean() == pytest.approx(expected, rel=0.05)
