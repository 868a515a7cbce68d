"""The Label Studio projects: one a cell, task-type version and purpose, with the guideline kept up."""

from pipeline.context import Context
from pipeline.findings import finding
from pipeline.label_studio.base import ProjectSpec, RemoteProject
from pipeline.pushing.guidelines import shown, text_of, version_of
from pipeline.pushing.prefilling import is_prefilled
from pipeline.pushing.queue import Lot
from pipeline.stamps import stamp, stamp_of, went_back
from pipeline.terms import Terms
from schemas.errors import LabelStudioGone
from schemas.facts import RemoteProjectFact, SyncFact
from schemas.steering import GuidelineFact, RemoteStateFact
from tasks import is_current, task_types
from tasks._escape import Escapable

KNOWN = "server = ? AND cell = ? AND task_type = ? AND version = ? AND purpose = ?"
IN_FORCE = "SELECT version FROM guidelines WHERE task_type = ? ORDER BY since DESC LIMIT 1"
STOOD = """
task_id IN (SELECT task_id FROM pushes WHERE server = ? AND project_id = ?) AND NOT gone
"""


class Projects:
    """The Label Studio projects that one push has to do with, each looked at once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._seen: dict[int, RemoteProject | None] = {}

    def of(self, lot: Lot) -> RemoteProject | None:
        """The project of a lot, made where there is none; None where it has to be read again first."""
        project_id = _project_id(self._ctx, lot)
        return None if project_id is None else self.look(project_id)

    def look(self, project_id: int) -> RemoteProject | None:
        """A project as it stands; None where the server went back, or it is gone: then `sync` comes first."""
        if project_id not in self._seen:
            self._seen[project_id] = self._look(project_id)
        return self._seen[project_id]

    def is_ahead(self, project: RemoteProject) -> bool:
        """Whether a project knows of later pushes than the store, which then was restored from a backup."""
        here = stamp_of(self._ctx, project.id)
        return project.stamp is not None and (here is None or project.stamp > here)

    def has_strangers(self, project: RemoteProject) -> bool:
        """Whether tasks stand there that were none of ours as we looked: some may be those that we make now."""
        known = self._ctx.store.facts(
            SyncFact, "server = ? AND project_id = ?", [self._ctx.server, project.id]
        )
        return any(one.strangers for one in known)

    def _look(self, project_id: int) -> RemoteProject | None:
        try:
            project = self._ctx.label_studio.look(project_id)
        except LabelStudioGone:
            return None
        return None if went_back(project.stamp, stamp_of(self._ctx, project_id)) else project


def _project_id(ctx: Context, lot: Lot) -> int | None:
    """The id of a lot's project, made where there is none; None where what was lost with it is not on record yet.

    Raises LabelStudioGone where the server knows none of ours.
    """
    known = ctx.store.facts(
        RemoteProjectFact, KNOWN, [ctx.server, lot.cell, lot.task_type, lot.version, lot.purpose]
    )
    spec = _spec(ctx, lot)
    try:
        project_id = ctx.label_studio.ensure_project(spec, known[0].project_id if known else None)
    except LabelStudioGone as gone:
        made = _made_again(ctx, spec, known[0], gone)
        if made is None:
            return None
        project_id = made
        stamp(ctx, made, read_anew=True)  # it may have got the id of the one that is gone
    if not known or known[0].project_id != project_id:
        fact = RemoteProjectFact(
            server=ctx.server,
            cell=lot.cell,
            task_type=lot.task_type,
            version=lot.version,
            purpose="label" if lot.purpose == "label" else "adjudicate",
            project_id=project_id,
            made_at=ctx.clock(),
        )
        ctx.store.put([fact], replace=True)
    _keep_guideline(ctx, lot.task_type)
    return project_id


def keep_up_guidelines(ctx: Context) -> None:
    """Show a changed guideline in every project of its task type, and put on record since when."""
    for name in dict.fromkeys(config.type for config in ctx.project.tasks):
        if ctx.store.value(IN_FORCE, [name]) in (None, version_of(text_of(ctx, name))):
            continue
        for project in ctx.store.facts(RemoteProjectFact, "server = ? AND task_type = ?", [ctx.server, name]):
            if is_current(name, project.version):
                lot = Lot(project.cell, name, project.version, project.purpose, (), 0)
                ctx.label_studio.ensure_project(_spec(ctx, lot), project.project_id)
        _keep_guideline(ctx, name)


def _made_again(
    ctx: Context, spec: ProjectSpec, known: RemoteProjectFact, gone: LabelStudioGone
) -> int | None:
    """A project in the place of one that is gone, as long as others of ours stand: else this is another server.

    None until a sync has put on record what was said in it: on a task that is sent again it would seem taken back.
    """
    others = ctx.store.facts(
        RemoteProjectFact, "server = ? AND project_id <> ?", [ctx.server, known.project_id]
    )
    if not any(_stands(ctx, other.project_id) for other in others):
        raise gone
    if ctx.store.facts(RemoteStateFact, STOOD, [ctx.server, known.project_id]):
        return None
    detail = f"project {known.project_id} ({known.cell}): expected in Label Studio, is gone; made again"
    ctx.store.put([finding(ctx, "project gone", f"{ctx.server}/{known.project_id}", detail, cell=known.cell)])
    return ctx.label_studio.ensure_project(spec, None)


def _stands(ctx: Context, project_id: int) -> bool:
    try:
        ctx.label_studio.look(project_id)
    except LabelStudioGone:
        return False
    return True


def _spec(ctx: Context, lot: Lot) -> ProjectSpec:
    marker = f"headrace:{ctx.store.id}:{lot.cell}:v{lot.version}"
    instruction = shown(text_of(ctx, lot.task_type))
    task_type = task_types()[lot.task_type]
    if lot.purpose == "adjudicate":
        from tasks._adjudication import Adjudication

        return ProjectSpec(
            marker=f"{marker}:adjudicate",
            title=f"{ctx.project.name} · adjudicate {lot.cell}",
            config=Adjudication(task_type).config(),
            overlap=1,
            instruction=instruction,
            seeded=True,
        )
    config = Terms(ctx, lot.uids[:1]).of(lot.uids[0] if lot.uids else "", lot.task_type)
    return ProjectSpec(
        marker=marker,
        title=f"{ctx.project.name} · {lot.cell}",
        config=task_type.config(),
        overlap=config.overlap.first if config else 1,
        instruction=instruction,
        seeded=is_prefilled(ctx, lot.task_type),
        skippable=not issubclass(task_type.label, Escapable),
    )


def _keep_guideline(ctx: Context, task_type: str) -> None:
    text = text_of(ctx, task_type)
    if ctx.store.value(IN_FORCE, [task_type]) != version_of(text):
        ctx.store.put(
            [GuidelineFact(task_type=task_type, version=version_of(text), text=text, since=ctx.clock())]
        )
