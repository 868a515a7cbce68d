"""Six people at a real door who press the button at the same moment; each vote is given once, and none is lost."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import Any, TypeAlias

import pytest

from pipeline.label_studio.server import Server
from tasks import task_types
from tests.pipeline.door.whole import Clock, Somebody, Whole

pytestmark = pytest.mark.live

SIX = ("ann", "bob", "cho", "dia", "eve", "fay")
PAIR = task_types()["preference_pair"]
NUMBER = re.compile(r"It is (\d+)\.")
PARTED = re.compile(r"\b([123])/(\d+)\b")
Task: TypeAlias = dict[str, Any]
VOTES = """
SELECT any_value(r.payload ->> '$.topic') AS topic, count(*) AS votes, count(DISTINCT v.annotator) AS people,
    bool_and((v.payload ->> '$.preference')::INT = CASE
        WHEN regexp_extract(t.payload ->> '$.answer_a', '[0-9]+')::INT
            < regexp_extract(t.payload ->> '$.answer_b', '[0-9]+')::INT THEN 2 ELSE -2 END) AS is_right
FROM tasks t JOIN record_tasks USING (task_id) JOIN records r USING (record_id)
JOIN votes v ON v.task_id = t.task_id GROUP BY t.task_id
"""
"""Of each task: whether all who voted found the larger number better."""


@dataclass(frozen=True)
class Size:
    """How much there is to do."""

    rounds: int

    @property
    def each(self) -> int:
        """Tasks that want one, two, and three votes: together as many votes as are asked for in all rounds."""
        return self.rounds * len(SIX) // (1 + 2 + 3)


FEW, FULL = Size(3), Size(200)


def records(size: Size) -> list[dict[str, Any]]:
    """Pairs that want one, two or three votes, as their topic says."""
    return [
        {
            "prompt": f"Which number is it? {votes}/{place}",
            "domain": "reasoning",
            "topic": f"votes {votes}",
            "language": "en",
            "candidates": [{"text": f"It is {place}."}, {"text": f"It is {place + 1}."}],
        }
        for place in range(size.each)
        for votes in (1, 2, 3)
    ]


def project() -> str:
    """A project of pairs."""
    lines = ['name = "at-once"', 'sources = [{ reader = "jsonl", path = "records.jsonl" }]']
    for votes in (1, 2, 3):
        lines += [
            "[[tasks]]",
            'type = "preference_pair"',
            f"where = \"topic = 'votes {votes}'\"",
            f"overlap = {votes}",
        ]
        lines += ["minutes = 2  # a quarter of an hour in hand"]
    return "\n".join([*lines, "[label_studio]", "buffer_tasks = 100000"])


ALL = [
    pytest.param(("label_studio_server", FULL), id="sqlite", marks=pytest.mark.proof),
    pytest.param(("label_studio_on_postgres", FULL), id="postgres", marks=pytest.mark.proof),
]
SAMPLE = pytest.param(("label_studio_server", FEW), id="few")


@pytest.fixture
def there(request: pytest.FixtureRequest) -> tuple[Server, Size]:
    name, size = request.param
    return request.getfixturevalue(name), size


@pytest.fixture
def whole(tmp_path: Path, there: tuple[Server, Size]) -> Iterator[Whole]:
    server, size = there
    made = Whole(tmp_path, server, records(size), project(), SIX)
    try:
        assert made.fill() == 3 * size.each
        yield made
    finally:
        made.close()


@contextmanager
def six(whole: Whole) -> Iterator[tuple[list[Somebody], ThreadPoolExecutor]]:
    """Everybody at the door, with a thread each."""
    people = whole.all_come_in()
    with ThreadPoolExecutor(len(people)) as threads:
        yield people, threads


def all_press(threads: ThreadPoolExecutor, people: Sequence[Somebody]) -> list[Task | None]:
    """What each gets who presses at the same moment."""
    gate = Barrier(len(people))

    def press(one: Somebody) -> Task | None:
        gate.wait()
        return one.next()

    return list(threads.map(press, people))


def answer(one: Somebody, task: Task) -> None:
    """Answer by what is shown: the larger number is better, on whichever side it stands."""
    left, right = (int(NUMBER.findall(task["data"][side])[0]) for side in ("answer_a", "answer_b"))
    one.submit(task, PAIR.result(PAIR.label(preference=2 if left < right else -2)))


def known_as(task: Task) -> tuple[int, int]:
    """The votes that a task wants, and its place among those: what is the same for everybody who sees it."""
    found = PARTED.search(str(task["data"]))
    assert found is not None
    return int(found[1]), int(found[2])


def done_exactly(whole: Whole, size: Size) -> None:
    """That each task has the votes that it wants, of as many people, here, there and in the ledger."""
    wanted = size.rounds * len(SIX)
    assert whole.run("sync")["done"] == wanted
    assert whole.run("check")["done"] == wanted
    rows = whole.rows(VOTES)
    assert Counter((row["topic"], row["votes"], row["people"], row["is_right"]) for row in rows) == Counter(
        {(f"votes {votes}", votes, votes, True): size.each for votes in (1, 2, 3)}
    )
    slots = whole.ledger("SELECT uid, slot FROM leases WHERE ending = 'submitted'")
    assert len({(row["uid"], row["slot"]) for row in slots}) == len(slots) == wanted
    assert whole.ledger("SELECT * FROM leases WHERE ended_at IS NULL") == []


@pytest.mark.parametrize("there", ALL, indirect=True)
def test_six_press_at_the_same_moment(whole: Whole, there: tuple[Server, Size]) -> None:
    _, size = there
    whole.open()
    handed: Counter[tuple[int, int]] = Counter()
    with six(whole) as (people, threads):
        rounds = 0
        while any(got := all_press(threads, people)):
            at_work = [(one, task) for one, task in zip(people, got, strict=True) if task]
            handed.update(known_as(task) for _, task in at_work)
            list(threads.map(lambda each: answer(*each), at_work))
            rounds += 1
    assert {votes: {n for (v, _), n in handed.items() if v == votes} for votes in (1, 2, 3)} == {
        1: {1},
        2: {2},
        3: {3},
    }
    assert len(handed) == 3 * size.each
    assert rounds >= size.rounds
    done_exactly(whole, size)


@pytest.mark.parametrize("there", ALL, indirect=True)
def test_what_people_drop_in_mid_task_comes_back(whole: Whole, there: tuple[Server, Size]) -> None:
    _, size = there
    clock, away, turn, dropped = Clock(), dict[str, int](), count(), list[int]()
    with whole.opened_here(clock), six(whole) as (people, threads):
        idle = 0
        while idle < 2:
            here = [one for one in people if away.get(one.name, 0) == 0]
            away = {name: left - 1 for name, left in away.items() if left}
            got = all_press(threads, here) if here else []
            idle = 0 if any(got) or away else idle + 1
            at_work = []
            for one, task in zip(here, got, strict=True):
                if task and next(turn) % 7 == 3:  # gone in the middle of it: for a while, or until it ran out
                    dropped.append(1 if len(dropped) % 2 else 4)
                    away[one.name] = dropped[-1]
                elif task:
                    at_work.append((one, task))
            list(threads.map(lambda each: answer(*each), at_work))
            clock.ahead += timedelta(minutes=6)
    assert {*dropped} == {1, 4}
    ran_out = whole.ledger("SELECT * FROM leases WHERE ending = 'expired'")
    assert 0 < len(ran_out) <= len(dropped)
    done_exactly(whole, size)
