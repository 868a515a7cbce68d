"""`report` with the flow in it: the sentence first, options that go together, and a fault that hides nothing."""

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.progress import project as flows
from pipeline.progress.metrics.billing import Bill
from pipeline.report import bills
from pipeline.store import Store, StorePlace
from schemas.errors import UsageError
from schemas.flow import Flow
from schemas.project import Project
from schemas.snapshots import AlertFact
from tests.pipeline.documented import examples
from tests.pipeline.filled import START, Filled
from tests.pipeline.report.flow_example import flow

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"


class Asked:
    """Stands where the analysis does, and keeps what it was asked."""

    def __init__(self, answer: Flow | Exception | None) -> None:
        self.answer = answer
        self.how: list[dict[str, Any]] = []

    def __call__(self, _: Store, project: Project, folder: Path, as_of: datetime, **how: Any) -> Flow | None:
        self.how.append({"project": project.name, "folder": folder, "as_of": as_of, **how})
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def asked(monkeypatch: pytest.MonkeyPatch, answer: Flow | Exception | None) -> Asked:
    made = Asked(answer)
    monkeypatch.setattr(flows, "flow_of", made)
    return made


def test_the_sentence_comes_first_and_the_counts_after_it(
    folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch, flow())
    folder.run("ingest")
    folder.run("screen")
    folder.run("generate")
    said = folder.run("report").out
    assert "Chinese code review" in " ".join(said.split("\n\n")[0].split())
    assert said.index("Chinese code review") < said.index("tried: ") < said.index("Tasks by state")


def test_the_json_holds_the_flow_beside_what_it_held_before(
    folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch, flow())
    printed = folder.run("report", "--json").json
    assert printed["project"] == "tried"
    assert Flow.model_validate(printed["flow"]).bottleneck == flow().bottleneck
    assert printed["flow"]["sentence"].count("Chinese code review")


def test_the_page_holds_the_flow(folder: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked(monkeypatch, flow())
    page = tmp_path / "report.html"
    assert folder.run("report", "--html", str(page)).code == 0
    assert "Chinese code review" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "fault",
    [UsageError("before.parquet: events were expected, there is none; check it"), ValueError("odd\nlog")],
)
def test_a_fault_of_the_analysis_is_one_line_and_hides_nothing(
    fault: Exception, folder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(monkeypatch, fault)
    folder.run("ingest")
    folder.run("screen")
    ended = folder.run("report", "--json")
    assert ended.code == 0
    assert ended.is_one_line()
    assert ended.err.startswith("flow: ")
    assert str(fault).split()[0] in ended.err
    assert ended.json["flow"] is None
    assert ended.json["totals"]["records"] == 5


def test_before_anything_happened_there_is_no_flow(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(monkeypatch, None)
    ended = folder.run("report", "--json")
    assert (ended.json["flow"], ended.err) == (None, "")


def test_a_day_and_no_forecast_are_asked_for(folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = asked(monkeypatch, flow())
    folder.run("report", "--as-of", "2026-01-05T12:00", "--no-forecast", "--json")
    assert made.how[0]["as_of"] == datetime(2026, 1, 5, 12, tzinfo=UTC)
    assert (made.how[0]["runs"], made.how[0]["backtest"]) == (0, False)
    folder.run("report", "--json")
    assert made.how[1]["runs"] > 0
    assert made.how[1]["as_of"] > made.how[0]["as_of"]
    assert made.how[1]["backtest"] is True


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--csv", "-"), "--by"),
        (("--by", "cell", "--html", "x.html"), "--by and --html"),
        (("--by", "cell", "--alerts"), "--by and --alerts"),
        (("--by", "cell", "--csv", "-", "--json"), "--csv - and --json"),
        (("--by", "week"), "week"),
    ],
)
def test_what_does_not_go_together_is_refused(folder: Any, words: tuple[str, ...], said: str) -> None:
    refused = folder.run("report", *words)
    assert refused.code == 2
    assert said in refused.err
    assert refused.out == ""


# Bills


def worked(folder: Any) -> None:
    with StorePlace(folder.path).writing("test") as store:
        filled = Filled(store)
        for _ in range(3):
            filled.settle(filled.task())


@pytest.mark.parametrize("by", ["team", "person", "cell"])
def test_a_bill_has_a_line_each_and_sums_up(folder: Any, by: str) -> None:
    worked(folder)
    printed = folder.run("report", "--by", by, "--json").json
    assert printed["by"] == by
    names = {"team": {""}, "person": {"ann-a", "ann-b"}, "cell": {"en/preference_pair"}}[by]
    assert {row[by] for row in printed["rows"]} == names
    assert sum(row["submitted"] for row in printed["rows"]) == 6
    assert sum(row["accepted"] for row in printed["rows"]) == 6
    assert "Hours and work" in folder.run("report", "--by", by).out


def test_the_csv_is_what_the_json_says(folder: Any, tmp_path: Path) -> None:
    worked(folder)
    path = tmp_path / "bill.csv"
    assert folder.run("report", "--by", "person", "--csv", str(path)).code == 0
    printed = folder.run("report", "--by", "person", "--csv", "-").out
    assert path.read_text(encoding="utf-8") == printed
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["person"] for row in rows] == ["ann-a", "ann-b"]
    assert {row["gold"] for row in rows} == {""}
    shown = folder.run("report", "--by", "person", "--json").json["rows"]
    assert [float(row["hours"]) for row in rows] == [row["hours"] for row in shown]


def test_what_came_later_is_not_billed(folder: Any) -> None:
    worked(folder)
    assert folder.run("report", "--by", "person", "--as-of", "2026-01-01", "--json").json["rows"] == []


@pytest.mark.parametrize("name", ["=1+1", "+49", "-x", "@me", "\t=x", "  =HYPERLINK()", "\r\n=x", "\u00a0=x"])
def test_no_name_is_a_formula_in_a_spreadsheet(name: str) -> None:
    bill = Bill(name=name, hours=1, submitted=1, accepted=1, gold=None, rework=0)
    (row,) = csv.DictReader(io.StringIO(bills.to_csv("team", [bill]), newline=""))
    assert row["team"][0] not in "=+-@\t\r\n "
    assert row["team"].endswith(name[-1])


def test_a_bill_that_cannot_be_written_is_one_line(folder: Any, tmp_path: Path) -> None:
    worked(folder)
    refused = folder.run("report", "--by", "person", "--csv", str(tmp_path))
    assert refused.code == 1
    assert refused.is_one_line()


# Alerts


def test_alerts_are_listed_the_newest_first(folder: Any) -> None:
    with StorePlace(folder.path).writing("test") as store:
        store.put(
            AlertFact(
                alert_id=str(day), kind="work runs out", subject="en/x", said=f"day {day}",
                raised_at=START.replace(day=day),
            )
            for day in (3, 5, 4)
        )  # fmt: skip
    printed = folder.run("report", "--alerts", "--json").json
    assert [one["said"] for one in printed["alerts"]] == ["day 5", "day 4", "day 3"]
    assert "2026-03-05 09:00  work runs out" in folder.run("report", "--alerts").out


@pytest.mark.skipif(
    not (ROOT / "pyproject.toml").is_file(), reason="an installed wheel comes without the documentation"
)
def test_json_is_printed_as_documented(folder: Any) -> None:
    worked(folder)
    with StorePlace(folder.path).writing("test") as store:
        alert = AlertFact(alert_id="a", kind="work runs out", subject="en/x", said="…", raised_at=START)
        store.put([alert])
    for page, command in (
        ("reference/billing.md", "report --by team"),
        ("how-to/alerts.md", "report --alerts"),
    ):
        shown = examples(DOCS / page)[command]
        printed = json.loads(folder.run(*command.split(), "--json").out)
        assert printed.keys() == shown.keys()
        (list_name,) = [name for name, value in shown.items() if isinstance(value, list)]
        assert printed[list_name][0].keys() == shown[list_name][0].keys()
