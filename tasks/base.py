"""The one abstraction of this package: everything the pipeline must know about a kind of labeling work."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, ValidationError

from schemas.base import Frozen, Item, Json, Label
from schemas.records import Record
from schemas.rows import Row, Turns
from schemas.screening import EvidenceFact
from tasks._options import Options

ItemT = TypeVar("ItemT", bound=Item)
LabelT = TypeVar("LabelT", bound=Label)
StatedT = TypeVar("StatedT", bound=Frozen)
Region: TypeAlias = dict[str, Json]
Agreed: TypeAlias = Literal["vote", "ordinal", "medoid", "max", "rank", "parts"]
Verdict: TypeAlias = str | float | None
"""What a label says of one part: a name, or a place on a scale from 0 to 1; None where it says nothing of it."""
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
        return self.typed(control).strip()

    def typed(self, control: str) -> str:
        """The same with the blanks around it, where they may mean something, as before a line of code."""
        return "\n".join(self._values(control, "text"))

    def regions(self, control: str) -> list[Mapping[str, Any]]:
        """What a control marked, region by region, as it came."""
        return [region for region in self._regions() if region.get("from_name") == control]

    def rating(self, control: str) -> int | None:
        """How many stars were given; None where there are none."""
        given: int | None = None
        for region in self._regions():
            if region.get("from_name") == control:
                value = region.get("value")
                given = value.get("rating") if isinstance(value, Mapping) else None
                if not isinstance(given, int) or isinstance(given, bool):
                    raise ParseError(f"{control!r}: should hold a rating, holds {given!r:.80}")
        return given or None

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


def say_rating(control: str, to: str, rating: int) -> Region:
    """The region that gives stars: what `Answers.rating` reads."""
    return {"from_name": control, "to_name": to, "type": "rating", "value": {"rating": rating}}


def stated(what: type[StatedT], said: Mapping[str, Any]) -> StatedT:
    """The label, or a part of one, with these fields; ParseError where one holds what it does not know."""
    try:
        return what.model_validate(said)
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        message = fault["msg"].removeprefix("Value error, ")
        if not where:  # of several fields together
            raise ParseError(message) from None
        found = f"{fault['input']!r:.80}"
        raise ParseError(f"{where!r}: {message[0].lower()}{message[1:]}, is {found}") from None


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
    """The class of its main rows, released under the type's own name."""
    also: ClassVar[tuple[type[Row], ...]] = ()
    """The classes of the other rows that it makes, each released in a file set of its own."""
    agreed: ClassVar[Agreed] = "medoid"
    """How votes are settled; `pipeline.quality` does it."""
    tolerance: ClassVar[float] = 0.0
    """Labels no farther apart than this are one judgement: they never stand against each other."""
    sided: ClassVar[bool] = False
    """Whether its scale goes from the answer on the left, below 0, to the one on the right, drawn by lot."""
    options: ClassVar[type[Options]] = Options
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
        """The dataset rows that an item and its agreed label make, of the classes `row` and `also`.

        A label that takes a way out is never asked for: it is released as a PassedRow.
        """

    def part_of(self, item: ItemT) -> tuple[str, int] | None:
        """The id of the whole that an item is a part of, and its place in it; None where it stands for itself."""
        del item
        return None

    def rows_together(self, parts: Sequence[tuple[ItemT, LabelT]]) -> Iterable[Row]:
        """The rows of a whole, from those of its parts that are settled, in order; none while too few are."""
        raise TypeError(f"{self.name}: its items stand for themselves; {parts!r:.80} are no parts")

    @abstractmethod
    def summary(self, label: LabelT) -> str:
        """The label in one line for people."""

    def asked(self, item: ItemT) -> Turns:
        """What the item asks, for a row that says who passed it; empty where it has no prompt."""
        prompt: Turns = getattr(item, "prompt", "")
        return prompt

    def prefilled(self, item: ItemT, said: Json) -> LabelT:
        """The label that a page of the item starts from, by what its record holds; raises ParseError where it is none.

        By default that is a label as JSON.
        """
        del item
        if not isinstance(said, Mapping):
            raise ParseError(f"should be an object, is {said!r:.80}")
        return stated(self.label, said)

    def decided(self, item: ItemT, record: Record, evidence: Sequence[EvidenceFact]) -> LabelT | None:
        """The label that what a machine found out gives an item without a person; None where it gives none.

        `evidence` is one check's, of its record: all of the reference (candidate -1), of candidates what may decide.
        """
        del item, record, evidence
        return None

    def meant(self, item: ItemT, record: Record, label: LabelT) -> LabelT:
        """The label of an item where it is said of the record's candidates as they stand there, the first as A.

        For types that choose an order of their own to show them in; of every other it is the label itself.
        """
        del item, record
        return label

    def mirrored_data(self, data: Mapping[str, Json]) -> dict[str, Json] | None:
        """A page's `$variables`, and whatever else comes with them, left and right changed over; twice is nothing.

        None for types whose page has no left and right that mean the same.
        """
        del data
        return None

    def mirrored_result(self, result: Sequence[Region]) -> list[Region] | None:
        """What an annotation, or a draft, of the mirrored page says of the page as it is, and the other way round.

        It need not be a whole one, nor well formed: what is not of a side stays as it came. None as above.
        """
        del result
        return None

    def position(self, label: LabelT) -> float:
        """Where the label lies on the type's scale, 0 in its middle; for types that are `agreed` as ordinal."""
        raise TypeError(f"{self.name}: only ordinal task types have positions; {label!r} has none")

    def worst(self, labels: Sequence[LabelT]) -> LabelT:
        """The highest severity said, field by field; for types that are `agreed` as max.

        Of numbers and flags the highest, of texts all, each once and in order, so that the order of labels decides
        nothing; a type with fields of another kind says itself what is worst.
        """
        if self.agreed != "max":
            raise TypeError(
                f"{self.name}: only task types agreed as max have a worst; {labels!r:.80} have none"
            )
        return labels[0].replace(
            **{name: _worst([getattr(label, name) for label in labels]) for name in self.label.model_fields}
        )

    def verdicts(self, labels: Sequence[LabelT]) -> Sequence[Sequence[Verdict]]:
        """What each of an item's labels says of each part, the parts in one order; for types `agreed` as parts.

        None of the labels takes a way out. A label that has fewer parts than another says nothing of the rest.
        """
        raise TypeError(f"{self.name}: only task types agreed as parts have some; {labels!r:.80} have none")

    def of_verdicts(self, verdicts: Sequence[Verdict], labels: Sequence[LabelT]) -> LabelT:
        """The label that says this of each part, where none of the labels that were given does.

        What belongs to one part, as a correction does, is taken from a label that says the same of it; what is said of
        all parts together, from none. The labels come in one order, whoever gave them.
        """
        of = f"{verdicts!r:.80} of {len(labels)} labels"
        raise TypeError(f"{self.name}: only task types agreed as parts are made of some; {of} are none")

    def places(self, label: LabelT) -> tuple[float, ...]:
        """The place of each answer in the item's order, 1 the best, ties sharing one; for types `agreed` as rank."""
        raise TypeError(f"{self.name}: only ranking task types have places; {label!r:.80} has none")

    def ranked(self, places: Sequence[float]) -> LabelT:
        """The label that puts the answers in the order of these numbers, the lowest first, equal ones tied."""
        raise TypeError(f"{self.name}: only ranking task types can be ranked; {places!r:.80} cannot")


def _worst(said: Sequence[Any]) -> Any:  # noqa: ANN401 - a field's values
    known = [one for one in said if one is not None]
    if not known:
        return None
    if all(isinstance(one, str) for one in known):
        return "\n".join(sorted({one for one in known if one}))
    if all(isinstance(one, int | float) for one in known):
        return max(known)
    raise TypeError(
        f"{known[0]!r:.80} is neither number nor text: its task type should say itself what is worst"
    )
