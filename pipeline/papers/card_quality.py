"""The part of a card about how right its labels are: agreement, known answers, votes, gates, and what is missing."""

from collections.abc import Collection, Iterator
from typing import TypeAlias

from pipeline.papers.estimates import AC1, ACCEPTED_ALPHA, ALPHA, GOLD, RAW, by_name, figures_of
from pipeline.papers.markdown import table
from pipeline.papers.missing import missing
from pipeline.papers.words import day, percent, plural
from schemas.manifest import AGREEMENT, OVERLAP, Estimate, Manifest

Lines: TypeAlias = Iterator[str]

COMPARED = (
    "Beyond chance: 1 is the same, 0 as by chance (Krippendorff's alpha, for rankings Kendall's W). It is of all tasks "
    "compared, the disputed ones too. The tasks that were accepted agree more, since that is why they were. Where one "
    "answer makes more than 85 % of all, read AC1."
)
BY_MACHINE = (
    "{machine} {are} no person's: a check decided {them}, with certainty by its own rule (`decided_by` is `machine`). "
    "`headrace lineage` names it for each row."
)


def sections(manifest: Manifest, pictures: Collection[str]) -> Lines:
    """Its paragraphs."""
    yield from _agreement(manifest, pictures)
    yield from _gold(manifest)
    yield from _votes(manifest, pictures)
    yield from _gates(manifest)
    yield from _missing(manifest)


def _agreement(manifest: Manifest, pictures: Collection[str]) -> Lines:
    figures = by_name(manifest.estimates)
    lines = []
    for one in figures_of(ALPHA, figures):
        interval = "" if one.low is None or one.high is None else f"{one.low:.2f} to {one.high:.2f}"
        after, ac1, raw = (_value(figures.get((name, one.of))) for name in (ACCEPTED_ALPHA, AC1, RAW))
        lines.append((f"`{one.of}`", f"{one.n:,}", _value(one), interval, ac1, raw, after, one.said))
    yield "## Agreement"
    if not lines:
        yield "Not known: no task has two answers that can be compared."
        return
    if AGREEMENT in pictures:
        yield f"![Agreement beyond chance, with intervals]({AGREEMENT})"
    yield table(
        (
            "on",
            "tasks",
            "beyond chance",
            "95 in 100",
            "AC1",
            "exactly the same",
            "of the accepted",
            "verdict",
        ),
        lines,
    )
    yield COMPARED


def _gold(manifest: Manifest) -> Lines:
    lines = []
    for one in figures_of(GOLD, by_name(manifest.estimates)):
        interval = "" if one.low is None or one.high is None else f"{percent(one.low)} to {percent(one.high)}"
        lines.append((f"`{one.of}`", one.said, percent(one.value or 0.0), interval))
    if lines:
        yield "## Known answers"
        yield table(("task type", "answers to tasks whose answer is known", "right", "95 in 100"), lines)


def _votes(manifest: Manifest, pictures: Collection[str]) -> Lines:
    counts = manifest.counts
    yield "## Votes behind the rows"
    if OVERLAP in pictures:
        yield f"![How many votes stand behind the rows]({OVERLAP})"
    spread = sorted(counts.votes.items(), key=lambda one: int(one[0]))
    yield table(
        ("votes", "rows", "share"),
        [(votes, f"{rows:,}", percent(rows / counts.rows)) for votes, rows in spread],
    )
    decided = [f"{who} {rows:,}" for who, rows in sorted(counts.by.items())]
    if decided:
        yield f"Rows by who decided them: {', '.join(decided)}."
    if machine := counts.by.get("machine", 0):
        are, them = ("is", "it") if machine == 1 else ("are", "them")
        yield BY_MACHINE.format(machine=plural(machine, "row"), are=are, them=them)


def _gates(manifest: Manifest) -> Lines:
    yield "## Gates"
    if not manifest.policies.gates:
        yield "None was asked for."
        return
    lines = [
        (
            f"`{gate.name}`",
            "met" if gate.met else "exception signed" if gate.exception else "**not met**",
            gate.said,
        )
        for gate in manifest.policies.gates
    ]
    yield table(("gate", "", "figures"), lines)
    if manifest.signatures:
        signed = ", ".join(f"{one.role} on {day(one.signed_at)}" for one in manifest.signatures)
        yield f"Signed over content `{manifest.content}`: {signed}."


def _missing(manifest: Manifest) -> Lines:
    if lines := list(missing(manifest)):
        yield "## What is missing"
        yield "\n".join(f"- {line}" for line in lines)


def _value(one: Estimate | None) -> str:
    return "" if one is None or one.value is None else f"{one.value:.2f}"
