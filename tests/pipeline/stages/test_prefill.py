"""Pages that start from a model's label: off unless asked for, on record, and told apart from what people say."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.lineage import in_words, lineage
from pipeline.prefilled import kept
from pipeline.stages.release import release
from schemas.errors import ProjectError
from schemas.project import parse_project
from tasks import task_types
from tasks.base import Region, say_choices
from tests.pipeline.releasing.read import rows

KIND = task_types()["preference_pair"]
Make = Callable[..., Any]


def filled(make_effort: Make, where: str = "hidden_model_label", **columns: Any) -> Any:
    """One problem, whose record has these columns, pushed to an effort that prefills from one of them."""
    effort = make_effort(tasks=[{"type": "preference_pair", "overlap": 2, "prefill": where}])
    effort.write([{"prompt": "What?", "candidates": [{"text": "a"}, {"text": "b"}], **columns}])
    effort.run()
    return effort


def seeds(effort: Any) -> list[tuple[Region, ...]]:
    return [effort.studio.seed(task) for task in effort.remote()]


def test_nothing_is_filled_in_unless_the_project_asks(make_effort: Make) -> None:
    effort = make_effort()
    effort.write([{"prompt": "?", "candidates": ["a", "b"], "hidden_model_label": {"preference": 2}}])
    effort.run()
    assert seeds(effort) == [()]
    assert effort.count("prefills") == 0


@pytest.mark.parametrize(
    ("where", "columns"),
    [
        ("hidden_model_label", {"hidden_model_label": {"preference": 2}}),
        ("hidden_model_label", {"hidden_model_label": {"preference_pair": {"preference": 2}}}),
        ("hidden_model_label", {"hidden_model_label": [{"preference": 2}]}),
        ("extra.verifier", {"extra": {"verifier": {"preference": 2}}}),
    ],
)
def test_a_page_starts_from_the_label_that_the_record_holds(
    make_effort: Make, where: str, columns: dict[str, Any]
) -> None:
    effort = filled(make_effort, where, **columns)
    assert seeds(effort) == [tuple(KIND.result(KIND.label(preference=2)))]
    (fact,) = effort.ctx.store.rows("SELECT source, payload FROM prefills")
    assert fact["source"] == where
    assert json.loads(fact["payload"])["preference"] == 2


@pytest.mark.parametrize("said", [None, [], {"step_review": {}}, "better"])
def test_a_record_without_a_label_that_fits_leaves_the_page_empty(make_effort: Make, said: Any) -> None:
    effort = filled(make_effort, hidden_model_label=said)
    assert seeds(effort) == [()]
    told = effort.ctx.store.rows("SELECT detail FROM findings WHERE kind = 'no prefill'")
    assert len(told) == (said not in (None, []))
    assert all("a label of preference_pair was expected" in one["detail"] for one in told)


def test_lineage_tells_what_was_changed_from_what_was_only_confirmed(
    make_effort: Make, say: Callable[[int], Any]
) -> None:
    effort = filled(make_effort, hidden_model_label={"preference": 2})
    effort.vote("ana@people.example", say(2))
    effort.vote("ben@people.example", say(3))
    effort.run()
    _, _, folder = release(effort.ctx)
    (row,) = rows(folder)
    chain = lineage(effort.ctx.store, row["row_id"])
    assert chain["prefill"]["source"] == "hidden_model_label"
    assert chain["prefill"]["label"]["preference"] == 2
    found = {vote["label"]["preference"]: vote["prefilled"] for vote in chain["resolution"]["labels"]}
    assert found[2] == {"confirmed": ["preference"], "changed": [], "added": []}
    assert found[3] == {"confirmed": [], "changed": ["preference"], "added": []}
    words = "\n".join(in_words(chain))
    assert "(prefilled, only confirmed)" in words
    assert "(prefilled, changed: preference)" in words


def test_what_was_added_is_ones_own_and_where_it_stands_is_no_matter() -> None:
    label = KIND.label(preference=1)
    said = {"from_name": "preference", "value": {"choices": ["1"], "start": 3}, "origin": "prediction"}
    found = kept(KIND, label, [said, say_choices("reason", "prompt", "Shorter.")])
    assert found == {"confirmed": ["preference"], "changed": [], "added": ["reason"]}
    assert kept(KIND, label, [])["changed"] == ["preference"]


@pytest.mark.parametrize("where", ["prompt", "extra", "extra.", ""])
def test_a_place_that_is_none_is_refused(where: str) -> None:
    with pytest.raises(ProjectError, match=r"hidden_model_label or extra\.COLUMN"):
        parse_project({"name": "p", "tasks": [{"type": "preference_pair", "prefill": where}]})
