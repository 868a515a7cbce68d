"""What property tests of task types draw: items, and labels that can be said of them."""

from inspect import signature
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from hypothesis import HealthCheck, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.base import Item, Label
from schemas.records import TestCase
from tasks import AnyTaskType
from tasks._escape import KEYS, Escapable, Escape
from tasks.base import Answers, ParseError
from tasks.rubric_grade import Grade, RubricGradeItem, RubricGradeLabel
from tasks.step_review import StepReviewItem, StepReviewLabel

a_few = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
escapes = st.builds(
    Escape, kind=st.sampled_from(sorted(KEYS)), reason=st.text(min_size=1).filter(lambda text: text.strip())
)
_json = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
# what stands in a case is any JSON, which hypothesis cannot draw from its recursive name
st.register_type_strategy(
    TestCase, st.builds(TestCase, input=_json | st.lists(_json, max_size=3), output=_json)
)
st.register_type_strategy(
    Grade,
    st.integers(1, 9).flatmap(lambda top: st.builds(Grade, level=st.integers(0, top), top=st.just(top))),
)


@st.composite
def labels(draw: st.DrawFn, task_type: AnyTaskType, *, judging: bool = False) -> Label:
    """A label of a task type; one that judges, or also one that takes a way out."""
    kind: type[Label] = task_type.label
    known: dict[str, st.SearchStrategy[object]] = {}
    if issubclass(kind, Escapable):
        said = signature(kind).parameters
        known = {name: _drawn(said[name].annotation).filter(_is_said) for name in kind.verdicts}
        known["escape"] = st.none() if judging else st.one_of(st.none(), st.none(), escapes)
    try:
        return draw(st.builds(kind, **known, **_others(kind, known)))
    except ValidationError:  # a contradiction that the label refuses
        reject()


@st.composite
def labeled(draw: st.DrawFn, task_type: AnyTaskType, *, judging: bool = False) -> tuple[Item, Label]:
    """An item and a label that can be said of it."""
    item: Item = draw(st.from_type(task_type.item))
    label = _fitted(draw, item, draw(labels(task_type, judging=judging)))
    try:
        task_type.parse(item, Answers(task_type.result(label)))
    except ParseError:
        reject()
    return item, label


def _fitted(draw: st.DrawFn, item: Item, label: Label) -> Label:
    """The label with as many parts as its item has, where chance would hardly ever hit that."""
    if isinstance(item, RubricGradeItem) and isinstance(label, RubricGradeLabel) and label.grades:
        levels = [(draw(st.integers(0, one.top)), one.top) for one in item.rubric]
        return label.replace(grades=tuple(Grade(level=level, top=top) for level, top in levels))
    if isinstance(item, StepReviewItem) and isinstance(label, StepReviewLabel) and item.after_error == "stop":
        wrong = label.first_error
        kept = label.ratings if wrong is None else label.ratings[: wrong + 1]
        fixes = tuple(fix for fix in label.corrections if fix[0] < len(kept))
        return label.replace(ratings=kept, corrections=fixes)
    return label


def _is_said(value: object) -> bool:
    return value is not None


def _others(
    kind: type[Label], known: dict[str, st.SearchStrategy[object]]
) -> dict[str, st.SearchStrategy[object]]:
    parameters = signature(kind).parameters.items()
    return {name: _drawn(one.annotation) for name, one in parameters if name not in known}


def _drawn(annotation: Any) -> st.SearchStrategy[object]:
    return st.from_type(_constrained(annotation))


def _constrained(annotation: Any) -> Any:
    """The type with pydantic's constraints where hypothesis sees them: it looks into no `Field` within a union."""
    if get_origin(annotation) in (Union, UnionType):
        return Union[tuple(map(_constrained, get_args(annotation)))]  # noqa: UP007 - of as many as there are
    if get_origin(annotation) is Annotated:
        kind, *said = get_args(annotation)
        return Annotated[(kind, *(one for field in said for one in getattr(field, "metadata", [field])))]
    return annotation
