"""A chain that several tasks hold a part of each is released as one row, once enough of them are settled."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pipeline.released.rows import read
from pipeline.released.sets import classes
from pipeline.releasing.candidate import choose
from schemas.rows import PassedRow, Row, StepwiseRow
from tasks._escape import Escape
from tasks.step_review import StepReviewLabel, task_type

CHAIN = [f"step {number}" for number in range(1, 121)]
SOLVED = StepReviewLabel(finish="solved")
WRONG = StepReviewLabel(ratings=("good", "bad"), finish="found_error")
PASSED = StepReviewLabel(escape=Escape(kind="bad_problem"))


@pytest.fixture
def chain(make_effort: Callable[..., Any]) -> Any:
    """An effort with one chain of three parts, in Label Studio."""
    effort = make_effort(tasks=[{"type": "step_review", "overlap": 1}])
    effort.write([{"prompt": "How many?", "candidates": [{"steps": CHAIN}], "language": "en"}])
    effort.run()
    return effort


def label(effort: Any, **by_part: StepReviewLabel) -> None:
    """Label some of the parts, which are called first, second and third."""
    begins = {"Steps 1 to": "first", "Steps 41 to": "second", "Steps 81 to": "third"}
    person = effort.studio.person("ana@people.example").id
    for task in effort.remote():
        hint = str(effort.studio.data(task)["hint"])
        part = next(name for begin, name in begins.items() if hint.startswith(begin))
        if part in by_part:
            effort.studio.annotate(task, person, task_type.result(by_part[part]), 20.0)
    effort.run()


def rows(effort: Any) -> list[Row]:
    choose(effort.ctx)
    of = classes(task_type)
    found = effort.ctx.store.rows(
        "SELECT c.file_set, r.payload FROM candidate c JOIN made_rows r USING (made_id, row_id, row_hash) "
        "ORDER BY row_id"
    )
    return [read(of[row["file_set"]], row["payload"]) for row in found]


def stepwise(effort: Any) -> list[StepwiseRow]:
    return [row for row in rows(effort) if isinstance(row, StepwiseRow)]


def test_a_whole_waits_for_all_its_parts(chain: Any) -> None:
    label(chain, first=SOLVED, third=SOLVED)
    assert rows(chain) == []
    label(chain, second=SOLVED)
    (row,) = stepwise(chain)
    assert list(row.completions) == CHAIN
    assert all(row.labels)
    assert len(rows(chain)) == 2


def test_a_whole_does_not_wait_for_what_is_behind_its_error(chain: Any) -> None:
    label(chain, first=SOLVED, second=WRONG)
    (early,) = stepwise(chain)
    assert early.completions[-1] == "step 42"
    assert early.labels[-1] is False
    label(chain, third=WRONG)
    assert stepwise(chain) == [early]


def test_a_part_that_was_passed_is_released_as_such_and_the_whole_is_not(chain: Any) -> None:
    label(chain, first=SOLVED, second=PASSED, third=SOLVED)
    (row,) = rows(chain)
    assert isinstance(row, PassedRow)
    assert row.kind == "bad_problem"


def test_the_rows_of_a_whole_stand_with_its_first_part(chain: Any) -> None:
    label(chain, first=SOLVED, second=SOLVED, third=SOLVED)
    assert len(rows(chain)) == 2
    members = chain.ctx.store.rows("SELECT * FROM members")
    (first,) = (member["task_id"] for member in members if member["row_count"])
    found = chain.ctx.store.rows("SELECT payload FROM tasks WHERE task_id = ?", [first])
    item: Mapping[str, Any] = json.loads(found[0]["payload"])
    assert item["window"] == [0, 40]
    assert len(members) == 3
