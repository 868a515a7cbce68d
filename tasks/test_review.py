"""Test review: is each test case of this problem right, so that a program can be trained and judged by it?"""

from collections.abc import Iterable, Mapping, Sequence
from json import dumps
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from schemas.base import Item, Json, canonical_json
from schemas.records import Record, TestCase, TestResult
from schemas.rows import VerifiablePromptRow
from tasks import _escape, _markup, base
from tasks._assertions import assertions
from tasks._escape import Escapable
from tasks._options import Options, Switch
from tasks._programs import LOOK, question, unfenced
from tasks._style import NO_KEY, button, choice, remark, style
from tasks.base import Answers, NoItem, ParseError, Region, TaskType, Typed, say_choices, say_text, stated

Verdict: TypeAlias = Literal["right", "wrong", "too_narrow", "cannot_tell"]

KEYS: Mapping[Verdict, str] = {"wrong": "1234567890", "too_narrow": "qwertyiozx", "cannot_tell": "asdfhjklcv"}
"""The key of each verdict on each of the first ten cases; beyond, and for right, it is a click."""
RIGHT_KEY = "g"
"""Says that every case not marked otherwise is right."""

_SAID: Mapping[Verdict, str] = {
    "right": "Right",
    "wrong": "Wrong",
    "too_narrow": "Too narrow",
    "cannot_tell": "Cannot tell",
}
_PYTHON = "python"


class TestReviewItem(Item):
    """A programming task, and the cases that a program for it is to pass."""

    __test__ = False  # pytest would take the name for a test

    prompt: str
    cases: Annotated[tuple[TestCase | str, ...], Field(min_length=1)]
    """Each an input with its output, or an assertion as source."""
    entry_point: str | None = None
    programming_language: str | None = None
    code: str | None = None
    """The test code that the assertions are from, as it stands."""
    reference: str | None = None
    """The solution that the source gives, where annotators are to see it."""
    reference_results: tuple[TestResult, ...] = ()
    """How that solution does in each case, in their order, where annotators are to see it."""


class TestReviewLabel(Escapable):
    """What one person made of each case."""

    __test__ = False  # likewise

    verdicts = ("cases",)
    cases: Annotated[tuple[Verdict, ...], Field(min_length=1)] | None = None
    comment: Typed = ""


class TestReviewOptions(Options):
    """What a project may choose."""

    show_reference: Switch = True
    show_results: Switch = True


class TestReview(TaskType[TestReviewItem, TestReviewLabel]):
    """A verdict on each test case: which problems can be verified, and by what."""

    __test__ = False  # likewise

    name = "test_review"
    title = "Test review"
    item = TestReviewItem
    label = TestReviewLabel
    row = VerifiablePromptRow
    agreed = "parts"
    options = TestReviewOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[TestReviewItem]:
        chosen = TestReviewOptions.model_validate(options)
        tests = record.tests
        if tests is None or not (tests.cases or (tests.code and tests.code.strip())):
            raise NoItem("'tests': test review needs cases or code, there are none")
        code = None if tests.cases else tests.code
        language = record.programming_language
        cases = assertions(code, language) if code else _each_once(tests.cases)
        results = record.reference.test_results if record.reference and chosen.show_results else ()
        yield TestReviewItem(
            prompt=record.text,
            cases=cases,
            entry_point=tests.entry_point,
            programming_language=language,
            code=code,
            reference=record.reference.solution if record.reference and chosen.show_reference else None,
            reference_results=results if len(results) == len(cases) else (),
        )

    def config(self) -> str:
        rest = choice("The others are right", "right", RIGHT_KEY, "Every case that is not marked otherwise")
        return _CONFIG.format(
            style=style(LOOK + _LOOK),
            rest=rest,
            unless=_escape.UNLESS,
            remark=remark("task"),
            escape=_escape.controls("task"),
        )

    def data(self, item: TestReviewItem) -> dict[str, Json]:
        cases = [
            {"html": _case(at, case, item), "verdicts": _verdicts(at)} for at, case in enumerate(item.cases)
        ]
        return {"task": _task(item), "cases": cases}

    def parse(self, item: TestReviewItem, answers: Answers) -> TestReviewLabel:
        if escape := _escape.said(answers):
            return TestReviewLabel(escape=escape)
        names = [f"case_{at}" for at in range(len(item.cases))]
        unknown = {name for name in answers.controls() if name.startswith("case_")} - {*names}
        if unknown:
            raise ParseError(f"{min(unknown)!r}: there are {len(names)} cases, this is none of them")
        rest = answers.choice_or_none("rest")
        said = [answers.choice_or_none(name) or rest for name in names]
        if None in said:
            raise ParseError(f"'cases': each should be judged, case {said.index(None) + 1} is not")
        return stated(TestReviewLabel, {"cases": tuple(said), "comment": answers.text("comment")})

    def result(self, label: TestReviewLabel) -> list[Region]:
        if label.cases is None:
            return _escape.result(label.escape, "task") if label.escape else []
        said = [say_choices(f"case_{at}", f"text_{at}", verdict) for at, verdict in enumerate(label.cases)]
        return [*said, say_text("comment", "task", label.comment)] if label.comment else said

    def distance(self, a: TestReviewLabel, b: TestReviewLabel) -> float:
        apart = _escape.apart(a, b)
        if apart is not None:
            return apart
        one, other = a.cases or (), b.cases or ()
        if len(one) != len(other):
            return 1.0
        return sum(x != y for x, y in zip(one, other, strict=True)) / len(one)

    def verdicts(self, labels: Sequence[TestReviewLabel]) -> Sequence[Sequence[base.Verdict]]:
        return [label.cases or () for label in labels]

    def of_verdicts(
        self, verdicts: Sequence[base.Verdict], labels: Sequence[TestReviewLabel]
    ) -> TestReviewLabel:
        del labels  # their comments are about other verdicts
        return self.label.model_validate({"cases": [said for said in verdicts if said is not None]})

    def rows(self, item: TestReviewItem, label: TestReviewLabel) -> Iterable[VerifiablePromptRow]:
        judged = zip(item.cases, label.cases or (), strict=True)
        right = [case for case, verdict in judged if verdict == "right"]
        if right:
            yield VerifiablePromptRow(
                prompt=item.prompt,
                tests=tuple(case for case in right if isinstance(case, TestCase)),
                assertions=tuple(case for case in right if isinstance(case, str)),
                entry_point=item.entry_point,
            )

    def summary(self, label: TestReviewLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        cases = label.cases or ()
        marked = [f"{at} {_SAID[said].lower()}" for at, said in enumerate(cases, 1) if said != "right"]
        return ", ".join(marked) or f"all {len(cases)} right"


def _each_once(cases: Iterable[TestCase]) -> tuple[TestCase, ...]:
    return tuple({canonical_json(case.model_dump()): case for case in cases}.values())


def _task(item: TestReviewItem) -> str:
    html = question(item.prompt, item.programming_language)
    if item.entry_point:
        name = _markup.element("code", "typed", _markup.plain(item.entry_point))
        html += _markup.element("div", "part", f"Under test: {name}")
    for head, code in (("Test code as it stands", item.code), ("Reference solution", item.reference)):
        if code:
            program = _markup.program(unfenced(code)[0], item.programming_language or _PYTHON)
            html += _markup.folded(head, program)
    return html


def _case(at: int, case: TestCase | str, item: TestReviewItem) -> str:
    number = _markup.element("span", "number", str(at + 1))
    if isinstance(case, str):
        shown = _markup.program(case, item.programming_language or _PYTHON)
    else:
        shown = "".join(
            _part(name, value) for name, value in (("Input", case.input), ("Output", case.output))
        )
    results = item.reference_results
    result = _by_the_reference(results[at]) if at < len(results) else ""
    return number + _markup.element("div", "step", shown + result)


def _by_the_reference(result: TestResult) -> str:
    if result.passed:
        return _markup.element("span", "role", "Reference") + _markup.element("span", "good", "passes")
    said = _markup.element("span", "bad", _markup.plain(f"fails: {result.output.strip() or 'this case'}"))
    return _markup.element("span", "role", "Reference") + said


def _part(name: str, value: Any) -> str:  # noqa: ANN401 - any JSON value
    said = (
        _markup.program(value, None)
        if isinstance(value, str)
        else _markup.program(dumps(value, ensure_ascii=False), "json")
    )
    return _markup.element("span", "role", name) + said


def _verdicts(at: int) -> list[Json]:
    return [
        {"value": said, "alias": verdict, "html": button(said, key), "hotkey": key or NO_KEY}
        for verdict, said in _SAID.items()
        for key in [_key(verdict, at)]
    ]


def _key(verdict: Verdict, at: int) -> str | None:
    return KEYS.get(verdict, "")[at : at + 1] or None


_LOOK = """
.hr .row{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:16px;align-items:center;
  padding:5px 8px 5px 14px;border-top:1px solid var(--color-neutral-border)}
.hr .row .lsf-richtext__container{
  display:grid;grid-template-columns:1.8em minmax(0,1fr);align-items:baseline;padding:1px 0}
.hr .row .number{font-size:14px}
.hr .row .step{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:2px 10px;align-items:baseline}
.hr .row pre.code{grid-column:2;margin:0;padding:0;background:none;white-space:pre-wrap;overflow-wrap:anywhere}
.hr .row pre.code:first-child{grid-column:1 / -1}
.hr .row .good,.hr .row .bad{font-size:13px;overflow-wrap:anywhere}
.hr .row .good{color:#128c50}
.hr .row .bad{color:#d92d20}
[data-color-scheme="dark"] .hr .row .good{color:#4cc38a}
[data-color-scheme="dark"] .hr .row .bad{color:#ff8a80}
.hr .row pre .line{padding-left:0}
.hr .row pre .line::before{content:none}
.hr:not(:has(.rest input:checked)):not(:has(.escape input:checked)) .row:not(:has(input:checked)){
  outline:1px dashed #d9821c;outline-offset:-2px}
.hr:has(.escape input:checked) .row{opacity:.45}
.hr:has(.rest input:checked) .row:not(:has(input:checked)),
.hr .row:has(.lsf-choice:nth-child(1) input:checked){background:rgba(18,140,80,.10)}
.hr .row:has(.lsf-choice:nth-child(2) input:checked){background:rgba(217,45,32,.15)}
.hr .row:has(.lsf-choice:nth-child(3) input:checked){background:rgba(217,130,32,.16)}
.hr .row:has(.lsf-choice:nth-child(4) input:checked){background:rgba(127,127,127,.16)}
.hr .row .lsf-choice:nth-child(1):has(input:checked) .lsf-choice__checkbox{
  border-color:#128c50;background:rgba(18,140,80,.28)}
.hr .row .lsf-choice:nth-child(2):has(input:checked) .lsf-choice__checkbox{
  border-color:#d92d20;background:rgba(217,45,32,.30)}
.hr .row .lsf-choice:nth-child(3):has(input:checked) .lsf-choice__checkbox{
  border-color:#d9821c;background:rgba(217,130,32,.30)}
@media(max-width:800px){.hr .row{display:block;padding:8px 4px}
  .hr .row .rate{margin-top:6px}}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="task" value="$task" inline="true"/></View>
  <View className="small">
    <Header value="Mark the cases that are not right; then g says that the others are." size="6"/>
  </View>
  <Repeater on="$cases" indexFlag="{{{{idx}}}}">
    <View className="row">
      <View className="said">
        <HyperText name="text_{{{{idx}}}}" value="$cases[{{{{idx}}}}].html" inline="true"/>
      </View>
      <View className="rate">
        <Choices name="case_{{{{idx}}}}" toName="text_{{{{idx}}}}" choice="single" layout="inline"
                 value="$cases[{{{{idx}}}}].verdicts"/>
      </View>
    </View>
  </Repeater>
  <View className="bar">
    <View className="asked" {unless}>
      <View className="ask rest">
        <Choices name="rest" toName="task" choice="single" layout="inline" required="true"
                 requiredMessage="Not judged yet: the cases outlined in orange. Mark those that are not right,
 then press g: the others are right">
          {rest}
        </Choices>
      </View>
      {remark}
    </View>
    {escape}
  </View>
</View>
"""

task_type = TestReview()
