"""What was said as of past days, kept in the project's folder: a cache, made anew where it is gone."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pipeline.progress.forecast.backtest import Said
from schemas.team import Team

FILE = Path(".headrace", "forecasts.json")
FORM = 1
"""Raised when past forecasts would be made otherwise than they were."""


@contextmanager
def kept_in(folder: Path, team: Team) -> Iterator[dict[float, Said]]:
    """What was said so far with this team, to be added to; what was added is kept.

    A file that cannot be read counts as none, and one that cannot be written costs time, nothing else.
    """
    of = hashlib.sha256(f"{FORM} {team.model_dump_json()}".encode()).hexdigest()[:16]
    found = _read(folder / FILE, of)
    before = len(found)
    yield found
    if len(found) > before:
        _write(folder / FILE, {"of": of, "said": {f"{moment:.0f}": said for moment, said in found.items()}})


def _read(path: Path, of: str) -> dict[float, Said]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["of"] != of:
            return {}
        return {
            float(moment): {
                what: (float(low), float(middle), float(high)) for what, (low, middle, high) in said.items()
            }
            for moment, said in content["said"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(path: Path, content: dict[str, object]) -> None:
    with suppress(OSError):  # a folder that is not ours to write to
        beside = path.with_suffix(f".{os.getpid()}.part")
        beside.write_text(json.dumps(content), encoding="utf-8")
        beside.replace(path)
