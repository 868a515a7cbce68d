"""Issue review: is this issue clear enough to be solved, and do its tests judge a solution fairly?"""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from schemas.base import Item, Json
from schemas.records import Record
from schemas.rows import ScoredPromptRow
from tasks import _escape, _markup
from tasks._escape import Escapable
from tasks._options import Options, Switch
from tasks._style import choice, style
from tasks.base import Answers, NoItem, Region, TaskType, Typed, say_choices, say_text, stated

Scale: TypeAlias = Literal[0, 1, 2, 3]

LONG = 100
"""Lines; a patch with more is folded."""
MAJOR_KEY = "x"

_SCALES: Mapping[str, tuple[str, str, tuple[tuple[str, str, str], ...]]] = {
    "underspecified": (
        "Is the issue specified?",
        "How well is the issue specified? 0 1 2 3",
        (
            ("0", "Well specified", "It is clear what a solution must do"),
            ("1", "Some blanks", "Details are open, but there is a sensible way to read it"),
            ("2", "Vague", "Room for ambiguity: it is not clear what a solution would look like"),
            ("3", "Not specified", "It is almost impossible to know what is asked without more information"),
        ),
    ),
    "tests_unfair": (
        "Are the tests fair?",
        "Would the tests refuse a valid solution? q w e r",
        (
            ("q", "Fair", "The tests take every reasonable solution"),
            ("w", "Unusual solutions fail", "Some unusual, valid solutions would fail"),
            ("e", "Reasonable ones fail", "Reasonable, valid solutions would fail"),
            ("r", "Unfair", "They ask for what the issue does not say, or test something else"),
        ),
    ),
    "difficulty": (
        "How long to solve?",
        "How long would it take an experienced engineer? a s d f",
        (
            ("a", "< 15 min", "A trivial change"),
            ("s", "15 min \N{EN DASH} 1 h", "A small change that wants some thought"),
            ("d", "1 \N{EN DASH} 4 h", "A substantial rewrite of a function, or several files"),
            ("f", "> 4 h", "Research, or well over a hundred lines"),
        ),
    ),
}
"""By field: the question, what is said where it was left out, and for 0 to 3 the key, the words and what they mean."""
_NUMBERS = {"0": 0, "1": 1, "2": 2, "3": 3}


class IssueReviewItem(Item):
    """An issue of a repository, the patch that solved it, and the tests that came with the patch."""

    prompt: str
    repo: str
    test_patch: str
    patch: str | None = None
    base_commit: str | None = None


class IssueReviewLabel(Escapable):
    """How fit one person finds the issue to measure who solves it."""

    verdicts = ("underspecified", "tests_unfair", "difficulty")
    underspecified: Scale | None = None
    """0 well specified, 1 some blanks, 2 vague, 3 not specified."""
    tests_unfair: Scale | None = None
    """0 fair, 1 unusual solutions fail, 2 reasonable ones fail, 3 unfair."""
    difficulty: Scale | None = None
    """0 under 15 minutes, 1 up to an hour, 2 up to 4 hours, 3 more."""
    major_issue: bool = False
    """Whether there is another reason not to use it."""
    notes: Typed = ""


class IssueReviewOptions(Options):
    """What a project may choose."""

    show_patch: Switch = True


class IssueReview(TaskType[IssueReviewItem, IssueReviewLabel]):
    """Severities of an issue and its tests: which problems are fit to measure coding agents."""

    name = "issue_review"
    title = "Issue review"
    item = IssueReviewItem
    label = IssueReviewLabel
    row = ScoredPromptRow
    agreed = "max"
    options = IssueReviewOptions

    def items(self, record: Record, options: Mapping[str, Json]) -> Iterable[IssueReviewItem]:
        chosen = IssueReviewOptions.model_validate(options)
        issue = record.issue
        if issue is None:
            raise NoItem("'issue': issue review needs one, there is none")
        if not (issue.test_patch and issue.test_patch.strip()):
            raise NoItem("'issue.test_patch': issue review asks whether the tests are fair, there are none")
        yield IssueReviewItem(
            prompt=record.text,
            repo=issue.repo,
            base_commit=issue.base_commit,
            patch=issue.patch if chosen.show_patch else None,
            test_patch=issue.test_patch,
        )

    def config(self) -> str:
        major = choice(
            "Other major issue", "yes", MAJOR_KEY, "It should not be used, for a reason in the notes"
        )
        return _CONFIG.format(
            style=style(_LOOK),
            scales="".join(map(_scale, _SCALES)),
            major=major,
            unless=_escape.UNLESS,
            escape=_escape.controls("issue"),
        )

    def data(self, item: IssueReviewItem) -> dict[str, Json]:
        repo = _markup.plain(item.repo)
        if item.base_commit:
            repo += f" at {_markup.plain(item.base_commit[:12])}"
        return {
            "issue": _markup.element("div", "number", repo) + _markup.prose(item.prompt),
            "patches": _diff("Tests", item.test_patch) + _diff("Patch", item.patch or ""),
        }

    def parse(self, item: IssueReviewItem, answers: Answers) -> IssueReviewLabel:  # noqa: ARG002 - every issue has the same answers
        if escape := _escape.said(answers):
            return IssueReviewLabel(escape=escape)
        said = {
            name: _NUMBERS.get(str(one), one) for name in _SCALES for one in [answers.choice_or_none(name)]
        }
        major = answers.choice_or_none("major_issue") or "no"
        return stated(IssueReviewLabel, {**said, "major_issue": major, "notes": answers.text("notes")})

    def result(self, label: IssueReviewLabel) -> list[Region]:
        if label.escape:
            return _escape.result(label.escape, "issue")
        said = [say_choices(name, "issue", str(getattr(label, name))) for name in _SCALES]
        if label.major_issue:
            said.append(say_choices("major_issue", "issue", "yes"))
        return [*said, say_text("notes", "issue", label.notes)] if label.notes else said

    def distance(self, a: IssueReviewLabel, b: IssueReviewLabel) -> float:
        apart = _escape.apart(a, b)
        if apart is not None:
            return apart
        one, other = _severities(a), _severities(b)
        return sum(abs(x - y) for x, y in zip(one, other, strict=True)) / len(one)

    def rows(self, item: IssueReviewItem, label: IssueReviewLabel) -> Iterable[ScoredPromptRow]:
        scores = {name: getattr(label, name) for name in (*_SCALES, "major_issue")}
        yield ScoredPromptRow(prompt=item.prompt, scores=scores, comment=label.notes)

    def summary(self, label: IssueReviewLabel) -> str:
        if label.escape:
            return _escape.summary(label.escape)
        said = [_SCALES[name][2][getattr(label, name)][1].lower() for name in _SCALES]
        return ", ".join([*said, "other major issue"] if label.major_issue else said)


def _severities(label: IssueReviewLabel) -> tuple[float, ...]:
    """What was said of each question, 0 to 1."""
    scales = (getattr(label, name) or 0 for name in _SCALES)
    return (*(said / 3 for said in scales), float(label.major_issue))


def _diff(name: str, patch: str) -> str:
    patch = patch.strip("\n")
    if not patch:
        return ""
    lines = patch.split("\n")
    html = _markup.program(patch, "diff")
    files = sum(line.startswith("diff --git ") for line in lines) or 1
    if len(lines) <= LONG:
        return _markup.element("div", "part", _markup.element("span", "role", name) + html)
    size = f"{name}: {len(lines)} lines in {files} file{'s'[: files > 1]}"
    return _markup.folded(size, html)


def _scale(name: str) -> str:
    question, missing, options = _SCALES[name]
    choices = "".join(choice(said, str(at), key, why) for at, (key, said, why) in enumerate(options))
    return _SCALE.format(name=name, question=question, missing=missing, choices=choices)


_LOOK = """
.hr .sides .part:first-child{margin:0;padding:0;border:0}
.hr .sides .number{margin-bottom:6px;font-size:13px;font-weight:600;opacity:.75;overflow-wrap:anywhere}
.hr .sides .card{max-height:58vh;overflow:auto}
.hr .sides .part pre.code{background:none}
.hr .sides pre .line{width:max-content;min-width:100%;padding:0 8px;box-sizing:border-box}
.hr .sides pre .line::before{content:none}
.hr .sides .code .gi,.hr .sides .code .gd{background:none}
[data-color-scheme="light"] .hr .sides .code .gi{color:#05662b}
.hr .sides .line:has(.gi){background:rgba(18,140,80,.13)}
.hr .sides .line:has(.gd){background:rgba(217,45,32,.12)}
.hr .bar .scales{flex:1 1 100%;display:grid;gap:4px}
.hr .bar .scale{display:grid;grid-template-columns:190px minmax(0,1fr);gap:4px 12px;align-items:center}
.hr .bar .scale .question *{margin:0 !important;font-size:14px !important;line-height:20px;font-weight:500}
@media(max-width:800px){.hr .bar .scale{grid-template-columns:minmax(0,1fr)}
  .hr .sides .card{max-height:none} .hr .sides pre.code{max-height:60vh;overflow:auto}}
"""

_SCALE = """\
<View className="ask scale">
  <View className="question"><Header value="{question}" size="6"/></View>
  <Choices name="{name}" toName="issue" choice="single" layout="inline" required="true"
           requiredMessage="{missing}">
    {choices}
  </Choices>
</View>
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="cols sides">
    <View className="card"><HyperText name="issue" value="$issue" inline="true"/></View>
    <View className="card"><HyperText name="patches" value="$patches" inline="true"/></View>
  </View>
  <View className="bar">
    <View className="asked" {unless}>
      <View className="scales">
        {scales}
      </View>
      <Choices name="major_issue" toName="issue" choice="single" layout="inline">
        {major}
      </Choices>
      <TextArea name="notes" toName="issue" rows="1" maxSubmissions="1" editable="true"
                placeholder="Notes (optional; Enter keeps them)"/>
    </View>
    {escape}
  </View>
</View>
"""

task_type = IssueReview()
