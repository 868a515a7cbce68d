"""Under which entry of [[tasks]] a task is labeled, as project.toml says now."""

from collections.abc import Sequence

from pipeline.context import Context
from schemas.project import TaskConfig

MEETS = """
SELECT DISTINCT rt.task_id FROM record_tasks rt JOIN records USING (record_id)
WHERE list_contains(?, rt.task_id) AND ({condition}
)
"""
GOLD = "SELECT task_id, arg_min(said_by, put_at) AS file FROM gold WHERE list_contains(?, task_id) GROUP BY task_id"


class Terms:
    """The entries of some tasks; one whose entry is gone from project.toml goes on as it was made."""

    def __init__(self, ctx: Context, task_ids: Sequence[str]) -> None:
        self._by_type: dict[str, list[TaskConfig]] = {}
        for config in ctx.project.tasks:
            self._by_type.setdefault(config.type, []).append(config)
        self._by_task: dict[str, TaskConfig] = {}
        several = [config for configs in self._by_type.values() if len(configs) > 1 for config in configs]
        for config in several if task_ids else ():
            # conditions were checked by `generate`, which comes before whoever asks here
            rows = ctx.store.rows(MEETS.format(condition=config.where or "true"), [list(task_ids)])
            self._by_task |= {f"{config.type}/{row['task_id']}": config for row in rows}

        files = (
            {row["task_id"]: row["file"] for row in ctx.store.rows(GOLD, [list(task_ids)])} if several else {}
        )
        for config in several:  # a gold task has no record that could meet a condition
            own = [task_id for task_id, file in files.items() if config.gold and config.gold.file == file]
            self._by_task = {f"{config.type}/{task_id}": config for task_id in own} | self._by_task

    def of(self, task_id: str, task_type: str) -> TaskConfig | None:
        """The entry of a task; None where project.toml has none for it any more."""
        configs = self._by_type.get(task_type, [])
        return configs[0] if len(configs) == 1 else self._by_task.get(f"{task_type}/{task_id}")
