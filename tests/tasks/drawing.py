"""What property tests of task types draw: items, and labels that can be said of them."""

from hypothesis import HealthCheck, reject, settings
from hypothesis import strategies as st

from schemas.base import Item, Label
from tasks import AnyTaskType
from tasks.base import Answers, ParseError

a_few = settings(
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@st.composite
def labeled(draw: st.DrawFn, task_type: AnyTaskType) -> tuple[Item, Label]:
    """An item and a label that can be said of it."""
    item: Item = draw(st.from_type(task_type.item))
    label: Label = draw(st.from_type(task_type.label))
    try:
        task_type.parse(item, Answers(task_type.result(label)))
    except ParseError:
        reject()
    return item, label
