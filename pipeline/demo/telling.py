"""The end of the demo, told to people in a screenful."""

from collections.abc import Iterator, Mapping
from textwrap import wrap
from types import MappingProxyType
from typing import Final

from pipeline.demo.summary import PersonAccuracy, Sifted, Summary, TaskTypeAccuracy
from tasks._adjudication import SEND_BACK_KEY

KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "answer_check": "1 equal, 2 not equal, 3 cannot tell",
        "code_review": "1 correct, 2 incorrect, m cannot judge",
        "preference_pair": "1 A much better ... 4 the same ... 7 B much better",
        "step_review": "1 to 9: step 1 to 9 is bad, then g: the rest is good",
    }
)
"""How to answer, by task type."""
FOUND: Final[Mapping[str, str]] = MappingProxyType({"contamination": "that a benchmark has"})
"""What a screen found, where its name would not follow a number."""
WIDTH: Final = 110
NO_BREAK: Final = "\u00a0"


def lines(summary: Summary, headrace: str, folder: str, password: str | None) -> list[str]:
    """The summary for people.

    Args:
        summary: What to tell.
        headrace: The command, as they would type it, with -C and the demo's folder.
        folder: The folder, as they would type it.
        password: To sign in with, where it may be shown.
    """
    made = summary.made
    return [
        "",
        *_numbers(summary),
        "",
        f"{'the label is the planted truth':<26}{'by the first two':>20}{'in the end':>18}{'open':>8}",
        *(_agreed(one) for one in summary.task_types),
        f"{'one person alone':<26}{'right':>20}{'stated':>18}{'gold':>12}",
        *(_alone(one, one.name) for one in summary.annotators),
        _alone(summary.adjudicator, f"{summary.adjudicator.name}, who decides"),
        "",
        *_rounds(summary, headrace),
        *_flow(summary),
        f"dataset       {made.release}",
        f"report        {made.report}",
        f"the door      {made.door}: there each sees the task in their hands alone, no list, no gold, nobody's answers",
        f"Label Studio  {made.url}: behind it, for you as administrator, who may see and do everything",
        f"sign in as    {made.username}, password {password or f'in {made.credentials}'}",
        "",
        *_next(summary, headrace),
        f"{headrace} report  # what holds it back, each cell, each annotator",
        f"{headrace} serve   # the same as a page, each figure down to its tasks",
        f"{headrace} down    # stops Label Studio and the door; then rm -r {folder} removes the demo",
    ]


def _flow(summary: Summary) -> Iterator[str]:
    """What holds the labeling back: the whole of it stands in the report."""
    if summary.sentence:
        yield "What holds it back, by three weeks that were SIMULATED, as these minutes are too short to show it:"
        whole = summary.sentence.replace(" %", f"{NO_BREAK}%")
        for line in wrap(whole, WIDTH, initial_indent="  ", subsequent_indent="  "):
            yield line.replace(NO_BREAK, " ")
        yield ""


def _rounds(summary: Summary, headrace: str) -> Iterator[str]:
    """What a second round of labeling made of the first release."""
    rounds = summary.made.rounds
    if rounds is None:
        return
    yield (
        f"release {rounds.first} had {rounds.first_rows:,} rows; a second round of labeling made {rounds.second} of it "
        f"with {rounds.second_rows:,}:"
    )
    yield f"  {rounds.difference}"
    yield f"{headrace} diff {rounds.first} {rounds.second}  # which rows, and why each"
    yield ""


def _numbers(summary: Summary) -> Iterator[str]:
    counts, savings, disputes = summary.counts, summary.savings, summary.disputes
    made_of = f"{counts.records:,} records, {counts.tasks:,} tasks in {counts.cells} cells"
    yield f"{made_of}, {counts.annotations:,} answers, {summary.made.rows:,} rows in release {summary.made.version}"
    yield from _sifted(summary.sifted)
    yield f"SIMULATED: {counts.simulated_annotations:,} answers come from made-up people, who err as often as stated."
    if savings.full:
        yield (
            f"{savings.answers:,} answers instead of {savings.full:,}, three for every task: {savings.share:.0%} saved"
            f"; {disputes.decided + disputes.sent_back} disputes adjudicated, {disputes.waiting} open"
        )
    if savings.audited:
        yield (
            f"{savings.audited} audited tasks got three all the same: "
            f"stopping at two would have changed {savings.flipped} of their labels"
        )


def _sifted(sifted: Sifted) -> Iterator[str]:
    """What never reached people, or reached them otherwise than it came."""
    stopped = ", ".join(f"{number} {FOUND.get(name, name)}" for name, number in sifted.stopped.items())
    yield f"of {sifted.read:,} rows people never saw {stopped}; an address was masked in {sifted.masked}"
    ran = f"; {sifted.ran} programs ran in a sandbox" if sifted.ran else ""
    yield (
        f"a machine decided {sifted.labeled} answers; of {sifted.audited} that people saw all the same "
        f"it had {sifted.wrong} wrong{ran}"
    )


def _agreed(one: TaskTypeAccuracy) -> str:
    return (
        f"  {one.task_type:<28}{_share(one.two_right, one.two_agreed)}{_share(one.right, one.agreed):>18}"
        f"{one.tasks - one.agreed:>8}"
    )


def _alone(one: PersonAccuracy, name: str) -> str:
    gold = f"{one.gold_right} of {one.gold}" if one.gold else ""
    return f"  {name:<28}{_share(one.right, one.labels)}{one.stated:>18.0%}{gold:>12}".rstrip()


def _share(right: int, of: int) -> str:
    return f"{right:>3} of {of:>3}{right / of:>6.0%}" if of else f"{'none':>16}"


def _next(summary: Summary, headrace: str) -> Iterator[str]:
    """What to do with the dispute that is left, and with tasks that nobody has finished."""
    if summary.counts.unfinished:
        yield f"{summary.counts.unfinished} tasks still want a vote: run the demo again."
    if summary.left is not None:
        yield "One dispute is left for you: open your link, Start, Next task, decide, submit, then type:"
        yield f"  {summary.made.link}"
        yield f"  keys: {KEYS[summary.left.task_type]}, {SEND_BACK_KEY} send back, ctrl+enter submit"
        yield f"{headrace} run     # fetches your decision"
