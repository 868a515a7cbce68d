"""The demo as somebody types it, twice, on a real Label Studio that it starts itself."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.demo.gold import samples
from pipeline.demo.people import EVERYBODY, PEOPLE
from pipeline.demo.rounds import AGAIN
from pipeline.label_studio.base import RemoteTask
from pipeline.label_studio.client import connect
from pipeline.label_studio.state import Home
from pipeline.ledger import LedgerPlace
from pipeline.released.opened import Opened
from pipeline.store import StorePlace

pytestmark = [pytest.mark.proof, pytest.mark.live, pytest.mark.timeout(900)]

# the demo has a server of its own: it must not go to the one that a shell happens to name
ELSEWHERE = {"HEADRACE_LABEL_STUDIO_URL": "http://127.0.0.1:9", "HEADRACE_LABEL_STUDIO_TOKEN": "of-another"}
STEPS = ("served", "submitted")
ASKED = 166
"""Tasks that people are asked."""


@dataclass
class Typed:
    """What a command printed, and what it left behind."""

    content: dict[str, Any]
    stdout: str
    stderr: str
    remote: list[RemoteTask]
    """The tasks in Label Studio that are no gold, of each item the newest attempt."""
    before: list[RemoteTask]
    """Those that were asked anew in the second round."""
    cases: list[RemoteTask]
    """The adjudications there."""
    gold: list[RemoteTask]
    released: dict[str, str]
    """The sha256 of each released file."""


@dataclass
class Demo:
    """The demo's folder after it was run twice."""

    folder: Path
    first: Typed
    second: Typed


def headrace(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *words],
        cwd=where,
        env={**os.environ, **ELSEWHERE},
        capture_output=True,
        text=True,
        check=False,
    )


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run_demo(where: Path) -> Typed:
    done = headrace(where, "demo", "--json")
    assert done.returncode == 0, done.stderr
    folder = where / "demo"
    server = Home(folder).read()
    assert server is not None
    studio = connect(server.url, server.token)
    with StorePlace(folder).reading() as store:
        projects = store.rows("SELECT project_id, purpose FROM remote_projects ORDER BY project_id")
        known = {row["task_id"] for row in store.rows("SELECT task_id FROM gold")}
        redone = {row["task_id"] for row in store.rows("SELECT task_id FROM redos")}
    remote: dict[str, list[RemoteTask]] = {"label": [], "adjudicate": []}
    for project in projects:
        tasks = list(studio.changes(project["project_id"], None))
        assert studio.look(project["project_id"]).tasks == len(tasks)
        remote[project["purpose"]] += tasks
    return Typed(
        json.loads(done.stdout),
        done.stdout,
        done.stderr,
        [task for task in remote["label"] if task.uid not in known | redone],
        [task for task in remote["label"] if task.uid in redone],
        remote["adjudicate"],
        [task for task in remote["label"] if task.uid in known],
        hashes(folder / "releases"),
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    where = tmp_path_factory.mktemp("newcomer")
    try:
        first = run_demo(where)
        yield Demo(where / "demo", first, run_demo(where))
    finally:
        headrace(where, "-C", "demo", "down")


def counted(demo: Demo, sql: str) -> int:
    with StorePlace(demo.folder).reading() as store:
        return int(store.value(sql))


def test_the_counts_reconcile_from_label_studio_to_labels(demo: Demo) -> None:
    tasks = [*demo.first.remote, *demo.first.before, *demo.first.gold]
    given = [one for task in tasks for one in task.annotations if not one.skipped]
    counts = demo.first.content["counts"]
    assert len(given) == counts["annotations"] == counts["labels"]
    assert counted(demo, "SELECT count(*) FROM current_annotations") == len(given)
    assert counts["tasks"] == counted(demo, "SELECT count(*) FROM standing_tasks")
    assert len(demo.first.remote) == counts["tasks"] - demo.first.content["sifted"]["labeled"] == ASKED
    assert len(demo.first.before) == AGAIN
    assert len(demo.first.gold) == counts["gold"] == len(samples())


def test_each_task_was_answered_by_two_or_three_people_with_their_own_accounts_and_times(demo: Demo) -> None:
    voters = [[one.person_id for one in task.annotations] for task in demo.first.remote]
    assert all(len(set(people)) == len(people) for people in voters)
    assert {len(people) for people in voters} == {2, 3}
    given = [one for task in demo.first.remote for one in task.annotations]
    assert len({one.person_id for one in given}) == len(PEOPLE)
    assert all(one.lead_seconds is not None and one.lead_seconds > 1 for one in given)


def test_a_third_was_asked_where_two_differed_and_of_audited_tasks_alone(demo: Demo) -> None:
    with StorePlace(demo.folder).reading() as store:
        rows = store.rows(
            "SELECT task_id FROM tasks WHERE audit AND task_id NOT IN "
            "(SELECT task_id FROM resolutions WHERE method = 'machine') "
            "UNION SELECT task_id FROM asks WHERE votes = 3"
        )
    asked = [*demo.first.remote, *demo.first.before]
    three = {task.uid for task in asked if len(task.annotations) == 3}
    assert three == {row["task_id"] for row in rows}
    savings = demo.first.content["savings"]
    assert (
        savings["answers"]
        == sum(len(task.annotations) for task in demo.first.remote)
        < 0.82 * savings["full"]
    )
    assert savings["full"] == 3 * ASKED


def test_all_disputes_are_decided_by_the_adjudicator_but_one_that_is_left(demo: Demo) -> None:
    said = [len(case.annotations) for case in demo.first.cases]
    assert sorted(said) == [0] + [1] * (len(said) - 1)
    deciders = {one.person_id for case in demo.first.cases for one in case.annotations}
    assert deciders.isdisjoint(one.person_id for task in demo.first.remote for one in task.annotations)
    (left,) = [case for case in demo.first.cases if not case.annotations]
    assert demo.first.content["left"]["url"].endswith(f"/data?task={left.id}")
    assert demo.first.content["disputes"] == {"decided": len(said) - 1, "sent_back": 0, "waiting": 1}


def test_a_second_demo_adds_nothing(demo: Demo) -> None:
    assert demo.second.remote == demo.first.remote
    assert demo.second.cases == demo.first.cases
    assert demo.second.gold == demo.first.gold
    assert [stage["done"] for stage in demo.second.content["stages"]] == [0] * 9
    assert demo.second.released == demo.first.released
    assert demo.second.content["counts"] == demo.first.content["counts"]


def test_the_same_release_made_again_has_the_same_bytes(demo: Demo) -> None:
    again = headrace(demo.folder, "release", "--out", "again")
    assert again.returncode == 0, again.stderr
    newest = {path: one for path, one in demo.first.released.items() if path.startswith("1.0.0/")}
    made = {path: one for path, one in hashes(demo.folder / "again").items() if path.startswith("1.0.0/")}
    assert made == newest
    assert len(newest) > 5


def test_both_releases_are_whole_and_the_difference_between_them_is_told(demo: Demo) -> None:
    for version in ("0.1.0", "1.0.0"):
        verified = headrace(demo.folder, "releases", "verify", version, "--json")
        assert verified.returncode == 0, verified.stdout
        assert {one["check"] for one in json.loads(verified.stdout)["checks"]} >= {
            "files",
            "votes",
            "made again",
        }
    told = json.loads(headrace(demo.folder, "diff", "0.1.0", "1.0.0", "--json").stdout)
    assert told["bump"] == "major"
    assert set(told["reasons"]) == {"redo", "new label"}
    assert told["rows_left_out"] == 0


def test_each_released_row_leads_back_to_its_annotations(demo: Demo) -> None:
    from pipeline.lineage import lineage

    tasks = (*demo.first.remote, *demo.first.before, *demo.first.cases)
    remote_ids = {one.id for task in tasks for one in task.annotations}
    with StorePlace(demo.folder).reading() as store:
        rows = [row["row_id"] for row in store.rows("SELECT DISTINCT row_id FROM release_rows")]
        chains = [lineage(store, row) for row in rows]
    assert len(chains) > demo.first.content["made"]["rows"] > 0
    for chain in chains:
        decision = chain["resolution"]["decision"]
        said = [*chain["resolution"]["labels"], *([decision] if decision else [])]
        if chain["resolution"]["method"] == "machine":
            assert said == []
            assert {one["outcome"] for one in chain["evidence"]} & {"equal", "not_equal"}
        else:
            assert len(said) == 4 if decision else len(said) in {2, 3}
        assert {one["annotation"]["remote_id"] for one in said} <= remote_ids
        assert chain["records"]


def test_everything_says_that_it_is_simulated(demo: Demo) -> None:
    release = demo.folder / "releases" / "1.0.0"
    assert json.loads((release / "manifest.json").read_text())["simulated"] is True
    assert "simulated" in (release / "README.md").read_text()
    opened = Opened(release)
    rows = [
        row
        for name, one in opened.sets.items()
        for split in one.splits
        for batch in opened.batches(name, split, ["simulated"])
        for row in batch.to_pylist()
    ]
    assert any(row["simulated"] for row in rows)
    by_machine = counted(demo, "SELECT count(*) FROM resolutions WHERE method = 'machine'")
    assert 0 < len([row for row in rows if not row["simulated"]]) <= 2 * by_machine
    assert counted(demo, "SELECT count(*) FROM resolutions WHERE NOT simulated") == by_machine
    for table in ("annotations", "labels", "decisions", "releases"):
        assert counted(demo, f"SELECT count(*) FROM {table} WHERE NOT simulated") == 0  # noqa: S608 - ours
    assert "simulated" in (demo.folder / "report.html").read_text()
    assert demo.first.content["simulated"] is True


def test_the_people_who_agree_are_right(demo: Demo) -> None:
    for one in demo.first.content["task_types"]:
        assert one["right"] >= 0.8 * one["agreed"] > 0
        assert one["two_agreed"] < one["agreed"]
    for one in demo.first.content["annotators"]:
        assert one["right"] / one["labels"] == pytest.approx(one["stated"], abs=0.15)


def test_no_password_is_printed_into_a_pipe_and_each_stands_in_a_file_of_its_owners_alone(demo: Demo) -> None:
    server = Home(demo.folder).read()
    assert server is not None
    said = demo.first.stdout + demo.first.stderr
    ledger = LedgerPlace(demo.folder)
    with ledger.reading() as con:
        secrets = [row["password"] for row in con.execute("SELECT password FROM accounts")]
    ledger.close()
    assert len(secrets) == len(EVERYBODY) + 1
    for secret in (server.password, server.token, *secrets):
        assert secret not in said
    for path in (ledger.path, Home(demo.folder).file):
        assert path.stat().st_mode & 0o077 == 0


def test_all_that_was_answered_was_served_at_the_door_and_submitted_there(demo: Demo) -> None:
    with StorePlace(demo.folder).reading() as store:
        rows = store.rows("SELECT event, uid, annotator, simulated FROM door_events")
    at_task = {
        name: {(one["uid"], one["annotator"]) for one in rows if one["event"] == name} for name in STEPS
    }
    tasks = [*demo.first.remote, *demo.first.before, *demo.first.gold, *demo.first.cases]
    assert at_task["served"] == at_task["submitted"]
    assert len(at_task["served"]) == sum(len(task.annotations) for task in tasks)
    assert len({one["annotator"] for one in rows if one["event"] == "signed_on"}) == len(EVERYBODY)
    assert all(one["simulated"] for one in rows)


def test_the_visitors_link_leads_to_the_dispute_that_is_left(demo: Demo) -> None:
    made, (left,) = demo.first.content["made"], [case for case in demo.first.cases if not case.annotations]
    with httpx.Client(headers={"Origin": made["door"]}, trust_env=False) as browser:
        assert "Start" in browser.get(made["link"]).text
        assert browser.post(made["link"]).status_code == httpx.codes.SEE_OTHER
        assert browser.get(f"{made['door']}/desk/").is_success
        page = browser.get(f"{made['door']}/desk/next").headers["location"]
        project = re.search(r"/projects/(\d+)/", page)
        assert project is not None
        asked = f"/api/dm/actions?id=next_task&tabID=1&project={project[1]}"
        assert browser.post(f"{made['door']}{asked}").is_success
    ledger = LedgerPlace(demo.folder)
    with ledger.reading() as con:
        held = con.execute("SELECT uid, simulated FROM leases WHERE ended_at IS NULL").fetchall()
    ledger.close()
    assert [tuple(row) for row in held] == [(left.uid, 0)]


def test_progress_goes_to_stderr_a_line_at_a_time(demo: Demo) -> None:
    assert re.search(r"^\(label\) +Simulated annotators .*: \d+ answers", demo.first.stderr, re.MULTILINE)
    assert "Third votes where two differed" in demo.first.stderr
    assert re.search(r"^\(round 2\) .*: \d+ answers", demo.first.stderr, re.MULTILINE)
    assert "\r" not in demo.first.stderr
    assert demo.first.stdout.startswith("{")
