"""Answer check: is the answer that a solution arrives at the same as the reference?"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Literal, TypeAlias

from schemas.base import Item, Json
from schemas.records import Record
from schemas.rows import PromptCompletionRow, Turns, UnpairedRow
from schemas.screening import EvidenceFact
from tasks import _answers, _escape, _evidence, _markup
from tasks._escape import UNLESS, Escapable
from tasks._final_answer import as_maths, final_answer
from tasks._options import Options, Switch
from tasks._style import choice, remark, style
from tasks.base import Answers, NoItem, Region, TaskType, Typed, say_choices, say_text, stated

Verdict: TypeAlias = Literal["equal", "not_equal", "cannot_tell"]


class AnswerCheckItem(Item):
    """A problem, one answer to it, and the reference to hold it against."""

    prompt: Turns
    answer: str
    reference: str
    solution: str | None = None
    """How the source arrives at the reference, where annotators are to see it."""


class AnswerCheckLabel(Escapable):
    """Whether one person finds the answer equal to the reference."""

    verdicts: ClassVar[tuple[str, ...]] = ("verdict",)
    verdict: Verdict | None = None
    comment: Typed = ""


class AnswerCheckOptions(Options):
    """What a project may choose."""

    show_solution: Switch = True


class AnswerCheck(TaskType[AnswerCheckItem, AnswerCheckLabel]):
    """Equal, not equal, or cannot tell: what a program that compares answers cannot decide."""

    name = "answer_check"
    title = "Answer check"
    item = AnswerCheckItem
    label = AnswerCheckLabel
    row = UnpairedRow
    also = (PromptCompletionRow,)
    agreed = "vote"
    options = AnswerCheckOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[AnswerCheckItem]:
        chosen = AnswerCheckOptions.model_validate(options)
        known = record.reference
        reference = (known.answer or known.solution or "").strip() if known else ""
        if not record.candidates:
            raise NoItem("'candidates': an answer check needs at least one, there is none")
        if not known or not reference:
            raise NoItem("'reference': an answer check needs an answer to compare with, there is none")
        solution = known.solution if chosen.show_solution and known.answer else None
        return [
            AnswerCheckItem(prompt=record.prompt, answer=answer, reference=reference, solution=solution)
            for answer in _answers.different(record)
        ]

    def config(self) -> str:
        verdicts = "".join(choice(said, verdict, key, why) for verdict, key, said, why in _VERDICTS)
        return _CONFIG.format(
            style=style(_answers.LOOK + _LOOK),
            verdicts=verdicts,
            unless=UNLESS,
            remark=remark("answer"),
            escape=_escape.controls("answer"),
        )

    def data(self, item: AnswerCheckItem) -> dict[str, Json]:
        reference_final, reference = _parts(item.reference)
        answer_final, answer = _parts(item.answer)
        return {
            "prompt": _answers.conversation(item.prompt),
            "reference_final": reference_final,
            "reference": reference + _solution(item),
            "answer_final": answer_final,
            "answer": answer,
        }

    def parse(self, item: AnswerCheckItem, answers: Answers) -> AnswerCheckLabel:  # noqa: ARG002 - any item can get any verdict
        said = {
            "escape": _escape.said(answers),
            "verdict": answers.choice_or_none("verdict"),
            "comment": answers.text("comment"),
        }
        return stated(AnswerCheckLabel, said)

    def result(self, label: AnswerCheckLabel) -> list[Region]:
        if label.escape or label.verdict is None:
            return _escape.result(label.escape, "answer") if label.escape else []
        said = [say_choices("verdict", "answer", label.verdict)]
        return [*said, say_text("comment", "answer", label.comment)] if label.comment else said

    def distance(self, a: AnswerCheckLabel, b: AnswerCheckLabel) -> float:
        apart = _escape.apart(a, b)
        return float(a.verdict != b.verdict) if apart is None else apart

    def rows(
        self, item: AnswerCheckItem, label: AnswerCheckLabel
    ) -> Iterable[UnpairedRow | PromptCompletionRow]:
        if label.verdict not in ("equal", "not_equal"):
            return
        equal = label.verdict == "equal"
        yield UnpairedRow(prompt=item.prompt, completion=item.answer, label=equal, comment=label.comment)
        if equal:
            yield PromptCompletionRow(prompt=item.prompt, completion=item.answer)

    def decided(
        self, item: AnswerCheckItem, record: Record, evidence: Sequence[EvidenceFact]
    ) -> AnswerCheckLabel | None:
        outcome = _evidence.outcome(evidence, "answers", _evidence.places(record, item.answer))
        return stated(AnswerCheckLabel, {"verdict": outcome}) if outcome in ("equal", "not_equal") else None

    def summary(self, label: AnswerCheckLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        said = str(label.verdict).replace("_", " ")
        return f"{said}: {' '.join(label.comment.split())}" if label.comment else said


def _solution(item: AnswerCheckItem) -> str:
    if item.solution is None:
        return ""
    summary = "<summary>How the source arrives at it</summary>"
    return _markup.element("details", "part", summary + _markup.prose(item.solution))


def _parts(text: str) -> tuple[str, str]:
    """The final answer as HTML, empty where none is named; and the whole text, empty where that is all it says."""
    final = final_answer(text)
    if final is None:
        return (_markup.prose(as_maths(text)), "") if _is_short(text) else ("", _markup.prose(text))
    whole = "" if text.strip() == final else _markup.prose(text)
    return _markup.prose(as_maths(final)), whole


def _is_short(text: str) -> bool:
    return len(text) <= _SHORT and "\n" not in text.strip()


_SHORT = 60
"""Characters of an answer that is shown large as it is."""
_VERDICTS: tuple[tuple[Verdict, str, str, str], ...] = (
    ("equal", "1", "Equal", "Both say the same, however they are written"),
    ("not_equal", "2", "Not equal", "They say different things"),
    ("cannot_tell", "3", "Cannot tell", "It breaks off, gives several answers, or nobody could say"),
)

_LOOK = """
.hr .final:not(:has(.text)),.hr .cols .scroll:not(:has(.text)){display:none}
.hr .final{padding:8px 14px}
.hr .final .text{font-size:24px;line-height:1.4}
.hr .final:has(.text) + .scroll:has(.text){border-top:1px solid var(--color-neutral-border)}
.hr .cols .ends{display:flex;flex-direction:column-reverse}
.hr .verdict .lsf-choice:nth-child(1):has(input:checked) .lsf-choice__checkbox{
  border-color:#128c50;background:rgba(18,140,80,.28)}
.hr .verdict .lsf-choice:nth-child(2):has(input:checked) .lsf-choice__checkbox{
  border-color:#d92d20;background:rgba(217,45,32,.28)}
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="prompt" value="$prompt" inline="true"/></View>
  <View className="cols">
    <View className="card">
      <View className="head"><View className="name"><Header value="Reference" size="6"/></View></View>
      <View className="final"><HyperText name="reference_final" value="$reference_final" inline="true"/></View>
      <View className="scroll"><HyperText name="reference" value="$reference" inline="true"/></View>
    </View>
    <View className="card">
      <View className="head"><View className="name"><Header value="Answer" size="6"/></View></View>
      <View className="final"><HyperText name="answer_final" value="$answer_final" inline="true"/></View>
      <View className="scroll ends"><HyperText name="answer" value="$answer" inline="true"/></View>
    </View>
  </View>
  <View className="bar">
    <View className="verdict ask" {unless}>
      <Choices name="verdict" toName="answer" choice="single" layout="inline" required="true"
               requiredMessage="Is the answer equal to the reference? 1 equal, 2 not equal, 3 cannot tell">
        {verdicts}
      </Choices>
    </View>
    <View className="note" {unless}>
      {remark}
    </View>
    {escape}
  </View>
</View>
"""

task_type = AnswerCheck()
