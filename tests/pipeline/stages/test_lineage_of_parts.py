"""A row that several tasks hold a part of each leads back to all of them, by the store and by the release alone."""

from collections.abc import Callable
from typing import Any

from pipeline.lineage import in_words, lineage
from pipeline.released import behind
from pipeline.released.opened import Opened
from pipeline.released.verifying import verify
from pipeline.stages.release import release
from tasks.step_review import StepReviewLabel, task_type

STEPS = [f"step {number}" for number in range(1, 121)]
PARTS = 3


def test_a_whole_leads_back_to_the_votes_on_each_of_its_parts(make_effort: Callable[..., Any]) -> None:
    effort = make_effort(tasks=[{"type": "step_review", "overlap": 1}])
    effort.write([{"prompt": "How many?", "candidates": [{"steps": STEPS}], "language": "en"}])
    effort.run()
    person = effort.studio.person("ana@people.example").id
    said = task_type.result(StepReviewLabel(finish="solved"))
    for task in effort.remote():
        effort.studio.annotate(task, person, said, 20.0)
    effort.run()
    opened = Opened(release(effort.ctx)[2])
    assert [check for check in verify(opened) if not check.held] == []
    (row_id, *_) = effort.ctx.store.rows("SELECT row_id FROM release_rows WHERE file_set = 'step_review'")[
        0
    ].values()

    chain = lineage(effort.ctx.store, row_id)
    every = [chain, *chain["parts"]]
    assert len({part["task"]["task_id"] for part in every}) == PARTS
    known = {vote["annotation"]["revision_id"] for part in every for vote in part["resolution"]["labels"]}
    assert len(known) == PARTS
    assert sum("a part of the same" in line for line in in_words(chain)) == PARTS - 1

    alone = behind.told(opened, row_id)["resolution"]
    assert alone["complete"]
    assert {vote["revision_id"] for vote in alone["labels"]} == known
