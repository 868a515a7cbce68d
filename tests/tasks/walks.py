"""How a person does one task of each type, by keyboard or by click where there is no key, and what that says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from schemas.base import Item, Label
from schemas.records import Record
from tasks import AnyTaskType, task_types
from tasks.answer_check import AnswerCheckLabel
from tasks.code_review import CodeReviewLabel
from tasks.first_error import FirstErrorLabel
from tasks.issue_review import IssueReviewLabel
from tasks.preference_pair import PreferencePairLabel
from tasks.ranking import RankingLabel
from tasks.rewrite import RewriteLabel
from tasks.rubric_grade import Grade, RubricGradeLabel
from tasks.step_review import StepReviewLabel
from tasks.test_review import TestReviewLabel
from tests.tasks.examples import RECORDS
from tests.tasks.hands import Hands

Deed = Callable[[Hands], None]


@dataclass(frozen=True)
class Walk:
    """One task of a type, done."""

    name: str
    keys: str
    """Pressed one after the other, but for those that `before` and `after` press; without Ctrl+Enter."""
    label: Label
    keystrokes: int
    """All of them, with Ctrl+Enter."""
    clicks: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Deed, ...] = ()
    after: tuple[Deed, ...] = ()
    left_out: str = ""
    """What the page asks for where nothing was pressed."""

    @property
    def task_type(self) -> AnyTaskType:
        return task_types()[self.name]

    @property
    def item(self) -> Item:
        """What the record gives."""
        made: Item = next(iter(self.task_type.items(Record.model_validate(RECORDS[self.name]), self.options)))
        return made

    def answer(self, hands: Hands) -> None:
        """Everything but Ctrl+Enter."""
        for deed in self.before:
            deed(hands)
        hands.press(self.keys)
        for deed in self.after:
            deed(hands)


def _write_the_fifth_side(hands: Hands) -> None:
    """The draft's one wrong digit, put right in the box."""
    box = hands.page.locator(".hr .write textarea")
    if not box.count():  # the page was submitted before: it holds what was in the box as a text
        hands.page.get_by_role("button", name="Edit Region").click()
    box.click()
    hands.clicked += 1
    box.fill(RECORDS["rewrite"]["draft"].replace("$6$", "$5$"))
    hands.command("Shift+Enter")


WALKS: tuple[Walk, ...] = (
    Walk(
        "step_review",
        keys="4 g",
        label=StepReviewLabel(ratings=("good", "good", "good", "bad"), finish="found_error"),
        keystrokes=3,
        left_out="Not rated yet",
    ),
    Walk(
        "first_error",
        keys="4 shift+c",
        label=FirstErrorLabel(first_error=3, kind="computation"),
        keystrokes=3,
        left_out="Which step is the first wrong one",
    ),
    Walk(
        "answer_check",
        keys="1",
        label=AnswerCheckLabel(verdict="equal"),
        keystrokes=2,
        left_out="Is the answer equal",
    ),
    Walk(
        "preference_pair",
        keys="6 e s z",
        label=PreferencePairLabel(preference=2, aspects=("b", "same", "a")),
        keystrokes=5,
        options={"aspects": ["correctness", "clarity", "conciseness"]},
        left_out="Which answer is better",
    ),
    Walk(
        "ranking",
        keys="3 w d z",
        label=RankingLabel(tiers=(3, 2, 3, 1)),
        keystrokes=5,
        left_out="has no tier",
    ),
    Walk(
        "code_review",
        keys="2",
        label=CodeReviewLabel(verdict="incorrect", lines=(6,)),
        keystrokes=2,
        clicks=1,
        after=(partial(Hands.click, selector=".hr .lines .lsf-choice", at=5),),
        left_out="Does the program do what was asked",
    ),
    Walk(
        "test_review",
        keys="4 t g",
        label=TestReviewLabel(cases=("right", "right", "right", "wrong", "too_narrow")),
        keystrokes=4,
        left_out="Not judged yet",
    ),
    Walk(
        "issue_review",
        keys="0 e a",
        label=IssueReviewLabel(underspecified=0, tests_unfair=2, difficulty=0),
        keystrokes=4,
        left_out="How well is the issue specified",
    ),
    Walk(
        "rubric_grade",
        keys="1 3 q r",
        label=RubricGradeLabel(grades=tuple(Grade(level=level, top=1) for level in (1, 1, 1, 0))),
        keystrokes=5,
        left_out="has no grade yet",
    ),
    Walk(
        "rewrite",
        keys="1",
        label=RewriteLabel(outcome="rewritten", text=RECORDS["rewrite"]["draft"].replace("$6$", "$5$")),
        keystrokes=3,
        clicks=1,
        before=(_write_the_fifth_side,),
        left_out="press 1: rewritten",
    ),
)
"""One of each type, as `make test` walks them."""

OTHERS: tuple[Walk, ...] = (
    Walk("step_review", "g", StepReviewLabel(finish="solved"), keystrokes=2),
    Walk(
        *("step_review", "2 2 4 g"),
        StepReviewLabel(ratings=("good", "neutral", "good", "bad"), finish="found_error"),
        keystrokes=5,
    ),
    Walk("first_error", "g", FirstErrorLabel(first_error="none"), keystrokes=2),
    Walk("first_error", "4", FirstErrorLabel(first_error=3), keystrokes=2),
    Walk("answer_check", "2", AnswerCheckLabel(verdict="not_equal"), keystrokes=2),
    Walk("preference_pair", "2", PreferencePairLabel(preference=-2), keystrokes=2),
    Walk("code_review", "1", CodeReviewLabel(verdict="correct"), keystrokes=2),
    Walk("rewrite", "2", RewriteLabel(outcome="as_it_stands"), keystrokes=2),
)
"""Other ways, where the count differs or a key means the opposite."""
