"""First error: which step of this solution is the first wrong one, if any?"""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, NonNegativeInt, ValidationInfo, field_validator

from schemas.base import Item, Json
from schemas.records import Record
from schemas.rows import StepwiseRow
from tasks import _escape, _markup, _steps
from tasks._escape import Escapable
from tasks._options import Options, Switch
from tasks._steps import KEYS, Cut
from tasks._style import NO_KEY, choice, remark, style
from tasks.base import Answers, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

ErrorKind: TypeAlias = Literal["computation", "logic", "misread", "missing_step", "other"]

_NONE: Literal["none"] = "none"
_NO_ERROR_KEY = "g"
_KINDS: tuple[tuple[ErrorKind, str, str, str], ...] = (
    ("computation", "shift+c", "Computation", "A number, a sign or a formula is worked out wrongly"),
    ("logic", "shift+l", "Logic", "The conclusion does not follow, or a fact is wrong"),
    ("misread", "shift+r", "Misread problem", "It answers another question, or uses what was not given"),
    ("missing_step", "shift+s", "Missing step", "It leaps: what it needs was never shown, and does not hold"),
    ("other", "shift+o", "Other", "None of these"),
)


class FirstErrorItem(Item):
    """A problem, and one solution of it in steps, however many."""

    prompt: str
    steps: Annotated[tuple[str, ...], Field(min_length=1)]
    reference: str | None = None
    """The answer that the source gives, where annotators are to see it."""
    solution: str | None = None
    """How the source arrives at it, likewise."""
    cut: Cut | None = None
    """How the steps were told apart."""


class FirstErrorLabel(Escapable):
    """Which step one person finds to be the first wrong one."""

    verdicts: ClassVar[tuple[str, ...]] = ("first_error",)
    first_error: NonNegativeInt | Literal["none"] | None = None
    """The first wrong step, counted from 0; "none" where none is wrong."""
    kind: ErrorKind | None = None
    """What is wrong with it, where that was said; None where no step is wrong, whatever was said."""
    comment: Typed = ""

    @field_validator("kind")
    @classmethod
    def _of_an_error(cls, kind: ErrorKind | None, info: ValidationInfo) -> ErrorKind | None:
        return None if info.data.get("first_error") == _NONE else kind


class FirstErrorOptions(Options):
    """What a project may choose."""

    steps: _steps.How = "given_or_split"
    show_reference: Switch = True


class FirstError(TaskType[FirstErrorItem, FirstErrorLabel]):
    """The first wrong step, or none: what a review up to the first error says, in one key."""

    name = "first_error"
    title = "First wrong step"
    item = FirstErrorItem
    label = FirstErrorLabel
    row = StepwiseRow
    agreed = "vote"
    tolerance = 0.2
    options = FirstErrorOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[FirstErrorItem]:
        chosen = FirstErrorOptions.model_validate(options)
        known = _steps.reference(record, show=chosen.show_reference)
        return [
            FirstErrorItem(prompt=record.text, steps=chain.steps, cut=chain.cut, **known)
            for chain in _steps.chains(record, chosen.steps)
        ]

    def config(self) -> str:
        return _CONFIG.format(
            style=style(_LOOK),
            kinds="".join(choice(said, kind, key, why) for kind, key, said, why in _KINDS),
            unless=_escape.UNLESS,
            remark=remark("problem"),
            escape=_escape.controls("problem"),
        )

    def data(self, item: FirstErrorItem) -> dict[str, Json]:
        return {
            "problem": _steps.problem(item.prompt, item.reference, item.solution),
            "steps": [*(_option(at, text) for at, text in enumerate(item.steps)), _none()],
        }

    def parse(self, item: FirstErrorItem, answers: Answers) -> FirstErrorLabel:
        if escape := _escape.said(answers):
            return FirstErrorLabel(escape=escape)
        said = answers.choice_or_none("first_error")
        known: dict[str, int | str] = {str(at + 1): at for at in range(len(item.steps))}
        known[_NONE] = _NONE
        if said is not None and said not in known:
            raise ParseError(f"'first_error': should be none or 1 to {len(item.steps)}, is {said!r:.40}")
        return stated(
            FirstErrorLabel,
            {
                "first_error": said and known[said],
                "kind": answers.choice_or_none("kind"),
                "comment": answers.text("comment"),
            },
        )

    def result(self, label: FirstErrorLabel) -> list[Region]:
        if label.escape or label.first_error is None:
            return _escape.result(label.escape, "problem") if label.escape else []
        at = label.first_error
        said = [say_choices("first_error", "problem", at if at == _NONE else str(at + 1))]
        if label.kind:
            said.append(say_choices("kind", "problem", label.kind))
        return [*said, say_text("comment", "problem", label.comment)] if label.comment else said

    def distance(self, a: FirstErrorLabel, b: FirstErrorLabel) -> float:
        apart = _escape.apart(a, b)
        if apart is not None:
            return apart
        if a.first_error != b.first_error:
            return 1.0
        return 0.2 if a.kind and b.kind and a.kind != b.kind else 0.0

    def rows(self, item: FirstErrorItem, label: FirstErrorLabel) -> Iterable[StepwiseRow]:
        wrong = label.first_error
        judged = wrong + 1 if isinstance(wrong, int) else len(item.steps)
        yield StepwiseRow(
            prompt=item.prompt,
            completions=item.steps[:judged],
            labels=tuple(at != wrong for at in range(judged)),
            rest=item.steps[judged:],
        )

    def summary(self, label: FirstErrorLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        if not isinstance(label.first_error, int):
            return "no step is wrong"
        kind = f" ({label.kind.replace('_', ' ')})" if label.kind else ""
        return f"first wrong step: {label.first_error + 1}{kind}"


def _option(at: int, text: str) -> Json:
    key = KEYS[at] if at < len(KEYS) else None
    return {
        "value": f"Step {at + 1}",
        "alias": str(at + 1),
        "hotkey": key or NO_KEY,
        "html": _row(str(at + 1), _markup.prose(text), key),
    }


def _none() -> Json:
    html = _row("", _markup.plain("No step is wrong"), _NO_ERROR_KEY)
    return {"value": "No step is wrong", "alias": _NONE, "hotkey": _NO_ERROR_KEY, "html": html}


def _row(number: str, html: str, key: str | None) -> str:
    shown = _markup.element("span", "key", key.upper()) if key else ""
    text = _markup.element("div", "said", html)
    return _markup.element("div", "step", _markup.element("span", "number", number) + text + shown)


_LOOK = """
.hr .list:not(:has(input:checked)){outline:2px dashed #d9821c;outline-offset:3px;border-radius:6px}
.hr .list .lsf-choices{display:block}
.hr .list .lsf-choice{border-top:1px solid var(--color-neutral-border)}
.hr .list .lsf-choice__checkbox{display:block;padding:6px 8px 6px 14px;border:0;border-radius:0;
  background:none;font-size:16px;font-weight:400;line-height:1.5}
.hr .list .lsf-choice__checkbox *{line-height:inherit}
.hr .list .lsf-choice__checkbox::after{display:none}
.hr .list .lsf-choice__checkbox span:has(.step){display:block}
.hr .list .step{display:grid;grid-template-columns:2.2em minmax(0,1fr) auto;gap:0 8px;align-items:baseline}
.hr .list .lsf-choice:has(input:checked) .lsf-choice__checkbox{background:rgba(217,45,32,.17);
  box-shadow:inset 3px 0 #d92d20}
.hr .list .lsf-choice:has(input:checked) ~ .lsf-choice:not(:last-child){opacity:.45}
.hr .list .lsf-choice:has(~ .lsf-choice input:checked) .lsf-choice__checkbox{
  background:rgba(18,140,80,.10);box-shadow:inset 3px 0 #128c50}
.hr .list .lsf-choice:last-child .said{font-weight:600}
.hr .list .lsf-choice:last-child:has(input:checked) .lsf-choice__checkbox{background:rgba(18,140,80,.28);
  box-shadow:inset 3px 0 #128c50}
.hr:has(.escape input:checked) .list{opacity:.45}
.hr .kind .lsf-choice:not(:hover):not(:has(input:checked)) .lsf-choice__checkbox{opacity:.75}
@media(min-width:1250px){.hr .list .lsf-choice:last-child{position:sticky;bottom:54px;z-index:4;
  background:var(--color-neutral-background)}}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="problem" value="$problem" inline="true"/></View>
  <View className="small"><Header value="Pick the first wrong step by its key or a click; g: no step is wrong."
                                  size="6"/></View>
  <View className="list" {unless}>
    <Choices name="first_error" toName="problem" choice="single" value="$steps" required="true"
             requiredMessage="Which step is the first wrong one? Its key or a click; g where no step is wrong"/>
  </View>
  <View className="bar">
    <View className="kind" visibleWhen="choice-unselected" whenTagName="first_error" whenChoiceValue="none">
      <Choices name="kind" toName="problem" choice="single" layout="inline">
        {kinds}
      </Choices>
    </View>
    {remark}
    {escape}
  </View>
</View>
"""

task_type = FirstError()
