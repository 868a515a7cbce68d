"""Rewrite: what should this solution, or this translation, say instead?"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import AfterValidator, ValidationInfo, field_validator

from schemas.base import Item, Json
from schemas.records import Record
from schemas.rows import CritiqueRow, ErrorSpansRow, PromptCompletionRow, Row, Turns
from tasks import _answers, _escape, _markup, _spans, _wording
from tasks._options import Options, Switch
from tasks._spans import ErrorSpan
from tasks._style import choice, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

Outcome: TypeAlias = Literal["rewritten", "as_it_stands"]

_ID = re.compile("[0-9a-f]{32}")


class RewriteItem(Item):
    """A prompt, and a draft of an answer to it; or a text, and a draft of its translation."""

    prompt: Turns
    draft: str
    """Empty where the answer is to be written from nothing."""
    source: str | None = None
    """The text that the draft is a translation of."""
    programming_language: str | None = None
    """Of a draft that is a program."""
    reference: str | None = None
    """What the source says is right, where annotators are to see it."""


class RewriteLabel(_escape.Escapable):
    """What one person wrote in the draft's place, and what is wrong with the draft."""

    verdicts: ClassVar[tuple[str, ...]] = ("outcome",)
    outcome: Outcome | None = None
    text: Annotated[str, AfterValidator(_wording.kept)] = ""
    """What it should say; empty where the draft is right as it stands."""
    spans: tuple[ErrorSpan, ...] = ()
    """What is wrong in the draft of a translation."""
    comment: Typed = ""

    @field_validator("text")
    @classmethod
    def _of_what_is_rewritten(cls, given: str, info: ValidationInfo) -> str:
        return given if info.data.get("outcome") == "rewritten" else ""


class RewriteOptions(Options):
    """What a project may choose."""

    from_nothing: Switch = False
    show_reference: Switch = False


class Rewrite(TaskType[RewriteItem, RewriteLabel]):
    """A solution or a translation, written or put right by a person: what fine-tuning learns from."""

    name = "rewrite"
    title = "Rewriting of a draft"
    item = RewriteItem
    label = RewriteLabel
    row = PromptCompletionRow
    also = (CritiqueRow, ErrorSpansRow)
    agreed = "medoid"
    options = RewriteOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[RewriteItem]:
        chosen = RewriteOptions.model_validate(options)
        given = [record.draft] if record.draft else [one.text for one in record.candidates]
        drafts = [_wording.kept(_markup.storable(draft)) for draft in given]
        drafts = [""] if chosen.from_nothing else [draft for draft in drafts if draft]
        if not drafts:
            raise NoItem(
                "'draft': rewriting needs one, or a candidate, there is none; try from_nothing = true"
            )
        known = record.reference if chosen.show_reference else None
        reference = (known.solution or known.answer) if known else None
        made = [
            RewriteItem(
                prompt=record.prompt,
                draft=draft,
                source=_source(record),
                programming_language=record.programming_language,
                reference=reference,
            )
            for draft in drafts
        ]
        return list(dict.fromkeys(made))

    def config(self) -> str:
        outcomes = "".join(choice(said, outcome, key, why) for outcome, key, said, why in _OUTCOMES)
        return _CONFIG.format(
            style=style(_LOOK + _spans.LOOK),
            unless=_escape.UNLESS,
            outcomes=outcomes,
            marks=_spans.labels("spans", "marked"),
            escape=_escape.controls("question"),
        )

    def data(self, item: RewriteItem) -> dict[str, Json]:
        return {
            "question": _question(item),
            "read": _read(item),
            "marked": _spans.shown(item.draft) if item.source is not None else "<span></span>",
            "heading": _heading(item),
            "draft": item.draft,
        }

    def parse(self, item: RewriteItem, answers: Answers) -> RewriteLabel:
        if escape := _escape.said(answers):
            return RewriteLabel(escape=escape)
        text = _wording.kept(answers.typed("version"))
        label = stated(
            RewriteLabel,
            {
                "outcome": answers.choice("outcome"),
                "text": text,
                "spans": _spans.said("spans", item.draft, answers),
                "comment": answers.text("comment"),
            },
        )
        _refuse_contradiction(item, label, text)
        return label

    def result(self, label: RewriteLabel) -> list[Region]:
        if label.escape:
            return _escape.result(label.escape, "question")
        said = [say_choices("outcome", "question", str(label.outcome))]
        if label.text:
            said.append(say_text("version", "question", label.text))
        said += [_spans.result("spans", "marked", span) for span in label.spans]
        return [*said, say_text("comment", "question", label.comment)] if label.comment else said

    def distance(self, a: RewriteLabel, b: RewriteLabel) -> float:
        escaped = _escape.apart(a, b)
        if escaped is not None:
            return escaped
        if a.outcome != b.outcome:
            return 1.0
        return _wording.apart(a.text, b.text)

    def rows(self, item: RewriteItem, label: RewriteLabel) -> Iterable[Row]:
        right = item.draft if label.outcome == "as_it_stands" else label.text
        yield PromptCompletionRow(prompt=item.prompt, completion=right)
        if label.comment and item.draft and label.outcome == "rewritten":
            yield CritiqueRow(prompt=item.prompt, completion=item.draft, critique=label.comment)
        if label.spans and item.source is not None:
            errors = [{**span.model_dump(), "end": span.end} for span in label.spans]
            marks = {"source": item.source, "translation": item.draft, "errors": errors}
            yield ErrorSpansRow.model_validate({"prompt": item.prompt, **marks})

    def summary(self, label: RewriteLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        if label.outcome == "as_it_stands":
            return "right as it stands"
        errors = f" ({len(label.spans)} errors marked)" if label.spans else ""
        return f"rewritten{errors}: {' '.join(label.text.split())}"


def _source(record: Record) -> str | None:
    """The text that the draft translates; None where the record names another one instead: that is not at hand."""
    known = record.translation_of
    return None if known is None or _ID.fullmatch(known) else known


def _refuse_contradiction(item: RewriteItem, label: RewriteLabel, text: str) -> None:
    untouched = _wording.same(text, item.draft)
    if label.spans and item.source is None:
        raise ParseError("'spans': only translations have errors to mark, this is none")
    if label.outcome == "rewritten":
        if not text or untouched:
            found = "it is untouched" if text else "the text is empty"
            raise ParseError(f"'version': rewritten should come with a draft that was changed, {found}")
    elif text and not untouched:
        raise ParseError("'outcome': as_it_stands should come with an untouched draft, it was changed")
    elif label.spans or not item.draft:
        found = "errors are marked" if label.spans else "there is none"
        raise ParseError(f"'outcome': as_it_stands should come with a draft without errors, {found}")


def _question(item: RewriteItem) -> str:
    html = _answers.conversation(item.prompt)
    return (
        html if item.reference is None else html + _markup.folded("Reference", _markup.prose(item.reference))
    )


def _read(item: RewriteItem) -> str:
    """What stands beside the box: the source of a translation, or else the draft as it reads."""
    if item.source is not None:
        return _titled("Source", _markup.prose(item.source))
    if item.programming_language:
        return _titled("Draft", _markup.program(item.draft, item.programming_language))
    return _titled("Draft", _markup.prose(item.draft)) if item.draft else "<span></span>"


def _heading(item: RewriteItem) -> str:
    said = "What it should say" if item.draft else "Your answer"
    language = _markup.plain(item.programming_language) if item.programming_language else ""
    tag = _markup.element("span", "typed", language) if language else ""
    return _titled(f"{said} (shift+enter when done)", tag)


def _titled(role: str, html: str) -> str:
    return _markup.element("span", "role", role) + html


_OUTCOMES: tuple[tuple[Outcome, str, str, str], ...] = (
    ("rewritten", "1", "Rewritten", "The text above says what it should"),
    ("as_it_stands", "2", "Right as it stands", "The draft needs no change, and I made none"),
)

_LOOK = """
.hr .problem{max-height:26vh}
.hr .cols .card{margin:0 0 8px}
.hr .cols .beside:not(:has(.text,.code)){display:none}
.hr .cols:not(:has(.beside .text,.beside .code)){grid-template-columns:minmax(0,1fr)}
.hr .cols .beside{max-height:64vh;overflow:auto}
.hr .marks:not(:has(.text)){display:none}
.hr .write textarea,.hr .write .lsf-textarea__region *{font-size:15px;line-height:1.5;white-space:pre-wrap;
  unicode-bidi:plaintext;text-align:start}
.hr .write textarea{min-height:12em;max-height:60vh;field-sizing:content;padding:8px 10px}
.hr .write [data-testid=htx-textbox-content]{padding-right:44px}
.hr .write .lsf-textarea__actions{opacity:1;visibility:visible}
.hr .write .lsf-textarea__actions button:nth-child(2){display:none}
.hr .write:has(.typed) textarea,.hr .write:has(.typed) .lsf-textarea__region *{font-family:MONO !important;
  font-size:13px;tab-size:4;direction:ltr}
.hr .write .lsf-text-area{margin:4px 0 0 !important;padding:0}
.hr .write .lsf-text-area div{margin-bottom:0 !important}
.hr .write .role{display:inline-block;margin-right:8px}
@media(max-width:800px){.hr .cols{gap:0} .hr .problem,.hr .cols .beside{max-height:none}}
""".replace("MONO", "SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace")

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="question" value="$question" inline="true"/></View>
  <View className="cols">
    <View className="card beside"><HyperText name="read" value="$read" inline="true"/></View>
    <View>
      <View className="card marks">
        {marks}
        <HyperText name="marked" value="$marked" inline="true"/>
      </View>
      <View className="card write">
        <HyperText name="heading" value="$heading" inline="true"/>
        <View {unless}>
          <TextArea name="version" toName="question" value="$draft" rows="8" maxSubmissions="1" editable="true"
                    showSubmitButton="false" required="true"
                    requiredMessage="The box is empty: write what it should say, or take a way out"/>
        </View>
      </View>
    </View>
  </View>
  <View className="bar">
    <View className="ask" {unless}>
      <Choices name="outcome" toName="question" choice="single" layout="inline" required="true"
               requiredMessage="Change the draft, then press 1: rewritten; or press 2: it is right as it stands">
        {outcomes}
      </Choices>
    </View>
    <TextArea name="comment" toName="question" rows="1" maxSubmissions="1" editable="true"
              placeholder="What was wrong? (optional; Enter keeps it)"/>
    {escape}
  </View>
</View>
"""

task_type = Rewrite()
