"""A real release of people with names, addresses and pay, with gold among their tasks: nothing of these goes out."""

import io
import json
from pathlib import Path

from pyarrow import parquet

from pipeline.context import Quiet
from pipeline.publishing.destinations import destination
from pipeline.publishing.leaving import kept, look_through
from pipeline.publishing.parcel import expect_ours, pack
from pipeline.released.opened import Opened
from pipeline.stages.release import release
from tests.pipeline.publishing import released
from tests.pipeline.stages.conftest import Effort, prefer
from tests.pipeline.stages.golden import entry, line, wanted, write

PEOPLE = [
    {
        "name": f"{name.title()} Planted-Family-Name",
        "email": f"{name}@planted.example",
        "team": "planted-team",
        "pay": {"per": "hour", "amount": 31_337, "currency": "XTS"},
    }
    for name in ("ana", "ben")
]
PLANTED = ("planted", "31337", "XTS")


def said(folder: Path) -> str:
    """All that anybody could read there."""
    return "\n".join(
        json.dumps(parquet.read_table(io.BytesIO(content)).to_pylist(), default=str)
        + str(parquet.read_metadata(io.BytesIO(content)).metadata)
        if name.endswith(".parquet")
        else content.decode()
        for name, content in released.files(folder).items()
    )


def test_what_was_planted_in_a_project_is_nowhere_in_what_went(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    write(project, line(1))
    effort = Effort(project, tasks=[entry()], people=PEOPLE)
    effort.run()
    for person in PEOPLE:
        # not all the same, so that there is something to draw
        effort.vote(str(person["email"]), lambda data: prefer(2 if "4 + 4" in str(data) else -2)(data))
    effort.run()
    (gold,) = wanted(effort)
    version = release(effort.ctx)[1]
    opened = Opened(version, project)
    own = kept(effort.ctx.store, effort.ctx.project.people)
    assert own.gold == {gold}
    assert len(own.names) >= 2
    look_through(opened, own)
    parcel = pack(opened)
    expect_ours(parcel, effort.ctx.store)
    destination(str(tmp_path / "out"), public=False).send(parcel, Quiet())
    text = said(tmp_path / "out")
    assert (tmp_path / "out" / version / "pictures" / "agreement.svg").is_file()
    assert opened.manifest.counts.rows == 6
    assert text.count('"annotator": "') == 12
    assert [word for word in (*PLANTED, gold) if word.casefold() in text.casefold()] == []
