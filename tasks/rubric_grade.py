"""Rubric grading: which level does this answer reach on each criterion?"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Annotated, ClassVar, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from schemas.base import Frozen, Item, Json
from schemas.records import Record
from schemas.rows import ScoredRow, Turns
from tasks import _answers, _escape, _markup
from tasks._options import Options, Switch
from tasks._rubric import MOST, SCALES, TOTAL, Asked, Line, Scale, keys_of, rubric_of
from tasks._style import NO_KEY, button, remark, style
from tasks.base import (
    Answers,
    NoItem,
    ParseError,
    Region,
    TaskType,
    Typed,
    Verdict,
    say_choices,
    say_text,
    stated,
)


class RubricGradeItem(Item):
    """A prompt, one answer to it, and the criteria it is held against."""

    prompt: Turns
    answer: str
    rubric: Annotated[tuple[Asked, ...], Field(min_length=1)]
    reference: str | None = None
    """What the source says is right, where annotators are to see it."""


class Grade(Frozen):
    """The level reached on one criterion."""

    level: NonNegativeInt
    """Counted from 0, the worst."""
    top: PositiveInt
    """The best level that could be reached."""

    @model_validator(mode="after")
    def _on_the_scale(self) -> Self:
        if self.level > self.top:
            raise ValueError(f"a level should be at most {self.top}, is {self.level}")
        return self

    @property
    def share(self) -> float:
        """Where it lies between the worst level, 0, and the best, 1."""
        return self.level / self.top


class RubricGradeLabel(_escape.Escapable):
    """The level that one person saw reached on each criterion."""

    verdicts: ClassVar[tuple[str, ...]] = ("grades",)
    grades: Annotated[tuple[Grade, ...], Field(min_length=1)] | None = None
    """One a criterion, in the item's order."""
    comment: Typed = ""


class RubricGradeOptions(Options):
    """What a project may choose."""

    criteria: tuple[Line, ...] = ()
    scale: Scale = "met"
    show_reference: Switch = True


class RubricGrade(TaskType[RubricGradeItem, RubricGradeLabel]):
    """An answer held against a rubric, one grade a criterion: what multi-attribute reward models learn from."""

    name = "rubric_grade"
    title = "Grading by a rubric"
    item = RubricGradeItem
    label = RubricGradeLabel
    row = ScoredRow
    agreed = "parts"
    tolerance = 0.25
    options = RubricGradeOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[RubricGradeItem]:
        chosen = RubricGradeOptions.model_validate(options)
        if not record.candidates:
            raise NoItem("'candidates': grading needs at least one, there is none")
        rubric = rubric_of(record, chosen.criteria, chosen.scale)
        known = record.reference if chosen.show_reference else None
        reference = (known.solution or known.answer) if known else None
        made = [
            RubricGradeItem(prompt=record.prompt, answer=candidate.text, rubric=rubric, reference=reference)
            for candidate in record.candidates
        ]
        return list(dict.fromkeys(made))

    def config(self) -> str:
        criteria = "".join(
            _CRITERION.format(at=number - 1, number=number, unless=_escape.UNLESS)
            for number in range(1, MOST + 1)
        )
        return _CONFIG.format(
            style=style(_LOOK),
            criteria=criteria,
            remark=remark("question"),
            escape=_escape.controls("question"),
        )

    def data(self, item: RubricGradeItem) -> dict[str, Json]:
        keys = list(keys_of(item.rubric))
        return {
            "question": _question(item),
            "answer": _markup.element("span", "role", "Answer") + _markup.prose(item.answer),
            "criteria": [
                [{"html": _criterion(number, one), "levels": _levels(one, keys[number - 1])}]
                for number, one in enumerate(item.rubric, start=1)
            ],
        }

    def parse(self, item: RubricGradeItem, answers: Answers) -> RubricGradeLabel:
        if escape := _escape.said(answers):
            return RubricGradeLabel(escape=escape)
        known = {f"grade_{number}" for number in range(1, len(item.rubric) + 1)}
        unknown = {name for name in answers.controls() - known if name.startswith("grade_")}
        if unknown:
            raise ParseError(
                f"{min(unknown)!r}: the rubric has {len(item.rubric)} criteria, this is none of them"
            )
        grades = tuple(_grade(one, number, answers) for number, one in enumerate(item.rubric, start=1))
        return stated(RubricGradeLabel, {"grades": grades, "comment": answers.text("comment")})

    def result(self, label: RubricGradeLabel) -> list[Region]:
        if label.escape:
            return _escape.result(label.escape, "question")
        said = [
            say_choices(f"grade_{number}", f"criterion_{number}", _alias(grade.level, grade.top))
            for number, grade in enumerate(label.grades or (), start=1)
        ]
        return [*said, say_text("comment", "question", label.comment)] if label.comment else said

    def distance(self, a: RubricGradeLabel, b: RubricGradeLabel) -> float:
        escaped = _escape.apart(a, b)
        if escaped is not None:
            return escaped
        apart = [
            abs(one.share - other.share) if one and other else 1.0
            for one, other in zip_longest(a.grades or (), b.grades or ())
        ]
        return 0.9 * max(apart) + 0.1 * sum(apart) / len(apart)

    def verdicts(self, labels: Sequence[RubricGradeLabel]) -> Sequence[Sequence[Verdict]]:
        return [[grade.share for grade in label.grades or ()] for label in labels]

    def of_verdicts(
        self, verdicts: Sequence[Verdict], labels: Sequence[RubricGradeLabel]
    ) -> RubricGradeLabel:
        by_criterion = zip_longest(*(label.grades or () for label in labels))
        grades = [
            next(grade for grade in grades if grade and grade.share == share)
            for grades, share in zip(by_criterion, verdicts, strict=True)
            if share is not None
        ]
        return RubricGradeLabel(grades=tuple(grades))  # comments are about other grades

    def rows(self, item: RubricGradeItem, label: RubricGradeLabel) -> Iterable[ScoredRow]:
        graded = list(zip(item.rubric, label.grades or (), strict=True))
        scores: dict[str, float | None] = {one.criterion: one.score(grade.level) for one, grade in graded}
        yield ScoredRow(
            prompt=item.prompt,
            completion=item.answer,
            scores={**scores, TOTAL: _total(graded)},
            comment=label.comment,
        )

    def summary(self, label: RubricGradeLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        grades = " ".join(_alias(grade.level, grade.top) for grade in label.grades or ())
        return f"{grades}: {' '.join(label.comment.split())}" if label.comment else grades


def _total(graded: Sequence[tuple[Asked, Grade]]) -> float | None:
    """Points reached of those that can be, clipped to 0..1; None where no points can be."""
    possible = sum(one.points for one, _ in graded if one.points > 0)
    reached = sum(one.points * grade.share for one, grade in graded)
    return min(max(reached / possible, 0.0), 1.0) if possible else None


def _grade(one: Asked, number: int, answers: Answers) -> Grade:
    said = answers.choice_or_none(f"grade_{number}")
    if said is None:
        raise ParseError(f"'grade_{number}': should be one of {', '.join(one.levels)}, is missing")
    aliases = [_alias(level, one.top) for level in range(one.top + 1)]
    if said not in aliases:
        raise ParseError(
            f"'grade_{number}': should be between {aliases[0]} and {aliases[-1]}, is {said!r:.40}"
        )
    return Grade(level=aliases.index(said), top=one.top)


def _alias(level: int, top: int) -> str:
    return f"{level}/{top}"


def _levels(one: Asked, keys: str) -> list[Json]:
    shown = list(enumerate(one.levels))
    if one.levels == SCALES["met"]:
        shown.reverse()  # people say met or not met
    return [
        {
            "value": name,
            "alias": _alias(level, one.top),
            "html": button(_markup.plain(name), key),
            "hotkey": key or NO_KEY,
        }
        for (level, name), key in zip_longest(shown, keys)
    ]


def _criterion(number: int, one: Asked) -> str:
    return _markup.element("span", "number", str(number)) + _markup.prose(one.criterion)


def _question(item: RubricGradeItem) -> str:
    html = _answers.conversation(item.prompt)
    if item.reference is None:
        return html
    reference = "<summary>Reference</summary>" + _markup.prose(item.reference)
    return html + _markup.element("details", "part", reference)


_LOOK = """
.hr .read{position:sticky;top:0;max-height:calc(100vh - 190px);overflow:auto}
.hr .read .problem{z-index:1;max-height:30vh}
.hr .read .part:first-child{margin-top:0;padding-top:0;border-top:0}
.hr .rubric{padding:0;overflow:hidden}
.hr .row{padding:8px 12px;border-bottom:1px solid var(--color-neutral-border);box-shadow:inset 4px 0 #f08c00}
.hr .row:has(input:checked){box-shadow:inset 4px 0 #128c50}
.hr .row .lsf-richtext__container{display:grid;grid-template-columns:1.8em minmax(0,1fr);align-items:baseline}
.hr .row .number{font-weight:600}
.hr .row .lsf-choices{margin:4px 0 0 1.8em}
.hr:has(.escape input:checked) .rubric{opacity:.4}
@media(max-width:800px){.hr .cols{gap:0}
  .hr .read,.hr .read .problem{position:static;max-height:none} .hr .read .answer{max-height:60vh;overflow:auto}
  .hr .row .lsf-choices{margin-left:0}}
"""

_CRITERION = """\
<Repeater on="$criteria[{at}]">
  <View className="row">
    <HyperText name="criterion_{number}" value="$criteria[{at}][0].html" inline="true"/>
    <View className="ask" {unless}>
      <Choices name="grade_{number}" toName="criterion_{number}" choice="single" layout="inline" required="true"
               requiredMessage="Criterion {number} has no grade yet: orange marks those without one"
               value="$criteria[{at}][0].levels"/>
    </View>
  </View>
</Repeater>
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="cols">
    <View className="read">
      <View className="card problem"><HyperText name="question" value="$question" inline="true"/></View>
      <View className="card answer"><HyperText name="answer" value="$answer" inline="true"/></View>
    </View>
    <View className="card rubric">
      {criteria}
    </View>
  </View>
  <View className="bar">
    {remark}
    {escape}
  </View>
</View>
"""

task_type = RubricGrade()
