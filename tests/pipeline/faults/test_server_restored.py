"""A real Label Studio on SQLite that is put back to an earlier copy of its database: ids given again, nothing lost."""

import random
from pathlib import Path

import pytest

from pipeline.label_studio import server as servers
from pipeline.label_studio.copies import copy_sqlite
from pipeline.label_studio.state import Home
from tests.pipeline.faults.live_effort import PEOPLE, LiveEffort

SENT_SINCE = """
SELECT remote_task_id AS id FROM pushes
WHERE pushed_at > (SELECT max(found_at) FROM findings WHERE kind = 'server restored')
"""


@pytest.mark.live
@pytest.mark.proof
@pytest.mark.timeout(900)
def test_a_real_server_restored_from_a_copy_is_noticed_and_mended(tmp_path: Path) -> None:
    home, folder = tmp_path / "server", tmp_path / "effort"
    home.mkdir()
    folder.mkdir()
    try:
        with LiveEffort(folder, servers.up(home, report=print)) as effort:
            put_back(effort, home, tmp_path / "yesterday.sqlite3")
    finally:
        servers.down(home)


def put_back(effort: LiveEffort, home: Path, yesterday: Path) -> None:
    dice = random.Random(3)
    effort.run()
    effort.answer(0, 4, dice)
    effort.quiet()
    copy_sqlite(Home(home).database, yesterday)
    effort.problems(6)
    effort.run()
    for person in range(PEOPLE):
        effort.answer(person, 6, dice)
    effort.quiet()
    votes = said(effort)
    ids = {row["id"] for row in effort.rows("SELECT remote_task_id AS id FROM pushes")}
    servers.down(home)
    for left in Home(home).data.glob(f"{Home(home).database.name}-*"):
        left.unlink()
    yesterday.replace(Home(home).database)
    effort.server = servers.up(home, report=print)
    assert len(effort.tasks()) == 8
    effort.problems(4)
    effort.run("ingest", "screen", "generate", "push")
    assert len(effort.tasks()) == 8, "nothing is sent before a sync has seen what is there"
    effort.answer(1, 2, dice)  # people go on meanwhile
    assert effort.is_whole()
    assert {"server restored", "task gone"} <= {
        row["kind"] for row in effort.rows("SELECT kind FROM findings")
    }
    assert votes <= said(effort)  # whoever answered again what the server had forgotten votes once
    assert ids & {row["id"] for row in effort.rows(SENT_SINCE)}
    # each of two whose answers the server forgot may be handed the task again, then the third, who decides
    for _ in range(4):
        for person in range(PEOPLE):
            effort.answer(person, 20, dice)
        effort.quiet()
    assert effort.is_whole()
    left_over = effort.rows("SELECT state, count(*) AS n FROM task_states GROUP BY state")
    assert {row["state"] for row in left_over} <= {"accepted", "disputed"}


def said(effort: LiveEffort) -> set[tuple[str, str]]:
    """Who has a vote on which task."""
    rows = effort.rows("SELECT task_id, annotator FROM votes")
    return {(row["task_id"], row["annotator"]) for row in rows}
