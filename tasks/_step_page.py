"""The page of a step review: a row for each step, its marks by one key, and what says that the rest is good.

A step's mark is a Rating of two stars, for that is the one control whose key goes round: pressed once the step is
bad, twice neutral, three times unmarked again. Each row stands in a Repeater of its own, which is there where the
item has the step: so its key and its name stand in the config, and Label Studio need not look them up.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, TypeAlias

from schemas.base import Json
from tasks import _escape, _markup
from tasks._steps import KEYS
from tasks._style import NO_KEY, choice, remark, style
from tasks.base import Answers, ParseError, Region, say_rating, say_text

Rating: TypeAlias = Literal["good", "neutral", "bad"]

_MARKS: tuple[Rating, ...] = ("bad", "neutral")
"""What one star says, and two."""
_ENDS = (
    ("solved", "g", "The rest is good", "No other step is wrong"),
    ("unfinished", "shift+g", "Good, but no answer", "No other step is wrong, and no answer is reached"),
)


def config(most: int) -> str:
    """The labeling config of a page with so many steps at most."""
    rows = "".join(
        _ROW.format(at=at, number=at + 1, key=KEYS[at] if at < len(KEYS) else NO_KEY) for at in range(most)
    )
    return _CONFIG.format(
        style=style(_LOOK),
        rows=rows,
        ends="".join(choice(said, end, key, why) for end, key, said, why in _ENDS),
        unless=_escape.UNLESS,
        remark=remark("problem"),
        escape=_escape.controls("problem"),
    )


def rows(steps: Iterable[str]) -> list[Json]:
    """The data of the rows: for each step a list of one."""
    return [[{"html": _row(at, text)}] for at, text in enumerate(steps)]


def marks(answers: Answers, steps: int) -> tuple[Rating | None, ...]:
    """What was marked of each step. Raises ParseError for marks of none."""
    known = {f"{control}_{number}" for control in ("step", "fix") for number in range(1, steps + 1)}
    unknown = {name for name in answers.controls() - known if name.startswith(("step_", "fix_"))}
    if unknown:
        raise ParseError(f"{min(unknown)!r}: the page has {steps} steps, this is none of them")
    return tuple(_mark(answers, f"step_{number}") for number in range(1, steps + 1))


def fixes(answers: Answers, steps: int) -> tuple[tuple[int, str], ...]:
    """What each step should say, by its place from 0."""
    return tuple((at, answers.text(f"fix_{at + 1}")) for at in range(steps))


def regions(ratings: Sequence[Rating | None], corrections: Iterable[tuple[int, str]]) -> list[Region]:
    """What states marks and corrections."""
    marked = [
        say_rating(f"step_{at + 1}", f"text_{at + 1}", _MARKS.index(rating) + 1)
        for at, rating in enumerate(ratings)
        if rating in _MARKS
    ]
    return [*marked, *(say_text(f"fix_{at + 1}", f"text_{at + 1}", text) for at, text in corrections)]


def _mark(answers: Answers, control: str) -> Rating | None:
    stars = answers.rating(control)
    if stars is None:
        return None
    if not 1 <= stars <= len(_MARKS):
        raise ParseError(f"{control!r}: should be 1 for bad or 2 for neutral, is {stars!r:.40}")
    return _MARKS[stars - 1]


def _row(at: int, text: str) -> str:
    key = _markup.element("span", "key", KEYS[at].upper()) if at < len(KEYS) else ""
    return _markup.element("span", "number", str(at + 1)) + _markup.prose(text) + key


_BAD = "li:nth-child(1).ant-rate-star-full"
_NEUTRAL = "li:nth-child(2).ant-rate-star-full"

_LOOK = f"""
.hr .row{{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:8px;align-items:start;
  padding:6px 8px 6px 14px;border-top:1px solid var(--color-neutral-border)}}
.hr .row .lsf-richtext__container{{display:grid;grid-template-columns:2.2em minmax(0,1fr) auto;
  align-items:baseline;padding:3px 0}}
.hr .row .fix{{display:none;margin-left:2.2em}}
.hr .row .rate{{padding-top:3px}}
.hr .row .rate sup,.hr .row .rate .anticon,.hr .row .rate .ant-rate-star-first{{display:none}}
.hr .row .ant-rate{{display:flex;gap:4px;margin:0;padding:0;color:inherit;line-height:20px}}
.hr .row .ant-rate li{{margin:0;border:1px solid var(--color-neutral-border);border-radius:6px;
  background:var(--color-neutral-background);font-size:14px;font-weight:500;line-height:20px}}
.hr .row .ant-rate li div{{transform:none}}
.hr .row .ant-rate li div[role=radio]{{display:block;padding:3px 8px;outline-offset:-2px;cursor:pointer}}
.hr .row .ant-rate-star-second{{color:inherit}}
.hr .row li:nth-child(1) .ant-rate-star-second::after{{content:"Bad"}}
.hr .row li:nth-child(2) .ant-rate-star-second::after{{content:"Neutral"}}
.hr:not(:has(.rest input:checked)):not(:has(.escape input:checked)) .row:not(:has(.ant-rate-star-full)){{
  outline:1px dashed #d9821c;outline-offset:-2px;box-shadow:inset 3px 0 #d9821c}}
.hr:has(.rest input:checked) .row:not(:has(.ant-rate-star-full)){{background:rgba(18,140,80,.10);
  box-shadow:inset 3px 0 #128c50}}
.hr .row:has({_BAD}):not(:has({_NEUTRAL})){{background:rgba(217,45,32,.15);box-shadow:inset 3px 0 #d92d20}}
.hr .row:has({_BAD}):not(:has({_NEUTRAL})) .fix{{display:block}}
.hr .row:has({_BAD}):not(:has({_NEUTRAL})) {_BAD}{{border-color:#d92d20;background:rgba(217,45,32,.30)}}
.hr .row:has({_NEUTRAL}){{background:rgba(127,127,127,.16);box-shadow:inset 3px 0 #868e96}}
.hr .row {_NEUTRAL}{{border-color:#868e96;background:rgba(127,127,127,.35)}}
.hr:has(.stop) .one:has({_BAD}):not(:has({_NEUTRAL})) ~ .one .row{{
  background:none;box-shadow:none;outline:none;opacity:.45}}
.hr:has(.stop) .one:has({_BAD}):not(:has({_NEUTRAL})) ~ .one .row .fix{{display:none}}
.hr:has(.escape input:checked) .steps{{opacity:.45}}
@media(max-width:800px){{.hr .row{{display:block;padding:8px 6px 8px 10px}} .hr .row .rate{{padding-left:2.2em}}}}
"""

_ROW = """\
<Repeater on="$steps[{at}]" className="one">
  <View className="row">
    <View className="said">
      <HyperText name="text_{number}" value="$steps[{at}][0].html" inline="true"/>
      <View className="fix">
        <TextArea name="fix_{number}" toName="text_{number}" rows="1" maxSubmissions="1" editable="true"
                  placeholder="What step {number} should say (optional; Enter keeps it)"/>
      </View>
    </View>
    <View className="rate">
      <Rating name="step_{number}" toName="text_{number}" maxRating="2" size="small" hotkey="{key}"/>
    </View>
  </View>
</Repeater>
"""

_CONFIG = """\
<View className="hr">
  {style}
  <View className="card problem"><HyperText name="problem" value="$problem" inline="true"/></View>
  <View className="small"><Header value="$hint" size="6"/></View>
  <Repeater on="$stop"><View className="stop"/></Repeater>
  <View className="steps">
    {rows}
  </View>
  <View className="bar">
    <View className="ask rest" {unless}>
      <Choices name="rest" toName="problem" choice="single" layout="inline" required="true"
               requiredMessage="Not rated yet: the steps outlined in orange. Mark those that are bad (their key once)
 or neutral (twice), then press g: the rest is good">
        {ends}
      </Choices>
    </View>
    {remark}
    {escape}
  </View>
</View>
"""
