"""What every engine keeps to: on the processes of this machine, and on Ray."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.engine import Engine, engine_of
from pipeline.engine.base import TRIES
from schemas import project
from schemas.errors import EngineError, JobLost
from tests.pipeline.engine import jobs
from tests.pipeline.engine.jobs import Job

WORKERS = 2


@pytest.fixture(scope="module", params=["local", pytest.param("ray", marks=pytest.mark.proof)])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "local":
        yield engine_of(project.Engine(workers=WORKERS))
        return
    ray = pytest.importorskip("ray", reason="the extra `ray` is not installed")
    try:
        yield engine_of(project.Engine(kind="ray", workers=WORKERS))
    finally:
        ray.shutdown()


def _jobs(count: int, folder: Path | str = "") -> list[Job]:
    return [Job(number, str(folder)) for number in range(count)]


def test_every_job_comes_back_once_with_its_result(engine: Engine) -> None:
    found = list(engine.run(jobs.squared, _jobs(20)))
    assert sorted(found, key=lambda pair: pair[0].number) == [(job, job.number**2) for job in _jobs(20)]


def test_no_jobs_are_no_results(engine: Engine) -> None:
    assert list(engine.run(jobs.squared, [])) == []


def test_many_jobs_are_done_elsewhere_and_a_single_one_here(engine: Engine) -> None:
    assert os.getpid() not in {pid for _, pid in engine.run(jobs.process, _jobs(4))}
    assert [pid for _, pid in engine.run(jobs.process, _jobs(1))] == [os.getpid()]


def test_a_killed_worker_costs_its_job_only_which_is_begun_again(engine: Engine, tmp_path: Path) -> None:
    found = dict(engine.run(jobs.dies_at_first, _jobs(7, tmp_path)))
    assert found == {job: job.number**2 for job in _jobs(7, tmp_path)}
    assert [job.count("begun") for job in _jobs(7, tmp_path)] == [2, 1, 1, 2, 1, 1, 2]


def test_a_job_that_kills_every_worker_is_lost_in_the_end(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(JobLost, match=r"number=2.*: a worker should do it, 3 died under it; .+"):
        list(engine.run(jobs.always_dies, _jobs(4, tmp_path)))
    assert Job(2, str(tmp_path)).count("begun") == TRIES


def test_what_work_raises_is_raised_here(engine: Engine) -> None:
    with pytest.raises(ValueError, match="job 2 is none"):
        list(engine.run(jobs.refuses, _jobs(4)))


def test_what_cannot_cross_between_processes_is_told_all_the_same(engine: Engine) -> None:
    with pytest.raises(Exception, match="neither and "):
        list(engine.run(jobs.refuses_stubbornly, _jobs(3)))


def test_an_engine_works_again_after_a_run_that_failed(engine: Engine) -> None:
    with pytest.raises(ValueError, match="none"):
        list(engine.run(jobs.refuses, _jobs(4)))
    assert len(list(engine.run(jobs.squared, _jobs(4)))) == 4


def test_results_may_be_left_where_they_are(engine: Engine) -> None:
    results = engine.run(jobs.squared, _jobs(10))
    assert next(results)[1] in {number**2 for number in range(10)}
    results.close()  # type: ignore[attr-defined] # it is a generator


def test_workers_are_as_many_as_asked_for(engine: Engine) -> None:
    assert engine.workers == WORKERS


def test_without_the_extra_ray_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(
        EngineError, match=r"ray was expected, is not installed; pip install 'headrace\[ray\]'"
    ):
        list(engine_of(project.Engine(kind="ray")).run(jobs.squared, _jobs(2)))
