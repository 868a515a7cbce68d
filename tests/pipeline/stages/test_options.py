"""What a project chooses of a task type: refused once where it cannot be, before any record is asked."""

from collections.abc import Callable
from typing import Any

import pytest

from schemas.errors import ProjectError
from tasks import names, task_types

Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("step_review", {"after_error": "halt"}, "after_error: should be 'stop', 'rate' or 'continue', is 'halt'"),
        ("step_review", {"show_reference": "yes"}, "options.show_reference: should be a valid boolean, is 'yes'"),
        ("preference_pair", {"aspects": ["a", "a"]}, "options.aspects: should name each aspect once"),
        ("rubric_grade", {"criteria": [{"criterion": "right", "scale": "0-9"}]}, "options.criteria.0.scale"),
        ("code_review", {"show_test": True}, "no key is called 'show_test' here; did you mean 'show_tests'?"),
        ("ranking", {"ties": True}, "ranking knows none"),
    ],
)  # fmt: skip
def test_it_is_refused_in_one_line_before_any_record_is_asked(
    make_effort: Make, name: str, options: Any, said: str
) -> None:
    effort = make_effort(tasks=[{"type": name, "options": options}])
    effort.run("ingest", "screen")
    with pytest.raises(ProjectError) as raised:
        effort.run("generate")
    assert said in str(raised.value)
    assert len(str(raised.value).splitlines()) <= 4
    assert effort.ctx.store.count("rejects") == 0


@pytest.mark.parametrize("name", names())
def test_every_type_has_defaults(name: str) -> None:
    assert task_types()[name].options.model_validate({}) == task_types()[name].options()
