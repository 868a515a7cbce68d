"""Put tasks into Label Studio, each once, and have each wait for the votes that it wants."""

from pipeline.context import Context, Tally
from pipeline.pushing.projects import Projects, keep_up_guidelines
from pipeline.pushing.queue import lots
from pipeline.pushing.sending import adopt, send, settle_doubts
from pipeline.pushing.steering import steer, take_out
from pipeline.remote import check_server
from pipeline.stamps import stamp


def push(ctx: Context) -> Tally:
    """Push the tasks of the highest priority that the buffer has room for, and steer those that are there."""
    tally = Tally()
    check_server(ctx)
    settle_doubts(ctx, tally)
    keep_up_guidelines(ctx)
    projects = Projects(ctx)
    touched = take_out(ctx, projects, tally)
    unread = set[int]()
    for lot in lots(ctx):
        tally.skipped += lot.held
        project = projects.of(lot) if lot.uids else None
        if project is None:
            continue
        ahead = projects.is_ahead(project)
        if ahead or projects.has_strangers(project):
            lot = adopt(ctx, lot, project, tally)  # noqa: PLW2901 - the same lot, without what is there
        send(ctx, lot, project, tally)
        touched.add(project.id)
        if ahead and lot.held:  # those that wait may be there too: the next push looks again
            unread.add(project.id)
    touched |= steer(ctx, projects, tally)
    for project_id in sorted(touched - unread):
        stamp(ctx, project_id)
    return tally
