"""From votes to what a trainer loads: a release as the stage makes it, exported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline.exporting.choosing import fitting
from pipeline.exporting.making import Wanted, export
from pipeline.released.opened import Opened
from pipeline.stages.release import release


def test_what_people_settled_becomes_every_format_that_fits(
    effort: Any, say: Callable[[int], Any], tmp_path: Path
) -> None:
    effort.run()
    for name in ("ana", "ben"):
        effort.vote(f"{name}@people.example", say(-2))
    effort.run()
    _, version, folder = release(effort.ctx)
    opened = Opened(version, effort.folder)
    assert opened.place.folder == folder
    assert set(fitting(opened)) == {"preference_pair"}
    for name in fitting(opened)["preference_pair"]:
        assert export(opened, Wanted(name), tmp_path / name).made >= 6, name
    file = "preference_pair/train-00000-of-00001.parquet"
    rows = pq.read_table(tmp_path / "trl_preference" / file).to_pylist()
    ids = (tmp_path / "trl_preference" / f"{file}.row_ids.txt").read_text().splitlines()
    released = pq.read_table(folder / "data" / file).to_pylist()
    assert [row["row_id"] for row in released] == ids
    assert [row["chosen"][0]["content"] for row in rows] == [row["chosen"] for row in released]
    assert {row["margin"] for row in rows} == {2.0}
