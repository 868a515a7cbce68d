"""Every stage on a real store: what it does, and that a second run does nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.stages import STAGES, load, sentence
from schemas.errors import LabelStudioError, LabelStudioUnreachable, ProjectError
from tasks import task_types

KIND = task_types()["preference_pair"]

Say = Callable[[int], Any]


def finish(effort: Any, say: Say) -> None:
    """The whole way up to settled labels."""
    effort.run()
    effort.vote("ana@people.example", say(-2))
    effort.vote("ben@people.example", say(-2))
    effort.run()


@pytest.mark.parametrize("name", [*STAGES, "release"])
def test_each_stage_says_in_one_sentence_what_it_does(name: str) -> None:
    assert load(name).__name__ == name
    assert sentence(name).endswith(".")


def test_a_record_goes_the_whole_way(effort: Any, say: Say) -> None:
    finish(effort, say)
    assert effort.count("records") == 6
    assert effort.ctx.store.rows("SELECT state, count(*) AS n FROM task_states GROUP BY state") == [
        {"state": "accepted", "n": 6}
    ]
    assert {row["cell"] for row in effort.ctx.store.rows("SELECT cell FROM tasks")} == {
        "en/preference_pair",
        "zh/preference_pair",
    }


def test_every_stage_run_again_does_nothing(effort: Any, say: Say) -> None:
    finish(effort, say)
    again = effort.run()
    assert {name: tally.done for name, tally in again.items()} == dict.fromkeys(STAGES, 0)
    assert not any(tally.rejected for tally in again.values())


def test_new_rows_of_a_source_are_read_and_old_ones_skipped(effort: Any) -> None:
    effort.run("ingest")
    effort.write([{"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}]}], mode="a")
    tally = effort.run("ingest")["ingest"]
    assert (tally.done, tally.skipped) == (1, 6)


def test_a_malformed_row_is_a_reject_with_its_line_and_the_rest_goes_on(effort: Any) -> None:
    effort.write([{"prompt": "  "}, {"prompt": "Fine?", "candidates": []}], mode="a")
    with (effort.folder / "problems.jsonl").open("a") as file:
        file.write("{not json\n")
    tally = effort.run("ingest")["ingest"]
    assert tally.done == 7
    assert sum(tally.rejected.values()) == 2
    details = [row["detail"] for row in effort.ctx.store.rows("SELECT detail FROM rejects ORDER BY detail")]
    assert [detail.split(":")[1] for detail in details] == ["7", "9"]


def test_a_record_that_gives_no_item_is_a_reject_and_asked_once(effort: Any) -> None:
    effort.write([{"prompt": "Alone?", "candidates": [{"text": "one"}]}], mode="a")
    effort.run("ingest", "screen")
    assert effort.run("generate")["generate"].rejected == {"no item": 1}
    assert not effort.run("generate")["generate"].rejected
    assert effort.count("tasks") == 6


def test_a_condition_selects_records(make_effort: Callable[..., Any]) -> None:
    effort = make_effort(tasks=[{"type": "preference_pair", "where": "language = 'zh'", "facet": "domain"}])
    effort.run("ingest", "screen", "generate")
    assert {row["cell"] for row in effort.ctx.store.rows("SELECT cell FROM tasks")} == {
        "zh/preference_pair/reasoning"
    }
    states = {
        row["state"]: row["n"]
        for row in effort.ctx.store.rows(
            "SELECT state, count(*) AS n FROM record_states WHERE stage = 'generate' GROUP BY state"
        )
    }
    assert states == {"done": 2, "none": 4}


@pytest.mark.parametrize(
    ("tasks", "says"),
    [
        ([{"type": "preference_pear"}], "preference_pair"),
        ([{"type": "preference_pair", "where": "langage = 'zh'"}], "langage"),
        ([{"type": "preference_pair", "facet": "colour"}], "facet"),
        ([{"type": "preference_pair", "options": {"nope": 1}}], "nope"),
        ([{"type": "preference_pair", "where": "language = 'zh'"}, {"type": "preference_pair"}], "overlap"),
    ],
)
def test_tasks_that_cannot_be_are_refused_before_any_work(
    make_effort: Callable[..., Any], tasks: list[Any], says: str
) -> None:
    effort = make_effort(tasks=tasks)
    effort.run("ingest", "screen")
    with pytest.raises(ProjectError, match=says):
        effort.run("generate")
    assert effort.count("tasks") == 0


def test_an_answer_shared_by_two_records_is_one_task(effort: Any) -> None:
    effort.write(
        [{**json.loads((effort.folder / "problems.jsonl").read_text().splitlines()[0]), "draft": "x"}], "a"
    )
    effort.run("ingest", "screen")
    tally = effort.run("generate")["generate"]
    assert (tally.done, tally.skipped) == (6, 1)
    assert effort.count("record_tasks") == 7


def test_a_push_whose_answer_was_lost_doubles_nothing(effort: Any) -> None:
    effort.run("ingest", "screen", "generate")
    effort.studio.losing_its_answer()
    with pytest.raises(LabelStudioUnreachable):
        effort.run("push")  # the project is made, its answer is lost
    effort.studio.losing_its_answer()
    effort.run("push")  # a batch arrives, its answer is lost: it is looked up at once
    effort.run("push")
    projects = [row["project_id"] for row in effort.ctx.store.rows("SELECT project_id FROM remote_projects")]
    assert sum(effort.studio.look(project).tasks for project in projects) == 6
    assert effort.count("pushes") == 6


def test_tasks_pushed_to_one_server_are_not_pushed_to_another(effort: Any) -> None:
    effort.run("ingest", "screen", "generate", "push")
    object.__setattr__(effort.ctx, "server", "https://other.example")
    with pytest.raises(LabelStudioError, match=r"other\.example"):
        effort.run("sync")


def test_skips_and_deletions_are_no_labels(effort: Any, say: Say) -> None:
    effort.run()
    person = effort.studio.person("ana@people.example")
    tasks = [row["remote_task_id"] for row in effort.ctx.store.rows("SELECT remote_task_id FROM pushes")]
    effort.studio.skip(tasks[0], person.id)
    gone = effort.studio.annotate(tasks[1], person.id, say(1)({}), 3.0)
    effort.run("sync", "check")
    assert effort.count("votes") == 1
    effort.studio.delete_annotation(gone)
    assert effort.run("sync")["sync"].done == 1
    assert effort.count("votes") == 0
    assert effort.count("current_annotations") == 0
    assert effort.count("annotations") == 3  # both, and that one of them went


def test_an_edited_annotation_votes_anew_and_its_old_revision_stays(effort: Any, say: Say) -> None:
    effort.run()
    person = effort.studio.person("ana@people.example")
    task = effort.ctx.store.value("SELECT remote_task_id FROM pushes LIMIT 1")
    annotation = effort.studio.annotate(task, person.id, say(1)({}), 3.0)
    effort.run("sync", "check")
    effort.studio.edit(annotation, say(3)({}))
    effort.run("sync", "check")
    votes = effort.ctx.store.rows("SELECT payload FROM votes")
    assert [json.loads(vote["payload"])["preference"] for vote in votes] == [3]
    assert effort.count("labels") == 2


def test_an_annotation_that_says_nothing_is_a_reject_with_its_id(effort: Any) -> None:
    effort.run()
    person = effort.studio.person("ana@people.example")
    task = effort.ctx.store.value("SELECT remote_task_id FROM pushes LIMIT 1")
    nine = {"from_name": "preference", "value": {"choices": ["9"]}}
    hostile: list[Any] = [[], [{"from_name": "preference"}], ["x"], [nine]]
    for result in hostile:
        effort.studio.annotate(task, person.id, result, 3.0)
    effort.run("sync")
    assert effort.run("check")["check"].rejected == {"says no label": 4}
    assert effort.count("current_annotations") == 4
    assert not effort.run("check")["check"].rejected


def test_people_stand_in_one_table_and_elsewhere_under_pseudonyms(effort: Any, say: Say) -> None:
    effort.run()
    effort.vote("ana@people.example", say(1))
    effort.run("sync", "check")
    names = {row["annotator"] for row in effort.ctx.store.rows("SELECT annotator FROM annotations")}
    assert all(name.startswith("ann-") for name in names)
    tables = [row["name"] for row in effort.ctx.store.rows("SELECT table_name AS name FROM duckdb_tables()")]
    for table in set(tables) - {"people"}:
        assert "people.example" not in str(effort.ctx.store.rows(f"SELECT * FROM {table}"))  # noqa: S608 - ours


def test_a_settled_label_stays_until_its_own_votes_change(effort: Any, say: Say) -> None:
    finish(effort, say)
    before = effort.ctx.store.rows("SELECT resolution_id FROM current_resolutions ORDER BY 1")
    effort.write([{"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}]}], mode="a")
    finish(effort, say)
    after = effort.ctx.store.rows("SELECT resolution_id FROM current_resolutions ORDER BY 1")
    assert {row["resolution_id"] for row in before} < {row["resolution_id"] for row in after}
    person = effort.studio.person("late@people.example")
    task = effort.ctx.store.value("SELECT remote_task_id FROM pushes LIMIT 1")
    effort.studio.annotate(task, person.id, say(3)({}), 3.0)
    assert effort.run()["resolve"].done == 0  # one more than was asked for: a finding, and no vote
    assert effort.ctx.store.rows("SELECT kind, annotator IS NULL AS nobody FROM findings") == [
        {"kind": "past the overlap", "nobody": False}
    ]
    effort.studio.edit(effort.studio.task(task).annotations[0].id, say(0)({}))
    assert effort.run()["resolve"].done == 1


def test_votes_that_disagree_settle_nothing(effort: Any, say: Say) -> None:
    effort.run()
    effort.vote("ana@people.example", say(-3))
    effort.vote("ben@people.example", say(3))
    effort.run()
    assert {row["state"] for row in effort.ctx.store.rows("SELECT state FROM task_states")} == {"disputed"}


def test_a_failed_run_is_on_record(effort: Any) -> None:
    object.__setattr__(effort.ctx, "connect", lambda: (_ for _ in ()).throw(LabelStudioUnreachable("gone")))
    effort.run("ingest", "screen", "generate")
    with pytest.raises(LabelStudioUnreachable):
        effort.run("push")
    assert effort.ctx.store.value("SELECT error FROM runs WHERE stage = 'push'") == "gone"


def test_a_source_that_is_missing_is_one_line(make_effort: Callable[..., Any]) -> None:
    effort = make_effort(sources=[{"reader": "jsonl", "path": "nowhere.jsonl"}])
    with pytest.raises(Exception, match=r"nowhere\.jsonl") as fault:
        effort.run("ingest")
    assert "\n" not in str(fault.value)
    assert effort.count("records") == 0


def test_labels_of_an_older_question_are_left_alone(
    effort: Any, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    effort.run()
    effort.vote("ana@people.example", say(1))
    effort.vote("ben@people.example", say(1))
    effort.run("sync", "check")
    late = effort.studio.person("cem@people.example")
    effort.studio.annotate(
        effort.ctx.store.value("SELECT remote_task_id FROM pushes LIMIT 1"), late.id, [], 3.0
    )
    effort.run("sync")
    monkeypatch.setattr(type(KIND), "version", KIND.version + 1)
    tally = effort.run("generate", "push", "check", "resolve")
    assert (tally["generate"].done, tally["push"].done) == (6, 6)  # the new question is asked anew
    assert (tally["check"].done, tally["resolve"].done) == (0, 0)  # nobody has answered it yet
    assert (effort.count("labels"), effort.count("current_annotations")) == (12, 13)


def test_an_older_question_is_put_to_nobody_any_more(
    effort: Any, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    effort.run()
    effort.vote("ana@people.example", say(1))
    effort.run()
    older = effort.remote()
    monkeypatch.setattr(type(KIND), "version", KIND.version + 1)
    assert effort.run("push")["push"].done == 6
    assert len(older) == 6
    assert all(effort.studio.task(task).closed for task in older)
    assert effort.run("push")["push"].done == 0
    effort.run("generate", "push")
    effort.vote("ben@people.example", say(1))
    effort.run("sync")
    assert all(len(effort.studio.task(task).annotations) == 1 for task in older)


def test_a_finding_is_made_once_and_one_more_answer_is_another(effort: Any) -> None:
    effort.run()
    for answers in (1, 2, 3):
        effort.answer("ana", effort.remote()[0], 1)
        for _ in range(2):
            effort.run("sync", "check")
            assert effort.count("findings") == answers - 1
    assert effort.count("votes") == 1


def test_a_project_that_lost_its_marker_gets_no_second_one_beside_it(effort: Any) -> None:
    effort.run()
    project = effort.ctx.store.value(
        "SELECT project_id FROM remote_projects WHERE cell = 'en/preference_pair'"
    )
    effort.studio.describe(project, "mine now")
    effort.write(
        [{"prompt": "New?", "candidates": [{"text": "a"}, {"text": "b"}], "language": "en"}], mode="a"
    )
    effort.run("ingest", "screen", "generate")
    with pytest.raises(LabelStudioError, match="restore the line"):
        effort.run("push")
    marker = f"headrace:{effort.ctx.store.id}:en/preference_pair:v{KIND.version}"
    effort.studio.describe(project, f"mine now\n{marker}")
    assert effort.run("push")["push"].done == 0  # what we wrote there is gone too: it is read anew first
    effort.run("sync")
    assert effort.run("push")["push"].done == 1
    assert effort.studio.look(project).tasks == 5
