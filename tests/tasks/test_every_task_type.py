"""What every task type must keep, whichever it is: a new file in tasks/ is tested here without a line added.

With HEADRACE_PROJECT=DIR the task types of that project are tested too.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from label_studio_sdk.label_interface.interface import LabelInterface

from schemas.base import Item, Label
from schemas.records import Record
from tasks import AnyTaskType, _escape, _markup, _own, task_types
from tasks.base import Answers, NoItem, ParseError
from tests.tasks.drawing import a_few, labeled, labels

if project := os.environ.get("HEADRACE_PROJECT"):
    _own.look_in(Path(project))
pytestmark = pytest.mark.parametrize("task_type", task_types().values(), ids=task_types())

TAKEN = {"u", "backspace", "enter", "escape", "delete", "[", "]"}
"""Keys that Label Studio has for itself."""
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><style>*{display:none}</style>"
    "<iframe src=\"https://www.youtube.com/embed/x\" srcdoc='<script>alert(1)</script>'></iframe>"
    '<button formaction="javascript:alert(1)">b</button> $\\href{javascript:alert(1)}{x}$ \x00 \ud800 & &lt;'
)
CRITERION = HOSTILE.replace("\ud800", "")
"""The format knows no half characters here."""


def unrolled(config: str, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A config with its repeaters written out for this data, as the browser does and the SDK does not."""
    root, flat = ET.fromstring(config), dict(data)  # noqa: S314 - our own config
    for parent in list(root.iter()):
        for repeater in parent.findall("Repeater"):
            of = repeater.attrib["on"].removeprefix("$")
            field, flag = re.sub(r"\W+", "_", of), repeater.get("indexFlag", "{{idx}}")
            for at, one in enumerate(_at(data, of)):
                body = ET.tostring(repeater, "unicode").replace(flag, str(at))
                parent.extend(ET.fromstring(re.sub(rf"\${re.escape(of)}\[{at}\]\.", f"${field}_{at}_", body)))  # noqa: S314 - our XML
                flat |= {f"{field}_{at}_{key}": value for key, value in one.items()}
            flat.pop(re.split(r"\W", of)[0], None)
            parent.remove(repeater)
    return ET.tostring(root, "unicode"), flat


def _at(data: Mapping[str, Any], path: str) -> Any:
    """What a path like `steps` or `criteria[2]` leads to, an empty list where it leads nowhere."""
    name, _, place = path.partition("[")
    found = data[name]
    if not place:
        return found
    at = int(place.removesuffix("]"))
    return found[at] if at < len(found) else []


def interface(task_type: AnyTaskType, item: Item) -> LabelInterface:
    return LabelInterface(unrolled(task_type.config(), task_type.data(item))[0])


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def hostile_record(domain: str) -> Record:
    """A record with all that any task type may want, hostile throughout."""
    return Record.model_validate(
        {
            "prompt": HOSTILE,
            "domain": domain,
            "candidates": [
                {"text": HOSTILE, "steps": [HOSTILE, HOSTILE]},
                {"text": f"```html\n{HOSTILE}\n```"},
                {"text": f"{HOSTILE} again"},
            ],
            "reference": {"answer": HOSTILE, "solution": HOSTILE},
            "tests": {
                "code": HOSTILE,
                "entry_point": HOSTILE,
                "cases": [{"input": HOSTILE, "output": HOSTILE}, {"input": [HOSTILE], "output": 1}],
            },
            "programming_language": HOSTILE,
            "issue": {"repo": HOSTILE, "base_commit": HOSTILE, "patch": HOSTILE, "test_patch": HOSTILE},
            "rubric": [{"criterion": CRITERION, "points": 2}, {"criterion": f"{CRITERION}!"}],
            "translation_of": HOSTILE,
            "draft": HOSTILE,
        }
    )


def hostile_items(task_type: AnyTaskType) -> list[Item]:
    """The items of the first domain that the task type takes."""
    for domain in ("reasoning", "coding"):
        try:
            return list(task_type.items(hostile_record(domain), {}))
        except NoItem:
            continue
    return []


def test_label_studio_accepts_the_config(task_type: AnyTaskType) -> None:
    LabelInterface(task_type.config()).validate()


def test_no_text_reaches_an_unsafe_element(task_type: AnyTaskType) -> None:
    elements = list(ET.fromstring(task_type.config()).iter())  # noqa: S314 - our own config
    assert "Markdown" not in {element.tag for element in elements}
    shown = [element for element in elements if element.tag == "HyperText"]
    assert shown
    assert all(element.attrib["inline"] == "true" for element in shown)


@a_few
@given(st.data())
def test_an_item_fills_every_variable_of_the_config(task_type: AnyTaskType, data: st.DataObject) -> None:
    item: Item = data.draw(st.from_type(task_type.item))
    config, flat = unrolled(task_type.config(), task_type.data(item))
    task: Any = {"data": flat}
    assert LabelInterface(config).validate_task(task)
    assert set(re.findall(r'="\$(\w+)"', config)) <= set(flat)


@a_few
@given(st.data())
def test_every_choice_has_one_key_and_shares_it_with_none(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    item: Item = data.draw(st.from_type(task_type.item))
    config, flat = unrolled(task_type.config(), task_type.data(item))
    choices: list[Mapping[str, str]] = [e.attrib for e in ET.fromstring(config).iter("Choice")]  # noqa: S314 - our XML
    choices += [one for value in flat.values() if isinstance(value, list) for one in value]
    keys = Counter(
        choice["hotkey"] for choice in choices if not choice["hotkey"].startswith("ctrl+alt+shift")
    )
    assert keys
    assert set(keys.values()) == {1}
    assert not TAKEN & set(keys)


@a_few
@given(st.data())
def test_a_label_survives_the_trip_through_label_studio(task_type: AnyTaskType, data: st.DataObject) -> None:
    item, label = data.draw(labeled(task_type))
    result = task_type.result(label)
    assert interface(task_type, item).validate_prediction({"result": result}, return_errors=True) == []
    assert task_type.parse(item, Answers(result)) == label


@a_few
@given(st.data())
def test_whatever_the_config_can_say_is_understood_or_refused(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    item: Item = data.draw(st.from_type(task_type.item))
    annotation = interface(task_type, item).generate_sample_annotation()
    assert annotation is not None
    with suppress(ParseError):  # well formed, impossible of this item: the one other outcome allowed
        assert isinstance(task_type.parse(item, Answers(annotation["result"])), task_type.label)


_junk: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@a_few
@given(st.data())
def test_no_submission_breaks_the_reader(task_type: AnyTaskType, data: st.DataObject) -> None:
    item: Item = data.draw(st.from_type(task_type.item))
    controls = sorted(control.name for control in interface(task_type, item).controls)
    region: st.SearchStrategy[Any] = st.fixed_dictionaries(
        {
            "from_name": st.sampled_from(controls) | _junk,
            "value": st.fixed_dictionaries({"choices": _junk, "text": _junk}) | _junk,
        }
    )
    result: Any = data.draw(st.lists(region | _junk, max_size=4) | _junk)
    with suppress(ParseError):
        assert isinstance(task_type.parse(item, Answers(result)), task_type.label)


@a_few
@given(st.data())
def test_a_page_with_two_sides_can_be_mirrored_and_mirrored_twice_it_is_the_page(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    item, label = data.draw(labeled(task_type))
    page, result = {"uid": "x", **task_type.data(item)}, task_type.result(label)
    other, said = task_type.mirrored_data(page), task_type.mirrored_result(result)
    assert (other is None) == (said is None)
    assert task_type.sided <= (other is not None)
    if other is None or said is None:
        return
    assert other.keys() == page.keys()
    assert task_type.mirrored_data(other) == page
    assert task_type.mirrored_result(said) == result
    assert interface(task_type, item).validate_prediction({"result": said}, return_errors=True) == []
    turned = task_type.parse(item, Answers(said))
    assert task_type.parse(item, Answers(task_type.mirrored_result(task_type.result(turned)) or [])) == label


@a_few
@given(st.data())
def test_no_draft_breaks_the_mirror(task_type: AnyTaskType, data: st.DataObject) -> None:
    item: Item = data.draw(st.from_type(task_type.item))
    controls = sorted(control.name for control in interface(task_type, item).controls)
    region = st.fixed_dictionaries(
        {
            "from_name": st.sampled_from(controls) | _junk,
            "value": st.fixed_dictionaries({"choices": _junk}) | _junk,
        }
    )
    draft: Any = data.draw(st.lists(region, max_size=4))
    if (said := task_type.mirrored_result(draft)) is not None:
        assert task_type.mirrored_result(said) == draft


@a_few
@given(st.data())
def test_a_label_said_of_a_record_in_its_order_is_one_of_the_item(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    for item in hostile_items(task_type):
        label = data.draw(labels(task_type))
        with suppress(ParseError):
            said = task_type.parse(item, Answers(task_type.result(label)))
            meant = task_type.meant(item, hostile_record("coding"), said)
            assert task_type.parse(item, Answers(task_type.result(meant))) == meant


@a_few
@given(st.data())
def test_distance_is_one(task_type: AnyTaskType, data: st.DataObject) -> None:
    a, b = data.draw(labels(task_type)), data.draw(labels(task_type))
    assert task_type.distance(a, a) == 0.0
    assert 0.0 <= task_type.distance(a, b) == task_type.distance(b, a) <= 1.0


@a_few
@given(st.data())
def test_a_label_is_the_same_after_a_trip_through_json(task_type: AnyTaskType, data: st.DataObject) -> None:
    label = data.draw(labels(task_type))
    assert type(label).model_validate_json(label.model_dump_json()) == label


@a_few
@given(st.data())
def test_rows_are_of_the_declared_class(task_type: AnyTaskType, data: st.DataObject) -> None:
    item, label = data.draw(labeled(task_type, judging=True))
    for row in task_type.rows(item, label):
        assert isinstance(row, (task_type.row, *task_type.also))


@a_few
@given(st.data())
def test_a_summary_is_one_line(task_type: AnyTaskType, data: st.DataObject) -> None:
    summary = task_type.summary(data.draw(labels(task_type)))
    assert summary.strip()
    assert len(summary.splitlines()) == 1


@a_few
@given(st.data())
def test_only_the_way_of_settling_that_is_declared_is_known(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    label = data.draw(labels(task_type, judging=True))
    ways: dict[str, Callable[[], object]] = {
        "ordinal": lambda: task_type.position(label),
        "max": lambda: task_type.worst([label]),
        "rank": lambda: task_type.places(label),
        "parts": lambda: tuple(task_type.verdicts([label])),
    }
    if of_its_own := ways.pop(task_type.agreed, None):
        assert isinstance(of_its_own(), float | Label | tuple)
    for other in ways.values():
        with pytest.raises(TypeError, match=task_type.name):
            other()


@a_few
@given(st.data())
def test_a_label_with_a_way_out_is_as_far_from_a_judgement_as_can_be(
    task_type: AnyTaskType, data: st.DataObject
) -> None:
    a, b = data.draw(labels(task_type)), data.draw(labels(task_type))
    apart = _escape.apart(a, b)
    if apart is not None:
        assert task_type.distance(a, b) == apart


def test_hostile_text_is_shown_and_never_markup(task_type: AnyTaskType) -> None:
    items = hostile_items(task_type)
    assert items
    boxes = ET.fromstring(task_type.config()).iter("TextArea")  # noqa: S314 - our own config
    typed = {box.get("value", "").removeprefix("$") for box in boxes}  # what a box holds is text, not HTML
    data = [task_type.data(item) for item in items]
    said = [text for one in data for key in one.keys() - typed for text in strings(one[key])]
    assert any("&lt;script&gt;" in text for text in said)
    for text in said:
        assert _markup.sanitised(text) == text
    for text in strings(data):
        text.encode()


def test_the_same_record_makes_the_same_items(task_type: AnyTaskType) -> None:
    once, again = hostile_items(task_type), hostile_items(task_type)
    assert [item.id for item in once] == [item.id for item in again]
    assert len({item.id for item in once}) == len(once)


def test_a_record_that_gives_nothing_is_refused_with_a_reason(task_type: AnyTaskType) -> None:
    records = [Record(prompt="What?", domain=domain) for domain in ("reasoning", "coding")]
    refused = []
    for record in records:
        try:
            assert list(task_type.items(record, {}))
        except NoItem as why:
            refused.append(str(why))
    assert all(re.match(r"'\w+(\.\w+)*': .+, .+", why) for why in refused), refused
