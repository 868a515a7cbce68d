"""A log made fit to be measured: what was doubled, impossible or by a wrong clock is mended, what is lost is said."""

import numpy as np

from pipeline.progress.columns import Columns
from pipeline.progress.mending.attempts import numbered, with_attempts
from pipeline.progress.mending.clocks import set_right
from pipeline.progress.mending.doubles import first_answers, without_doubles
from pipeline.progress.mending.leads import plausible_leads
from pipeline.progress.mending.losses import Lost, in_sequence, put_back
from pipeline.progress.rows import in_order

TOLD = 0.0005
"""Share of lost rows from which on it is worth a sentence."""


def clean(columns: Columns) -> tuple[Columns, dict[str, int], tuple[str, ...]]:
    """The mended log, counts of what was mended, and the same in sentences; mending again changes nothing."""
    counts: dict[str, int] = {}
    columns, counts["out_of_order"] = _dated(columns)
    columns, counts["duplicates"] = without_doubles(columns)
    columns, counts["renumbered"] = numbered(columns)
    columns, ahead = set_right(columns)
    counts["clocks"] = len(ahead)
    columns, counts["answered_twice"] = first_answers(columns)
    columns, counts["contradictions"] = in_sequence(columns)
    columns, losses = put_back(columns)
    columns, leads = plausible_leads(columns)
    counts |= leads
    for lost in losses:
        name = f"lost_{lost.event}"
        counts[name] = counts.get(name, 0) + lost.missing
    return columns, counts, (*_told(counts, ahead), *_told_lost(losses))


def _dated(columns: Columns) -> tuple[Columns, int]:
    """In the order of time, without what has none, each row in an attempt; and how many stood out of it."""
    dated = np.isfinite(columns.ts)
    kept = columns if dated.all() else columns.at(dated)
    late = int((np.diff(kept.ts) < 0).sum())
    return with_attempts(in_order(kept) if late else kept), late


_SENTENCES = {
    "out_of_order": "{} rows came out of order and were put in theirs",
    "duplicates": "{} rows were there twice and were left out",
    "renumbered": "the log numbers no attempts: {} rows were counted to a later one, by the rejections",
    "answered_twice": "{} answers were given a second time by the same person and were left out",
    "contradictions": "{} rows stood before what must come first, by up to an hour, and were moved",
    "zero_leads": "{} lead times are zero: taken as unknown",
    "negative_leads": "{} lead times are below zero or no number: taken as unknown",
    "cut_leads": "{} lead times are longer than the time since the person's last act: cut to that",
}


def _told(counts: dict[str, int], ahead: dict[str, float]) -> list[str]:
    """A sentence a fault that there was."""
    told = [text.format(f"{counts[name]:,}") for name, text in _SENTENCES.items() if counts.get(name)]
    if ahead:
        most = max(abs(seconds) for seconds in ahead.values())
        whose = "the clock of 1 person was" if len(ahead) == 1 else f"the clocks of {len(ahead)} people were"
        told.append(f"{whose} off by up to {most / 60:.0f} minutes and set right")
    return told


def _told_lost(losses: list[Lost]) -> list[str]:
    """What is missing of each event: a share, and whether it was put back."""
    told = []
    for event in dict.fromkeys(lost.event for lost in losses):
        of_event = [lost for lost in losses if lost.event == event]
        missing, expected = sum(lost.missing for lost in of_event), max(lost.expected for lost in of_event)
        if missing and missing >= TOLD * expected:
            mended = "put back where others show when" if of_event[0].put_back else "not put back"
            told.append(
                f"about {100 * missing / expected:.1f} % of {event} rows are missing ({missing:,}): {mended}"
            )
    return told
