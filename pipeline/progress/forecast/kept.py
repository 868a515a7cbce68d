"""What was forecast before, kept in the project's folder: a cache, made anew where it is gone."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, fields
from pathlib import Path

import numpy as np

from pipeline.progress.columns import Columns
from pipeline.progress.deriving.work import Spells, Work
from pipeline.progress.forecast.backtest import Said
from schemas.flow import Forecast
from schemas.team import Team

FILE = Path(".headrace", "forecasts.json")
FORM = 2
"""Raised when forecasts would be made otherwise than they were."""


@dataclass
class Kept:
    """What was said with one team; whatever is said anew is put there."""

    said: dict[float, Said] = field(default_factory=dict)
    """As of past days."""
    of: str = ""
    """What the newest forecast was made from, as `made_from` has it."""
    newest: Forecast | None = None

    def written(self) -> str:
        """As JSON."""
        said = {f"{moment:.0f}": one for moment, one in self.said.items()}
        newest = self.newest.model_dump(mode="json") if self.newest else None
        return json.dumps({"said": said, "of": self.of, "newest": newest})


@contextmanager
def kept_in(folder: Path, team: Team) -> Iterator[Kept]:
    """What was said so far with this team, to be added to; what was added is kept.

    A file that cannot be read counts as none, and one that cannot be written costs time, nothing else.
    """
    team_id = hashlib.sha256(f"{FORM} {team.model_dump_json()}".encode()).hexdigest()[:16]
    kept = _read(folder / FILE, team_id)
    before = len(kept.said), kept.of
    yield kept
    if (len(kept.said), kept.of) != before:
        _write(folder / FILE, f'{{"team": "{team_id}", "kept": {kept.written()}}}')


def made_from(columns: Columns, work: Work, now: float, runs: int, seed: int) -> str:
    """The same for the same log and work as of the same moment: a forecast of it comes out the same."""
    digest = hashlib.blake2b(f"{now} {runs} {seed} {columns.past!r} {work.notes!r}".encode(), digest_size=16)
    for part in (columns, *(getattr(work, one.name) for one in fields(work))):
        if isinstance(part, Columns | Spells):
            for one in fields(part):
                value = getattr(part, one.name)
                digest.update(value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode())
        else:
            digest.update(repr(part).encode())
    return digest.hexdigest()


def _read(path: Path, team_id: str) -> Kept:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        kept = content["kept"]
        if content["team"] != team_id:
            return Kept()
        said = {
            float(moment): {
                what: (float(low), float(middle), float(high)) for what, (low, middle, high) in one.items()
            }
            for moment, one in kept["said"].items()
        }
        newest = Forecast.model_validate(kept["newest"]) if kept["newest"] else None
        return Kept(said, str(kept["of"]), newest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Kept()


def _write(path: Path, content: str) -> None:
    with suppress(OSError):  # a folder that is not ours to write to
        beside = path.with_suffix(f".{os.getpid()}.part")
        beside.write_text(content, encoding="utf-8")
        beside.replace(path)
