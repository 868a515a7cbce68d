"""The mistakes that simulated annotators make: labels that are wrong as people's are, one way a task type."""

import random

from schemas.base import Item, Label
from tasks._escape import Escape
from tasks.answer_check import AnswerCheckItem, AnswerCheckLabel
from tasks.code_review import CodeReviewItem, CodeReviewLabel
from tasks.preference_pair import PreferencePairItem, PreferencePairLabel
from tasks.step_review import StepReviewItem, StepReviewLabel


def mistaken(item: Item, truth: Label, rng: random.Random) -> Label:
    """A wrong label of an item that somebody could well have given; TypeError for a task type without one."""
    if isinstance(item, StepReviewItem) and isinstance(truth, StepReviewLabel):
        return _steps(len(item.steps), truth.first_error, rng)
    if isinstance(item, CodeReviewItem) and isinstance(truth, CodeReviewLabel):
        return _program(item, truth, rng)
    if isinstance(truth, PreferencePairLabel) and truth.preference is not None:
        return _preference(truth.preference, rng)
    if isinstance(truth, AnswerCheckLabel):
        return AnswerCheckLabel(verdict="equal" if truth.verdict == "not_equal" else "not_equal")
    raise TypeError(f"{type(item).__name__}: simulated people know four task types, this is none of them")


def guessed(item: Item, rng: random.Random) -> Label:
    """What somebody says who does not look at an item; TypeError for a task type without it."""
    if isinstance(item, StepReviewItem):
        return review(len(item.steps), rng.choice((None, rng.randrange(len(item.steps)))))
    if isinstance(item, CodeReviewItem):
        if rng.random() < 0.5:  # noqa: PLR2004 - as a coin falls
            return CodeReviewLabel(verdict="correct")
        return CodeReviewLabel(verdict="incorrect", lines=(rng.choice(_body(item)),), severity="major")
    if isinstance(item, PreferencePairItem):
        return PreferencePairLabel(preference=rng.randint(-3, 3))
    if isinstance(item, AnswerCheckItem):
        return AnswerCheckLabel(verdict=rng.choice(("equal", "not_equal")))
    raise TypeError(f"{type(item).__name__}: simulated people know four task types, this is none of them")


def review(steps: int, wrong: int | None) -> StepReviewLabel:
    """The label that finds the first error at a step (from 0), or none."""
    if wrong is None:
        return StepReviewLabel(ratings=("good",) * steps, finish="solved")
    return StepReviewLabel(ratings=(*("good",) * wrong, "bad"), finish="found_error")


def _steps(steps: int, wrong: int | None, rng: random.Random) -> StepReviewLabel:
    """The error is overlooked or found one step off; or one is seen where there is none."""
    if wrong is None:
        return review(steps, rng.randrange(steps))
    beside = [at for at in (wrong - 1, wrong + 1) if 0 <= at < steps]
    overlooked = not beside or rng.random() < 0.6  # noqa: PLR2004 - the share that overlooks it
    return review(steps, None if overlooked else rng.choice(beside))


def _program(item: CodeReviewItem, truth: CodeReviewLabel, rng: random.Random) -> CodeReviewLabel:
    """The bug is overlooked, a right program is blamed, or they give up."""
    if rng.random() < 0.2:  # noqa: PLR2004 - the share that gives up
        return CodeReviewLabel(escape=Escape(kind="cannot_judge"))
    if truth.verdict == "incorrect":
        return CodeReviewLabel(verdict="correct")
    return CodeReviewLabel(verdict="incorrect", lines=(rng.choice(_body(item)),), severity="major")


def _body(item: CodeReviewItem) -> list[int]:
    """The lines below the last docstring, counted from 1, without the blank ones."""
    lines = list(enumerate(item.code.split("\n"), start=1))
    quoted = max((at for at, line in lines if '"""' in line or "'''" in line), default=0)
    return [at for at, line in lines if at > quoted and line.strip()]


def _preference(preference: int, rng: random.Random) -> PreferencePairLabel:
    """Some steps off, the other way if need be; never a single one, which still is the same judgement."""
    off = [said for said in range(-3, 4) if 2 <= abs(said - preference) <= 4]  # noqa: PLR2004 - steps of the scale
    return PreferencePairLabel(preference=rng.choice(off))
