"""Step review: is each step of this solution right, and how does the solution end?"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from schemas.base import Item, Json, Label
from schemas.records import Record
from schemas.rows import StepwiseRow
from tasks import _markup
from tasks._steps import steps_of
from tasks._style import NO_KEY, button, choice, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

Rating: TypeAlias = Literal["good", "neutral", "bad"]
Finish: TypeAlias = Literal["solved", "found_error", "bad_problem", "give_up"]
Outcome: TypeAlias = tuple[str, int | None]

RATED: Mapping[str, int] = {"good": 1, "neutral": 0, "bad": -1}
KEYS = {"good": "123456789", "neutral": "qwertypio", "bad": "asdfghjkl"}
"""The key of each rating, step by step; with shift for steps 10 to 18. Label Studio has the letter u for itself."""

_HINTS = {
    "stop": "Rate each step up to the first bad one, then say how it ends.",
    "continue": "Rate each step, also after a bad one, then say how it ends.",
}
_ENDINGS: tuple[tuple[Finish, str, str, str], ...] = (
    ("solved", "z", "Solved", "No step is wrong, and the answer is reached"),
    ("found_error", "x", "Found an error", "At least one step is rated bad"),
    ("bad_problem", "c", "Bad problem", "The problem itself cannot be answered"),
    ("give_up", "v", "Give up", "I cannot judge this one"),
)


def _without_unrated_end(ratings: tuple[Rating | None, ...]) -> tuple[Rating | None, ...]:
    judged = max((number for number, rating in enumerate(ratings, start=1) if rating), default=0)
    return ratings[:judged]


class StepReviewItem(Item):
    """A problem, and one solution of it in steps."""

    prompt: str
    steps: Annotated[tuple[str, ...], Field(min_length=1)]
    reference: str | None = None
    """The answer that the source gives, where annotators are to see it."""
    after_error: Literal["stop", "continue"] = "stop"


class StepReviewLabel(Label):
    """What one person made of each step, and how the review ended."""

    ratings: Annotated[tuple[Rating | None, ...], AfterValidator(_without_unrated_end)] = ()
    """One a step, None where it was left unrated; ends with the last rated step."""
    corrections: tuple[tuple[int, str], ...] = ()
    """What a bad step should say: (step, counted from 0; text). Those of steps that are not bad are dropped."""
    finish: Finish
    comment: Typed = ""

    @field_validator("corrections")
    @classmethod
    def _of_bad_steps(
        cls, given: tuple[tuple[int, str], ...], info: ValidationInfo
    ) -> tuple[tuple[int, str], ...]:
        bad = {step for step, rating in enumerate(info.data.get("ratings", ())) if rating == "bad"}
        kept = {step: text.strip() for step, text in given if step in bad and text.strip()}
        return tuple(sorted(kept.items()))

    @property
    def first_error(self) -> int | None:
        """The first bad step, counted from 0."""
        return self.ratings.index("bad") if "bad" in self.ratings else None

    @property
    def outcome(self) -> Outcome:
        """What the ratings come to; votes of one outcome never stand against each other."""
        return self.finish, self.first_error if self.finish == "found_error" else None


class StepReview(TaskType[StepReviewItem, StepReviewLabel]):
    """Each step rated good, neutral or bad, up to the first bad one: what process reward models learn from."""

    name = "step_review"
    title = "Step-by-step review"
    item = StepReviewItem
    label = StepReviewLabel
    row = StepwiseRow
    agreed = "medoid"
    tolerance = 0.2
    options: ClassVar[Mapping[str, Json]] = {
        "steps": "given_or_split",
        "after_error": "stop",
        "show_reference": True,
    }

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[StepReviewItem]:
        chosen: dict[str, Any] = {**self.options, **options}
        if not record.candidates:
            raise NoItem("'candidates': step review needs at least one, there is none")
        cut = (steps_of(candidate, chosen["steps"]) for candidate in record.candidates)
        reference = _reference(record) if chosen["show_reference"] else None
        made = [
            StepReviewItem(
                prompt=record.text, steps=steps, reference=reference, after_error=chosen["after_error"]
            )
            for steps in cut
            if steps
        ]
        if not made:
            raise NoItem("'candidates': step review needs steps in one, none has any; try steps = \"split\"")
        return list(dict.fromkeys(made))

    def config(self) -> str:
        endings = "".join(choice(said, finish, key, why) for finish, key, said, why in _ENDINGS)
        return _CONFIG.format(style=style(_LOOK), endings=endings)

    def data(self, item: StepReviewItem) -> dict[str, Json]:
        return {
            "problem": _problem(item),
            "hint": _HINTS[item.after_error],
            "steps": [
                {"html": _step(at, text), "ratings": _ratings(at)} for at, text in enumerate(item.steps)
            ],
        }

    def parse(self, item: StepReviewItem, answers: Answers) -> StepReviewLabel:
        steps = range(len(item.steps))
        known = {f"{control}_{at}" for control in ("step", "fix") for at in steps}
        unknown = {name for name in answers.controls() - known if name.startswith(("step_", "fix_"))}
        if unknown:
            raise ParseError(f"{min(unknown)!r}: the solution has {len(steps)} steps, this is none of them")
        ratings = tuple(answers.choice_or_none(f"step_{at}") for at in steps)
        label = stated(
            StepReviewLabel,
            {
                "ratings": ratings,
                "corrections": tuple((at, answers.text(f"fix_{at}")) for at in steps),
                "finish": answers.choice_or_none("finish") or _implied(ratings),
                "comment": answers.text("comment"),
            },
        )
        _refuse_contradiction(label)
        return label

    def result(self, label: StepReviewLabel) -> list[Region]:
        said = [
            say_choices(f"step_{at}", f"text_{at}", rating)
            for at, rating in enumerate(label.ratings)
            if rating
        ]
        said += [say_text(f"fix_{at}", f"text_{at}", text) for at, text in label.corrections]
        said.append(say_choices("finish", "problem", label.finish))
        return [*said, say_text("comment", "problem", label.comment)] if label.comment else said

    def distance(self, a: StepReviewLabel, b: StepReviewLabel) -> float:
        both = [(one, other) for one, other in zip(a.ratings, b.ratings, strict=False) if one and other]
        differing = sum(one != other for one, other in both)
        apart = 0.2 * (differing / len(both)) if both else 0.0
        return apart + (0.8 if a.outcome != b.outcome else 0.0)

    def rows(self, item: StepReviewItem, label: StepReviewLabel) -> Iterable[StepwiseRow]:
        if label.finish not in ("solved", "found_error"):
            return
        wrong = label.first_error
        judged = len(item.steps) if wrong is None else wrong + 1
        ratings = label.ratings[:judged] + (None,) * (judged - len(label.ratings))
        yield StepwiseRow(
            prompt=item.prompt,
            completions=item.steps[:judged],
            labels=tuple(at != wrong for at in range(judged)),
            ratings=tuple(None if rating is None else RATED[rating] for rating in ratings),
        )

    def summary(self, label: StepReviewLabel) -> str:
        if label.finish == "found_error" and label.first_error is not None:
            return f"first wrong step: {label.first_error + 1}"
        return label.finish.replace("_", " ")


def _reference(record: Record) -> str | None:
    known = record.reference
    return (known.answer or known.solution) if known else None


def _implied(ratings: tuple[str | None, ...]) -> Finish:
    if "bad" in ratings:
        return "found_error"
    if None not in ratings:
        return "solved"
    raise ParseError("'finish': should say how the review ends, is missing while steps are unrated")


def _refuse_contradiction(label: StepReviewLabel) -> None:
    if label.finish == "found_error" and label.first_error is None:
        raise ParseError("'finish': found_error should come with a bad step, no step is rated bad")
    if label.finish == "solved" and label.first_error is not None:
        raise ParseError(
            f"'finish': solved should come without a bad step, step {label.first_error + 1} is bad"
        )


def _problem(item: StepReviewItem) -> str:
    html = _markup.prose(item.prompt)
    if item.reference is None:
        return html
    role = _markup.element("span", "role", "Reference answer")
    return html + _markup.element("div", "part", role + _markup.prose(item.reference))


def _step(at: int, text: str) -> str:
    return _markup.element("span", "number", str(at + 1)) + _markup.prose(text)


def _ratings(at: int) -> list[Json]:
    return [
        {
            "value": rating.capitalize(),
            "alias": rating,
            "html": button(rating.capitalize(), _key(rating, at)),
            "hotkey": _key(rating, at) or NO_KEY,
        }
        for rating in RATED
    ]


def _key(rating: str, at: int) -> str | None:
    keys = KEYS[rating]
    held, number = divmod(at, len(keys))
    return ("", "shift+")[held] + keys[number] if held < 2 else None  # noqa: PLR2004 - plain, and with shift


_LOOK = """
.hr .problem{position:sticky;top:0;z-index:5;max-height:38vh;overflow:auto}
.hr .row{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:16px;align-items:start;
  padding:6px 8px 6px 14px;border-top:1px solid var(--color-neutral-border)}
.hr .row .lsf-richtext__container{
  display:grid;grid-template-columns:1.8em minmax(0,1fr);align-items:baseline;padding:3px 0}
.hr .row .number{opacity:.55;user-select:none}
.hr .row .lsf-text-area{margin-left:1.8em}
.hr .row:has(.lsf-choice:nth-child(1) input:checked){background:rgba(18,140,80,.10)}
.hr .row:has(.lsf-choice:nth-child(2) input:checked){background:rgba(127,127,127,.16)}
.hr .row:has(.lsf-choice:nth-child(3) input:checked){background:rgba(217,45,32,.15)}
.hr .row .lsf-choice:nth-child(1):has(input:checked) .lsf-choice__checkbox{
  border-color:#128c50;background:rgba(18,140,80,.28)}
.hr .row .lsf-choice:nth-child(3):has(input:checked) .lsf-choice__checkbox{
  border-color:#d92d20;background:rgba(217,45,32,.30)}
@media(max-width:800px){.hr .problem{position:static;max-height:none} .hr .row{display:block;padding:8px 4px}
  .hr .row .rate{margin-top:6px}}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="problem" value="$problem" inline="true"/></View>
  <View className="small"><Header value="$hint" size="6"/></View>
  <Repeater on="$steps" indexFlag="{{{{idx}}}}">
    <View className="row">
      <View className="said">
        <HyperText name="text_{{{{idx}}}}" value="$steps[{{{{idx}}}}].html" inline="true"/>
        <View visibleWhen="choice-selected" whenTagName="step_{{{{idx}}}}" whenChoiceValue="bad">
          <TextArea name="fix_{{{{idx}}}}" toName="text_{{{{idx}}}}" rows="1" maxSubmissions="1" editable="true"
                    placeholder="What it should say (optional; Enter keeps it)"/>
        </View>
      </View>
      <View className="rate">
        <Choices name="step_{{{{idx}}}}" toName="text_{{{{idx}}}}" choice="single" layout="inline"
                 value="$steps[{{{{idx}}}}].ratings"/>
      </View>
    </View>
  </Repeater>
  <View className="bar">
    <Choices name="finish" toName="problem" choice="single" layout="inline" required="true"
             requiredMessage="How does the review end? z solved, x found an error, c bad problem, v give up">
      {endings}
    </Choices>
    <TextArea name="comment" toName="problem" rows="1" maxSubmissions="1" editable="true"
              placeholder="Comment (optional; Enter keeps it)"/>
  </View>
</View>
"""

task_type = StepReview()
