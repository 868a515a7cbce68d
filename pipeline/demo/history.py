"""Three weeks that nobody ever worked: a simulated log up to now, in which too few people do one language's work.

The minutes of the demo's own labeling are too short to show what holds a project back.
"""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from schemas.project import Project, Target

if TYPE_CHECKING:
    import pyarrow as pa

    from pipeline.simulation.worlds.project import Kind, Person, World
    from schemas.team import Team

LOG: Final = "history.parquet"
TEAM: Final = "team.toml"
SHORT: Final = "zh/code_review"
"""The cell that has too few people."""
DAYS: Final = 21
AHEAD: Final = timedelta(days=21)
"""From today to the day of the targets."""
SEED: Final = 26
STALE: Final = timedelta(hours=12)
"""A history that ended longer ago is simulated anew, so that nobody in it has been silent since."""

OFTEN: Final = {SHORT: 122.5, "zh/step_review": 120.0, "en/code_review": 140.0, "en/step_review": 100.0}
"""Tasks a week that come in, by cell."""
MINUTES: Final = {"code_review": 12.0, "step_review": 10.0}
"""Of a vote."""
PEOPLE: Final = (
    (3, (SHORT,), "Asia/Shanghai", 2.1),
    (3, ("zh/step_review",), "Asia/Shanghai", 4.0),
    (5, ("en/code_review", "en/step_review"), "Europe/London", 5.0),
)
"""How many, what they may do, where they live, and their hours a day: 31.5 a week for 49 of Chinese code review."""
ADJUDICATORS: Final = 2
WANTED: Final = 0.7
"""Of what comes in until the day, the share that a target wants: too much for the short cell alone."""


@dataclass(frozen=True)
class History:
    """A log with its targets."""

    log: "pa.Table"
    world: "World"
    target: dict[str, Target]

    def toml(self) -> str:
        """What project.toml says of it."""
        lines = [
            "",
            "[history]                          # three weeks that were simulated: the demo is too short",
        ]
        lines += [f'path = "{LOG}"', f'team = "{TEAM}"', "simulated = true"]
        lines += [
            "",
            "[target]                           # what must be accepted, by when; change it, then: report",
        ]
        lines += [
            f'"{cell}" = {{ accepted = {one.accepted}, by = {one.by} }}' for cell, one in self.target.items()
        ]
        lines += ["", "[plan]                             # tasks a week"]
        lines += [f'"{cell}" = {weekly:g}' for cell, weekly in OFTEN.items()]
        return "".join(f"{line}\n" for line in lines)

    def write(self, folder: Path) -> None:
        """Its two files."""
        import pyarrow.parquet as pq

        (folder / TEAM).write_text(_team_toml(self.world.team), encoding="utf-8", newline="\n")
        pq.write_table(self.log, folder / LOG)


def is_wanted(folder: Path, project: Project) -> bool:
    """Whether the folder's project has such a history, and it is missing or over."""
    if project.history is None or project.history.path != LOG:
        return False
    path = folder / LOG
    return not path.exists() or time.time() - path.stat().st_mtime > STALE.total_seconds()


def simulated(now: datetime) -> History:
    """The history up to a moment: the same for the same moment, and much alike for any other."""
    import pyarrow.compute as pc

    from pipeline.simulation.worlds.log import run

    world = _world(now)
    log = run(world)
    log = log.filter(pc.less_equal(log["ts"], now))
    return History(log, world, _targets(log, now))


def _world(now: datetime) -> "World":
    from pipeline.simulation.worlds.project import Project as Made
    from pipeline.simulation.worlds.project import Truth, World
    from schemas.team import Member, Team

    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC)
    people = tuple(_people())
    made = Made(
        kinds=tuple(_kind(cell, weekly) for cell, weekly in OFTEN.items()),
        people=people,
        start=(midnight - timedelta(days=DAYS)).timestamp(),
        days=DAYS + 1,
    )
    members = (
        Member(
            id=one.id,
            role="adjudicator" if one.adjudicates else "annotator",
            cells=one.cells,
            weekly_hours=round(one.weekly_hours, 1),
            zone=one.zone,
        )
        for one in people
    )
    team = Team(overlap=2, people=tuple(members), plan=dict(OFTEN))
    return World(SEED, made, team, Truth("skill_shortage", SHORT))


def _kind(cell: str, weekly: float) -> "Kind":
    from pipeline.simulation.worlds.project import Kind

    minutes = MINUTES[cell.split("/")[1]]
    return Kind(
        name=cell, minutes=minutes, cv=0.7, first=2, most=2, p_more=0.0, p_escalated=0.08, p_rejected=0.15,
        p_dropped=0.0, weekly=weekly,
    )  # fmt: skip


def _people() -> "list[Person]":
    from pipeline.simulation.worlds.project import Person

    week = (0, 1, 2, 3, 4)
    found: list[Person] = []
    for number, cells, zone, hours in PEOPLE:
        for _ in range(number):
            speed = 1 + 0.1 * (len(found) % 3 - 1)
            found.append(Person(_name(found), cells, zone, week, begin=9.0, hours=hours, speed=speed))
    for _ in range(ADJUDICATORS):
        found.append(Person(_name(found), (), "Europe/London", week, 8.0, 4.0, speed=1.0, adjudicates=True))
    return found


def _team_toml(team: "Team") -> str:
    """As `headrace analyse flow --team` takes it."""
    lines = ["# Made up, as the history is", f"overlap = {team.overlap}"]
    for one in team.people:
        lines += [
            "",
            "[[people]]",
            f'id = "{one.id}"',
            f'role = "{one.role}"',
            f"cells = {json.dumps(one.cells)}",
        ]
        lines += [f"weekly_hours = {one.weekly_hours}", f'zone = "{one.zone}"']
    lines += ["", "[plan]", *(f'"{cell}" = {weekly:g}' for cell, weekly in team.plan.items())]
    return "".join(f"{line}\n" for line in lines)


def _name(before: "list[Person]") -> str:
    return f"sim-{len(before) + 1:02d}"


def _targets(log: "pa.Table", now: datetime) -> dict[str, Target]:
    """What is accepted by now, and a share of what is to come."""
    import pyarrow.compute as pc

    weeks = AHEAD / timedelta(days=7)
    found = {}
    for cell, weekly in OFTEN.items():
        is_accepted = pc.and_(pc.equal(log["event"], "accepted"), pc.equal(log["cell"], cell))
        so_far = int(pc.sum(is_accepted).as_py())
        wanted = so_far + weekly * weeks * WANTED
        found[cell] = Target(accepted=round(wanted / 10) * 10, by=(now + AHEAD).date())
    return found
