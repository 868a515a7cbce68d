"""The models of annotators that votes are weighed by, one a task type: what is in force while it is good, else anew."""

from datetime import datetime

from pipeline.assessing.truth import Heard, heard, in_force, learned
from pipeline.context import Context
from pipeline.quality.learned import Learned, Weighing
from pipeline.quality.learning import kept, read, unknown
from pipeline.quality.posterior import Posterior
from schemas.truths import ModelFact
from tasks import task_types


class Models:
    """What the votes so far say of the annotators."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._heard, self._in_force = heard(ctx.store), in_force(ctx.store)
        self._known: dict[str, Learned] = {}
        self._new: dict[str, Heard] = {}

    def of(self, task_type: str) -> Learned:
        """The model for a task type; one that knows nobody where nobody has voted."""
        if task_type not in self._known:
            self._known[task_type] = self._found(task_type)
        return self._known[task_type]

    def weighing(self, task_type: str) -> Posterior:
        """What a policy asks about this task type."""
        return Weighing(self.of(task_type))

    def stale(self) -> list[str]:
        """The task types of which so much was said since that their people are to be learned anew."""
        return [name for name, of in self._heard.items() if not self._is_good(name, of)]

    def learned(self, moment: datetime) -> list[ModelFact]:
        """The models that were learned just now, to be put on record once all has been told by them."""
        return [
            ModelFact(
                task_type=name,
                version=task_types()[name].version,
                method=self._known[name].lesson.method,
                why=self._known[name].lesson.why,
                votes=of.votes,
                gold=self._known[name].lesson.gold,
                known=of.known,
                payload=kept(self._known[name]),
                learned_at=moment,
            )
            for name, of in self._new.items()
        ]

    def _found(self, name: str) -> Learned:
        if name not in self._heard:
            return unknown()
        if self._is_good(name, self._heard[name]):
            model = read(task_types()[name], self._in_force[name].payload)
            if model:
                return model
        self._new[name] = self._heard[name]
        # as it will be read the next time, so that nothing differs by a last digit
        return read(task_types()[name], kept(learned(self._ctx.store, name))) or unknown()

    def _is_good(self, name: str, of: Heard) -> bool:
        return name in self._in_force and of.is_near(self._in_force[name])
