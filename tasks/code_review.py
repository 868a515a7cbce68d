"""Code review: does this program do what was asked, and if not, on which lines does it go wrong?"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Literal, TypeAlias

from pydantic import PositiveInt, ValidationInfo, field_validator

from schemas.base import Item, Json, Label
from schemas.records import Candidate, Record
from schemas.rows import UnpairedRow
from tasks import _markup
from tasks._style import NO_KEY, choice, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

Verdict: TypeAlias = Literal["correct", "incorrect", "cannot_judge"]
Severity: TypeAlias = Literal["critical", "major", "minor"]

_FENCED = re.compile(r"\s*```([\w+#.-]*)[^\n`]*\n(.*?)\n?[ ]*```\s*", re.DOTALL)


class CodeReviewItem(Item):
    """A programming task, and one program for it."""

    prompt: str
    code: str
    programming_language: str | None = None
    tests: str | None = None
    """The tests' source, where annotators are to see it."""


class CodeReviewLabel(Label):
    """What one person made of the program, and where it goes wrong."""

    verdict: Verdict
    lines: tuple[PositiveInt, ...] = ()
    """The lines at fault, counted from 1, in their order; none unless the verdict is incorrect."""
    severity: Severity | None = None
    """How bad the worst fault is; None unless the verdict is incorrect."""
    comment: Typed = ""

    @field_validator("lines")
    @classmethod
    def _each_once(cls, given: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        return tuple(sorted(set(given))) if info.data.get("verdict") == "incorrect" else ()

    @field_validator("severity")
    @classmethod
    def _of_a_fault(cls, given: Severity | None, info: ValidationInfo) -> Severity | None:
        return given if info.data.get("verdict") == "incorrect" else None


class CodeReview(TaskType[CodeReviewItem, CodeReviewLabel]):
    """A verdict on a program, with the lines at fault: what critics and filters learn from."""

    name = "code_review"
    title = "Code review"
    item = CodeReviewItem
    label = CodeReviewLabel
    row = UnpairedRow
    agreed = "medoid"
    tolerance = 0.2
    options: ClassVar[Mapping[str, Json]] = {"show_tests": False}

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[CodeReviewItem]:
        chosen: dict[str, Any] = {**self.options, **options}
        if record.domain != "coding":
            raise NoItem(f"'domain': code review needs coding, is {record.domain}")
        if not record.candidates:
            raise NoItem("'candidates': code review needs at least one, there is none")
        tests = record.tests.code if record.tests and chosen["show_tests"] else None
        made = [_item(record, candidate, tests) for candidate in record.candidates]
        return list(dict.fromkeys(made))

    def config(self) -> str:
        verdicts = "".join(choice(said, verdict, key, why) for verdict, key, said, why in _VERDICTS)
        severities = "".join(choice(said, severity, key, why) for severity, key, said, why in _SEVERITIES)
        return _CONFIG.format(style=style(_LOOK), verdicts=verdicts, severities=severities)

    def data(self, item: CodeReviewItem) -> dict[str, Json]:
        return {"task": _task(item), "lines": _choices(item)}

    def parse(self, item: CodeReviewItem, answers: Answers) -> CodeReviewLabel:
        return stated(
            CodeReviewLabel,
            {
                "verdict": answers.choice("verdict"),
                "lines": tuple(_line(item, said) for said in answers.choices("lines")),
                "severity": answers.choice_or_none("severity"),
                "comment": answers.text("comment"),
            },
        )

    def result(self, label: CodeReviewLabel) -> list[Region]:
        said = [say_choices("verdict", "task", label.verdict)]
        if label.lines:
            said.append(say_choices("lines", "task", *map(str, label.lines)))
        if label.severity:
            said.append(say_choices("severity", "task", label.severity))
        return [*said, say_text("comment", "task", label.comment)] if label.comment else said

    def distance(self, a: CodeReviewLabel, b: CodeReviewLabel) -> float:
        if a.verdict != b.verdict:
            return 0.7
        either, both = set(a.lines) | set(b.lines), set(a.lines) & set(b.lines)
        if a.lines and b.lines and not both:
            return 0.3
        return 0.2 * (len(either - both) / len(either)) if either else 0.0

    def rows(self, item: CodeReviewItem, label: CodeReviewLabel) -> Iterable[UnpairedRow]:
        if label.verdict == "cannot_judge":
            return
        yield UnpairedRow(
            prompt=item.prompt,
            completion=item.code,
            label=label.verdict == "correct",
            lines=label.lines,
            severity=label.severity,
            comment=label.comment,
        )

    def summary(self, label: CodeReviewLabel) -> str:
        said = [label.verdict.replace("_", " ")]
        if label.lines:
            said.append(f"line{'s'[: len(label.lines) > 1]} {', '.join(map(str, label.lines))}")
        return ", ".join([*said, label.severity] if label.severity else said)


def _item(record: Record, candidate: Candidate, tests: str | None) -> CodeReviewItem:
    code, language = unfenced(candidate.text)
    return CodeReviewItem(
        prompt=record.text,
        code=code,
        programming_language=record.programming_language or language,
        tests=tests,
    )


def unfenced(text: str) -> tuple[str, str | None]:
    """A program without the one markdown fence around it, and the language that the fence names."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    fenced = _FENCED.fullmatch(text)
    if fenced and "```" not in fenced[2]:
        return fenced[2], fenced[1].lower() or None
    return text.strip("\n"), None


def _task(item: CodeReviewItem) -> str:
    html = _markup.prose(item.prompt)
    if item.tests is None:
        return html
    tests = _markup.program(item.tests.strip("\n"), item.programming_language)
    summary = "<summary>Tests</summary>"
    return html + _markup.element("details", "part", summary + tests)


def _choices(item: CodeReviewItem) -> list[Json]:
    lines = _markup.program_lines(item.code, item.programming_language)
    return [
        {
            "value": f"Line {number}",
            "alias": str(number),
            "hotkey": NO_KEY,
            "html": _markup.element("span", "number", str(number)) + _markup.element("span", "code", html),
        }
        for number, html in enumerate(lines, start=1)
    ]


def _line(item: CodeReviewItem, said: str) -> int:
    last = item.code.count("\n") + 1
    if not re.fullmatch(r"[1-9][0-9]{0,6}", said) or int(said) > last:
        raise ParseError(f"'lines': should be between 1 and {last}, is {said!r:.40}")
    return int(said)


_VERDICTS: tuple[tuple[Verdict, str, str, str], ...] = (
    ("correct", "1", "Correct", "It does what was asked, for every input"),
    ("incorrect", "2", "Incorrect", "There is an input for which it goes wrong"),
    ("cannot_judge", "3", "Cannot judge", "I cannot tell, or the task is unclear"),
)
_SEVERITIES: tuple[tuple[Severity, str, str, str], ...] = (
    ("critical", "q", "Critical", "Wrong for ordinary inputs, or unsafe"),
    ("major", "w", "Major", "Wrong for some inputs"),
    ("minor", "e", "Minor", "Wrong in a corner"),
)

_LOOK = """
.hr .lines{padding:6px 0}
.hr .lines .lsf-choices{display:grid;grid-template-columns:minmax(100%,max-content);gap:0;overflow-x:auto}
.hr .lines .lsf-choice__checkbox{display:flex;align-items:center;height:20px;padding:0 14px 0 0;
  border:0;border-radius:0;background:none}
.hr .lines .lsf-choice__checkbox *{line-height:20px;white-space:pre}
.hr .lines .code{font-weight:400}
.hr .lines .number{display:inline-block;width:3em;margin-right:1.2em;text-align:right;font-size:12px;font-weight:400;
  opacity:.55;user-select:none}
.hr .lines .lsf-choice:hover .lsf-choice__checkbox{background:rgba(127,127,127,.14)}
.hr .lines .lsf-choice:has(input:checked) .lsf-choice__checkbox{
  background:rgba(217,45,32,.20);box-shadow:inset 3px 0 #d92d20}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card"><HyperText name="task" value="$task" inline="true"/></View>
  <View className="small"><Header value="If it is incorrect, click the lines at fault." size="6"/></View>
  <View className="card lines">
    <Choices name="lines" toName="task" choice="multiple" value="$lines"/>
  </View>
  <View className="bar">
    <Choices name="verdict" toName="task" choice="single" layout="inline" required="true"
             requiredMessage="Does the program do what was asked? 1 correct, 2 incorrect, 3 cannot judge">
      {verdicts}
    </Choices>
    <View visibleWhen="choice-selected" whenTagName="verdict" whenChoiceValue="incorrect" className="then">
      <Choices name="severity" toName="task" choice="single" layout="inline">
        {severities}
      </Choices>
    </View>
    <TextArea name="comment" toName="task" rows="1" maxSubmissions="1" editable="true"
              placeholder="Comment (optional; Enter keeps it)"/>
  </View>
</View>
"""

task_type = CodeReview()
