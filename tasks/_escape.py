"""The ways out of a question, the same on every page: a bad problem, one that I cannot judge, a pass with a reason.

A label that takes one says nothing else. It is settled, counted and released as any other label is.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, Self, TypeAlias
from xml.sax.saxutils import quoteattr

from pydantic import model_validator

from schemas.base import Frozen, Label
from tasks._style import choice
from tasks.base import Answers, Region, Typed, say_choices, say_text, stated

Kind: TypeAlias = Literal["bad_problem", "cannot_judge", "pass"]

KEYS: Mapping[Kind, str] = {"bad_problem": "n", "cannot_judge": "m", "pass": "p"}
"""No task type has these keys for itself."""

_SAID, _NOTE, _WHY = "escape", "escape_note", "escape_why"
_WORDS: Mapping[Kind, tuple[str, str]] = {
    "bad_problem": (
        "Bad problem",
        "The question itself cannot be answered: it is broken, unclear or not one",
    ),
    "cannot_judge": ("Cannot judge", "It can be answered, but not by me"),
    "pass": ("Pass", "I leave this one to others, and say why"),
}

UNLESS = f'visibleWhen="choice-unselected" whenTagName="{_SAID}" whenChoiceValue="{",".join(KEYS)}"'
"""Attributes of a `<View>` that is hidden while a way out is taken: Label Studio insists on what it shows alone, so
every control of a page that must be answered stands in one."""


class Escape(Frozen):
    """A way out, and why it was taken; a pass says why."""

    kind: Kind
    reason: Typed = ""

    @model_validator(mode="after")
    def _a_pass_says_why(self) -> Self:
        if self.kind == "pass" and not self.reason:
            raise ValueError("a pass should say why, says nothing")
        return self


class Escapable(Label):
    """A label that may be a way out instead; then every other field is at its default, whatever was filled in."""

    verdicts: ClassVar[tuple[str, ...]] = ()
    """The fields without which it says nothing, None by default: each is stated, or a way out is."""
    escape: Escape | None = None

    @model_validator(mode="before")
    @classmethod
    def _nothing_else(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over what came
        if isinstance(given, Mapping) and given.get("escape") is not None:
            return {"escape": given["escape"]}
        return given

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        missing = [name for name in self.verdicts if getattr(self, name) is None]
        if self.escape is None and missing:
            raise ValueError(f"{missing[0]!r} should be stated, is missing")
        return self


def escape_of(label: Label) -> Escape | None:
    """The way out that a label takes; None of a label that judges, or that knows none."""
    found: Escape | None = getattr(label, "escape", None)
    return found


def apart(a: Label, b: Label) -> float | None:
    """How far two labels disagree of which one takes a way out or both do; None where both judge."""
    one, other = escape_of(a), escape_of(b)
    if one is None and other is None:
        return None
    return 0.0 if one and other and one.kind == other.kind else 1.0


def summary(escape: Escape) -> str:
    """A way out in one line for people."""
    said = _WORDS[escape.kind][0].lower()
    return f"{said}: {' '.join(escape.reason.split())}" if escape.reason else said


def said(answers: Answers) -> Escape | None:
    """The way out that an annotation takes; it wins over whatever else is filled in.

    Raises ParseError where it is none that we know, or a pass that does not say why.
    """
    kind = answers.choice_or_none(_SAID)
    if kind is None:
        return None
    return stated(Escape, {"kind": kind, "reason": answers.text(_reason(kind))})


def result(escape: Escape, to: str) -> list[Region]:
    """The regions that state a way out, said of the element `to`: the inverse of `said`."""
    taken = [say_choices(_SAID, to, escape.kind)]
    return [*taken, say_text(_reason(escape.kind), to, escape.reason)] if escape.reason else taken


def controls(to: str) -> str:
    """The ways out as XML for a page's bar, said of the element `to`; everything required stands in an `UNLESS`."""
    choices = "".join(choice(_WORDS[kind][0], kind, key, _WORDS[kind][1]) for kind, key in KEYS.items())
    return _CONTROLS.format(look=_LOOK, to=quoteattr(to), choices=choices)


def _reason(kind: str) -> str:
    return _WHY if kind == "pass" else _NOTE


_LOOK = """
.hr .bar .escape{display:flex;flex-wrap:wrap;gap:8px;align-items:center;margin-left:auto}
.hr .bar .escape .lsf-choice:not(:hover):not(:has(input:checked)) .lsf-choice__checkbox{opacity:.75}
.hr .bar .escape .why{flex:1 1 260px}
.hr .bar .escape .lsf-text-area div{margin-bottom:0 !important}
@media(max-width:800px){.hr .bar .escape{margin-left:0}}
"""

_CONTROLS = """\
<View className="escape">
  <Style>{look}</Style>
  <View className="why" visibleWhen="choice-selected" whenTagName="escape" whenChoiceValue="pass">
    <TextArea name="escape_why" toName={to} rows="1" maxSubmissions="1" editable="true"
              required="true" requiredMessage="Why do you pass? Write it beside the choice; p takes it back"
              placeholder="Why do you pass? (Enter keeps it)"/>
  </View>
  <View className="why" visibleWhen="choice-selected" whenTagName="escape"
        whenChoiceValue="bad_problem,cannot_judge">
    <TextArea name="escape_note" toName={to} rows="1" maxSubmissions="1" editable="true"
              placeholder="Why? (optional; Enter keeps it)"/>
  </View>
  <Choices name="escape" toName={to} choice="single" layout="inline">
    {choices}
  </Choices>
</View>
"""
