"""All that is said of one dimension of a labels table: agreement, what is true, and people with what stands out."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pipeline.analysis.label_file import Labeled
from pipeline.quality import careless, copied_model, copying
from pipeline.quality.agreement import Agreement, agreement_of, verdict
from pipeline.quality.choosing import Choice, Kind, choose
from pipeline.quality.coded import UNKNOWN, Coded, Floats, Places
from pipeline.quality.confusable import Confusable, confusable
from pipeline.quality.dawid_skene import pooled
from pipeline.quality.gold_faults import GoldFault, gold_faults
from pipeline.quality.label_errors import Suspect, suspects
from pipeline.quality.measured import Measured, binned, measure
from pipeline.quality.reliability import Reliability, reliabilities
from pipeline.quality.sequential import GoldTest, sequential_test
from pipeline.quality.signs import Sign
from pipeline.quality.truth import People, held

MOST_LISTED = 20
"""So many suspects and confusable pairs are told."""


@dataclass(frozen=True)
class Person:
    """One annotator."""

    reliability: Reliability
    test: GoldTest
    """Of their gold answers in their order."""
    signs: tuple[Sign, ...]
    scores: Mapping[str, float]
    """What signs are drawn from: how the answers fit what others say, side with earlier ones, or are a model's."""

    def to_json(self) -> dict[str, Any]:
        """What --json prints of them."""
        found = self.reliability
        return {
            "annotator": found.annotator,
            "labels": found.labels,
            "accuracy": found.accuracy,
            "interval": found.interval,
            "judged_by": found.judged_by,
            "gold": {"right": found.gold_right, "of": found.gold_of, "test": self.test.state},
            "flags": sorted({sign.kind for sign in self.signs}),
            "scores": dict(self.scores),
            "signs": [asdict(sign) for sign in self.signs],
        }


@dataclass(frozen=True)
class Quality:
    """One dimension's figures."""

    labeled: Labeled
    agreement: Agreement
    people: tuple[Person, ...]
    faults: tuple[GoldFault, ...]
    suspects: tuple[Suspect, ...]
    pairs: tuple[Confusable, ...]
    settled: Choice | Measured
    """What the votes come to; measures have no probabilities."""

    def to_json(self) -> dict[str, Any]:
        """What --json prints of it."""
        found = self.agreement
        keys = (
            "alpha",
            "alpha_interval",
            "ac1",
            "raw",
            "items",
            "doubly_labeled",
            "annotators",
            "prevalence",
        )
        return {
            "agreement": {key: getattr(found, key) for key in keys},
            "scale": found.scale,
            "verdict": verdict(found),
            "method": self.settled.method,
            "why": self.settled.why,
            "gold": self._gold(),
            "annotators": [person.to_json() for person in self.people],
            "bad_gold": [asdict(fault) for fault in self.faults],
            "suspects": [asdict(suspect) for suspect in self.suspects],
            "confusable": [asdict(pair) for pair in self.pairs],
        }

    def _gold(self) -> dict[str, Any]:
        choice = self.settled if isinstance(self.settled, Choice) else None
        return {
            "items": int((self.labeled.known != UNKNOWN).sum()),
            "judged": asdict(choice.judged) if choice and choice.judged else None,
            "tried": [asdict(one) for one in choice.tried] if choice else [],
        }

    def rows(self) -> Iterator[tuple[str, str, float | None, str, int]]:
        """For each item its label, how probable that is, the method, and how many votes it has."""
        heads = self.labeled.votes.votes_per_item().tolist()
        items = self.labeled.votes.items
        said: list[tuple[str, float | None]]
        if isinstance(self.settled, Measured):
            said = [(f"{value:.6g}", None) for value in self.settled.value.tolist()]
        else:
            labels, truth = self.labeled.votes.labels, self.settled.truth
            pairs = zip(truth.best().tolist(), truth.probability().tolist(), strict=True)
            said = [(labels[code], chance) for code, chance in pairs]
        for item, (label, chance), votes in zip(items, said, heads, strict=True):
            yield str(item), label, chance, self.settled.method, votes


def quality_of(labeled: Labeled, kind: Kind) -> Quality:
    """The figures of one dimension."""
    votes, known = labeled.votes, labeled.known
    agreement = agreement_of(_on_scale(votes, kind), kind)
    measured = measure(votes, known) if kind == "interval" else None
    classes, model = votes, labeled.model
    if kind == "interval":
        classes, of_label = binned(votes)
        known, model = (np.where(one == UNKNOWN, UNKNOWN, of_label[one]) for one in (known, model))
    choice = choose(classes, known, kind)
    faults = gold_faults(classes, known)
    aside = {fault.item for fault in faults if fault.set_aside}
    trusted = np.where([item in aside for item in classes.items], UNKNOWN, known) if aside else known
    posterior = held(choice.truth.posterior.copy(), trusted)
    people = _people(Labeled(labeled.dimension, classes, trusted, model, labeled.turn), posterior, kind)
    passing = np.array([person.test.state != "failed" for person in people])
    return Quality(
        labeled,
        agreement,
        people,
        tuple(faults),
        tuple(suspects(classes, choice.truth)[:MOST_LISTED]) if measured is None else (),
        tuple(confusable(classes, passing)[:MOST_LISTED]) if kind == "nominal" else (),
        measured or choice,
    )


def _people(labeled: Labeled, posterior: Floats, kind: Kind) -> tuple[Person, ...]:
    votes, known = labeled.votes, labeled.known
    errors = pooled(votes, known).models[0]
    signs = careless.careless(votes, errors, known)
    if kind != "interval":  # classes of measures have edges, where those who measure well go together
        signs += copying.copies_earlier(votes, errors, labeled.turn, known)
        signs += copying.pairs(votes, errors, labeled.turn, known)
        signs += copied_model.copies_model(votes, errors, labeled.model, known)
    scores = _scores(labeled, errors)
    found = zip(reliabilities(votes, posterior, known), _tests(votes, known), scores, strict=True)
    return tuple(
        Person(one, test, tuple(sign for sign in signs if one.annotator in _concerned(sign)), own)
        for one, test, own in found
    )


def _scores(labeled: Labeled, errors: People) -> list[dict[str, float]]:
    """Everybody's, by name; higher is odder but for `insight`."""
    votes, turn = labeled.votes, labeled.turn
    insight = careless.insight(votes, errors, labeled.known).value
    ways = copying.with_first, copying.with_previous
    first, previous = (way(votes, errors, turn, labeled.known).surprise() for way in ways)
    model = copied_model.matching(copied_model.with_model(votes, errors, labeled.model, labeled.known))
    names = ("insight", "sides_with_earlier", "as_the_model")
    rows = zip(insight.tolist(), np.maximum(first, previous).tolist(), model.tolist(), strict=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _concerned(sign: Sign) -> tuple[str, ...]:
    both = sign.kind == "twins" and sign.other is not None
    return (sign.annotator, str(sign.other)) if both else (sign.annotator,)


def _tests(votes: Coded, known: Places) -> list[GoldTest]:
    """Everybody's test on gold, by name; votes stand in the order in which they were given."""
    on_gold = np.flatnonzero(known[votes.item] != UNKNOWN)
    right = known[votes.item[on_gold]] == votes.label[on_gold]
    order = np.argsort(votes.annotator[on_gold], kind="stable")
    ends = np.cumsum(np.bincount(votes.annotator[on_gold], minlength=len(votes.annotators)))[:-1]
    return [sequential_test(own.tolist()) for own in np.split(right[order], ends)]


def _on_scale(votes: Coded, kind: Kind) -> Coded:
    """The same votes with labels that alpha can count with: words of a scale by their places."""
    if kind != "ordinal" or all(_is_number(label) for label in votes.labels):
        return votes
    return Coded(
        votes.items,
        votes.annotators,
        [str(at) for at in range(len(votes.labels))],
        votes.item,
        votes.annotator,
        votes.label,
    )


def _is_number(label: str) -> bool:
    return label.removeprefix("-").replace(".", "", 1).isdigit()
