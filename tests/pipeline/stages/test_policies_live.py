"""What asking again only where votes differ saves and costs, through a real Label Studio, by what real people said."""

import json
import math
import os
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeline.checking.kinds import PEOPLE_KINDS
from pipeline.context import Context, run_stage
from pipeline.label_studio.base import RemoteTask
from pipeline.label_studio.client import connect
from pipeline.label_studio.server import Server
from pipeline.quality.consensus import leading
from pipeline.resolving.telling import FLIPPED
from pipeline.stages import load
from pipeline.store import Store
from schemas.base import Vote
from schemas.facts import RemoteProjectFact
from schemas.project import parse_project
from tests.pipeline.stages.crowd import TYPE, Cast, Crowd

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data")) / "labels"
POLICIES: dict[str, dict[str, Any]] = {
    "fixed 3": {"n": 3},
    "third_on_disagreement": {"policy": "third_on_disagreement"},
    "posterior": {"policy": "posterior"},
}
ROUNDS = 20
"""More than any run takes: the buffer's first filling and the rest, each with up to three rounds."""
MOST_OF_FIXED = 0.82
NOT_OF_VOTES = (*PEOPLE_KINDS, FLIPPED)
"""Findings about how somebody works, which real people give cause for, and about labels: no vote is lost by them."""
FOUND = "SELECT kind AS what, count(*) AS n FROM findings WHERE NOT list_contains(?, kind) GROUP BY kind"
pytestmark = [
    pytest.mark.proof,
    pytest.mark.live,
    pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there"),
]


@dataclass(frozen=True)
class Set:
    """A set of real votes, and how people come by their tasks."""

    name: str
    by_queue: bool = False
    """Whether everybody answered every item, so that Label Studio's own queue can hand out any task to anybody."""


SETS = [Set("snow_rte"), Set("pandalm_pref", by_queue=True), Set("barzan_mozafari"), Set("adultcontent2")]


@dataclass(frozen=True)
class Outcome:
    """What came of a policy, counted in Label Studio and in the store."""

    there: list[RemoteTask]
    states: dict[str, int]
    votes: int
    """That the store counts."""
    findings: dict[str, int]
    right: set[str]
    """Items whose label is the true one; of a disputed one, whose leading label is."""
    settled_right: int
    """Items that are settled, on the true label."""

    @property
    def submitted(self) -> int:
        """How many annotations stand in Label Studio."""
        return sum(len(task.annotations) for task in self.there)

    def line(self, name: str) -> str:
        disputed = self.states.get("disputed", 0)
        return (
            f"{name:24}{self.submitted:6} annotations, {len(self.right):4} right of {len(self.there)} "
            f"({self.settled_right} without the leading labels of the {disputed} disputed)"
        )


class Effort:
    """One set labeled under one policy: a store on disk, and projects of its own in the real Label Studio."""

    def __init__(self, folder: Path, server: Server, overlap: dict[str, Any], cast: Cast) -> None:
        self.cast = cast
        self._number = {f"item {at}": item for at, item in enumerate(cast.votes)}
        with (folder / "items.jsonl").open("w") as file:
            for prompt in self._number:
                answers = [{"text": f"{prompt}, answer {one}"} for one in "AB"]
                file.write(json.dumps({"prompt": prompt, "candidates": answers, "language": "en"}) + "\n")
        given = {
            "name": "policies",
            "sources": [{"reader": "jsonl", "path": "items.jsonl", "domain": "reasoning"}],
            "tasks": [{"type": "preference_pair", "overlap": overlap}],
            # after the buffer's first filling all the rest: the same each time, however fast the server is
            "label_studio": {"buffer_hours": 1000},
        }
        self.ctx = Context(
            folder=folder,
            project=parse_project(given),
            store=Store(folder / "store.duckdb"),
            connect=lambda: connect(server.url, server.token),
        )
        self.run("ingest", "screen", "generate", "push")
        self.items = self._items()

    def run(self, *stages: str) -> None:
        for name in stages:
            tally = run_stage(self.ctx, name, load(name))
            assert not tally.rejected, f"{name}: {tally.rejected}"

    def _items(self) -> dict[str, str]:
        """The item of each of our tasks."""
        rows = self.ctx.store.rows(
            "SELECT rt.task_id, r.payload FROM record_tasks rt JOIN records r USING (record_id)"
        )
        return {row["task_id"]: self._number[json.loads(row["payload"])["prompt"]] for row in rows}

    @property
    def project_id(self) -> int:
        (project,) = self.ctx.store.facts(RemoteProjectFact)
        return project.project_id

    def there(self) -> list[RemoteTask]:
        return list(self.ctx.label_studio.changes(self.project_id, None))

    def label(self, crowd: Crowd, *, by_queue: bool) -> None:
        """People label what is open, and the pipeline says what is wanted after that, until nothing is."""
        dice = random.Random(0)
        for _ in range(ROUNDS):
            open_tasks = [(self.items[str(task.uid)], task) for task in self.there() if not task.closed]
            if not open_tasks:
                return
            if by_queue:
                given = crowd.answer_handed(self.cast, self.items, self.project_id, dice)
            else:
                given = crowd.answer_open(self.cast, open_tasks, dice)
            assert given > 0, f"{len(open_tasks)} tasks are open, nobody can answer them"
            self.run("sync", "check", "resolve", "push")
        pytest.fail(f"tasks should be closed after {ROUNDS} rounds, {len(self.there())} are there")

    def outcome(self) -> Outcome:
        store = self.ctx.store
        rows = store.rows("SELECT task_id, payload FROM current_resolutions")
        label = {
            self.items[row["task_id"]]: row["payload"] and TYPE.label.model_validate_json(row["payload"])
            for row in rows
        }
        heard: dict[str, list[Vote[Any]]] = {}
        for row in store.rows("SELECT task_id, annotator, payload FROM votes"):
            said = Vote[Any](annotator=row["annotator"], label=TYPE.label.model_validate_json(row["payload"]))
            heard.setdefault(self.items[row["task_id"]], []).append(said)
        truth = self.cast.truth
        return Outcome(
            there=self.there(),
            states=_counted(store, "SELECT state AS what, count(*) AS n FROM task_states GROUP BY state"),
            votes=store.count("votes"),
            findings=_counted(store, FOUND, [[*NOT_OF_VOTES]]),
            right={item for item, one in label.items() if (one or leading(TYPE, heard[item])) == truth[item]},
            settled_right=sum(one == truth[item] for item, one in label.items()),
        )


def _counted(store: Store, sql: str, params: Sequence[object] = ()) -> dict[str, int]:
    return {row["what"]: row["n"] for row in store.rows(sql, params)}


@pytest.fixture(scope="module")
def crowd(label_studio_server: Server) -> Crowd:
    return Crowd(label_studio_server)


@pytest.fixture(scope="module", params=SETS, ids=lambda one: one.name)
def outcomes(
    request: pytest.FixtureRequest,
    label_studio_server: Server,
    crowd: Crowd,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Outcome]:
    """What comes of each policy, where the same people come to each item in the same order."""
    asked: Set = request.param
    cast = Cast.of(DATA / f"{asked.name}.parquet")
    found = {}
    for name, overlap in POLICIES.items():
        effort = Effort(tmp_path_factory.mktemp("effort"), label_studio_server, overlap, cast)
        with effort.ctx.store:
            effort.label(crowd, by_queue=asked.by_queue)
            found[name] = effort.outcome()
    return found


def test_every_task_ends_closed_in_label_studio_and_settled_or_disputed_here(
    outcomes: dict[str, Outcome],
) -> None:
    for name, one in outcomes.items():
        assert all(task.closed for task in one.there), name
        assert set(one.states) <= {"accepted", "disputed"}, name
        assert sum(one.states.values()) == len(one.there), name


def test_every_annotation_is_a_vote_of_another_person_and_none_was_asked_for_in_vain(
    outcomes: dict[str, Outcome],
) -> None:
    for name, one in outcomes.items():
        assert one.votes == one.submitted, name
        assert not one.findings, name
        for task in one.there:
            people = {annotation.person_id for annotation in task.annotations}
            assert len(people) == len(task.annotations) == task.overlap, name


def test_a_third_on_disagreement_saves_votes_and_changes_no_label(
    outcomes: dict[str, Outcome],
) -> None:
    fixed, third = outcomes["fixed 3"], outcomes["third_on_disagreement"]
    assert fixed.submitted == 3 * len(fixed.there) == 3 * len(third.there)
    assert third.submitted <= MOST_OF_FIXED * fixed.submitted
    assert third.right == fixed.right
    assert third.settled_right == fixed.settled_right


def test_asking_until_the_label_is_sure_costs_no_more_and_is_no_less_right(
    outcomes: dict[str, Outcome],
) -> None:
    for name, one in outcomes.items():
        print(one.line(name))  # noqa: T201 - the record
    fixed, sure = outcomes["fixed 3"], outcomes["posterior"]
    assert len(sure.there) == len(fixed.there)
    assert sure.submitted <= fixed.submitted
    won, lost = len(sure.right - fixed.right), len(fixed.right - sure.right)
    # as many labels as differ would, by chance alone, be won or lost with this standard deviation
    assert lost - won <= math.sqrt(lost + won)
