"""What somebody may know of how their work fares: on their desk, and as Markdown to send to them.

Nobody else is in it, and nothing of a day so fresh that it would tell which of their tasks were gold.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.door.desk.content import Case
from pipeline.door.desk.judged import Gold, Judged, gold_of, judged, overturned_of
from pipeline.door.desk.snapshot import Known, Row, read
from pipeline.door.desk.words import Words
from pipeline.people.whos_who import Somebody
from pipeline.quality.intervals import wilson
from pipeline.store import Store
from tasks import is_current, task_types

MOST, OFTEN = 10, 2
"""So many of each list; what was mistaken for something else so often is worth a word."""


@dataclass(frozen=True)
class Mistaken:
    """What somebody said where something else was right, more than once."""

    task_type: str
    said: str
    known: str
    times: int


@dataclass(frozen=True)
class Feedback:
    """How somebody's work fares."""

    gold: Gold
    between: tuple[float, float]
    """Of all their answers on gold the share that is right lies between these two 95 times in 100."""
    right: tuple[Row, ...]
    """By kind of work, how often they are right: `task_type`, `mean`, `low`, `high`, `labels`."""
    mistaken: tuple[Mistaken, ...]
    overturned: tuple[Row, ...]
    asked: tuple[Row, ...]


def feedback(known: Known, annotator: str, now: datetime) -> Feedback:
    """What one person may know at a moment."""
    gold, overturned = gold_of(known, annotator, now), overturned_of(known, annotator)
    return Feedback(
        gold=gold,
        between=wilson(gold.right / gold.of, gold.of) if gold.of else (0.0, 1.0),
        right=known.right.get(annotator, ()),
        mistaken=tuple(_mistaken([*gold.missed, *overturned])),
        overturned=overturned,
        asked=known.asked.get(annotator, ()),
    )


def written(store: Store, somebody: Somebody, language: str) -> str:
    """The feedback as Markdown, in a language of the desk, with days in the person's zone."""
    now, person = datetime.now(UTC), somebody.person
    words, known = Words(language, person.zone if person else "UTC"), read(store, now)
    name = person.name if person else ", ".join(somebody.annotators)
    lines = [
        f"# {words.say('feedback.heading', name=name)}",
        "",
        words.say("feedback.as_of", moment=words.moment(now)),
    ]
    for annotator in somebody.annotators:
        lines += _written(known, feedback(known, annotator, now), words)
    return "\n".join(_plain(line) for line in lines)


def _written(known: Known, one: Feedback, words: Words) -> Iterator[str]:
    yield from _gold(known, one, words)
    if one.right:
        yield from ("", f"## {words.say('feedback.right')}", "", words.say("feedback.right_what"), "")
        yield from (f"- {right_of(row, words)}" for row in one.right)
    if one.mistaken:
        yield from ("", f"## {words.say('feedback.mistaken')}", "")
        yield from (f"- {mistaken_of(found, words)}" for found in one.mistaken)
    if one.overturned:
        yield from ("", f"## {words.say('overturned.title')}", "")
        yield from _cases(known, "overturned", one.overturned, words)
    if one.asked:
        yield from ("", f"## {words.say('asked.title')}", "", words.say("asked.intro"), "")
        yield from (
            f"- {words.finding(row['kind'])} ({words.say('asked.times', row['times'])})" for row in one.asked
        )
    yield from ("", words.say("feedback.disagree"))


def right_of(row: Row, words: Words) -> str:
    """How often somebody is right in one kind of work, in a line."""
    return words.say(
        "feedback.of_kind",
        kind=words.kind(row["task_type"]),
        labels=words.number(row["labels"]),
        mean=_percent(row["mean"]),
        low=_percent(row["low"]),
        high=_percent(row["high"]),
    )


def mistaken_of(one: Mistaken, words: Words) -> str:
    """What was mistaken for what, in a line."""
    return words.say(
        "feedback.took",
        kind=words.kind(one.task_type),
        times=words.number(one.times),
        said=one.said,
        known=one.known,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _gold(known: Known, one: Feedback, words: Words) -> Iterator[str]:
    yield from ("", f"## {words.say('gold.title')}", "")
    if not one.gold.of:
        yield words.say("gold.none")
        return
    low, high = map(_percent, one.between)
    score = words.say("gold.score", right=words.number(one.gold.right), of=words.number(one.gold.of))
    yield from (f"**{score}** ({words.say('gold.between', low=low, high=high)})", "")
    for cell in one.gold.cells:
        yield f"- {words.cell(cell.cell)}: {words.number(cell.right)} / {words.number(cell.of)}"
    if one.gold.missed:
        yield from ("", f"### {words.say('gold.missed')}", "")
        yield from _cases(known, "gold", one.gold.missed, words)


def _cases(known: Known, about: str, rows: tuple[Row, ...], words: Words) -> Iterator[str]:
    for row in rows[:MOST]:
        one = judged(known, "gold" if about == "gold" else "overturned", row)
        yield f"- {words.cell(one.cell)}, {words.day(one.at)}"
        case = one.case(frozenset())
        yield f"  - {words.say('case.yours')}: {_said(case, one.said, words)}"
        yield f"  - {words.say(f'{about}.known')}: {_said(case, one.known, words)}"
        yield from (f"  - {words.say(key)}: {text}" for key, text in _why(one))


def _why(one: Judged) -> Iterator[tuple[str, str]]:
    if one.reason:
        yield "overturned.reason", one.reason
    if one.clause:
        yield "case.clause", one.clause


def _said(case: Case, label: str, words: Words) -> str:
    return case.says(label) or words.say("case.changed")


def _mistaken(rows: list[Row]) -> Iterator[Mistaken]:
    """What is missed again and again; of kinds with a left and a right nothing, for these changed over."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        name = row["task_type"]
        if is_current(name, row["version"]) and not task_types()[name].sided:
            case = Case(name, row["version"], "")
            counts[name, case.says(row["said"]), case.says(row["known"])] += 1
    for (name, said, known), times in counts.most_common(MOST):
        if times >= OFTEN and said and known:
            yield Mistaken(name, said, known, times)


def _plain(line: str) -> str:
    """A line in which what came from outside is text: no picture, no link, no HTML."""
    return line.replace("<", "&lt;").replace("![", "!\\[").replace("](", "]\\(")
