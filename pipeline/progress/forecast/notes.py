"""What a forecast had to assume, in sentences."""

from collections.abc import Iterator

from pipeline.progress.forecast.parameters import Parameters
from pipeline.progress.forecast.window import ENOUGH
from schemas.team import Team

MET = (0.85, 1.15)
"""A plan of which so much came is called met."""


def notes(parameters: Parameters, team: Team) -> tuple[str, ...]:
    """In the order of what weighs most."""
    return (*_basis(parameters), *_plan(parameters, team), *_people(parameters))


def _basis(parameters: Parameters) -> Iterator[str]:
    window = parameters.window
    if not parameters.measured:
        yield "no vote is in the log yet: times, hours and intake are as declared, and nobody disagrees"
    else:
        yield f"parameters are from the last {window.days} days of the log"
        votes = int(parameters.vote.count.sum())
        if votes < ENOUGH:
            yield f"only {votes} votes to measure with: dates are rough"


def _plan(parameters: Parameters, team: Team) -> Iterator[str]:
    if not team.plan:
        yield "no intake is planned: what came in lately goes on"
        return
    planned = sum(team.plan.values())
    expected = float(parameters.arrivals.expected(parameters.cells, team).sum())
    if parameters.measured and planned and not MET[0] <= expected / planned <= MET[1]:
        yield f"of {planned:.0f} planned tasks a week {expected:.0f} are counted on: so much of the plan came lately"


def _people(parameters: Parameters) -> Iterator[str]:
    gone = [one.name for one in parameters.people if one.presence.gone]
    if gone:
        yield f"not counted on, because of their silence: {', '.join(sorted(gone))}"
    if not any(one.adjudicates for one in parameters.people):
        yield "nobody is known to adjudicate: what has no consensus is settled at once"
