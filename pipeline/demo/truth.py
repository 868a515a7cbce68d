"""What is true of the demo's items: the planted errors, as labels."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.demo.arriving import as_people_see_them
from pipeline.demo.checks import checks
from pipeline.demo.gold import label_of, samples
from pipeline.demo.mistakes import review
from pipeline.demo.pairs import pairs
from pipeline.demo.programs import programs
from pipeline.demo.project import project_toml
from schemas.base import Item, Json, Label
from schemas.project import parse_project
from schemas.records import Record
from tasks import task_types
from tasks.answer_check import AnswerCheckLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.step_review import StepReviewItem


@dataclass(frozen=True)
class Known:
    """An item of the demo, and its true label."""

    task_type: str
    item: Item
    label: Label
    is_gold: bool = False
    """Whether it is no work of the demo's: the project knows its label too."""

    def agrees(self, said: Label) -> bool:
        """Whether a label is the true one, within the tolerance of its task type."""
        task_type = task_types()[self.task_type]
        return bool(task_type.distance(said, self.label) <= task_type.tolerance)


@cache
def truth() -> Mapping[str, Known]:
    """Every item of the demo by its id."""
    known = (*_step_reviews(), *_code_reviews(), *_preference_pairs(), *_answer_checks(), *_gold())
    return {one.item.id: one for one in known}


def _step_reviews() -> Iterator[Known]:
    for solution in as_people_see_them():
        for item in _items("step_review", solution.record):
            if isinstance(item, StepReviewItem):
                yield Known("step_review", item, review(len(item.steps), solution.wrong_step))


def _code_reviews() -> Iterator[Known]:
    for program in programs():
        label = label_of(program)
        yield from (Known("code_review", item, label) for item in _items("code_review", program.record))


def _preference_pairs() -> Iterator[Known]:
    for pair in pairs():
        for item in _items("preference_pair", pair.record):
            if isinstance(item, PreferencePairItem):
                preference = -pair.strength if item.answer_a == pair.better else pair.strength
                yield Known("preference_pair", item, PreferencePairLabel(preference=preference))


def _answer_checks() -> Iterator[Known]:
    for check in checks():
        label = AnswerCheckLabel(verdict=check.verdict)
        yield from (Known("answer_check", item, label) for item in _items("answer_check", check.record))


def _gold() -> Iterator[Known]:
    for sample in samples():
        kind = task_types()[sample.task_type]
        for item in _items(sample.task_type, sample.record):
            yield Known(sample.task_type, item, kind.meant(item, sample.record, sample.label), is_gold=True)


def _items(task_type: str, record: Record) -> Iterable[Item]:
    """The items that the task type makes of a record, with the options of the demo's project."""
    return task_types()[task_type].items(record, _options()[task_type])


@cache
def _options() -> Mapping[str, Mapping[str, Json]]:
    project = parse_project(tomllib.loads(project_toml()))
    return {config.type: config.options for config in project.tasks}
