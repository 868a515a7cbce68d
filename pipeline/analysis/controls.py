"""From an annotation's result to judgements: what was said with each control of the interface."""

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from pipeline.analysis.findings import Findings
from pipeline.label_studio.wire import clean
from pipeline.quality.agreement import Scale

Kind: TypeAlias = Literal[
    "choices", "rating", "number", "pairwise", "ranker", "taxonomy", "datetime", "regions", "text", "other"
]
SCALES: dict[Kind, Scale | None] = {
    "choices": "nominal",
    "pairwise": "nominal",
    "taxonomy": "nominal",
    "datetime": "nominal",
    "rating": "ordinal",
    "number": "interval",
    "ranker": "rank",
    "regions": "set",
    "text": None,
    "other": None,
}
"""How labels of a kind are compared; those without a scale are only counted."""
LABELS = "labels"
"""How the types end that mark regions: rectanglelabels, hypertextlabels, or labels alone."""
UNRANKED = "_"
"""The bucket of a ranker where everything lies at first."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one person said with one control."""

    kind: Kind
    values: tuple[str, ...]
    """One for a plain answer; several where several may be chosen, or where regions were marked."""


def judgements(result: object, findings: Findings, where: str) -> dict[str, Judgement]:
    """The judgements of an annotation by the name of their control; what cannot be read is a finding."""
    if not isinstance(result, Sequence) or isinstance(result, str):
        findings.add("result that is no list", where)
        return {}
    found: dict[str, Judgement] = {}
    for piece in result:
        for name, judgement in _piece(piece, findings, where):
            before = found.get(name, Judgement(judgement.kind, ()))
            if before.kind != judgement.kind:
                findings.add("control that answers in two ways", f"{where}, {name!r:.80}")
            else:
                found[name] = Judgement(judgement.kind, (*before.values, *judgement.values))
    return found


def _piece(piece: object, findings: Findings, where: str) -> Iterator[tuple[str, Judgement]]:
    if isinstance(piece, Mapping) and piece.get("type") == "relation":
        findings.add("relation between regions, not compared", where)
        return
    name = piece.get("from_name") if isinstance(piece, Mapping) else None
    value = piece.get("value") if isinstance(piece, Mapping) else None
    if not isinstance(piece, Mapping) or not isinstance(name, str) or not isinstance(value, Mapping):
        findings.add("piece of a result without a control's name or a value", where)
        return
    judgement = read(piece.get("type"), value)
    if judgement is None:
        findings.add("value that cannot be read", f"{where}, {name!r:.80}")
    else:
        yield clean(name), judgement


def read(declared: object, value: Mapping[str, Any]) -> Judgement | None:
    """One value, by the type that its piece names or else by the value's own keys; None where it is malformed."""
    key = _key(declared, value)
    if key is None:
        return Judgement("other", ("",))
    kind, values_of = ("regions", _texts) if key.endswith(LABELS) else _READERS[key]
    values = values_of(value.get(key, [] if kind == "regions" else None))
    return None if values is None or not (values or kind == "regions") else Judgement(kind, tuple(values))


def _key(declared: object, value: Mapping[str, Any]) -> str | None:
    """Where a value holds its answer; None for controls that are only counted."""
    if isinstance(declared, str):
        name = declared.lower()
        name = {"pairwise": "selected", "textarea": "text"}.get(name, name)
        return name if name.endswith(LABELS) or name in _READERS else None
    known = (
        *(key for key in value if key.endswith(LABELS)),
        *_READERS,
    )  # in a region `text` is what is marked
    return next((key for key in known if key in value), None)


def _texts(given: object) -> list[str] | None:
    given = [given] if isinstance(given, str) else given
    if not isinstance(given, list) or not all(isinstance(one, str | int | float) for one in given):
        return None
    return [clean(one) if isinstance(one, str) else json.dumps(one) for one in given]


def _number(given: object) -> list[str] | None:
    if isinstance(given, bool) or not isinstance(given, int | float) or not _is_finite(given):
        return None
    number = float(given)
    return [str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)]  # noqa: PLR2004 - exact


def _is_finite(number: float) -> bool:
    try:
        return math.isfinite(number)
    except OverflowError:  # an int beyond every float
        return False


def _paths(given: object) -> list[str] | None:
    if not isinstance(given, list):
        return None
    paths = [_texts(path) for path in given]
    return None if None in paths else [" / ".join(path) for path in paths if path]


def _ranking(given: object) -> list[str] | None:
    """The place of each thing: its index in the one list, or its bucket's; the unranked ones stand last."""
    if isinstance(given, list):
        given = {str(place): [one] for place, one in enumerate(given)}
    if not isinstance(given, Mapping):
        return None
    buckets = [(name, _texts(ids)) for name, ids in given.items() if name != UNRANKED]
    if len(buckets) == 1 and buckets[0][1] is not None:
        return _ranking(buckets[0][1])
    buckets.append((UNRANKED, _texts(given.get(UNRANKED, []))))
    places = {one: place for place, (_, ids) in enumerate(buckets) for one in ids or ()}
    broken = any(ids is None for _, ids in buckets) or not places
    return None if broken else [json.dumps(places, sort_keys=True, ensure_ascii=False)]


_READERS: dict[str, tuple[Kind, Callable[[object], list[str] | None]]] = {
    "choices": ("choices", _texts),
    "rating": ("rating", _number),
    "number": ("number", _number),
    "selected": ("pairwise", _texts),
    "ranker": ("ranker", _ranking),
    "taxonomy": ("taxonomy", _paths),
    "datetime": ("datetime", _texts),
    "text": ("text", _texts),
    "chatmessage": ("text", lambda given: [json.dumps(given)]),
}
"""A value's key: what kind of answer it holds, and how it is read."""
