"""What people can say at the desk, and what becomes of it."""

import re
import shutil
from pathlib import Path

import pytest

from schemas.door import DisputeAnswerFact, DisputeFact, GoldFact
from tests.pipeline.door.desk_example import (
    ANA,
    HOSTILE,
    LEE,
    LI,
    LONG_AGO,
    NOW,
    Example,
    Opened,
    dumped,
    fill,
    opened,
    posted,
    prefers,
    publish,
)

FORMS = (
    "/desk/disagree",
    "/desk/looked",
    "/desk/answer",
    "/desk/forget",
    "/desk/language",
    "/desk/lead/answer",
)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A busy project as it is at the start of each test; only ever copied."""
    folder = tmp_path_factory.mktemp("desk")
    publish(folder, fill)
    return folder


@pytest.fixture
def desk(template: Path, tmp_path: Path) -> Opened:
    """Its desk, for a test to change."""
    return opened(shutil.copytree(template, tmp_path, dirs_exist_ok=True))


def missed(desk: Opened) -> str:
    """The task that Li missed."""
    found = re.search(r'name="task" value="([^"]+)"', desk.as_(LI).get("/desk/gold").text)
    assert found
    return found[1]


def disagreed(desk: Opened, remark: str = "Four is right.") -> str:
    """The id of Li's dispute."""
    desk.as_(LI).post("/desk/disagree", data=posted(about="gold", task=missed(desk), remark=remark))
    return str(desk.notes.all("dispute")[0].payload["dispute_id"])


def test_a_dispute_is_written_down_for_sync_and_shown(desk: Opened) -> None:
    task = missed(desk)
    answer = desk.as_(LI).post(
        "/desk/disagree", data=posted(about="gold", task=task, remark=" Four is right. ")
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/gold?page=1")
    (note,) = desk.notes.untaken()
    fact = DisputeFact.model_validate(note.payload)
    assert (fact.annotator, fact.task_id, fact.about, fact.remark) == (LI, task, "gold", "Four is right.")
    page = desk.as_(LI).get("/desk/gold").text
    assert "Four is right." in page
    assert "Not answered yet." in page
    assert 'action="/desk/disagree"' not in page


def test_the_same_dispute_twice_is_one(desk: Opened) -> None:
    task = missed(desk)
    for remark in ("once", "twice"):
        desk.as_(LI).post("/desk/disagree", data=posted(about="gold", task=task, remark=remark))
    assert [note.payload["remark"] for note in desk.notes.all("dispute")] == ["once"]


@pytest.mark.parametrize("about", ["gold", "overturned", "", "../x"])
def test_nobody_disputes_what_is_not_their_own(desk: Opened, about: str) -> None:
    task = missed(desk)
    answer = desk.as_(ANA).post("/desk/disagree", data=posted(about=about, task=task, remark="mine"))
    assert answer.status_code == 404
    assert desk.notes.all("dispute") == []


def test_a_gold_task_that_may_not_be_told_yet_cannot_be_disputed(desk: Opened) -> None:
    client = desk.as_(LI)
    tasks = [row["task_id"] for row in client.get("/desk/data.json").json()["annotations"]]
    answers = [
        client.post("/desk/disagree", data=posted(about="gold", task=task, remark="x")) for task in tasks
    ]
    assert [answer.status_code for answer in answers].count(303) == 1


def test_a_lead_answers_without_knowing_whose_it_is(desk: Opened) -> None:
    dispute = disagreed(desk)
    page = desk.as_(LEE).get("/desk/lead").text
    assert "Four is right." in page
    assert LI not in page
    assert "Li Na" not in page
    answer = desk.as_(LEE).post(
        "/desk/lead/answer", data=posted(dispute=dispute, upheld="yes", remark="So it is.")
    )
    assert answer.status_code == 303
    fact = DisputeAnswerFact.model_validate(desk.notes.all("dispute_answer")[0].payload)
    assert (fact.dispute_id, fact.upheld, fact.answered_by) == (dispute, True, LEE)
    for path in ("/desk/gold", "/desk/disputes"):
        shown = desk.as_(LI).get(path).text
        assert "You were right:" in shown
        assert "So it is." in shown
    assert "1 answer to what you disagreed with" in desk.as_(LI).get("/desk/").text


def test_an_upheld_dispute_comes_with_the_command_that_mends(desk: Opened) -> None:
    task = missed(desk)
    dispute = disagreed(desk)
    desk.as_(LEE).post("/desk/lead/answer", data=posted(dispute=dispute, upheld="yes", remark="So it is."))
    assert f"headrace gold mend {task} --label" in desk.as_(LEE).get("/desk/lead").text


@pytest.mark.parametrize("who", [LI, ANA])
def test_only_leads_answer(desk: Opened, who: str) -> None:
    dispute = disagreed(desk)
    answer = desk.as_(who).post(
        "/desk/lead/answer", data=posted(dispute=dispute, upheld="yes", remark="I am right")
    )
    assert answer.status_code == 404
    assert desk.notes.all("dispute_answer") == []


def test_a_lead_does_not_answer_their_own(tmp_path: Path) -> None:
    def missed_by_lee(made: Example) -> None:
        made.people()
        made.say(made.gold(3), LEE, prefers(-3))

    publish(tmp_path, missed_by_lee)
    desk = opened(tmp_path)
    desk.as_(LEE).post("/desk/disagree", data=posted(about="gold", task="t0", remark="mine"))
    dispute = str(desk.notes.all("dispute")[0].payload["dispute_id"])
    assert "another lead answers it" in desk.as_(LEE).get("/desk/lead").text
    answer = desk.as_(LEE).post("/desk/lead/answer", data=posted(dispute=dispute, upheld="yes", remark="yes"))
    assert answer.status_code == 404


def test_a_dispute_in_the_store_and_its_answer_there_are_shown_too(desk: Opened) -> None:
    dispute = disagreed(desk)
    note = desk.notes.untaken()[0]
    stored = DisputeFact.model_validate(note.payload)
    said = DisputeAnswerFact(
        dispute_id=dispute, upheld=False, remark="Read 3.2.", answered_by=LEE, answered_at=stored.disputed_at
    )
    publish(desk.folder, lambda made: made.put(stored, said))
    desk.notes.take([note.note_id])
    page = opened(desk.folder).as_(LI).get("/desk/disputes").text
    assert page.count("Four is right.") == 1
    assert "It stays as it is:" in page
    assert "Read 3.2." in page


def test_a_mended_gold_answer_changes_the_score(desk: Opened) -> None:
    mended = GoldFact(
        task_id=missed(desk),
        purpose="gold",
        payload=dumped(prefers(-3)),
        clause=None,
        said_by=LEE,
        reason="disputed",
        put_at=NOW,
    )
    disagreed(desk)
    publish(desk.folder, lambda made: made.put(mended))
    after = opened(desk.folder)
    assert "gold: 3 of 3" in after.as_(LI).get("/desk/gold").text
    assert "stands no more" in after.as_(LEE).get("/desk/lead").text


def test_a_guideline_that_was_read_has_changed_no_more(desk: Opened) -> None:
    client, path = desk.as_(LI), "/desk/guidelines/preference_pair"
    assert "not read yet" in client.get("/desk/").text
    desk.notes.put("looked", LI, {"task_type": "preference_pair", "version": "g1"})
    assert "1 has changed since you last looked" in client.get("/desk/").text
    assert "<ins>" in client.get(path).text
    assert (
        client.post("/desk/looked", data=posted(task_type="preference_pair", version="g2")).status_code == 303
    )
    assert "has changed since you last looked" not in client.get("/desk/").text
    assert "<ins>" not in client.get(path).text
    assert "You have read this version." in client.get(path).text


def test_a_guideline_of_somebody_elses_work_is_not_there(tmp_path: Path) -> None:
    publish(tmp_path, Example.people, lambda made: made.task(cell="de/ranking", task_type="ranking"))
    publish(tmp_path, lambda made: made.guideline("# Ranking", "r1", LONG_AGO, "ranking"))
    desk = opened(tmp_path)
    assert desk.as_(LI).get("/desk/guidelines/ranking").status_code == 404
    assert desk.as_(ANA).get("/desk/guidelines/ranking").status_code == 200


def test_what_somebody_says_to_a_question_reaches_a_lead(desk: Opened) -> None:
    client = desk.as_(LI)
    client.post("/desk/answer", data=posted(kind="no lead time", remark="The browser crashed."))
    assert "The browser crashed." in client.get("/desk/asked").text
    assert "The browser crashed." in desk.as_(LEE).get("/desk/people").text
    assert client.post("/desk/answer", data=posted(kind="of somebody else", remark="x")).status_code == 404


def test_who_asks_to_be_forgotten_is_told_that_they_did_and_a_lead_how(desk: Opened) -> None:
    client = desk.as_(LI)
    client.post("/desk/forget", data=posted(remark="no reason"))
    assert desk.notes.all("forget") == []
    for _ in range(2):
        client.post("/desk/forget", data=posted(sure="yes", remark="no reason"))
    assert len(desk.notes.all("forget")) == 1
    assert "You asked for it on" in client.get("/desk/data").text
    assert f"headrace people forget {LI}" in desk.as_(LEE).get("/desk/people").text


def test_the_language_that_was_chosen_stays(desk: Opened) -> None:
    client = desk.as_(LI)
    answer = client.post("/desk/language", data=posted(language="zh", back="/desk/gold"))
    assert answer.headers["location"] == "/desk/gold"
    assert "httponly" in answer.headers["set-cookie"].lower()
    assert '<html lang="zh-CN">' in client.get("/desk/").text


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/desk//evil.example",
        "/desk/../../x",
        "/desk/gold\r\nX: y",
        "javascript:alert(1)",
        "",
        "/desk/gold?page=1&x=//e",
    ],
)
def test_a_form_leads_nowhere_else(desk: Opened, back: str) -> None:
    answer = desk.as_(LI).post("/desk/language", data=posted(language="en", back=back))
    assert answer.headers["location"] == "/desk/"


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_the_right_token_does_nothing(desk: Opened, path: str) -> None:
    fields = {"about": "gold", "task": missed(desk), "remark": "x", "sure": "yes", "language": "zh"}
    for given in (fields, {**fields, "csrf": "another"}, {**fields, "csrf": "\u00e9"}):
        answer = desk.as_(LI).post(path, data=given)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers
    assert not any(
        desk.notes.all(kind) for kind in ("dispute", "forget", "looked", "answer", "dispute_answer")
    )


@pytest.mark.parametrize("path", FORMS)
def test_forms_are_never_sent_by_opening_an_address(desk: Opened, path: str) -> None:
    assert desk.as_(LI).get(path).status_code in (404, 405)


def test_what_is_typed_is_shown_as_it_was_typed(desk: Opened) -> None:
    disagreed(desk, HOSTILE + "\x00")
    for who, path in ((LI, "/desk/gold"), (LI, "/desk/disputes"), (LEE, "/desk/lead")):
        page = desk.as_(who).get(path).text
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_remark_is_cut_at_its_longest(desk: Opened) -> None:
    disagreed(desk, "x" * 5000)
    assert len(desk.notes.all("dispute")[0].payload["remark"]) == 2000
