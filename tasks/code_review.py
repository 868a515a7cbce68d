"""Code review: does this program do what was asked, and if not, on which lines does it go wrong?"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, TypeAlias

from pydantic import PositiveInt, ValidationInfo, field_validator, model_validator

from schemas.base import Item, Json
from schemas.records import Candidate, Record, TestResult
from schemas.rows import CritiqueRow, Row, UnpairedRow
from schemas.screening import REFERENCE, EvidenceFact
from tasks import _escape, _evidence, _markup
from tasks._escape import Escapable
from tasks._options import Options, Switch
from tasks._programs import LOOK, question, tally, unfenced
from tasks._style import NO_KEY, choice, remark, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

Verdict: TypeAlias = Literal["correct", "incorrect"]
Severity: TypeAlias = Literal["critical", "major", "minor"]


class CodeReviewItem(Item):
    """A programming task, and one program for it."""

    prompt: str
    code: str
    programming_language: str | None = None
    tests: str | None = None
    """The tests' source, where annotators are to see it."""
    test_results: tuple[TestResult, ...] = ()
    """How the program did in tests, where annotators are to see it."""


class CodeReviewLabel(Escapable):
    """What one person made of the program, and where it goes wrong."""

    verdicts = ("verdict",)
    verdict: Verdict | None = None
    lines: tuple[PositiveInt, ...] = ()
    """The lines at fault, counted from 1, in their order; none unless the verdict is incorrect."""
    severity: Severity | None = None
    """How bad the worst fault is; None unless the verdict is incorrect."""
    comment: Typed = ""

    @model_validator(mode="before")
    @classmethod
    def _of_the_first_version(cls, given: Any) -> Any:  # noqa: ANN401 - pydantic hands over what came
        """There, that one cannot judge was a verdict."""
        if isinstance(given, Mapping) and given.get("verdict") == "cannot_judge":
            return {"escape": {"kind": "cannot_judge", "reason": given.get("comment", "")}}
        return given

    @field_validator("lines")
    @classmethod
    def _each_once(cls, given: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        return tuple(sorted(set(given))) if info.data.get("verdict") == "incorrect" else ()

    @field_validator("severity")
    @classmethod
    def _of_a_fault(cls, given: Severity | None, info: ValidationInfo) -> Severity | None:
        return given if info.data.get("verdict") == "incorrect" else None


class CodeReviewOptions(Options):
    """What a project may choose."""

    show_tests: Switch = False
    show_results: Switch = True


class CodeReview(TaskType[CodeReviewItem, CodeReviewLabel]):
    """A verdict on a program, with the lines at fault: what critics and filters learn from."""

    name = "code_review"
    version = 2
    title = "Code review"
    item = CodeReviewItem
    label = CodeReviewLabel
    row = UnpairedRow
    also = (CritiqueRow,)
    agreed = "medoid"
    tolerance = 0.2
    options = CodeReviewOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[CodeReviewItem]:
        chosen = CodeReviewOptions.model_validate(options)
        if record.domain != "coding":
            raise NoItem(f"'domain': code review needs coding, is {record.domain}")
        if not record.candidates:
            raise NoItem("'candidates': code review needs at least one, there is none")
        made = [_item(record, candidate, chosen) for candidate in record.candidates]
        return list(dict.fromkeys(made))

    def config(self) -> str:
        verdicts = "".join(choice(said, verdict, key, why) for verdict, key, said, why in _VERDICTS)
        severities = "".join(choice(said, severity, key, why) for severity, key, said, why in _SEVERITIES)
        return _CONFIG.format(
            style=style(LOOK + _LOOK),
            verdicts=verdicts,
            severities=severities,
            unless=_escape.UNLESS,
            remark=remark("task"),
            escape=_escape.controls("task"),
        )

    def data(self, item: CodeReviewItem) -> dict[str, Json]:
        return {"task": _task(item), "lines": _choices(item)}

    def parse(self, item: CodeReviewItem, answers: Answers) -> CodeReviewLabel:
        if escape := _escape.said(answers):
            return CodeReviewLabel(escape=escape)
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
        if label.verdict is None:
            return _escape.result(label.escape, "task") if label.escape else []
        said = [say_choices("verdict", "task", label.verdict)]
        if label.lines:
            said.append(say_choices("lines", "task", *map(str, label.lines)))
        if label.severity:
            said.append(say_choices("severity", "task", label.severity))
        return [*said, say_text("comment", "task", label.comment)] if label.comment else said

    def distance(self, a: CodeReviewLabel, b: CodeReviewLabel) -> float:
        apart = _escape.apart(a, b)
        if apart is not None:
            return apart
        if a.verdict != b.verdict:
            return 0.7
        either, both = set(a.lines) | set(b.lines), set(a.lines) & set(b.lines)
        if a.lines and b.lines and not both:
            return 0.3
        return 0.2 * (len(either - both) / len(either)) if either else 0.0

    def rows(self, item: CodeReviewItem, label: CodeReviewLabel) -> Iterable[Row]:
        yield UnpairedRow(
            prompt=item.prompt,
            completion=item.code,
            label=label.verdict == "correct",
            lines=label.lines,
            severity=label.severity,
            comment=label.comment,
        )
        if label.verdict == "incorrect" and label.comment:
            critique = f"{where}: {label.comment}" if (where := _where(label)) else label.comment
            yield CritiqueRow(prompt=item.prompt, completion=item.code, critique=critique)

    def decided(
        self, item: CodeReviewItem, record: Record, evidence: Sequence[EvidenceFact]
    ) -> CodeReviewLabel | None:
        """By its tests, where the reference solution passes them: tests that it fails say nothing of a program."""
        at = _evidence.places(record, item.code, _code)
        verdicts = {"passed": "correct", "failed": "incorrect"}
        if _evidence.outcome(evidence, "programs", (REFERENCE,)) != "passed":
            return None
        said = verdicts.get(_evidence.outcome(evidence, "programs", at) or "")
        return stated(CodeReviewLabel, {"verdict": said}) if said else None

    def summary(self, label: CodeReviewLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        said = (str(label.verdict), _where(label).lower(), label.severity)
        return ", ".join(one for one in said if one)


def _code(text: str) -> str:
    return unfenced(text)[0]


def _where(label: CodeReviewLabel) -> str:
    """The lines at fault, in words; empty where none was marked."""
    if not label.lines:
        return ""
    return f"Line{'s'[: len(label.lines) > 1]} {', '.join(map(str, label.lines))}"


def _item(record: Record, candidate: Candidate, chosen: CodeReviewOptions) -> CodeReviewItem:
    code, language = unfenced(candidate.text)
    return CodeReviewItem(
        prompt=record.text,
        code=code,
        programming_language=record.programming_language or language,
        tests=record.tests.code if record.tests and chosen.show_tests else None,
        test_results=candidate.test_results if chosen.show_results else (),
    )


def _task(item: CodeReviewItem) -> str:
    html = question(item.prompt, item.programming_language)
    if item.test_results:
        html += _markup.folded(
            tally(item.test_results), "".join(map(_outcome, _failed_first(item.test_results)))
        )
    if item.tests is not None:
        html += _markup.folded("Tests", _markup.program(item.tests.strip("\n"), item.programming_language))
    return html


def _failed_first(results: tuple[TestResult, ...]) -> list[TestResult]:
    return sorted(results, key=lambda one: one.passed)


def _outcome(result: TestResult) -> str:
    css, said = ("good", "Passed") if result.passed else ("bad", "Failed")
    output = _markup.program(result.output.strip("\n"), None) if result.output.strip() else ""
    name = _markup.element("span", "code", _markup.plain(result.name.strip()))
    return _markup.element("div", "step", f"{_markup.element('b', css, said)} {name}{output}")


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
)
_SEVERITIES: tuple[tuple[Severity, str, str, str], ...] = (
    ("critical", "q", "Critical", "Wrong for ordinary inputs, or unsafe"),
    ("major", "w", "Major", "Wrong for some inputs"),
    ("minor", "e", "Minor", "Wrong in a corner"),
)

_LOOK = """
.hr .problem .step{margin-top:4px;font-size:14px;overflow-wrap:anywhere}
.hr .problem .step .code{white-space:pre-wrap}
.hr .problem .good{color:#128c50}
.hr .problem .bad{color:#d92d20}
[data-color-scheme="dark"] .hr .problem .good{color:#4cc38a}
[data-color-scheme="dark"] .hr .problem .bad{color:#ff8a80}
.hr .lines{padding:6px 0}
.hr .lines .lsf-choices{display:grid;grid-template-columns:minmax(100%,max-content);gap:0;overflow-x:auto}
.hr .lines .lsf-choice__checkbox{display:flex;align-items:center;height:20px;padding:0 14px 0 0;
  border:0;border-radius:0;background:none}
.hr .lines .lsf-choice__checkbox *{line-height:20px;white-space:pre}
.hr .lines .code{font-weight:400}
.hr .lines .number{display:inline-block;width:3em;margin-right:1.2em;text-align:right;font-size:12px;font-weight:400}
.hr .lines .lsf-choice:hover .lsf-choice__checkbox{background:rgba(127,127,127,.14)}
.hr .lines .lsf-choice:has(input:checked) .lsf-choice__checkbox{
  background:rgba(217,45,32,.20);box-shadow:inset 3px 0 #d92d20}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="task" value="$task" inline="true"/></View>
  <View className="small"><Header value="If it is incorrect, click the lines at fault." size="6"/></View>
  <View className="card lines">
    <Choices name="lines" toName="task" choice="multiple" value="$lines"/>
  </View>
  <View className="bar">
    <View className="asked" {unless}>
      <View className="ask">
        <Choices name="verdict" toName="task" choice="single" layout="inline" required="true"
                 requiredMessage="Does the program do what was asked? 1 correct, 2 incorrect; or n, m, p">
          {verdicts}
        </Choices>
      </View>
      <View visibleWhen="choice-selected" whenTagName="verdict" whenChoiceValue="incorrect">
        <Choices name="severity" toName="task" choice="single" layout="inline">
          {severities}
        </Choices>
      </View>
      {remark}
    </View>
    {escape}
  </View>
</View>
"""

task_type = CodeReview()
