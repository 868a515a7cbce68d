"""Rewriting: what counts as an answer, the spans of errors in a translation, and what becomes of them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.consensus import settle
from schemas.base import Label, Vote
from schemas.records import Record
from schemas.rows import CritiqueRow, ErrorMark, ErrorSpansRow, PromptCompletionRow
from tasks import _spans, _wording
from tasks._escape import Escape
from tasks._spans import ErrorSpan
from tasks.base import Answers, NoItem, ParseError, Region, say_choices, say_text
from tasks.rewrite import RewriteItem, RewriteLabel, task_type
from tests.tasks.drawing import a_few

DRAFT = "تأكل 🦆 ثلاثًا.\n\n  تبيع 60 بيضة"
ITEM = RewriteItem(prompt="1 + 1?", draft="1 + 1 = 3,\n  so 3")
TRANSLATION = RewriteItem(prompt="كم؟", draft=DRAFT, source="She eats three. She sells 16 eggs.")
SPAN = ErrorSpan(start=DRAFT.index("60"), text="60", kind="notation", severity="critical")


def record(**fields: object) -> Record:
    return Record.model_validate({"prompt": "1 + 1?", "domain": "reasoning", **fields})


def said(outcome: str, text: str | None, *regions: Region) -> Answers:
    result = [say_choices("outcome", "question", outcome), *regions]
    return Answers([*result, say_text("version", "question", text)] if text is not None else result)


def marked(start: object, end: object, *names: str, **fields: object) -> Region:
    value: Any = {"globalOffsets": {"start": start, "end": end}, "hypertextlabels": list(names), **fields}
    return {"from_name": "spans", "to_name": "marked", "type": "hypertextlabels", "value": value}


def rewritten(text: str, *spans: ErrorSpan) -> RewriteLabel:
    return RewriteLabel(outcome="rewritten", text=text, spans=spans)


def items(given: Record, **options: Any) -> list[RewriteItem]:
    return list(task_type.items(given, options))


def test_the_draft_of_the_record_is_rewritten_or_else_each_candidate() -> None:
    candidates = [{"text": "a"}, {"text": "b"}, {"text": "\n a  \n"}]
    assert [item.draft for item in items(record(candidates=candidates))] == ["a", "b", " a"]
    assert [item.draft for item in items(record(candidates=candidates, draft="c\r\nd"))] == ["c\nd"]


def test_without_a_draft_there_is_nothing_to_rewrite_unless_it_is_to_be_written_from_nothing() -> None:
    for empty in (record(), record(draft=" \n ")):
        with pytest.raises(NoItem, match="draft"):
            items(empty)
    assert [item.draft for item in items(record(candidates=[{"text": "a"}]), from_nothing=True)] == [""]


def test_the_source_of_a_translation_and_the_reference_come_with_it() -> None:
    given = record(draft="b", translation_of="a", reference={"solution": "unmistakable"})
    (item,), (shown,) = items(given), items(given, show_reference=True)
    assert (item.source, item.reference, shown.reference) == ("a", None, "unmistakable")
    assert "<details" in str(task_type.data(shown)["question"])


def test_a_translation_of_a_record_that_is_only_named_is_a_draft_like_others() -> None:
    (item,) = items(record(draft="b", translation_of=record().id))
    assert item.source is None


def test_all_that_is_known_of_the_draft_comes_with_it() -> None:
    given = record(draft="b", programming_language="python", reference={"answer": "3", "solution": ""})
    (item,) = items(given, show_reference=True)
    assert item == RewriteItem(prompt="1 + 1?", draft="b", programming_language="python", reference="3")
    (same,) = items(record(candidates=[{"text": "b"}, {"text": "b\n"}]))
    assert same == RewriteItem(prompt="1 + 1?", draft="b")


@a_few
@given(st.data())
def test_a_label_is_read_back_as_it_was_said(data: st.DataObject) -> None:
    starts = data.draw(st.lists(st.integers(0, len(DRAFT) - 1), max_size=3))
    spans = {
        ErrorSpan(
            start=start,
            text=DRAFT[start : data.draw(st.integers(start + 1, len(DRAFT)))],
            kind=data.draw(st.sampled_from([kind for kind, *_ in _spans.KINDS])),
            severity=data.draw(st.sampled_from([severity for severity, *_ in _spans.SEVERITIES])),
        )
        for start in starts
    }
    ordered = sorted(spans, key=lambda span: (span.start, span.end, span.kind, span.severity))
    label = rewritten(DRAFT + "x", *ordered).replace(comment=data.draw(st.text()))
    assert task_type.parse(TRANSLATION, Answers(task_type.result(label))) == label


@pytest.mark.parametrize(
    "left", [ITEM.draft, "1 +  1 = 3, \n  so 3\n\n", "\n" + ITEM.draft, "1 + 1 = 3,\r\n  so 3"]
)
def test_an_untouched_draft_is_no_answer(left: str) -> None:
    with pytest.raises(ParseError, match="untouched"):
        task_type.parse(ITEM, said("rewritten", left))
    assert task_type.parse(ITEM, said("as_it_stands", left)) == RewriteLabel(outcome="as_it_stands")


def test_what_a_line_begins_with_means_something() -> None:
    text = "    1 + 1 = 3,\nso 3"
    assert task_type.parse(ITEM, said("rewritten", f"\n \n{text}\n")).text == text


def test_a_label_does_not_contradict_itself() -> None:
    with pytest.raises(ParseError, match="it was changed"):
        task_type.parse(ITEM, said("as_it_stands", "1 + 1 = 2"))
    with pytest.raises(ParseError, match="the text is empty"):
        task_type.parse(ITEM, said("rewritten", " \n"))
    with pytest.raises(ParseError, match="outcome"):
        task_type.parse(ITEM, said("splendid", "1 + 1 = 2"))
    with pytest.raises(ParseError, match="outcome"):
        task_type.parse(ITEM, Answers([say_text("version", "question", "1 + 1 = 2")]))
    with pytest.raises(ParseError, match="errors are marked"):
        task_type.parse(TRANSLATION, said("as_it_stands", DRAFT, marked(0, 4, "fluency/minor")))
    with pytest.raises(ParseError, match="only translations"):
        task_type.parse(ITEM, said("rewritten", "2", marked(0, 1, "fluency/minor")))


def test_what_is_written_from_nothing_is_not_right_as_it_stands() -> None:
    item = RewriteItem(prompt="1 + 1?", draft="")
    assert task_type.parse(item, said("rewritten", "2")) == rewritten("2")
    with pytest.raises(ParseError, match="there is none"):
        task_type.parse(item, said("as_it_stands", None))


@pytest.mark.parametrize(
    "region",
    [
        marked(-1, 2, "fluency/minor"),
        marked(2, 2, "fluency/minor"),
        marked(0, len(DRAFT) + 1, "fluency/minor"),
        marked("0", None, "fluency/minor"),
        marked(0, 2),
        marked(0, 2, "fluency/minor", "fluency/major"),
        marked(0, 2, "fluency"),
        marked(0, 2, "fluency/mild"),
        marked(0, 2, "beauty/minor"),
        marked(0, 2, "fluency/minor", text="other"),
        marked(0, 2, "fluency/minor", text=3),
    ],
)
def test_a_span_that_the_draft_does_not_have_is_refused(region: Region) -> None:
    with pytest.raises(ParseError):
        task_type.parse(TRANSLATION, said("rewritten", "x", region))


def test_a_span_marked_twice_is_one_and_they_stand_in_their_order() -> None:
    regions = [marked(6, 7, "fluency/minor"), marked(0, 4, "accuracy/major", text="تأكل")]
    label = task_type.parse(TRANSLATION, said("rewritten", "x", *regions, regions[0]))
    assert [(span.start, span.end, span.text) for span in label.spans] == [(0, 4, "تأكل"), (6, 7, DRAFT[6])]


def test_spans_are_marked_on_the_characters_of_the_draft_and_no_others() -> None:
    item = TRANSLATION.replace(draft="$x < 1$ &amp; <b>\n  `c`")
    assert task_type.data(item)["marked"] == (
        '<div class="text" dir="auto">$x &lt; 1$ &amp;amp; &lt;b&gt;\n  `c`</div>'
    )
    assert "text" not in str(task_type.data(ITEM)["marked"])


def settled(*labels: RewriteLabel) -> Label | None:
    votes = [Vote[RewriteLabel](annotator=str(at), label=label) for at, label in enumerate(labels)]
    return settle(task_type, votes).label


def test_free_texts_do_not_vote() -> None:
    one, other, third = rewritten("1 + 1 = 2"), rewritten("2"), rewritten("It is 2.")
    assert settled(one, other) is None
    assert settled(one, other, third) is None
    assert settled(one, RewriteLabel(outcome="as_it_stands")) is None
    assert settled(one) == one


def test_texts_that_differ_in_blanks_are_one() -> None:
    one, spaced = rewritten("1 + 1 = 2"), rewritten("1 +  1 = 2\n")
    assert settled(one, spaced) in (one, spaced)
    assert settled(one, rewritten("2"), spaced) in (one, spaced)


def test_distance_grows_with_the_words_that_differ() -> None:
    a = rewritten("one two three four")
    assert task_type.distance(a, rewritten("one two  three four\n")) == 0.0
    assert task_type.distance(a, rewritten("one two three five")) == pytest.approx(0.25)
    assert task_type.distance(a, rewritten("five six")) == 1.0
    assert task_type.distance(a, RewriteLabel(outcome="as_it_stands")) == 1.0
    assert task_type.distance(rewritten("f\n  x"), rewritten("f\nx")) == _wording.LEAST
    assert task_type.distance(rewritten("中文数据"), rewritten("中文字据")) == pytest.approx(0.25)


@a_few
@given(st.text(), st.text())
def test_texts_are_as_far_apart_one_way_as_the_other(a: str, b: str) -> None:
    assert 0.0 <= _wording.apart(a, b) == _wording.apart(b, a) <= 1.0
    assert (_wording.apart(a, b) == 0.0) == _wording.same(a, b)


def test_a_row_is_the_prompt_with_what_it_should_say() -> None:
    assert list(task_type.rows(ITEM, rewritten("2"))) == [
        PromptCompletionRow(prompt="1 + 1?", completion="2")
    ]
    (kept,) = task_type.rows(ITEM, RewriteLabel(outcome="as_it_stands", comment="fine"))
    assert kept == PromptCompletionRow(prompt="1 + 1?", completion=ITEM.draft)


def test_a_translation_without_marked_errors_makes_no_row_of_errors() -> None:
    assert list(task_type.rows(TRANSLATION, rewritten("x"))) == [
        PromptCompletionRow(prompt="كم؟", completion="x")
    ]


def test_what_was_wrong_makes_rows_of_its_own() -> None:
    rows = list(task_type.rows(TRANSLATION, rewritten("x", SPAN).replace(comment="a number")))
    assert rows[1:] == [
        CritiqueRow(prompt="كم؟", completion=DRAFT, critique="a number"),
        ErrorSpansRow(
            prompt="كم؟",
            source="She eats three. She sells 16 eggs.",
            translation=DRAFT,
            errors=(
                ErrorMark(start=SPAN.start, end=SPAN.end, text="60", kind="notation", severity="critical"),
            ),
        ),
    ]


def test_a_way_out_needs_no_text() -> None:
    label = RewriteLabel(escape=Escape(kind="pass", reason="not my language"))
    result = [*said("rewritten", "2").result, *task_type.result(label)]
    assert task_type.parse(ITEM, Answers(result)) == label
    assert task_type.summary(label) == "pass: not my language"


def test_a_program_is_written_as_it_is_typed() -> None:
    data = task_type.data(RewriteItem(prompt="add", draft="    return a", programming_language="python"))
    assert data["draft"] == "    return a"
    assert 'class="typed">python' in str(data["heading"])
    assert 'class="code"' in str(data["read"])


def test_the_summary_holds_all_of_the_text() -> None:
    assert task_type.summary(rewritten("a\n  b", SPAN)) == "rewritten (1 errors marked): a b"
    assert task_type.summary(RewriteLabel(outcome="as_it_stands")) == "right as it stands"
