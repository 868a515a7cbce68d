"""Spans of errors in a text, each of a kind and a severity, as translations are judged by MQM."""

from typing import Annotated, Any, Literal, TypeAlias
from xml.sax.saxutils import quoteattr

from pydantic import Field, NonNegativeInt

from schemas.base import Frozen
from tasks import _markup
from tasks._style import button
from tasks.base import Answers, ParseError, Region, stated

Kind: TypeAlias = Literal["accuracy", "fluency", "terminology", "notation"]
Severity: TypeAlias = Literal["minor", "major", "critical"]

KINDS: tuple[tuple[Kind, str, str], ...] = (
    ("accuracy", "Accuracy", "It says something else, more or less than the source"),
    ("fluency", "Fluency", "Grammar, spelling, style: it does not read as written in the language"),
    ("terminology", "Terminology", "Not the word that the field uses, or now this one and now that"),
    ("notation", "Notation", "A number, formula, unit or piece of code was altered"),
)
SEVERITIES: tuple[tuple[Severity, str, str], ...] = (
    ("minor", "qwer", "#e0a800"),
    ("major", "asdf", "#f0760a"),
    ("critical", "zxcv", "#e03131"),
)
"""Each with its keys, one a kind, and its colour."""

_TYPE = "hypertextlabels"
_NOWHERE = "/nowhere[1]/text()[1]"
"""Label Studio counts the characters of a path in units of UTF-16, which need the text before, and those of global
offsets one by one; where a path leads nowhere, it goes by these."""


class ErrorSpan(Frozen):
    """One stretch of a text that is wrong, and how."""

    start: NonNegativeInt
    """Characters of the text before it."""
    text: Annotated[str, Field(min_length=1)]
    """What stands there."""
    kind: Kind
    severity: Severity

    @property
    def end(self) -> int:
        """Characters of the text up to its end."""
        return self.start + len(self.text)


def labels(name: str, to: str) -> str:
    """The control that marks spans on the element `to`, as XML: a key for every kind in every severity."""
    made = "".join(
        f'<Label value={quoteattr(f"{said}, {severity}")} alias="{kind}/{severity}" hotkey="{key}"'
        f' background="{colour}" hint={quoteattr(why)} html={quoteattr(button(said, key))}/>'
        for severity, keys, colour in SEVERITIES
        for key, (kind, said, why) in zip(keys, KINDS, strict=True)
    )
    return f'<HyperTextLabels name="{name}" toName="{to}">{made}</HyperTextLabels>'


LOOK = """
.hr .marks .lsf-labels{display:grid;grid-template-columns:repeat(4,minmax(0,1fr));gap:3px;margin:0 0 6px;
  padding-left:64px;position:relative}
.hr .marks .lsf-label{position:static;display:flex;margin:0;padding:0 6px;font-size:13px;line-height:22px}
.hr .marks .lsf-label__hotkey{display:none}
.hr .marks .lsf-label:nth-child(4n+1)::before{position:absolute;left:0;font-size:12px;opacity:.75}
.hr .marks .lsf-label:nth-child(1)::before{content:"Minor"}
.hr .marks .lsf-label:nth-child(5)::before{content:"Major"}
.hr .marks .lsf-label:nth-child(9)::before{content:"Critical"}
.hr .marks .text{white-space:pre-wrap;line-height:1.8}
@media(max-width:800px){.hr .marks .lsf-labels{padding-left:50px} .hr .marks .lsf-label{padding:0 4px;font-size:12px}
  .hr .marks .lsf-label .key{display:none}}
"""
"""Styles of a `marks` card, which holds the labels and the text."""


def shown(text: str) -> str:
    """The text as HTML in which spans can be marked: its characters and no others, so that offsets hold."""
    return _markup.sanitised(f'<div class="text" dir="auto">{_markup.plain(text)}</div>')


def said(name: str, text: str, answers: Answers) -> tuple[ErrorSpan, ...]:
    """The spans marked in a text, in its order, each once; ParseError where one is none of this text."""
    found = {_span(name, text, region.get("value")) for region in answers.regions(name)}
    return tuple(sorted(found, key=lambda span: (span.start, span.end, span.kind, span.severity)))


def result(name: str, to: str, span: ErrorSpan) -> Region:
    """The region that states a span: the inverse of `said`."""
    return {
        "from_name": name,
        "to_name": to,
        "type": _TYPE,
        "value": {
            "start": _NOWHERE,
            "end": _NOWHERE,
            "startOffset": span.start,
            "endOffset": span.end,
            "globalOffsets": {"start": span.start, "end": span.end},
            "text": span.text,
            _TYPE: [f"{span.kind}/{span.severity}"],
        },
    }


def _span(name: str, text: str, value: Any) -> ErrorSpan:  # noqa: ANN401 - whatever was submitted
    try:
        (label,) = value[_TYPE]
        kind, severity = label.split("/")
        offsets = value["globalOffsets"]
        start, end = int(offsets["start"]), int(offsets["end"])
    except (TypeError, KeyError, ValueError, AttributeError, IndexError):
        raise ParseError(f"{name!r}: should mark a span of one kind, marks {value!r:.80}") from None
    if not 0 <= start < end <= len(text):
        raise ParseError(f"{name!r}: should lie within {len(text)} characters, is {start} to {end}")
    quoted = value.get("text", text[start:end])
    if not isinstance(quoted, str) or quoted.split() != text[start:end].split():
        raise ParseError(f"{name!r}: should quote {text[start:end]!r:.80}, quotes {quoted!r:.80}")
    return stated(ErrorSpan, {"start": start, "text": text[start:end], "kind": kind, "severity": severity})
