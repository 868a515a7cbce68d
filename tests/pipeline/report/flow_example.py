"""A flow as a project in the middle of its labeling would have it: Chinese code review is short of people."""

from datetime import UTC, date, datetime, timedelta

from pipeline.progress.metrics.ageing import Ageing, CellAges, Dot, OldTask
from pipeline.progress.metrics.cost import Cost, CurrencyCost
from pipeline.progress.metrics.cumulative_flow import CumulativeFlow, DayOfStates
from pipeline.progress.metrics.days import CellDays, Days
from pipeline.progress.metrics.effort import CellEffort, Effort
from pipeline.progress.metrics.hours import Hours, PersonHours
from pipeline.progress.metrics.rework import Rework, TypeRework
from pipeline.progress.metrics.throughput import CellThroughput, DayCount, Throughput
from schemas.flow import (
    Bottleneck,
    Coverage,
    DataQuality,
    Flow,
    Forecast,
    Load,
    PresentWork,
    Remedy,
    TargetForecast,
    WorkForecast,
)

NOW = datetime(2026, 12, 5, 14, 3, tzinfo=UTC)
SHORT, FINE = "zh/code_review", "en/step_review"

SHORTAGE = Bottleneck(
    cause="skill_shortage",
    where=SHORT,
    load=1.57,
    evidence=(
        "zh/code_review asks for 49 h of work a week; the 2 people who may do it have 31 h",
        "those 2 were never without work in the last two weeks",
    ),
    remedies=(
        Remedy(
            change="1 more person for zh/code_review from 7 December",
            spec="--add zh/code_review:1@2026-12-07",
            load_after=0.81,
            throughput_gain=0.34,
        ),
        Remedy(
            change="2 votes instead of 3 for zh/code_review",
            spec="--overlap 2",
            load_after=1.05,
            throughput_gain=0.2,
        ),
        Remedy(change="1 more person for en/step_review", load_after=1.57, throughput_gain=0.0),
    ),
)


def ahead(days: float) -> datetime:
    """So many days after now."""
    return NOW + timedelta(days=days)


def target(wanted: int, pace: float, *, accepted: int, probability: float) -> TargetForecast:
    """A target for 31 January, forecast at a pace of so many a day."""
    by = date(2027, 1, 31)
    until = (datetime(2027, 1, 31, tzinfo=UTC) - NOW).days
    expected = [round(accepted + pace * spread * until) for spread in (0.8, 1.0, 1.15)]
    needed = (wanted - accepted) / pace
    fan = tuple(
        (ahead(day), *(accepted + pace * spread * day for spread in (0.8, 0.88, 1.0, 1.09, 1.15)))
        for day in range(0, 71, 5)
    )
    return TargetForecast(
        target=wanted,
        by=by,
        accepted=accepted,
        probability=probability,
        p50=ahead(needed),
        p85=ahead(needed * 1.2),
        p95=None if needed > 60 else ahead(needed * 1.3),
        shortfall=max(0, wanted - expected[1]),
        expected=(expected[0], expected[1], expected[2]),
        fan=fan,
    )


def flow(**changed: object) -> Flow:
    """The flow, with some of its fields changed."""
    made = Flow(
        as_of=NOW,
        sentence="",
        bottleneck=SHORTAGE,
        bottlenecks=(SHORTAGE,),
        loads=(
            Load(
                resource=FINE,
                load=0.62,
                interval=(0.57, 0.66),
                people=5,
                hours_needed=66.4,
                hours_available=107.0,
            ),
            Load(
                resource=SHORT,
                load=1.57,
                interval=(1.39, 1.74),
                people=2,
                hours_needed=49.0,
                hours_available=31.0,
            ),
            Load(resource="zh/step_review/topic-9", load=0.9, people=3, hours_needed=36, hours_available=40),
            Load(resource="adjudication", load=0.71, people=1, hours_needed=7.1, hours_available=10.0),
            Load(
                resource="screening",
                load=0.08,
                people=1,
                hours_needed=1.2,
                hours_available=15.0,
                basis="declared",
            ),
        ),
        little_ratio=1.37,
        forecast=Forecast(
            targets={
                SHORT: target(4000, 41.5, accepted=530, probability=0.22),
                FINE: target(3000, 60.0, accepted=900, probability=0.98),
            },
            present_work=PresentWork(
                p50=ahead(9),
                p85=ahead(12),
                p95=ahead(14),
                open=812,
                cells={
                    SHORT: WorkForecast(p50=ahead(9), p85=ahead(12), p95=None, open=640),
                    FINE: WorkForecast(p50=ahead(1), p85=ahead(2), p95=ahead(2), open=172),
                },
            ),
            coverage=Coverage(
                scored=13, before_p85=11, before_p95=12, mean_error=0.12, calibrated=True, said="…"
            ),
            runs=200,
            notes=("zh/step_review: its pace was taken from the declared minutes",),
        ),
        metrics=metrics(),
        data_quality=DataQuality(
            events=24_310,
            tasks=3_204,
            first=ahead(-40),
            last=NOW,
            window=(ahead(-14), NOW),
            served="derived",
            starved="derived",
            notes=("486 rows stood twice and were counted once", "12 lead times were cut to 2 h"),
            counts={"duplicates": 486, "out_of_order": 0, "zero_leads": 31},
        ),
    )
    return made.model_copy(update=changed)


def metrics() -> dict[str, object]:
    """The metrics by name."""
    return {
        "cumulative_flow": accumulation(40),
        "throughput": output(14),
        "hours": hours(),
        "ageing": ageing(),
        "days": Days(all=spent("", 40.0), cells=(spent(FINE, 22.0), spent(SHORT, 105.0))),
        "rework": Rework(
            all=again("", 0.81), task_types=(again("code_review", 0.64), again("step_review", 0.88))
        ),
        "effort": Effort(all=took("", 2.3), cells=(took(FINE, 2.1), took(SHORT, 2.6))),
        "cost": Cost(
            currencies=(CurrencyCost(currency="USD", amount=4210.5, people=6, per_accepted=5.1),),
            accepted=826,
            paid_share=0.9,
        ),
    }


def accumulation(days: int) -> CumulativeFlow:
    """Tasks that come in at 45 a day; Chinese code review cannot keep up."""
    return CumulativeFlow(
        days=tuple(
            DayOfStates(
                day=(NOW - timedelta(days=days - 1 - n)).date(),
                intake=10 + n % 7,
                labeling=30 + 16 * n,
                adjudication=4 + n // 2,
                done=max(0, 28 * (n - 2)),
                dropped=n // 3,
                held=0,
            )
            for n in range(days)
        )
    )


def output(days: int) -> Throughput:
    """A fortnight with its weekends."""
    accepted = [0 if n % 7 in {5, 6} else 50 + 7 * (n % 4) for n in range(days)]
    cells = [
        CellThroughput(
            cell=cell,
            came=30 * days,
            submitted=sum(accepted),
            accepted=sum(accepted) // 2,
            accepted_per_day=sum(accepted) / 2 / days,
            interval=(18.2, 27.1),
            daily=tuple(count // 2 for count in accepted),
        )
        for cell in (FINE, SHORT)
    ]
    return Throughput(
        days=tuple(
            DayCount(
                day=(NOW - timedelta(days=days - 1 - n)).date(), came=60, submitted=2 * count, accepted=count
            )
            for n, count in enumerate(accepted)
        ),
        cells=tuple(cells),
        accepted=sum(accepted),
        accepted_per_day=sum(accepted) / days,
        interval=(32.0, 51.5),
    )


def hours() -> Hours:
    """Eight people, two of whom never wait."""
    people = [
        PersonHours(
            person=f"ann-{n:02x}",
            team="vendor-a" if n % 2 else None,
            role="annotator",
            labeling=30.0 - 2 * n,
            adjudicating=8.0 if n == 1 else 0.0,
            open=31.0 - 2 * n + (8.0 if n == 1 else 0.0),
            starved=max(0.0, 2.5 * n - 4),
            other=None if n == 3 else 1.5,
            at_work=None if n == 3 else 40.0 - n,
            off_share=None if n == 3 else 0.8,
            busy_share=(30 - 2 * n) / (30 - 2 * n + max(0.0, 2.5 * n - 4)),
        )
        for n in range(8)
    ]
    return Hours(
        people=tuple(reversed(people)), labeling=184.0, adjudicating=8.0, starved=44.0, at_work=255.0
    )


def ageing() -> Ageing:
    """Open tasks of three states, the oldest of them late."""
    ages = [((n * 37) % 200) / 12 for n in range(160)]
    states = ("intake", "labeling", "labeling", "labeling", "adjudication")
    dots = [Dot(state=states[n % 5], days=age, late=age > 13) for n, age in enumerate(ages)]
    old = [
        OldTask(
            task=f"t{n:06}",
            cell=SHORT,
            state="labeling",
            days=17 - n / 5,
            late=True,
            waits_for="a second answer",
        )
        for n in range(20)
    ]
    return Ageing(
        open=812,
        late=131,
        cells=(
            CellAges(cell=SHORT, open=640, late=120, finished=530, p50_days=5.2, p85_days=13.0),
            CellAges(cell=FINE, open=172, late=11, finished=900, p50_days=0.9, p85_days=2.1),
            CellAges(cell="zh/step_review/topic-9", open=0, late=0, finished=3, p50_days=None, p85_days=None),
        ),
        oldest=tuple(old),
        dots=tuple(dots),
    )


def spent(cell: str, total: float) -> CellDays:
    """So many hours, most of them waiting."""
    return CellDays(
        cell=cell,
        tasks=413,
        total=total,
        intake=total * 0.05,
        first_wait=total * 0.42,
        overlap_wait=total * 0.2,
        touch=total * 0.08,
        deciding=total * 0.02,
        adjudication_wait=total * 0.13,
        adjudication=total * 0.01,
        rework=total * 0.09,
        released=200,
        release_wait=50.0,
        flow_efficiency=0.09,
    )


def again(task_type: str, passed: float) -> TypeRework:
    """The rework of a task type of which so much is settled at once."""
    return TypeRework(
        task_type=task_type,
        attempts=450,
        first_pass_yield=passed,
        first_pass_interval=(passed - 0.04, passed + 0.04),
        adjudicated_share=1 - passed,
        reject_rate=0.2,
        reject_interval=(0.15, 0.26),
        multiplier=1.08,
        extra_votes=66,
        extra_hours=7.4,
    )


def took(cell: str, labels: float) -> CellEffort:
    """What an accepted task took."""
    return CellEffort(
        cell=cell,
        accepted=413,
        labels=labels,
        labels_interval=(labels - 0.1, labels + 0.1),
        minutes=11.5,
        minutes_interval=None,
        adjudicated_share=0.14,
        adjudicated_interval=(0.12, 0.17),
    )
