"""Step review: is each step of this solution right, and how does the solution end?"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from schemas.base import Item, Json
from schemas.records import Record
from schemas.rows import Prm800kRow, StepwiseRow
from tasks import _escape, _step_page, _step_parts, _steps, base
from tasks._escape import Escapable
from tasks._options import Options, Switch
from tasks._step_page import Rating
from tasks._step_rows import Finish, Reviewed
from tasks._steps import Cut
from tasks.base import Answers, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

MOST = 50
"""Steps on one page; a longer chain becomes several tasks."""

_HINTS = {
    "stop": "Mark the first bad step by its key, and neutral ones before it by theirs twice; then g: the rest is good.",
    "rate": "Mark each bad step by its key, each neutral one by its key twice; then g: the rest is good.",
}
_RESTS = ("solved", "unfinished")
_OLD_ENDS = {"bad_problem": "bad_problem", "give_up": "cannot_judge"}
"""How reviews of version 1 could end that are ways out now."""


def _in_todays_word(said: object) -> object:
    return "rate" if said == "continue" else said


def _as_kept(said: object) -> object:
    """Ratings in the one way they are kept: what is good is not said behind the first error, nor at the end."""
    if not isinstance(said, Sequence) or isinstance(said, str):
        return said
    first = list(said).index("bad") if "bad" in said else len(said)
    ratings = [*said[:first], *(None if rating == "good" else rating for rating in said[first:])]
    unsaid = None if "bad" in said else "good"
    while ratings and ratings[-1] == unsaid:
        ratings.pop()
    return tuple(ratings)


Window: TypeAlias = tuple[NonNegativeInt, PositiveInt]
AfterError: TypeAlias = Annotated[Literal["stop", "rate"], BeforeValidator(_in_todays_word)]


class StepReviewItem(Item):
    """A problem, and one solution of it in steps; of a long one, the stretch of it that one page shows."""

    prompt: str
    steps: Annotated[tuple[str, ...], Field(min_length=1)]
    """All of the solution."""
    reference: str | None = None
    """The answer that the source gives, and below how it arrives at it: where annotators are to see it."""
    solution: str | None = None
    after_error: AfterError = "stop"
    cut: Cut | None = None
    """How the steps were told apart."""
    window: Window | None = None
    """The steps to review, counted from 0, without the last; None where they are all."""

    @property
    def shown(self) -> range:
        """The steps to review; a label counts them from 0."""
        return range(len(self.steps))[slice(*self.window) if self.window else slice(None)]


class StepReviewLabel(Escapable):
    """What one person made of each step, and how the review ended."""

    verdicts: ClassVar[tuple[str, ...]] = ("finish",)
    ratings: Annotated[tuple[Rating | None, ...], BeforeValidator(_as_kept)] = ()
    """One a step up to the last not good: those after it are good, None is unrated (behind the first bad one: good)."""
    corrections: tuple[tuple[int, str], ...] = ()
    """What a bad step should say: (step, counted from 0; text)."""
    finish: Finish | None = None
    """found_error exactly where a step is bad."""
    comment: Typed = ""

    @model_validator(mode="before")
    @classmethod
    def _as_a_way_out(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over what came
        """The ways out of an older version were ends of the review."""
        if isinstance(given, Mapping) and given.get("finish") in _OLD_ENDS:
            return {"escape": {"kind": _OLD_ENDS[given["finish"]], "reason": given.get("comment") or ""}}
        return given

    @field_validator("corrections")
    @classmethod
    def _of_bad_steps(
        cls, given: tuple[tuple[int, str], ...], info: ValidationInfo
    ) -> tuple[tuple[int, str], ...]:
        bad = {step for step, rating in enumerate(info.data.get("ratings", ())) if rating == "bad"}
        kept = {step: text.strip() for step, text in given if step in bad and text.strip()}
        return tuple(sorted(kept.items()))

    @field_validator("finish")
    @classmethod
    def _as_rated(cls, finish: Finish | None, info: ValidationInfo) -> Finish | None:
        if finish and (finish == "found_error") != ("bad" in info.data.get("ratings", ())):
            raise ValueError("should be found_error exactly where a step is bad")
        return finish

    @property
    def first_error(self) -> int | None:
        """The first bad step, counted from 0."""
        return self.ratings.index("bad") if "bad" in self.ratings else None


class StepReviewOptions(Options):
    """What a project may choose."""

    steps: _steps.How = "given_or_split"
    after_error: Literal["stop", "rate", "continue"] = "stop"
    show_reference: Switch = True


class StepReview(TaskType[StepReviewItem, StepReviewLabel]):
    """Each step rated good, neutral or bad, up to the first bad one: what process reward models learn from."""

    name = "step_review"
    version = 2
    title = "Step-by-step review"
    item = StepReviewItem
    label = StepReviewLabel
    row = StepwiseRow
    also = (Prm800kRow,)
    agreed = "parts"
    tolerance = 0.2
    options = StepReviewOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[StepReviewItem]:
        chosen = StepReviewOptions.model_validate(options)
        known = _steps.reference(record, show=chosen.show_reference)
        wholes = [
            StepReviewItem(
                prompt=record.text,
                steps=chain.steps,
                after_error=chosen.after_error,
                cut=chain.cut,
                **known,
            )
            for chain in _steps.chains(record, chosen.steps)
        ]
        return [part for whole in wholes for part in _parts(whole)]

    def config(self) -> str:
        return _step_page.config(MOST)

    def data(self, item: StepReviewItem) -> dict[str, Json]:
        steps, shown = item.steps, item.shown
        problem = _steps.problem(item.prompt, item.reference, item.solution)
        return {
            "problem": problem + _steps.earlier(steps[: shown.start]),
            "hint": _hint(item),
            "stop": [{}] if item.after_error == "stop" else [],
            "steps": _step_page.rows(steps[at] for at in shown),
        }

    def parse(self, item: StepReviewItem, answers: Answers) -> StepReviewLabel:
        if escape := _escape.said(answers):
            return StepReviewLabel(escape=escape)
        marks = _judged(item, _step_page.marks(answers, len(item.shown)))
        rest = answers.choice_or_none("rest")
        if rest is None:
            raise _unrated(item, marks)
        return stated(
            StepReviewLabel,
            {
                "ratings": [mark or "good" for mark in marks],
                "corrections": _step_page.fixes(answers, len(marks)),
                "finish": "found_error" if "bad" in marks and rest in _RESTS else rest,
                "comment": answers.text("comment"),
            },
        )

    def result(self, label: StepReviewLabel) -> list[Region]:
        if label.escape:
            return _escape.result(label.escape, "problem")
        said = _step_page.regions(label.ratings, label.corrections)
        if None not in label.ratings[: label.first_error]:
            end = "unfinished" if label.finish == "unfinished" else "solved"
            said.append(say_choices("rest", "problem", end))
        return [*said, say_text("comment", "problem", label.comment)] if label.comment else said

    def distance(self, a: StepReviewLabel, b: StepReviewLabel) -> float:
        escaped = _escape.apart(a, b)
        if escaped is not None:
            return escaped
        both: list[tuple[Rating | None, ...]] = list(zip_longest(a.ratings, b.ratings))
        apart = 0.2 * sum((one or "good") != (other or "good") for one, other in both) / max(len(both), 1)
        return apart + (0.8 if (a.finish, a.first_error) != (b.finish, b.first_error) else 0.0)

    def verdicts(self, labels: Sequence[StepReviewLabel]) -> Sequence[Sequence[base.Verdict]]:
        return _step_parts.verdicts([(label.finish, label.ratings) for label in labels])

    def of_verdicts(
        self, verdicts: Sequence[base.Verdict], labels: Sequence[StepReviewLabel]
    ) -> StepReviewLabel:
        finish, ratings = _step_parts.said(verdicts)
        fixes = [fix for label in reversed(labels) for fix in label.corrections]
        return StepReviewLabel(ratings=ratings, corrections=tuple(fixes), finish=finish)

    def rows(self, item: StepReviewItem, label: StepReviewLabel) -> Iterable[StepwiseRow | Prm800kRow]:
        return self.rows_together([(item, label)])

    def part_of(self, item: StepReviewItem) -> tuple[str, int] | None:
        return (item.replace(window=None).id, item.shown.start) if item.window else None

    def rows_together(
        self, parts: Sequence[tuple[StepReviewItem, StepReviewLabel]]
    ) -> Iterable[StepwiseRow | Prm800kRow]:
        ratings: list[Rating | None] = []
        corrections: dict[int, str] = {}
        for item, label in parts:
            shown = item.shown
            if shown.start != len(ratings):
                return ()
            corrections |= {shown.start + at: text for at, text in label.corrections}
            ratings += _all_ratings(item, label)
            if _stopped(item, label):
                break
        whole = Reviewed(
            prompt=item.prompt,
            steps=item.steps,
            ratings=tuple(ratings),
            corrections=corrections,
            finish="found_error" if "bad" in ratings else label.finish or "solved",
            answer=item.reference,
            solution=item.solution,
        )
        return whole.rows() if _stopped(item, label) or len(ratings) == len(item.steps) else ()

    def summary(self, label: StepReviewLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        if label.first_error is not None:
            return f"first wrong step: {label.first_error + 1}"
        return label.finish or ""


def _judged(item: StepReviewItem, marks: Sequence[Rating | None]) -> Sequence[Rating | None]:
    """The marks up to the first bad one, where the review stops there: two people agree who found the same error."""
    return marks[: marks.index("bad") + 1] if item.after_error == "stop" and "bad" in marks else marks


def _stopped(item: StepReviewItem, label: StepReviewLabel) -> bool:
    """Whether nothing behind this part counts."""
    return item.after_error == "stop" and label.first_error is not None


def _all_ratings(item: StepReviewItem, label: StepReviewLabel) -> list[Rating | None]:
    """The ratings of a part, those unsaid too; up to the error where the review stops there."""
    wrong = label.first_error
    judged = len(label.ratings) if wrong is None else wrong + 1
    if _stopped(item, label):
        return list(label.ratings[:judged])
    behind: list[Rating | None] = [rating or "good" for rating in label.ratings[judged:]]
    good: Rating = "good"
    return [*label.ratings[:judged], *behind, *[good] * (len(item.shown) - len(label.ratings))]


def _parts(whole: StepReviewItem) -> list[StepReviewItem]:
    """A chain's pages: itself where it is short enough."""
    count = len(whole.steps)
    if count <= MOST:
        return [whole]
    return [whole.replace(window=(part.start, part.stop)) for part in _steps.windows(count, MOST)]


def _hint(item: StepReviewItem) -> str:
    said = _HINTS[item.after_error]
    if item.window is None:
        return said
    first, last = item.shown.start + 1, item.shown.stop
    return f"Steps {first} to {last} of {len(item.steps)}, counted from 1 here. {said}"


def _unrated(item: StepReviewItem, marks: Sequence[Rating | None]) -> ParseError:
    """Names the steps that nothing is said of: up to the first bad one where the review stops there."""
    unrated = [str(at + 1) for at, mark in enumerate(_judged(item, marks)) if mark is None]
    return ParseError(
        f"'rest': should call the rest good, is missing; unrated: {', '.join(unrated) or 'none'}"
    )


task_type = StepReview()
