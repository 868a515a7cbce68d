"""The demo from end to end on a Label Studio in memory: all of the walk but HTTP."""

import copy
import re
import shutil
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.context import Quiet
from pipeline.demo.arriving import SIGNATURE
from pipeline.demo.history import SHORT
from pipeline.demo.people import ADJUDICATOR, CARELESS, COPIER, PEOPLE, VISITOR
from pipeline.demo.rounds import AGAIN, LATER
from pipeline.demo.telling import KEYS, lines
from pipeline.demo.truth import truth
from pipeline.demo.walk import walk
from pipeline.label_studio.fake import FakeLabelStudio
from pipeline.progress.project import flow_of
from pipeline.released.differing import difference, shown
from pipeline.released.opened import Opened
from pipeline.report.signs import signs
from pipeline.store import StorePlace
from schemas.project import History, read_project
from tasks import task_types
from tests.pipeline.demo.office import Interrupting, office, quiet
from tests.pipeline.demo.walked import Walked, answers, answers_to, everything, gold, voters, work

TASKS = 178
ASKED = 166
"""Of these, those that people are asked: the others a machine decides."""
TO_LABEL = ASKED + AGAIN
"""In Label Studio: some are asked anew in the second round."""
GOLD = 18


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    folder, studio, told = tmp_path_factory.mktemp("walk") / "demo", FakeLabelStudio(), list[str]()
    summary, tallies = walk(folder, told.append, Quiet(), office(studio))
    return Walked(folder, studio, summary, tallies, told)


def test_every_task_is_answered_by_two_or_three_different_people(walked: Walked) -> None:
    tasks = work(walked.studio, walked.folder)
    assert len(tasks) == TO_LABEL
    assert {len(voters(task)) for task in tasks} == {2, 3}
    assert all(len(set(voters(task))) == len(voters(task)) for task in tasks)


def test_gold_measures_people_and_settles_nothing(walked: Walked) -> None:
    of_gold = gold(walked.folder)
    asked = [task for task in everything(walked.studio, walked.folder, "label") if task.uid in of_gold]
    assert len(asked) == len(of_gold) == walked.summary.counts.gold == GOLD
    assert all(len(set(voters(task))) == len(voters(task)) <= len(PEOPLE) for task in asked)
    given = sum(len(voters(task)) for task in asked)
    scored = sum(one.gold for one in walked.summary.annotators)  # not who could not judge
    assert given >= scored >= 25
    by_truth = [known for known in truth().values() if known.is_gold]
    for person, told in zip(PEOPLE, walked.summary.annotators, strict=True):
        right = sum(known.agrees(person.label(known.item, known.label)) for known in by_truth)
        assert right - (GOLD - told.gold) <= told.gold_right <= right
    with StorePlace(walked.folder).reading() as store:
        settled = {row["task_id"] for row in store.rows("SELECT task_id FROM resolutions")}
    assert settled.isdisjoint(of_gold)


def test_all_that_was_answered_was_served_at_the_door_before(walked: Walked) -> None:
    with StorePlace(walked.folder).reading() as store:
        rows = store.rows("SELECT event, uid, annotator, simulated FROM door_events WHERE uid IS NOT NULL")
        people = store.rows("SELECT annotator FROM people WHERE simulated")
    served = {(row["uid"], row["annotator"]) for row in rows if row["event"] == "served"}
    submitted = {(row["uid"], row["annotator"]) for row in rows if row["event"] == "submitted"}
    assert served == submitted
    assert len(served) == answers(walked.studio, walked.folder) == len(rows) / 2
    assert {row["annotator"] for row in rows} == {row["annotator"] for row in people}
    assert all(row["simulated"] for row in rows)


def test_a_third_answers_where_two_differed_and_where_a_task_is_audited(walked: Walked) -> None:
    with StorePlace(walked.folder).reading() as store:
        asked = store.rows(
            "SELECT task_id FROM tasks WHERE audit AND task_id NOT IN "
            "(SELECT task_id FROM resolutions WHERE method = 'machine') "
            "UNION SELECT task_id FROM asks WHERE votes = 3"
        )
        audited = walked.summary.savings.audited
    three = {task.uid for task in work(walked.studio, walked.folder) if len(voters(task)) == 3}
    assert three == {row["task_id"] for row in asked}
    assert 0 < audited < len(three)


def test_everybody_takes_their_turns(walked: Walked) -> None:
    tasks = work(walked.studio, walked.folder)
    share = Counter(person for task in tasks for person in voters(task))
    assert len(share) == len(PEOPLE)
    assert max(share.values()) - min(share.values()) <= 8


def test_somebody_else_decides_all_disputes_but_one(walked: Walked) -> None:
    cases = everything(walked.studio, walked.folder, "adjudicate")
    adjudicator = walked.studio.person(ADJUDICATOR.email).id
    assert Counter(tuple(voters(case)) for case in cases) == {(adjudicator,): len(cases) - 1, (): 1}
    disputes = walked.summary.disputes
    assert (disputes.decided, disputes.sent_back, disputes.waiting) == (len(cases) - 1, 0, 1)
    assert walked.summary.adjudicator.labels == disputes.decided > 0


def test_the_dispute_that_is_left_is_where_the_summary_says(walked: Walked) -> None:
    (left,) = [
        task for task in everything(walked.studio, walked.folder, "adjudicate") if not task.annotations
    ]
    told = walked.summary.left
    assert told is not None
    assert told.url.endswith(f"/data?task={left.id}")
    assert told.cell.startswith("en/")
    assert VISITOR.cells
    assert told.cell in VISITOR.cells
    shown = "\n".join(lines(walked.summary, "headrace -C demo", "demo", None))
    assert KEYS[told.task_type] in shown
    assert walked.summary.made.link in shown


@pytest.mark.proof
def test_a_visitors_decision_settles_it(walked: Walked, tmp_path: Path) -> None:
    folder, studio = tmp_path / "demo", copy.deepcopy(walked.studio)
    shutil.copytree(walked.folder, folder)
    (left,) = [task for task in everything(studio, folder, "adjudicate") if not task.annotations]
    with StorePlace(folder).reading() as store:
        item_id = store.value(
            "SELECT item_id FROM adjudications JOIN tasks USING (task_id) WHERE adjudication_id = ?",
            [left.uid],
        )
    known = truth()[item_id]
    studio.annotate(
        left.id, studio.person(str(VISITOR.email)).id, task_types()[known.task_type].result(known.label)
    )
    summary, _ = quiet(folder, studio)
    assert summary.left is None
    assert summary.disputes == walked.summary.disputes.replace(
        decided=walked.summary.disputes.decided + 1, waiting=0
    )
    assert (
        sum(one.right for one in summary.task_types)
        == sum(one.right for one in walked.summary.task_types) + 1
    )


def test_the_counts_of_the_summary_reconcile(walked: Walked) -> None:
    counts, savings = walked.summary.counts, walked.summary.savings
    assert counts.annotations == counts.simulated_annotations == counts.labels
    assert counts.rejects == sum(walked.summary.sifted.stopped.values()) == 14
    assert counts.tasks == sum(one.tasks for one in walked.summary.task_types) == TASKS
    assert counts.disputed == sum(one.tasks - one.agreed for one in walked.summary.task_types) == 1
    assert counts.unfinished == 0
    assert savings.full == 3 * ASKED == 3 * (counts.tasks - walked.summary.sifted.labeled)
    anew = answers_to(walked, "SELECT task_id FROM redos")
    assert anew > 0
    on_gold = answers(walked.studio, walked.folder, "label") - savings.answers - anew
    assert savings.answers == sum(one.labels for one in walked.summary.annotators)
    assert counts.annotations == savings.answers + on_gold + anew
    assert on_gold == answers_to(walked, "SELECT task_id FROM gold")
    assert 0.15 < savings.share < 1 / 3
    assert savings.flipped <= savings.audited


def test_what_is_planted_for_the_gates_is_what_they_find(walked: Walked) -> None:
    sifted = walked.summary.sifted
    assert sifted.stopped == {"exact duplicates": 6, "near duplicates": 5, "contamination": 3}
    assert (sifted.read, sifted.masked) == (192, 1)
    assert sifted.labeled + ASKED == TASKS
    assert 0 < sifted.audited <= sifted.labeled
    with StorePlace(walked.folder).reading() as store:
        seen = {row["payload"] for row in store.rows("SELECT payload FROM records")}
        of_machine = store.rows(
            "SELECT t.item_id, r.payload FROM current_resolutions r JOIN tasks t USING (task_id) "
            "WHERE r.method = 'machine'"
        )
    assert not [payload for payload in seen if "@" in payload and SIGNATURE.rpartition(" ")[2] in payload]
    kind = task_types()["answer_check"]
    assert len(of_machine) == sifted.labeled
    for row in of_machine:
        assert truth()[row["item_id"]].label == kind.label.model_validate_json(row["payload"])


def test_each_person_is_as_often_right_as_the_truth_says(walked: Walked) -> None:
    with StorePlace(walked.folder).reading() as store:
        rows = store.rows(
            "SELECT p.email, t.item_id FROM votes JOIN people p USING (annotator) JOIN standing_tasks t USING (task_id)"
        )
    for person, told in zip(PEOPLE, walked.summary.annotators, strict=True):
        asked = [truth()[row["item_id"]] for row in rows if row["email"] == person.email]
        right = sum(known.agrees(person.label(known.item, known.label)) for known in asked)
        assert (told.labels, told.right, told.stated) == (len(asked), right, person.accuracy)


def test_asking_again_settles_more_tasks_and_people_together_are_more_often_right_than_one_alone(
    walked: Walked,
) -> None:
    types = walked.summary.task_types
    alone = sum(one.right for one in walked.summary.annotators) / walked.summary.savings.answers
    right, agreed = sum(one.right for one in types), sum(one.agreed for one in types)
    assert alone < right / agreed
    assert sum(one.two_right for one in types) < right
    assert all(one.two_right <= one.two_agreed <= one.agreed for one in types)


def test_a_second_round_makes_another_release_and_the_difference_is_told(walked: Walked) -> None:
    rounds = walked.summary.made.rounds
    assert rounds is not None
    assert (rounds.first, rounds.second) == ("0.1.0", walked.summary.made.version) == ("0.1.0", "1.0.0")
    a, b = (Opened(version, walked.folder) for version in (rounds.first, rounds.second))
    with StorePlace(walked.folder).reading() as store:
        redone = {row["task_id"] for row in store.rows("SELECT task_id FROM redos")}
    assert len(redone) == AGAIN
    with difference(a, b) as found:
        rows = shown(found.rows(), 1000)
    assert {row["task_id"] for row in rows if row["change"] == "removed"} == redone
    assert {row["why"] for row in rows if row["change"] == "removed"} == {"redo"}
    later = {row["cell"] for row in rows if row["why"] == "new label"}
    assert set(LATER) <= later, "what waited came with the second round"
    assert (
        f"{found.all.changes['added']:,} added, {found.all.changes['removed']:,} removed" in rounds.difference
    )
    assert any(rounds.difference in line for line in lines(walked.summary, "headrace -C demo", "demo", None))


def test_the_release_and_the_report_say_that_they_are_simulated(walked: Walked) -> None:
    made = walked.summary.made
    assert '"simulated": true' in (made.release / "manifest.json").read_text()
    assert "simulated" in (made.release / "README.md").read_text()
    assert "simulated" in made.report.read_text()


@pytest.mark.proof
def test_the_report_shows_the_careless_one_and_the_copier_with_the_evidence(walked: Walked) -> None:
    with StorePlace(walked.folder).reading() as store:
        people = {row["annotator"]: row["email"] for row in store.rows("SELECT annotator, email FROM people")}
        found = {(people[one.annotator], one.kind): one for one in signs(store) if "gold" not in one.kind}
    assert {(CARELESS.email, "random"), (COPIER.email, "copies_person")} <= found.keys()
    assert all(one.tasks and one.command for one in found.values())
    page = walked.summary.made.report.read_text()
    assert all(one.title in page and one.command in page for one in found.values())


def test_the_first_sentence_names_the_planted_shortage(walked: Walked) -> None:
    with StorePlace(walked.folder).reading() as store:
        flow = flow_of(
            store, read_project(walked.folder), walked.folder, datetime.now(UTC), runs=40, backtest=False
        )
    assert flow is not None
    assert (flow.bottleneck.cause, flow.bottleneck.where) == ("skill_shortage", SHORT)
    likely = {cell: one.probability for cell, one in flow.forecast.targets.items()}
    assert likely.pop(SHORT) < 0.5
    assert min(likely.values()) > 0.8
    first, *_ = walked.summary.sentence.split(". ")
    assert "Chinese code review" in first
    told = " ".join(" ".join(lines(walked.summary, "headrace -C demo", "demo", None)).split())
    assert walked.summary.sentence in told


def test_the_simulated_history_is_marked_as_such_wherever_the_sentence_stands(walked: Walked) -> None:
    told = lines(walked.summary, "headrace -C demo", "demo", None)
    above = next(place for place, line in enumerate(told) if "Chinese code review" in line) - 1
    assert "SIMULATED" in told[above]
    page = walked.summary.made.report.read_text()
    assert page.index("SIMULATED") < page.index("The history in history.parquet was made up")
    assert read_project(walked.folder).history == History(
        path="history.parquet", team="team.toml", simulated=True
    )


def test_every_step_is_told_in_one_line(walked: Walked) -> None:
    first = "demo ingest screen verify generate push (label) sync check resolve (again) (decide) release"
    assert [line.split()[0] for line in walked.told] == [*first.split(), "(round", "release"]
    assert all("\n" not in line for line in walked.told)


@pytest.mark.proof
def test_a_second_walk_adds_nothing(walked: Walked) -> None:
    before = everything(walked.studio, walked.folder)
    summary, tallies = quiet(walked.folder, walked.studio)
    assert {name: tally.done for name, tally in tallies.items()} == dict.fromkeys(walked.tallies, 0)
    assert everything(walked.studio, walked.folder) == before
    assert summary.replace(sentence="") == walked.summary.replace(sentence="")


def told_answers(walked: Walked, name: str) -> int:
    """How many answers a step said that it had."""
    (line,) = [line for line in walked.told if line.startswith(name)]
    found = re.search(r": ([\d,]+) answers", line)
    assert found is not None
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(
    ("what", "round_", "after"),
    [
        pytest.param("label", 2, 5, marks=pytest.mark.proof),
        pytest.param("label", 1, 100, marks=pytest.mark.proof),
        pytest.param("decide", 1, 1, marks=pytest.mark.proof),
    ],
    ids=str,
)
def test_an_interrupted_walk_goes_on_where_it_stopped(
    walked: Walked, tmp_path: Path, what: str, round_: int, after: int
) -> None:
    studio = FakeLabelStudio()
    with pytest.raises(KeyboardInterrupt):
        walk(tmp_path, lambda _: None, Interrupting(after, what, round_), office(studio))
    before = answers(studio, tmp_path)
    first, again = (told_answers(walked, name) for name in ("(label)", "(again)"))
    least = {("label", 1): 0, ("label", 2): first, ("decide", 1): first + again}[what, round_]
    gold_so_far = sum(
        len(voters(task)) for task in everything(studio, tmp_path) if task.uid in gold(tmp_path)
    )
    assert least + after - 6 <= before - gold_so_far <= least + after
    summary, _ = quiet(tmp_path, studio)
    assert before < answers(studio, tmp_path)
    tasks = work(studio, tmp_path)
    assert len(tasks) == TO_LABEL
    assert all(len(set(voters(task))) == len(voters(task)) in {2, 3} for task in tasks)
    cases = everything(studio, tmp_path, "adjudicate")
    assert sorted(len(voters(case)) for case in cases) == [0] + [1] * (len(cases) - 1)
    given = answers(studio, tmp_path, "label")
    assert summary.counts == walked.summary.counts.replace(
        annotations=given, simulated_annotations=given, labels=given
    )
    assert (summary.counts.disputed, summary.counts.unfinished) == (1, 0)


def test_the_summary_for_people_shows_the_password_only_where_it_may(walked: Walked) -> None:
    shown = "\n".join(lines(walked.summary, "headrace -C demo", "demo", "a-password"))
    hidden = "\n".join(lines(walked.summary, "headrace -C demo", "demo", None))
    assert "a-password" in shown
    assert "a-password" not in hidden
    assert "server.json" in hidden
    assert "a-password" not in str(walked.summary.to_json())


def test_the_summary_for_people_fits_a_screen_and_names_the_next_commands(walked: Walked) -> None:
    told = lines(walked.summary, "headrace -C demo", "demo", None)
    assert len(told) <= 48
    assert all(len(line) <= 120 for line in told if "/" not in line)
    text = "\n".join(told)
    for command in ("run", "report", "serve", "down"):
        assert f"headrace -C demo {command}" in text
    assert "SIMULATED" in text
