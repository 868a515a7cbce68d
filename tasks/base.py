"""The one abstraction of this package: everything the pipeline must know about a kind of labeling work."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, ValidationError

from schemas.base import Item, Json, Label
from schemas.records import Record
from schemas.rows import Row

ItemT = TypeVar("ItemT", bound=Item)
LabelT = TypeVar("LabelT", bound=Label)
Region: TypeAlias = dict[str, Json]
Agreed: TypeAlias = Literal["vote", "ordinal", "medoid"]
Typed: TypeAlias = Annotated[str, AfterValidator(str.strip)]
"""What somebody typed; blanks around it say nothing."""


class ParseError(ValueError):
    """An annotation does not say what its labeling config asks for: `{what}: {expected}, {found}`."""


class NoItem(ValueError):  # noqa: N818 - a reason, not a fault
    """A record that the task type was asked for gives nothing to label, and why."""


@dataclass(frozen=True)
class Answers:
    """One annotation's regions, read by the name of the control that made them; hostile until read."""

    result: Sequence[Mapping[str, Any]]

    def choice(self, control: str) -> str:
        """The one choice made; ParseError where there is none, or several."""
        picked = self.choices(control)
        if len(picked) != 1:
            raise ParseError(f"{control!r}: should hold one choice, holds {list(picked)!r}")
        return picked[0]

    def choice_or_none(self, control: str) -> str | None:
        """The one choice made, None where the control was left alone."""
        return self.choice(control) if self.choices(control) else None

    def choices(self, control: str) -> tuple[str, ...]:
        """All choices made, in the order given; empty where the control was left alone."""
        return self._values(control, "choices")

    def text(self, control: str) -> str:
        """What was typed, parts joined by line breaks; empty where nothing was."""
        return "\n".join(self._values(control, "text")).strip()

    def controls(self) -> frozenset[str]:
        """The names of the controls that say something."""
        return frozenset(str(region.get("from_name")) for region in self._regions())

    def _regions(self) -> list[Mapping[str, Any]]:
        if not isinstance(self.result, Sequence) or isinstance(self.result, str):
            raise ParseError(f"result: should be a list of regions, is {type(self.result).__name__}")
        if not all(isinstance(region, Mapping) for region in self.result):
            raise ParseError("result: every region should be an object, one is not")
        return list(self.result)

    def _values(self, control: str, key: str) -> tuple[str, ...]:
        found: list[str] = []
        for region in self._regions():
            if region.get("from_name") != control:
                continue
            value = region.get("value")
            said = value.get(key) if isinstance(value, Mapping) else None
            said = [said] if isinstance(said, str) else said
            if not isinstance(said, Sequence) or not all(isinstance(one, str) for one in said):
                raise ParseError(f"{control!r}: should hold a list of {key}, holds {said!r:.80}")
            found.extend(said)
        return tuple(found)


def say_choices(control: str, to: str, *values: str) -> Region:
    """The region that picks choices: what `Answers.choices` reads."""
    return {"from_name": control, "to_name": to, "type": "choices", "value": {"choices": list(values)}}


def say_text(control: str, to: str, text: str) -> Region:
    """The region that holds a typed text: what `Answers.text` reads."""
    return {"from_name": control, "to_name": to, "type": "textarea", "value": {"text": [text]}}


def stated(label: type[LabelT], said: Mapping[str, Any]) -> LabelT:
    """The label with these fields; ParseError where one holds what the label does not know."""
    try:
        return label.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        found = f"{fault['input']!r:.80}"
        raise ParseError(f"{where!r}: {fault['msg'][0].lower()}{fault['msg'][1:]}, is {found}") from None


class TaskType(ABC, Generic[ItemT, LabelT]):
    """A kind of labeling work, declared in one place."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    """Raised when the question changes; labels never mix across versions."""
    title: ClassVar[str]
    """What people call it: a few words."""
    item: type[ItemT]
    label: type[LabelT]
    row: ClassVar[type[Row]]
    agreed: ClassVar[Agreed] = "medoid"
    """How votes are settled; `pipeline.quality` does it."""
    tolerance: ClassVar[float] = 0.0
    """Labels no farther apart than this are one judgement: they never stand against each other."""
    options: ClassVar[Mapping[str, Json]] = {}
    """What `options` of project.toml may hold, with the defaults."""

    @abstractmethod
    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[ItemT]:
        """The items a record gives to label; raises NoItem, with the reason, where it gives none."""

    @abstractmethod
    def config(self) -> str:
        """The Label Studio labeling config (XML) that annotators see."""

    @abstractmethod
    def data(self, item: ItemT) -> dict[str, Json]:
        """The `$variables` of the config, filled from an item; every text in them escaped by us."""

    @abstractmethod
    def parse(self, item: ItemT, answers: Answers) -> LabelT:
        """The label an annotation states of an item; raises ParseError where it states none."""

    @abstractmethod
    def result(self, label: LabelT) -> list[Region]:
        """The annotation result that states a label: the inverse of `parse`."""

    @abstractmethod
    def distance(self, a: LabelT, b: LabelT) -> float:
        """How far two labels disagree: 0.0 the same, 1.0 as far apart as can be; symmetric."""

    @abstractmethod
    def rows(self, item: ItemT, label: LabelT) -> Iterable[Row]:
        """The dataset rows that an item and its agreed label make; none where the label says so."""

    @abstractmethod
    def summary(self, label: LabelT) -> str:
        """The label in one line for people."""

    def position(self, label: LabelT) -> float:
        """Where the label lies on the type's scale, 0 in its middle; for types that are `agreed` as ordinal."""
        raise TypeError(f"{self.name}: only ordinal task types have positions; {label!r} has none")
