"""What a person finds at their desk."""

import json
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from pipeline.door.desk.routes import PAGES
from tests.pipeline.door.desk_example import (
    ANA,
    HOSTILE,
    JUST_NOW,
    LEE,
    LI,
    LONG_AGO,
    NOW,
    Example,
    Opened,
    fill,
    opened,
    prefers,
    publish,
)

OWN_PAGES = sorted(path for path in PAGES if "{" not in path and path not in ("/desk/lead", "/desk/people"))


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """A busy project's desk; only ever looked at."""
    folder = tmp_path_factory.mktemp("desk")
    publish(folder, fill)
    return opened(folder)


@pytest.fixture
def desk(tmp_path: Path) -> Opened:
    """The desk of an empty project, for a test to fill."""
    return opened(tmp_path)


def text(page: str) -> str:
    """What a page says, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_next_task_is_one_press_of_enter_away(filled: Opened) -> None:
    page = filled.as_(LI).get("/desk/").text
    assert re.search(r'<form method="get" action="/desk/next"><button [^>]*autofocus', page)


@pytest.mark.parametrize("path", OWN_PAGES)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_is_there_in_both_languages(filled: Opened, path: str, language: str) -> None:
    answer = filled.as_(LI, **{"accept-language": language}).get(path)
    assert answer.status_code == 200
    if answer.headers["content-type"].startswith("text/html"):
        assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in answer.text


def test_what_waits_is_told_cell_by_cell_and_only_in_ones_own(filled: Opened) -> None:
    said = text(filled.as_(LI).get("/desk/").text)
    assert "Comparing two answers, in English 30 or more" in said
    assert "Step-by-step review, in Chinese a few" in said
    assert "German" not in said


def test_an_adjudicator_sees_the_disputes_that_wait(desk: Opened) -> None:
    from schemas.facts import ResolutionFact
    from schemas.steering import AdjudicationFact

    def disputed(made: Example) -> None:
        made.people()
        task = made.pair()
        votes = (made.say(task, LI, prefers(3)), made.say(task, "ann-99", prefers(-3)))
        none = ResolutionFact(
            resolution_id="r",
            task_id=task,
            payload=None,
            method="none",
            agreement=0.0,
            votes=2,
            revisions=votes,
            simulated=False,
            resolved_at=LONG_AGO,
        )
        made.put(
            AdjudicationFact(adjudication_id="case", task_id=task, revisions=votes, asked_at=LONG_AGO), none
        )
        made.push("case")

    publish(desk.folder, disputed)
    assert "disputes to settle a few" in text(desk.as_(ANA).get("/desk/").text)
    assert "disputes to settle" not in text(desk.as_(LI).get("/desk/").text)


def test_a_gold_answer_is_told_only_when_it_can_be_changed_no_more(filled: Opened) -> None:
    page = text(filled.as_(LI).get("/desk/gold").text)
    assert "gold: 2 of 3" in page
    assert page.count("I disagree") == 1


def test_a_missed_gold_task_shows_both_answers_the_clause_and_the_task(filled: Opened) -> None:
    page = text(filled.as_(LI).get("/desk/gold").text)
    assert "Your answer A much better (-3): longer" in page
    assert "Known answer B much better (+3)" in page
    assert "The guideline says 3.2 A right answer beats a longer one." in page
    assert "answer b Five." in page


def test_who_saw_left_and_right_swapped_reads_of_what_they_saw(desk: Opened) -> None:
    def missed(made: Example) -> None:
        made.people()
        made.say(made.gold(3), LI, prefers(-3))

    publish(desk.folder, missed)
    straight = text(desk.as_(LI).get("/desk/gold").text)
    desk.leased("t0", swapped=True, ended_at=LONG_AGO)
    swapped = text(desk.as_(LI).get("/desk/gold").text)
    assert "Your answer A much better (-3) Known answer B much better (+3)" in straight
    assert "Your answer B much better (+3) Known answer A much better (-3)" in swapped
    assert "answer a It is" in straight
    assert "answer a Five." in swapped


def test_an_overturned_answer_shows_what_was_decided_and_why(filled: Opened) -> None:
    page = text(filled.as_(LI).get("/desk/overturned").text)
    assert "Your answer A much better (-3)" in page
    assert "Decided B much better (+3)" in page
    assert "Why B is right, A is not." in page


def test_an_answer_within_the_tolerance_was_not_overturned(desk: Opened) -> None:
    def near(made: Example) -> None:
        made.people()
        made.overturn(LI, 2, 3)

    publish(desk.folder, near)
    assert "None of your answers was decided otherwise." in text(desk.as_(LI).get("/desk/overturned").text)


def test_a_person_sees_nothing_of_others(filled: Opened) -> None:
    page = text(filled.as_(ANA).get("/desk/gold").text)
    assert "None so far" in page
    assert "None of your answers was decided otherwise." in text(filled.as_(ANA).get("/desk/overturned").text)
    found = filled.as_(ANA).get("/desk/data.json").text
    assert LI not in found
    assert "ann-99" not in filled.as_(LI).get("/desk/data.json").text


def test_what_looks_unusual_stands_at_the_desk_in_plain_words(filled: Opened) -> None:
    page = text(filled.as_(LI).get("/desk/asked").text)
    assert "You answered a task more than once." in page
    assert "These answers do not count." not in page
    assert page.count("What there is to say") == 6


def test_a_finding_that_nobody_has_words_for_is_shown_all_the_same(desk: Opened) -> None:
    from tests.pipeline.filled import finding

    publish(desk.folder, Example.people, lambda made: made.put(finding("odd thing", annotator=LI)))
    assert "“odd thing”" in text(desk.as_(LI).get("/desk/asked").text)


def test_a_pause_is_told_to_who_is_paused(desk: Opened) -> None:
    from schemas.steering import PersonPauseFact

    def paused(made: Example) -> None:
        made.people()
        made.put(
            PersonPauseFact(annotator=LI, paused=True, redo_since=None, reason="misread", set_at=LONG_AGO)
        )

    publish(desk.folder, paused)
    assert "what you submit now does not count until somebody lets you go on. Reason: misread" in text(
        desk.as_(LI).get("/desk/").text
    )
    assert "misread" not in desk.as_(ANA).get("/desk/").text


def test_leads_alone_see_the_pages_of_leads(filled: Opened) -> None:
    for path in ("/desk/lead", "/desk/people"):
        assert filled.as_(LEE).get(path).status_code == 200
        assert filled.as_(LI).get(path).status_code == 404
        assert filled.as_(ANA).get(path).status_code == 404


def test_own_data_is_whole_and_names_nobody_else(filled: Opened) -> None:
    answer = filled.as_(LI).get("/desk/data.json")
    found = json.loads(answer.text)
    assert answer.headers["content-disposition"] == f'attachment; filename="headrace-{LI}.json"'
    assert found["person"]["email"] == "li@vendor.example"
    assert len(found["annotations"]) == 8
    assert len(found["labels"]) == 8
    assert "known" not in answer.text


def test_own_data_keeps_quiet_on_what_tells_gold_while_it_can_be_changed(desk: Opened) -> None:
    publish(desk.folder, fill)
    desk.leased("fresh", swapped=False, ended_at=JUST_NOW, why='{"gold": "fresh"}')
    desk.leased("old", swapped=False, ended_at=NOW - timedelta(days=2), why='{"gold": "old"}')
    desk.happened([("served", LONG_AGO)], uid="fresh", why='{"gold": "fresh"}', slot=0)
    found = desk.as_(LI).get("/desk/data.json").json()
    fresh, old = sorted(found["leases"], key=lambda row: str(row["uid"]))
    assert "why" not in fresh
    assert "slot" not in fresh
    assert old["why"] == '{"gold": "old"}'
    assert "why" not in found["events"][0]
    assert "slot" not in found["events"][0]


def test_somebody_just_invited_finds_their_cells_and_zone(desk: Opened) -> None:
    publish(desk.folder, lambda made: [made.pair() for _ in range(12)])
    with desk.ledger.writing() as con:
        con.execute("INSERT INTO accounts VALUES (?, 'LI@vendor.example', 'secret', 7)", [LI])
    client = desk.as_(LI)
    page = text(client.get("/desk/").text)
    assert "Comparing two answers, in English 10 or more" in page
    assert "Times are those of Asia/Shanghai." in page
    assert "secret" not in client.get("/desk/data.json").text


def test_a_desk_without_any_store_is_empty_and_works(desk: Opened) -> None:
    page = text(desk.as_(LI).get("/desk/").text)
    assert "Nothing that you may do." in page


def shown(client: TestClient, awaited: str) -> str:
    """The work page once it says something that is being read in the background."""
    for _ in range(600):
        page = text(client.get("/desk/").text)
        if awaited in page:
            return page
        time.sleep(0.05)
    pytest.fail(f"the desk should say {awaited!r}")


def test_what_changes_in_the_store_is_seen_soon(desk: Opened) -> None:
    publish(desk.folder, Example.people)
    client = desk.as_(LI)
    assert "Nothing that you may do." in text(client.get("/desk/").text)
    publish(desk.folder, lambda made: made.pair())
    assert shown(client, "Comparing two answers, in English a few")


def test_each_page_opened_is_a_sign_of_life(desk: Opened) -> None:
    from starlette.applications import Starlette

    from pipeline.door.desk import routes
    from tests.pipeline.door.desk_example import Behind

    seen: list[str] = []
    app = Starlette(routes=routes(desk.folder, desk.ledger, here=lambda who: seen.append(who.annotator)))
    TestClient(Behind(app, LI)).get("/desk/guidelines")
    assert seen == [LI]


def test_hostile_texts_stay_texts_wherever_they_stand(desk: Opened) -> None:
    def hostile(made: Example) -> None:
        made.people()
        task = made.gold(3, clause=HOSTILE, prompt=HOSTILE)
        made.say(task, LI, prefers(-3, HOSTILE))
        made.overturn(LI, -3, 3, why=HOSTILE)
        made.guideline(HOSTILE, "g1", LONG_AGO)

    publish(desk.folder, hostile)
    client = desk.as_(LI)
    for path in ("/desk/", "/desk/gold", "/desk/overturned", "/desk/guidelines/preference_pair"):
        page = client.get(path).text
        assert "<script" not in page.replace('<script src="/desk', ""), path
        assert "<img" not in page, path
        assert "alert(1)" in page or path == "/desk/", path
        assert "794527" not in text(page), path


def test_times_are_told_by_the_clock_of_the_person(desk: Opened) -> None:
    at = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)
    publish(
        desk.folder, Example.people, lambda made: made.guideline("# One", "g1", at), lambda made: made.pair()
    )
    assert "2 March" in text(desk.as_(LI).get("/desk/guidelines/preference_pair").text)
    assert "04:30" in text(desk.as_(LI).get("/desk/guidelines/preference_pair").text)
    assert "20:30" in text(desk.as_(ANA).get("/desk/guidelines/preference_pair").text)


@pytest.mark.parametrize(
    "path",
    [
        "/desk/guidelines/first_error",
        "/desk/guidelines/..%2f..",
        "/desk/gold?page=x",
        "/desk/gold?page=99999",
    ],
)
def test_addresses_that_nobody_was_given_do_no_harm(filled: Opened, path: str) -> None:
    assert filled.as_(LI).get(path).status_code in (200, 404)


def test_who_asked_for_a_task_and_got_none_is_told(desk: Opened) -> None:
    publish(desk.folder, Example.people)
    told = "Just now there is nothing for you."
    with desk.ledger.writing() as con:
        con.execute(
            "INSERT INTO presence VALUES (?, ?, ?, NULL, 0)", [LI, LONG_AGO.isoformat(), NOW.isoformat()]
        )
    assert told not in text(desk.as_(LI).get("/desk/").text)
    with desk.ledger.writing() as con:
        con.execute("UPDATE presence SET starved_at = ?", [NOW.isoformat()])
    assert told in text(desk.as_(LI).get("/desk/").text)
    assert told not in text(desk.as_(ANA).get("/desk/").text)


def test_a_page_that_waits_asks_again_for_an_hour_and_no_other_page_does(desk: Opened) -> None:
    publish(desk.folder, Example.people)
    refresh = '<meta http-equiv="refresh"'
    with desk.ledger.writing() as con:
        con.execute("INSERT INTO presence VALUES (?, ?, ?, ?, 0)", [LI, *[NOW.isoformat()] * 3])
    asked, address = 0, "/desk/"
    while (
        found := re.search(rf'{refresh} content="240;url=([^"]+)"', desk.as_(LI).get(address).text)
    ) is not None:
        asked, address = asked + 1, found[1]
    assert asked == 15


def test_a_store_that_cannot_be_read_is_told_and_the_desk_goes_on(desk: Opened) -> None:
    publish(desk.folder, fill)
    client = desk.as_(LI)
    assert "30 or more" in text(client.get("/desk/").text)
    (desk.folder / "project.toml").write_text("name = [", encoding="utf-8")
    assert "30 or more" in shown(client, "what you see is a little older")


def test_the_count_of_what_waits_says_nothing_exact() -> None:
    from pipeline.door.desk.waiting import about

    assert [about(number) for number in (0, 9, 10, 19, 87, 99, 100, 1234)] == [
        0,
        0,
        10,
        10,
        80,
        90,
        100,
        1000,
    ]
