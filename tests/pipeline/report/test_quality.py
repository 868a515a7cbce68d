"""Agreement, unclear guidelines and wrong labels, on the page, in a terminal and as JSON."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from pipeline.report import agreeing, html
from pipeline.report.progress import Progress, measure
from pipeline.report.terminal import show
from pipeline.store import Store
from schemas.base import Json
from schemas.project import Project
from tests.pipeline.assessing.labelled import Labelled

PEOPLE = [f"ann-{at}" for at in range(6)]
PAIR = "en/preference_pair"


def _project() -> Project:
    source = {"reader": "jsonl", "path": "p.jsonl", "domain": "reasoning", "language": "en", "license": "MIT"}
    task = {"type": "preference_pair", "overlap": {"policy": "third_on_disagreement"}}
    return Project.model_validate({"name": "p", "sources": [source], "tasks": [task]})


def _made(world: Labelled) -> Progress:
    store = world.done()
    return measure(store, _project(), world.at)


@pytest.fixture
def world() -> Iterator[Labelled]:
    with Store(":memory:") as store:
        yield Labelled(store)


@pytest.fixture(scope="module")
def busy() -> Progress:
    """Two weeks, two cells, a pair of labels that nobody can tell apart, and gold of which one in ten is missed."""
    with Store(":memory:") as store:
        return _made(_busy(Labelled(store)))


def _busy(world: Labelled) -> Labelled:
    world.guideline("preference_pair", "0123456789abcdef")
    for at in range(240):
        if at == 120:
            world.at += timedelta(days=7)
        cell = "zh/preference_pair" if at % 4 == 0 else PAIR
        truth = int(world.random.choice((-3, -1, 1, 3)))
        said = [int(world.random.choice((1, 3))) if truth > 0 else truth for _ in range(2)]
        votes: dict[str, Json] = {
            who: {"preference": place, "reason": f"as {at}"}
            for who, place in zip(world.picks(PEOPLE, 2), said, strict=True)
        }
        settled = next(iter(votes.values())) if said[0] == said[1] else None
        world.task(cell, votes, settled, method="unanimous" if settled else "none")
    for at in range(30):
        known = {"preference": 3 if at % 10 else -3}
        world.gold(PAIR, {who: {"preference": 3} for who in PEOPLE[:2]}, known, "A wrong result weighs more.")
    return world


def _drawn(progress: Progress, width: int = 80) -> str:
    out = StringIO()
    show(progress, Console(file=out, width=width))
    return out.getvalue()


def test_the_page_shows_agreement_by_week_cell_and_part(busy: Progress) -> None:
    page = html.render(busy)
    for said in ("How far people agree", "week by week", "Chinese preference pair", "No verdict is given on"):
        assert said in page
    assert page.count('class="ring"') >= 3
    assert "as 17" not in page


def test_the_page_says_where_the_guideline_is_unclear(busy: Progress) -> None:
    page = html.render(busy)
    section = page[page.index('id="unclear"') :]
    assert "Where the guideline is unclear" in section
    assert (
        "B much better (+3) or B slightly (+1)" in section
        or "B slightly (+1) or B much better (+3)" in section
    )
    assert "guideline 01234567: the guideline\u2019s doing" in section


def test_the_page_says_how_many_labels_are_wrong(busy: Progress) -> None:
    assert busy.errors[0].by == "gold"
    page = html.render(busy)
    assert "About 10\u00a0% of the accepted labels are wrong" in page
    assert "of 30 labels looked at again, by gold, 3 came out otherwise." in page


def test_a_terminal_of_80_columns_holds_it(busy: Progress) -> None:
    drawn = _drawn(busy)
    assert max(map(len, drawn.splitlines())) <= 80
    for said in (
        "Agreement beyond chance",
        "  zh/preference_pair",
        "Taken for each other",
        "Wrong among the accepted",
    ):
        assert said in drawn
    assert "the guideline's" in drawn


def test_json_has_all_of_it(busy: Progress) -> None:
    found = json.loads(json.dumps(busy.to_json()))
    (whole,) = (
        one
        for one in found["agreement"]
        if (one["dimension"], one["of"], one["cell"], one["week"]) == ("label", "compared", None, None)
    )
    assert {"value", "low", "high", "ac1", "raw", "prevalence", "tasks", "verdict"} <= whole.keys()
    assert [one["week"] for one in found["agreement"] if one["week"]] == ["2026-03-02", "2026-03-09"]
    assert found["unclear"]["confused"][0]["unclear"] is True
    assert found["errors"][0]["estimate"]["looked_at"] == 30


def test_without_votes_there_is_nothing_to_tell(world: Labelled) -> None:
    world.task(PAIR, {})
    made = _made(world)
    assert (made.agreement, made.errors, agreeing.is_unclear(made.unclear)) == ((), (), False)
    page = html.render(made)
    assert 'id="agreement"' not in page
    assert 'id="errors"' not in page


def test_where_nobody_looked_it_says_what_to_do(world: Labelled) -> None:
    for _ in range(3):
        world.task(PAIR, {"ann-0": {"preference": 1}}, {"preference": 1}, method="single")
    made = _made(world)
    said = agreeing.errors_said(made.errors)
    assert said.startswith("Nobody knows yet how many of the accepted labels are wrong")
    assert "audit_share" in said
    assert 'id="errors"' in html.render(made)


def test_of_a_few_that_were_looked_at_nothing_is_concluded(world: Labelled) -> None:
    world.task(PAIR, {"ann-0": {"preference": 1}}, {"preference": 1}, method="single")
    for _ in range(3):
        world.gold(PAIR, {who: {"preference": 3} for who in PEOPLE[:2]}, {"preference": -3})
    said = agreeing.errors_said(_made(world).errors)
    assert "of 20 that are needed 3 were looked at again" in said


def test_what_nobody_looked_at_is_said(world: Labelled) -> None:
    for _ in range(50):
        world.task("en/answer_check", {"ann-0": {"verdict": "equal"}}, {"verdict": "equal"}, method="single")
    said = agreeing.errors_said(_made(_busy(world)).errors)
    assert "50 of the" in said
    assert said.endswith("they may be anything.")


def test_one_person_is_told_from_the_guideline(world: Labelled) -> None:
    for _ in range(300):
        truth = int(world.random.choice((-3, -1, 1, 3)))
        votes = {who: {"preference": truth} for who in world.picks(PEOPLE, 3)}
        if "ann-0" in votes and truth == 1:
            votes["ann-0"] = {"preference": 3}
        world.task(PAIR, votes, overlap=3)
    made = _made(world)
    page = html.render(made)
    assert "With ann-0" in page
    assert ": a person" in page
    assert "ann-0's" in _drawn(made)
