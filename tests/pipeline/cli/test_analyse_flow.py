"""`headrace analyse flow`: what it prints for people and programs, which moment it looks at, what it refuses."""

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.cli import analyse, app  # noqa: F401 - the commands
from pipeline.cli.faults import exit_code_of
from pipeline.cli.flowing import moment_of
from pipeline.progress.metrics import METRICS
from schemas.errors import UsageError
from schemas.flow import Flow
from schemas.team import read_team

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "flow.md"
IS_HERE = pytest.mark.skipif(
    not PAGE.parents[2].joinpath("pyproject.toml").is_file(), reason="a wheel comes without the pages"
)
MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
CELL = "zh/code_review"
TEAM = """
overlap = 2
people = [
  { id = "li", cells = ["zh/code_review"], weekly_hours = 20 },
  { id = "wu", cells = ["zh/code_review"], weekly_hours = 20 },
]
[plan]
"zh/code_review" = 35
[targets]
"zh/code_review" = { accepted = 200, by = 2026-02-28 }
"""


def run(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = exit_code_of(app, [str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


def row(ts: datetime, event: str, task: str | None, **more: Any) -> dict[str, Any]:
    return {"ts": ts.isoformat(), "event": event, "task": task, "cell": CELL, "attempt": 1, **more}


def of_a_day(day: int, number: int) -> list[dict[str, Any]]:
    """What becomes of a task that comes in on a morning and is accepted by noon."""
    task, came = f"d{day}n{number}", MONDAY + timedelta(days=day)
    rows = [row(came, "ingested", task), row(came, "ready", task)]
    for slot, person in enumerate(("li", "wu"), 1):
        begins = came + timedelta(minutes=30 * number)
        handed_in = begins + timedelta(minutes=25)
        rows.append(row(begins, "served", task, actor=person, slot=slot))
        rows.append(row(handed_in, "submitted", task, actor=person, slot=slot, lead_seconds=1500))
    return [*rows, row(came + timedelta(hours=3, minutes=30), "accepted", task)]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three weeks of workdays with seven tasks each, two people at work from nine to half past twelve."""
    days = [day for day in range(19) if day % 7 < 5]
    rows = [one for day in days for number in range(7) for one in of_a_day(day, number)]
    for day in days:
        for person in ("li", "wu"):
            came = MONDAY + timedelta(days=day)
            rows.append(row(came, "signed_on", None, actor=person))
            rows.append(row(came + timedelta(hours=3, minutes=30), "signed_off", None, actor=person))
    path = tmp_path_factory.mktemp("flow") / "events.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in rows) + "this is no JSON\n")
    return path


@pytest.fixture(scope="module")
def team(events: Path) -> Path:
    path = events.with_name("team.toml")
    path.write_text(TEAM)
    return path


@pytest.fixture(scope="module")
def told(events: Path, team: Path) -> dict[str, Any]:
    code, out, err = run("analyse", "flow", events, "--team", team, "--runs", "5", "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def test_json_is_one_object_that_is_a_flow(told: dict[str, Any]) -> None:
    flow = Flow.model_validate(told)
    assert flow.bottleneck.cause == "none"
    assert flow.forecast.targets[CELL].accepted == 7 * 15
    assert flow.as_of == MONDAY + timedelta(days=18, hours=3, minutes=30)
    assert flow.sentence


def test_metrics_and_what_was_left_out_are_in_it(told: dict[str, Any]) -> None:
    assert {"cumulative_flow", "little", "hours", "days", "throughput", "effort"} <= set(told["metrics"])
    assert "cost" not in told["metrics"]
    assert told["metrics"]["effort"]["all"]["labels"] == 2
    assert told["metrics"]["cumulative_flow"]["days"][-1]["done"] == 7 * 15
    assert told["data_quality"]["counts"]["unreadable_rows"] == 1


def test_people_read_the_sentence_first(events: Path, team: Path) -> None:
    code, out, err = run("analyse", "flow", events, "--team", team, "--runs", "5")
    assert (code, err) == (0, "")
    assert "Chinese code review" in out.splitlines()[0]


def test_without_a_team_the_log_alone_is_analysed(events: Path) -> None:
    code, out, _ = run("analyse", "flow", events, "--runs", "5", "--json")
    assert code == 0
    assert json.loads(out)["forecast"]["targets"] == {}


def test_as_of_a_day_shows_the_flow_at_its_end(events: Path, team: Path) -> None:
    code, out, _ = run(
        "analyse", "flow", events, "--team", team, "--as-of", "2026-01-16", "--runs", "5", "--json"
    )
    assert code == 0
    found = Flow.model_validate_json(out)
    assert found.forecast.targets[CELL].accepted == 7 * 10
    assert found.as_of.date().isoformat() == "2026-01-16"
    assert found.metrics["cumulative_flow"]["days"][-1]["day"] == "2026-01-16"


def test_the_page_is_written_beside(events: Path, team: Path, tmp_path: Path) -> None:
    page = tmp_path / "flow.html"
    code, out, err = run("analyse", "flow", events, "--team", team, "--runs", "5", "--html", page, "--json")
    assert (code, err) == (0, f"wrote {page}\n")
    text = page.read_text()
    assert "events.jsonl" in text
    assert re.search(r"<h1>[^<]*Chinese code review", text)
    assert json.loads(out)["sentence"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-01-31", datetime(2026, 1, 31, 23, 59, 59, 999999, UTC)),
        ("2026-01-31T17:00", datetime(2026, 1, 31, 17, tzinfo=UTC)),
        ("2026-01-31T17:00:00Z", datetime(2026, 1, 31, 17, tzinfo=UTC)),
        ("2026-01-31 17:00+02:00", datetime(2026, 1, 31, 15, tzinfo=UTC)),
    ],
)
def test_a_day_means_its_end_and_no_zone_means_utc(text: str, meant: datetime) -> None:
    assert moment_of(text) == meant


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "31.1.2026", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--as-of: a day or a moment"):
        moment_of(text)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("none.jsonl", None, "cannot be read (No such file or directory)"),
        ("bad.jsonl", '{"time": 1, "event": "ready"}', "should have a column 'ts', has none; rename 'time'"),
        (
            "early.jsonl",
            '{"ts": "2027-01-01", "event": "ready"}',
            "holds none that can be read (1 after as of)",
        ),
    ],
)
def test_a_file_that_cannot_be_analysed_is_refused_in_one_line(
    name: str, content: str | None, told: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    code, out, err = run("analyse", "flow", path, "--as-of", "2026-06-01")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert told in err


def test_a_team_with_faults_is_refused_before_the_log_is_read(tmp_path: Path) -> None:
    team = tmp_path / "team.json"
    team.write_text('{"people": [{"id": "li", "role": "boss"}]}')
    code, _, err = run("analyse", "flow", tmp_path / "none.jsonl", "--team", team)
    assert code == 2
    assert "people.0.role" in err


def blocks(language: str) -> list[str]:
    """The examples of the page in a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def part(of: Any, like: Any) -> Any:
    """What there is of something in the places that an example has."""
    return {key: part(of[key], one) for key, one in like.items()} if isinstance(like, dict) else of


@IS_HERE
def test_the_page_shows_what_is_printed(told: dict[str, Any]) -> None:
    example = json.loads(blocks("json")[-1])
    for name in ("little", "effort"):
        flat = part(told["metrics"], example["metrics"])[name]
        rounded = json.loads(json.dumps(flat), parse_float=lambda text: round(float(text), 3))
        assert rounded == example["metrics"][name]
    assert part(told["data_quality"], example["data_quality"]) == example["data_quality"]
    assert part(told, example).keys() == example.keys()


@IS_HERE
def test_the_page_describes_every_metric_and_every_key(told: dict[str, Any]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^### `(\w+)`", text, re.MULTILINE) == list(METRICS)
    assert {key for key in told if f"`{key}`" not in text} == {"as_of"}


@IS_HERE
def test_the_teams_on_the_page_are_the_same_in_both_formats(tmp_path: Path) -> None:
    (as_toml,) = blocks("TOML")
    (tmp_path / "team.toml").write_text(as_toml)
    (tmp_path / "team.json").write_text(blocks("json")[0])
    assert read_team(tmp_path / "team.toml") == read_team(tmp_path / "team.json")
