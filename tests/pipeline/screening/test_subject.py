"""A record as screens look at it: its texts, and the record with texts changed."""

from pipeline.screening.subject import Subject
from schemas.records import Record
from tests.pipeline.screening.shards import record


def subject(one: Record) -> Subject:
    return Subject(one.id, 7, one.model_dump_json(exclude_none=True))


FULL = record(
    "What is it?",
    "first",
    "second",
    domain="coding",
    language="en",
    programming_language="python",
    reference={"answer": "a", "solution": "s"},
    tests={"code": "assert f()", "cases": [{"input": 1, "output": 2}]},
    issue={"repo": "r", "patch": "p", "test_patch": "t"},
    draft="d",
    rubric=[{"criterion": "c"}],
    source={"dataset": "set"},
)


def test_what_a_screen_asks_for_is_the_records() -> None:
    seen = subject(FULL)
    assert (seen.prompt, seen.candidates) == ("What is it?", ("first", "second"))
    assert seen.text == "What is it?\n\nfirst\n\nsecond"
    assert seen.is_code
    assert (seen.language, seen.programming_language, seen.dataset) == ("en", "python", "set")
    assert seen.record == FULL


def test_all_that_is_judged_is_among_the_answers() -> None:
    assert set(subject(FULL).answers) == {
        "first",
        "second",
        "assert f()",
        '[{"input":1,"output":2}]',
        "p",
        "t",
        "d",
        "c",
    }
    assert subject(record("Why?")).answers == ()


def test_a_conversation_is_a_prompt_of_paragraphs() -> None:
    turns = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}]
    talk = Record.model_validate({"prompt": turns, "domain": "reasoning"})
    assert subject(talk).prompt == "Be brief.\n\nWhy?"
    assert [where for where, _ in subject(talk).parts()] == ["prompt.0.content", "prompt.1.content"]


def test_every_text_is_among_the_parts_once() -> None:
    parts = list(subject(FULL).parts())
    assert dict(parts) == {
        "prompt": "What is it?",
        "draft": "d",
        "reference.answer": "a",
        "reference.solution": "s",
        "tests.code": "assert f()",
        "issue.patch": "p",
        "issue.test_patch": "t",
        "candidates.0.text": "first",
        "candidates.1.text": "second",
        "rubric.0.criterion": "c",
    }
    assert len(parts) == len(dict(parts))


def test_a_rewritten_record_has_each_text_changed_and_nothing_else() -> None:
    louder = subject(FULL).rewritten(lambda _, text: text.upper())
    assert [text for _, text in subject(louder).parts()] == [
        text.upper() for _, text in subject(FULL).parts()
    ]
    assert louder.id != FULL.id
    assert subject(FULL).rewritten(lambda _, text: text) == FULL


def test_the_steps_of_a_candidate_are_texts_too() -> None:
    stepped = Record.model_validate(
        {"prompt": "p", "domain": "reasoning", "candidates": [{"text": "a\nb", "steps": ["a", "b"]}]}
    )
    parts = [where for where, _ in subject(stepped).parts()]
    assert parts == ["prompt", "candidates.0.text", "candidates.0.steps.0", "candidates.0.steps.1"]
    assert subject(stepped).rewritten(lambda _, text: text + "!").candidates[0].steps == ("a!", "b!")
