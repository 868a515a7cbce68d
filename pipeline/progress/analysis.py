"""The analysis of an event log as of one moment: cleaned, completed, measured, undone in the model, simulated on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from pipeline.progress.cleaning import clean
from pipeline.progress.columns import Columns
from pipeline.progress.deriving.derive import derive
from pipeline.progress.deriving.work import Work
from pipeline.progress.diagnosis import Diagnosis, diagnose
from pipeline.progress.forecast.forecast import forecast
from pipeline.progress.forecast.kept import Kept
from pipeline.progress.metrics import measure
from pipeline.progress.metrics.window import Window
from pipeline.progress.reading import columns_of, table_of
from pipeline.store.log import EventLog
from schemas.events import Past
from schemas.flow import Bottleneck, DataQuality, Flow, Forecast
from schemas.team import Team

RUNS = 60
"""Simulations of a forecast."""


@dataclass(frozen=True)
class Prepared:
    """A log cleaned and completed, with what had to be done to it."""

    columns: Columns
    work: Work
    as_of: datetime
    counts: dict[str, int]
    notes: tuple[str, ...]


def prepare(columns: Columns, team: Team, as_of: datetime | None = None) -> Prepared:
    """Clean a log, and derive what it lacks; nothing after the moment (by default its last) is looked at."""
    moment = as_of.timestamp() if as_of else columns.span[1]
    cleaned, counts, notes = clean(columns.until(moment) if as_of else columns)
    whole, work = derive(cleaned, team, moment)
    return Prepared(whole, work, as_of or datetime.fromtimestamp(moment, UTC), counts, notes)


def find_bottleneck(table: pa.Table, team: Team) -> Bottleneck:
    """The first bottleneck of an event log, without forecast and metrics."""
    with EventLog.of_arrow(table) as log:
        prepared = prepare(columns_of(log), team)
    return _diagnosis(prepared, team).bottlenecks[0]


def analyse(  # noqa: PLR0913 - what it is made from, and what it may cost
    log: EventLog,
    team: Team,
    as_of: datetime | None = None,
    *,
    runs: int = RUNS,
    backtest: bool = True,
    gaps: Iterable[tuple[datetime, datetime]] = (),
    kept: Kept | None = None,
) -> Flow:
    """What the log says as of a moment (by default its last): the bottleneck, the loads, the forecast, the metrics.

    With no `runs` nothing is forecast. `gaps` are stretches of which the log may not tell all; `kept` is as
    in `forecast`. The sentence is empty:
    what is said in words is the report's (pipeline.report.sentence.told).
    """
    prepared = prepare(columns_of(log), team, as_of)
    diagnosis = _diagnosis(prepared, team, gaps)
    metrics = _metrics(prepared, diagnosis, team)
    little = metrics.get("little")
    return Flow(
        as_of=prepared.as_of,
        sentence="",
        bottleneck=diagnosis.bottlenecks[0],
        bottlenecks=diagnosis.bottlenecks,
        loads=diagnosis.loads,
        little_ratio=little["ratio"] if little else None,
        forecast=_forecast(prepared, team, runs, kept, backtest=backtest),
        metrics=metrics,
        data_quality=_quality(prepared, diagnosis, log),
    )


def _forecast(prepared: Prepared, team: Team, runs: int, kept: Kept | None, *, backtest: bool) -> Forecast:
    if not runs:
        return Forecast()
    log, work = prepared.columns, prepared.work
    return forecast(log, team, prepared.as_of, work=work, runs=runs, backtest=backtest, kept=kept)


def _diagnosis(prepared: Prepared, team: Team, gaps: Iterable[tuple[datetime, datetime]] = ()) -> Diagnosis:
    windows = [(since.timestamp(), until.timestamp()) for since, until in gaps]
    return diagnose(prepared.columns, prepared.work, team, prepared.as_of.timestamp(), windows)


def _metrics(prepared: Prepared, diagnosis: Diagnosis, team: Team) -> dict[str, dict[str, object]]:
    start, _ = diagnosis.measured.window
    window = Window(datetime.fromtimestamp(start, UTC), prepared.as_of)
    with EventLog.of_arrow(table_of(prepared.columns), past=prepared.columns.past) as whole:
        return {name: one.model_dump(mode="json") for name, one in measure(whole, window, team).items()}


def _quality(prepared: Prepared, diagnosis: Diagnosis, log: EventLog) -> DataQuality:
    first, last = prepared.columns.span
    start, end = diagnosis.measured.window
    counts = {**log.counts, **prepared.counts}
    return DataQuality(
        events=len(prepared.columns),
        tasks=len(prepared.columns.tasks),
        first=_moment(first) if len(prepared.columns) else None,
        last=_moment(last) if len(prepared.columns) else None,
        window=(_moment(start), _moment(end)),
        served=prepared.work.served_basis,
        starved=prepared.work.starved_basis,
        notes=(*_left_out(prepared.columns.past), *prepared.notes, *prepared.work.notes),
        counts={name: count for name, count in counts.items() if count},
    )


def _left_out(past: Past | None) -> tuple[str, ...]:
    if past is None:
        return ()
    ended = f"{past.accepted + past.dropped:,} tasks had ended before {past.since:%Y-%m-%d}"
    return (f"The log is long: {ended} and are counted, but not looked at again",)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
