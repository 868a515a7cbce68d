"""Rows of every class as Hypothesis draws them: any text, any nesting, with and without what may be missing."""

from hypothesis import strategies as st

from schemas import rows as row_classes
from schemas.records import Message, TestCase
from schemas.rows import (
    CritiqueRow,
    ErrorMark,
    ErrorSpansRow,
    PassedRow,
    PreferenceRow,
    Prm800kCompletion,
    Prm800kLabel,
    Prm800kQuestion,
    Prm800kRow,
    Prm800kStep,
    PromptCompletionRow,
    Row,
    ScoredPromptRow,
    ScoredRow,
    StepwiseRow,
    UnpairedRow,
    VerifiablePromptRow,
)

ROW_CLASSES = tuple(
    kind
    for kind in vars(row_classes).values()
    if isinstance(kind, type) and issubclass(kind, Row) and kind is not Row
)
words = st.text(st.characters(codec="utf-8"), max_size=8)
scores = st.dictionaries(words, st.none() | st.floats(-10, 10), max_size=3)
free = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
tested = st.lists(st.builds(TestCase, input=free, output=free), max_size=3).map(tuple)
completions = st.builds(
    Prm800kCompletion, text=words, rating=st.sampled_from([-1, 0, 1, None]), flagged=st.none() | st.booleans()
)
reviewed = st.builds(
    Prm800kLabel,
    steps=st.lists(
        st.builds(
            Prm800kStep,
            completions=st.lists(completions, max_size=2).map(tuple),
            human_completion=st.none() | completions,
            chosen_completion=st.none() | st.just(0),
        ),
        max_size=2,
    ).map(tuple),
    total_time=st.none() | st.integers(0, 9),
    finish_reason=st.sampled_from(["found_error", "solution"]),
)
questions = st.builds(
    Prm800kQuestion,
    problem=words,
    ground_truth_answer=st.none() | words,
    pre_generated_steps=st.lists(words, max_size=2).map(tuple),
    pre_generated_verifier_score=st.none() | st.floats(0, 1),
)
marks = st.lists(
    st.builds(
        ErrorMark, start=st.integers(0, 9), end=st.integers(0, 9), text=words, kind=words, severity=words
    ),
    max_size=2,
).map(tuple)
turns = st.lists(
    st.builds(Message, role=st.sampled_from(["user", "assistant"]), content=words), min_size=1, max_size=3
).map(tuple)


@st.composite
def stepwise(draw: st.DrawFn) -> Row:
    """A solution whose steps all have a label, and perhaps a rating each."""
    ratings = draw(st.lists(st.sampled_from([1, 0, -1, None]), max_size=4))
    labels = [rating != -1 for rating in ratings]
    rated = draw(st.booleans())
    return StepwiseRow(
        prompt=draw(words),
        completions=tuple(draw(words) for _ in labels),
        labels=tuple(labels),
        ratings=tuple(ratings) if rated else (),
        rest=tuple(draw(st.lists(words, max_size=2))),
        id=draw(words),
    )


def rows_of(row_class: type[Row], said: st.SearchStrategy[object]) -> st.SearchStrategy[list[Row]]:
    """Rows as a release holds them: all of texts, or all of conversations."""
    if row_class is StepwiseRow:
        return st.lists(stepwise(), max_size=5)
    fields: dict[type[Row], dict[str, st.SearchStrategy[object]]] = {
        PreferenceRow: {"prompt": said, "chosen": said, "rejected": said, "margin": st.floats(0, 3)},
        UnpairedRow: {
            "prompt": said,
            "completion": said,
            "label": st.booleans(),
            "lines": st.lists(st.integers(1, 99), max_size=3).map(tuple),
            "severity": st.none() | st.sampled_from(["critical", "minor"]),
            "comment": words,
        },
        PromptCompletionRow: {"prompt": said, "completion": said},
        ScoredRow: {"prompt": said, "completion": said, "scores": scores, "comment": words},
        ScoredPromptRow: {"prompt": said, "scores": scores, "comment": words},
        CritiqueRow: {"prompt": said, "completion": said, "critique": words},
        ErrorSpansRow: {"prompt": said, "source": words, "translation": words, "errors": marks},
        VerifiablePromptRow: {
            "prompt": said,
            "tests": tested,
            "assertions": st.lists(words | st.just("assert candidate(1)"), max_size=2).map(tuple),
            "entry_point": st.none() | st.just("f"),
        },
        Prm800kRow: {"question": questions, "label": reviewed},
        PassedRow: {"task_type": words, "prompt": said, "kind": words, "reason": words},
    }
    common = {"id": words, "simulated": st.booleans()}
    return st.lists(st.builds(row_class, **common, **fields[row_class]), max_size=5)
