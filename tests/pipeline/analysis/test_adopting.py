"""Another project read along and taken over: nothing written there, nothing twice, nothing lost, all releasable."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.analysis.adopting import Adoption
from pipeline.analysis.adoption import field_map
from pipeline.analysis.taking import Origin, Taking
from pipeline.context import Context, Tally, run_stage
from pipeline.label_studio.base import NewTask, ProjectSpec
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.stages import load
from pipeline.store import Store
from schemas.errors import LabelStudioGone, ProjectError, UsageError
from schemas.project import parse_project
from schemas.steering import AdoptedLabelFact
from tasks import task_types
from tests.pipeline.releasing.read import rows

CONFIG = """<View><Text name="t" value="$text"/>
<Choices name="better" toName="t" choice="single"><Choice value="A"/><Choice value="B"/></Choices>
<Choices name="topics" toName="t" choice="multiple"><Choice value="x"/><Choice value="y"/></Choices>
<TextArea name="why" toName="t"/></View>"""
MAPS = ["data.text=prompt", "data.a=answer_a", "data.b=answer_b", "better=preference:A=-2,B=2", "why=reason"]
PROJECT = {
    "name": "ours",
    "sources": [{"reader": "jsonl", "path": "none.jsonl", "domain": "reasoning"}],
    "tasks": [{"type": "preference_pair", "overlap": 2}],
}
READING = {"address", "version", "look", "changes", "people", "standing"}


class ReadOnly:
    """A Label Studio of which only what reads may be asked."""

    def __init__(self, studio: FakeLabelStudio) -> None:
        self._studio = studio

    def __getattr__(self, name: str) -> Any:
        assert name in READING, f"{name} was asked of a project of somebody else's"
        return getattr(self._studio, name)


def choice(control: str, *values: str) -> dict[str, Any]:
    return {"from_name": control, "to_name": "t", "type": "choices", "value": {"choices": list(values)}}


class Theirs:
    """Somebody else's project, and ours that looks at it."""

    def __init__(self, folder: Path) -> None:
        self.studio = FakeLabelStudio()
        spec = ProjectSpec(
            marker="headrace: of another store", title="Which is better?", config=CONFIG, overlap=2
        )
        self.project_id = self.studio.ensure_project(spec)
        self.people = [self.studio.person(f"p{n}@example.org") for n in range(3)]
        data = [
            {"text": f"{n} + {n}?", "a": str(2 * n), "b": str(2 * n + 1), "headrace_uid": f"u{n}"}
            for n in range(4)
        ]
        self.tasks = self.studio.push(self.project_id, [NewTask(data=one) for one in data])
        self.moment = datetime(2026, 3, 2, tzinfo=UTC)
        self.ctx = Context(
            folder=folder,
            project=parse_project(PROJECT),
            store=Store(":memory:"),
            connect=lambda: ReadOnly(self.studio),
            server="theirs",
            clock=self._clock,
        )

    def _clock(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def say(self, task: int, person: int, *pieces: Any) -> int:
        return self.studio.annotate(self.tasks[task], self.people[person].id, pieces, 20.0)

    def adopt(self) -> tuple[Tally, Adoption]:
        adoption = Adoption(self.ctx, self.project_id)
        return adoption.read(), adoption

    def take(self, maps: Sequence[str] = MAPS) -> Tally:
        adoption = Adoption(self.ctx, self.project_id)
        fields = field_map(task_types()["preference_pair"], maps)
        return run_stage(
            self.ctx, "adopt", lambda ctx: Taking(ctx, adoption, fields, Origin("reasoning")).take()
        )

    def run(self, *stages: str) -> None:
        for name in stages:
            run_stage(self.ctx, name, load(name))


@pytest.fixture
def theirs(tmp_path: Path) -> Theirs:
    made = Theirs(tmp_path)
    for task in range(4):
        made.say(task, 0, choice("better", "A"), choice("topics", "x"))
        made.say(task, 1, choice("better", "A" if task else "B"), choice("topics", "x", "y"))
    return made


def test_labels_are_kept_and_a_second_time_there_is_nothing_to_do(theirs: Theirs) -> None:
    first, adoption = theirs.adopt()
    assert (first.done, first.skipped) == (16, 0)
    better, topics = adoption.analysis().judged
    assert (better.dimension.name, better.labels) == ("better", 8)
    assert better.agreement is not None
    assert better.agreement.raw == 0.75
    assert topics.agreement is not None
    assert topics.agreement.scale == "set"
    second, again = theirs.adopt()
    assert second.done == 0
    assert again.analysis().to_json()["dimensions"] == adoption.analysis().to_json()["dimensions"]


def test_no_name_is_in_the_labels(theirs: Theirs) -> None:
    theirs.adopt()
    labels = theirs.ctx.store.facts(AdoptedLabelFact)
    assert len({label.annotator for label in labels}) == 2
    assert "example.org" not in json.dumps([label.model_dump(mode="json") for label in labels])


def test_what_changes_there_changes_here(theirs: Theirs) -> None:
    theirs.adopt()
    edited = theirs.say(0, 2, choice("better", "B"))
    theirs.studio.edit(edited, [choice("better", "A")])
    assert theirs.adopt()[0].done == 1
    theirs.studio.edit(edited, [choice("better", "B")])
    assert theirs.adopt()[0].done == 1
    theirs.studio.delete_annotation(edited)
    tally, adoption = theirs.adopt()
    assert tally.done == 1
    assert adoption.analysis().judged[0].labels == 8
    theirs.studio.delete_task(theirs.tasks[1])
    tally, adoption = theirs.adopt()
    assert tally.done == 4
    assert adoption.analysis().judged[0].labels == 6


def test_the_increments_give_what_reading_at_once_gives(theirs: Theirs, tmp_path: Path) -> None:
    for step in (
        lambda: theirs.say(0, 2, choice("better", "B")),
        lambda: theirs.studio.delete_task(theirs.tasks[3]),
        lambda: theirs.studio.skip(theirs.tasks[1], theirs.people[2].id),
    ):
        theirs.adopt()
        step()
    theirs.adopt()
    increments = {one for one in theirs.ctx.store.facts(AdoptedLabelFact) if not one.gone}
    fresh = Theirs(tmp_path)
    fresh.studio, fresh.project_id = theirs.studio, theirs.project_id
    fresh.adopt()
    keys = {(one.label_id, one.label, one.ts, one.item, one.dimension) for one in increments}
    assert keys == {
        (one.label_id, one.label, one.ts, one.item, one.dimension)
        for one in fresh.ctx.store.facts(AdoptedLabelFact)
    }


def test_answers_that_nobody_asked_for_are_findings(theirs: Theirs) -> None:
    theirs.say(0, 2, choice("worse", "A"), {"from_name": "why", "type": "rating", "value": {"rating": 3}})
    _, adoption = theirs.adopt()
    assert adoption.findings.counts == {
        "answer of a control that the config does not have": 1, "answer of another kind than its control's": 1,
    }  # fmt: skip
    assert "worse" not in adoption.analysis().to_json()["dimensions"]


def test_our_own_project_and_one_that_is_not_there_are_refused(theirs: Theirs) -> None:
    with pytest.raises(LabelStudioGone):
        Adoption(theirs.ctx, 999)
    ours = theirs.ctx
    from schemas.facts import RemoteProjectFact

    fact = RemoteProjectFact(
        server="theirs", cell="en/preference_pair", task_type="preference_pair", version=1,
        project_id=theirs.project_id, made_at=theirs.moment,
    )  # fmt: skip
    ours.store.put([fact])
    with pytest.raises(UsageError, match="found this project's own"):
        Adoption(ours, theirs.project_id)


def test_votes_that_are_taken_over_settle_and_may_be_released(theirs: Theirs) -> None:
    first = theirs.take()
    assert (first.done, dict(first.rejected)) == (8, {})
    assert theirs.take().done == 0
    theirs.run("check", "resolve")
    states = theirs.ctx.store.rows(
        "SELECT state, count(*) AS n FROM task_states GROUP BY state ORDER BY state"
    )
    assert {row["state"]: row["n"] for row in states} == {"accepted": 3, "disputed": 1}
    from pipeline.stages.release import release

    tally, _, folder = release(theirs.ctx)
    assert tally.done == 3
    assert {(row["prompt"], row["chosen"]) for row in rows(folder)} == {
        (f"{n} + {n}?", str(2 * n)) for n in (1, 2, 3)
    }


def test_votes_that_are_missing_are_asked_for_in_our_own_project(theirs: Theirs) -> None:
    """And those taken over stay, though our own project knows nothing of them."""
    tasks = [{"type": "preference_pair", "overlap": 3}]
    theirs.ctx = replace(theirs.ctx, project=parse_project({**PROJECT, "tasks": tasks}))
    theirs.take()
    theirs.run("check", "resolve")
    before = theirs.studio.look(theirs.project_id).tasks
    ours = theirs.ctx
    writing = replace(ours, connect=lambda: theirs.studio)
    for name in ("push", "sync"):
        run_stage(writing, name, load(name))
    (project,) = ours.store.rows("SELECT project_id FROM remote_projects")
    while (task := theirs.studio.next_task(project["project_id"], theirs.people[2].id)) is not None:
        kind = task_types()["preference_pair"]
        theirs.studio.annotate(task, theirs.people[2].id, kind.result(kind.label(preference=-2)), 9.0)
    for name in ("sync", "check", "resolve"):
        run_stage(writing, name, load(name))
    assert theirs.studio.look(theirs.project_id).tasks == before
    assert ours.store.value("SELECT count(*) FROM votes") == 12
    assert ours.store.value("SELECT count(*) FROM task_states WHERE state = 'accepted'") == 4
    run_stage(writing, "sync", load("sync"))
    assert ours.store.value("SELECT count(*) FROM votes") == 12
    assert theirs.take().done == 0


def test_what_states_no_item_or_label_is_a_reject_with_its_reason(theirs: Theirs) -> None:
    theirs.studio.push(theirs.project_id, [NewTask(data={"text": "no answers", "headrace_uid": "x"})])
    theirs.say(2, 2, choice("topics", "x"))
    tally = theirs.take()
    assert dict(tally.rejected) == {"no item": 1, "says no label": 1}
    details = [row["detail"] for row in theirs.ctx.store.rows("SELECT detail FROM rejects")]
    assert "data: should have 'a', has 'text'" in " ".join(details)
    assert "'preference' should be stated" in " ".join(details)
    assert dict(theirs.take().rejected) == {}


def test_one_item_shown_twice_is_one_task_with_all_its_votes(theirs: Theirs) -> None:
    (twin,) = theirs.studio.push(
        theirs.project_id, [NewTask(data={"text": "1 + 1?", "a": "2", "b": "3", "headrace_uid": "twin"})]
    )
    theirs.studio.annotate(twin, theirs.people[2].id, [choice("better", "A")], 5.0)
    assert theirs.take().done == 9
    assert theirs.ctx.store.count("tasks") == 4
    assert theirs.take().done == 0


def test_a_vote_that_is_taken_back_there_counts_no_longer(theirs: Theirs) -> None:
    vote = theirs.say(1, 2, choice("better", "B"))
    theirs.take()
    theirs.run("check")
    counted = "SELECT count(*) FROM votes"
    assert theirs.ctx.store.value(counted) == 9
    theirs.studio.delete_annotation(vote)
    theirs.take()
    assert theirs.ctx.store.value(counted) == 8


def test_a_type_without_an_entry_in_the_project_is_refused(theirs: Theirs) -> None:
    fields = field_map(task_types()["code_review"], ["data.text=prompt", "data.a=code", "better=verdict"])
    with pytest.raises(ProjectError, match=r"a \[\[tasks\]\] entry of type 'code_review' was expected"):
        Taking(theirs.ctx, Adoption(theirs.ctx, theirs.project_id), fields, Origin("coding"))
