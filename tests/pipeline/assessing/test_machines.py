"""Machines' labels beside people's: what they bring to the top, and how many of them are wrong."""

from pathlib import Path
from typing import Any

from pipeline.assessing.errors import accepted_errors
from pipeline.assessing.suspects import suspects
from pipeline.cli.suspects import machines
from pipeline.quality.savings import clopper_pearson
from pipeline.verifying.auditing import audits
from tasks import task_types
from tests.pipeline.stages.conftest import Effort

KIND = task_types()["answer_check"]
PROBLEMS: list[dict[str, Any]] = [
    {
        "prompt": f"What is {n} + {n}?",
        "candidates": [{"text": f"It doubles.\n#### {2 * n}"}],
        "reference": {"answer": str(2 * n)},
        "language": "en",
    }
    for n in range(1, 46)
]


def test_an_audited_machine_is_heard_and_judged(tmp_path: Path) -> None:
    made = Effort(
        tmp_path,
        tasks=[{"type": "answer_check", "overlap": 1}],
        verification={"answers": {"decides": ["equal"], "audit_share": 0.6}},
    )
    made.write(PROBLEMS)
    made.run()
    by_machine = made.ctx.store.count("resolutions")
    people = len(PROBLEMS) - by_machine
    assert people >= 20
    verdicts = iter(["not_equal"] + ["equal"] * people)
    made.vote("li@example.org", lambda _: KIND.result(KIND.label(verdict=next(verdicts))))
    made.run("sync", "check", "resolve")

    found = suspects(made.ctx.store, machines(made.ctx))
    assert len(found) == people
    assert (found[0].label, found[0].machines) == ("not equal", {"answers": "equal"})
    assert found[0].wrong > found[1].wrong

    whole = accepted_errors(made.ctx, audits(made.ctx))[0]
    assert (whole.by_machine, whole.by_people, whole.single) == (by_machine, people, people)
    assert (whole.audit.looked_at, whole.audit.wrong, whole.unseen) == (people, 1, people)
    assert whole.audit.share is not None
    low, high = clopper_pearson(1, people)
    assert low < whole.audit.share < high
    assert whole.audit.high > people / len(PROBLEMS)  # whose labels may be anything
