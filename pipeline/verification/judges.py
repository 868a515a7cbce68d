"""Judges: a column of the record that holds a model's verdict. No model is called by us: what stands there is read."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.verification.base import Check, Found
from schemas.base import content_id
from schemas.records import Record
from schemas.screening import REFERENCE
from schemas.verification import JudgeConfig

_WORDS = ("verdict", "preference", "choice", "label", "score", "rating")
"""Keys of a verdict with more to it, under which its word stands; the first that is there."""
_LONGEST = 60


class Judges(Check[JudgeConfig]):
    """One verdict for the record, or a list with one for each of its candidates."""

    name = "judges"
    title = "a model's verdicts"

    def look(self, record: Record, options: JudgeConfig) -> Sequence[Found]:
        said = _said(record, options)
        if said is None:
            return ()
        if isinstance(said, list):
            return [
                _found(place, one)
                for place, one in enumerate(said[: len(record.candidates)])
                if one is not None
            ]
        return [_found(0 if len(record.candidates) == 1 else REFERENCE, said)]

    def by(self, options: JudgeConfig) -> str:
        return f"{options.name} {self.version} {content_id(options.finding())[:8]}"


def _said(record: Record, options: JudgeConfig) -> Any:  # noqa: ANN401 - any JSON
    name, _, column = options.column.partition(".")
    said = record.extra.get(column) if name == "extra" else record.hidden_model_label
    return said.get(options.task, said) if isinstance(said, Mapping) else said


def _found(place: int, said: Any) -> Found:  # noqa: ANN401 - any JSON
    return Found(place, _word(said), {"said": said})


def _word(said: Any) -> str:  # noqa: ANN401 - any JSON
    """A verdict in the word that `decides` names it by."""
    if isinstance(said, Mapping):
        said = next((said[key] for key in _WORDS if said.get(key) is not None), "unknown")
    if isinstance(said, bool):
        return "yes" if said else "no"
    return str(said).strip().lower()[:_LONGEST] or "unknown"


check = Judges()
