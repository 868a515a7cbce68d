"""What a change would do to the forecast: the same runs with the same luck, before and after it."""

from dataclasses import dataclass
from datetime import datetime

from pipeline.progress.columns import Columns
from pipeline.progress.deriving.work import Work
from pipeline.progress.forecast.changes import Change, Known, apply
from pipeline.progress.forecast.forecast import RUNS, forecast_from, prepared
from schemas.flow import Forecast, TargetChange, TargetForecast, WhatIf
from schemas.team import Team


@dataclass(frozen=True)
class Question:
    """What is to be changed."""

    changes: tuple[Change, ...]
    runs: int = RUNS
    seed: int = 0


def what_if(
    columns: Columns, team: Team, as_of: datetime, question: Question, work: Work | None = None
) -> WhatIf:
    """The forecast as the team is, and as it would be. UsageError where a change names what is not there."""
    parameters, state = prepared(columns, team, as_of, work)
    known = Known(parameters.cells, tuple(one.name for one in parameters.people))
    changed = apply(team, question.changes, known)
    before, after = (
        forecast_from(parameters, state, one, question.runs, question.seed) for one in (team, changed)
    )
    return compare(before, after)


def compare(before: Forecast, after: Forecast) -> WhatIf:
    """Two forecasts, target by target."""
    return WhatIf(
        before=before,
        after=after,
        targets={
            key: _difference(before.targets[key], after.targets[key])
            for key in before.targets
            if key in after.targets
        },
    )


def _difference(before: TargetForecast, after: TargetForecast) -> TargetChange:
    return TargetChange(
        target=after.target,
        probability=(before.probability, after.probability),
        p50=(before.p50, after.p50),
        shortfall=(before.shortfall, after.shortfall),
    )
