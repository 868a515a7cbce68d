"""A run of screens over shards: the same verdicts however the records come, by the rule as it is written."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.measuring.planted import Writer, jaccard
from pipeline.context import Context, run_stage
from pipeline.engine import engine_of
from pipeline.engine.local import LocalEngine
from pipeline.screening._comparing import Alike, cut, repeats
from pipeline.screening._meeting import CROWD, FIRST, NEAR, _met
from pipeline.stages.screen import screen
from schemas.project import Engine
from schemas.records import Record
from tests.pipeline.screening.shards import context, files, fill, record, verdicts

BOTH = {"exact_duplicates": "reject", "near_duplicates": "reject"}


def texts(count: int, seed: int = 5) -> list[str]:
    """Texts of which every third repeats an earlier one, nearly or wholly; also copies of copies."""
    writer, dice = Writer(seed), Random(seed)
    made: list[str] = []
    for place in range(count):
        if place < 3 or place % 3:
            made.append(writer.text())
        elif place % 2:
            made.append(writer.restyled(dice.choice(made)))
        else:
            made.append(writer.reworded(dice.choice(made), 0.02 if place % 4 else 0.05))
    return made


RECORDS = list({one.id: one for one in map(record, texts(240))}.values())


def screened(folder: Path, records: Sequence[Record], size: int, **engine: Any) -> Context:
    ctx = context(folder, BOTH, **engine)
    fill(ctx, records, size)
    run_stage(ctx, "screen", screen)
    return ctx


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, ...]]:
    """The verdicts in one process on one shard."""
    return said(screened(tmp_path_factory.mktemp("one"), RECORDS, 1000, workers=1))


def said(ctx: Context) -> list[tuple[Any, ...]]:
    """Verdicts with their evidence, and what is in the store because of them."""
    rejects = {
        row["subject"]: row for row in ctx.store.rows("SELECT subject, reason, detail, evidence FROM rejects")
    }
    admitted = [row["record_id"] for row in ctx.store.rows("SELECT record_id FROM records")]
    told = [(*one, rejects.get(one[0])) for one in verdicts(ctx)]
    assert sorted(admitted) == sorted(one[0] for one in told if one[1] != "reject")
    return told


def test_the_records_hold_all_kinds_of_repeats(expected: list[tuple[Any, ...]]) -> None:
    screens = [one[2] for one in expected]
    assert screens.count("exact_duplicates") > 20
    assert screens.count("near_duplicates") > 10
    assert screens.count(None) > 150


@pytest.mark.parametrize("size", [1, 7, 100])
def test_verdicts_are_the_same_in_any_number_of_shards(
    size: int, expected: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    assert said(screened(tmp_path, RECORDS[: 40 if size == 1 else None], size, workers=1)) == (
        expected[:40] if size == 1 else expected
    )


def test_verdicts_are_the_same_in_many_processes(expected: list[tuple[Any, ...]], tmp_path: Path) -> None:
    assert said(screened(tmp_path, RECORDS, 50, workers=2)) == expected


@pytest.mark.proof
def test_verdicts_are_the_same_on_ray(expected: list[tuple[Any, ...]], tmp_path: Path) -> None:
    pytest.importorskip("ray")
    ctx = screened(tmp_path, RECORDS, 80, kind="ray", workers=2)
    assert type(ctx.engine) is type(engine_of(Engine(kind="ray")))
    assert said(ctx) == expected


def test_the_corpus_may_lie_in_object_storage(expected: list[tuple[Any, ...]], tmp_path: Path) -> None:
    ctx = screened(tmp_path, RECORDS, 100, workers=1, corpus="memory://headrace-corpus")
    assert said(ctx) == expected
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [pytest.param(13, marks=pytest.mark.proof), 60])
def test_verdicts_are_the_same_when_records_come_one_after_another(
    size: int, expected: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    ctx = context(tmp_path, BOTH, workers=1)
    for number, start in enumerate(range(0, len(RECORDS), size)):
        fill(ctx, RECORDS[start : start + size], size // 2, run=f"run{number:03}")
        assert run_stage(ctx, "screen", screen).done == len(RECORDS[start : start + size])
    assert said(ctx) == expected


def test_the_rule_is_kept_by_the_letter(expected: list[tuple[Any, ...]]) -> None:
    """One after another, each against all that were kept before, by the definition and without any bucket."""
    plain = [" ".join(one.text.lower().replace(".", "").split()) for one in RECORDS]
    kept: list[int] = []
    for n, text in enumerate(plain):
        like = [k for k in kept if text == plain[k] or jaccard(text, plain[k]) >= 0.7]
        if not like:
            kept.append(n)
        assert (expected[n][1] == "reject") == bool(like), n
        if like:
            assert f'"kept": "{RECORDS[like[0]].id}"' in expected[n][4]["evidence"]


@pytest.mark.parametrize("lost", [False, True])
def test_what_was_let_in_before_a_screen_was_asked_for_counts_too(lost: bool, tmp_path: Path) -> None:  # noqa: FBT001 - both are tried
    ctx = context(tmp_path, {"exact_duplicates": "reject"}, workers=1)
    fill(ctx, [*RECORDS[:60], record(f"{RECORDS[4].text} ")], 20)
    run_stage(ctx, "screen", screen)
    before = ctx.store.count("records")
    if lost:  # such as by a backup that holds the store alone
        shutil.rmtree(tmp_path / "corpus")
    later = replace(ctx, project=context(tmp_path, BOTH, workers=1).project)
    ids = fill(later, [record(f" {RECORDS[4].text}"), record(f"{RECORDS[4].text} again")], run="b")
    assert run_stage(later, "screen", screen).rejected == {"exact duplicate": 1, "near duplicate": 1}
    found = {one[0]: one[4] for one in said(later)}
    assert all(f'"kept": "{RECORDS[4].id}"' in found[one]["evidence"] for one in ids)
    assert later.store.count("records") == before


class Cut(LocalEngine):
    """Breaks off after some jobs, and counts those it did."""

    def __init__(self, after: int) -> None:
        super().__init__(1)
        self._after, self.done = after, list[str]()

    def run(self, work: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[tuple[Any, Any]]:
        for job in jobs:
            if len(self.done) == self._after:
                raise KeyboardInterrupt
            yield job, work(job)
            self.done.append(type(job).__name__)


@pytest.mark.parametrize(("after", "left"), [(3, 2), (6, 0)])
def test_a_run_that_was_cut_off_goes_on_where_it_was(
    after: int, left: int, expected: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    ctx = context(tmp_path, BOTH, workers=1)
    fill(ctx, RECORDS, 50)
    ctx.__dict__["engine"] = Cut(after)
    with pytest.raises(KeyboardInterrupt):
        run_stage(ctx, "screen", screen)
    assert ctx.store.count("screened") == 0
    ctx.__dict__["engine"] = again = Cut(1000)
    run_stage(ctx, "screen", screen)
    assert again.done.count("Look") == left
    assert said(ctx) == expected


def test_nothing_of_a_run_is_left_but_sketches(tmp_path: Path) -> None:
    ctx = screened(tmp_path, RECORDS[:50], 30, workers=1)
    assert sorted(files(ctx.corpus)) == [
        f"sketches/{name}-1/s/a-0000{n}.parquet"
        for name in ("exact_duplicates", "near_duplicates")
        for n in (0, 1)
    ]


def alike(*pairs: tuple[int, int]) -> Alike:
    return Alike(
        np.array([later << 32 | earlier for earlier, later in pairs], np.uint64), np.full(len(pairs), 0.8)
    )


def found(*tables: Alike, rejects: Sequence[bool]) -> list[tuple[int, int, int]]:
    return [(one.screen, one.place, one.kept) for one in repeats(tables, rejects)]


def test_a_chain_of_small_steps_keeps_both_its_ends() -> None:
    chain = alike((1, 2), (0, 1))
    assert found(chain, rejects=[True]) == [(0, 1, 0)]
    assert found(chain, rejects=[False]) == [(0, 1, 0), (0, 2, 1)]


def test_of_several_that_are_alike_the_earliest_that_is_kept_is_named() -> None:
    assert found(alike((1, 2), (0, 2), (0, 3), (2, 3)), rejects=[True]) == [(0, 2, 0), (0, 3, 0)]


def test_nothing_is_a_repeat_of_what_another_screen_rejected() -> None:
    exact, near = alike((1, 2)), alike((0, 1), (0, 2), (1, 2))
    assert found(exact, near, rejects=[True, True]) == [(1, 1, 0), (1, 2, 0)]
    assert found(exact, near, rejects=[False, True]) == [(1, 1, 0), (1, 2, 0)]
    assert found(exact, near, rejects=[True, False]) == [(1, 1, 0), (0, 2, 1)]


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.integers(0, 40))
@settings(deadline=None, max_examples=20)
def test_all_that_share_a_bucket_meet_once_unless_both_are_known(keys: list[int], old: int) -> None:
    order = np.argsort(np.array(keys), kind="stable")
    met = np.concatenate([np.zeros(0, np.uint64), *_met(order, np.array(keys, np.uint64)[order], old)])
    pairs = [(int(one) & 0xFFFFFFFF, int(one) >> 32) for one in met]
    every = {(a, b) for b in range(len(keys)) for a in range(b) if keys[a] == keys[b] and b >= old}
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == every


def test_in_a_crowd_each_meets_the_first_and_those_before_it() -> None:
    count = 5000
    met = np.concatenate(list(_met(np.arange(count), np.zeros(count, np.uint64), 0)))
    assert len(met) == len(set(met.tolist())) <= count * (NEAR + FIRST)
    pairs = {(int(one) & 0xFFFFFFFF, int(one) >> 32) for one in met}
    assert {later for earlier, later in pairs if earlier == 0} == set(range(1, count))
    assert {earlier for earlier, later in pairs if later == 4000} == {
        *range(FIRST),
        *range(4000 - NEAR, 4000),
    }


@pytest.mark.parametrize("count", [CROWD, CROWD + 1])
def test_up_to_a_crowd_all_meet(count: int) -> None:
    met = np.concatenate(list(_met(np.arange(count), np.zeros(count, np.uint64), 0)))
    assert (len(met) == count * (count - 1) / 2) == (count == CROWD)


def test_work_is_cut_by_its_weight() -> None:
    weights = np.array([3, 3, 3, 20, 1, 1])
    assert [(one.start, one.stop) for one in cut(weights, 6)] == [(0, 2), (2, 3), (3, 4), (4, 6)]
    assert list(cut(weights[:0], 6)) == []
