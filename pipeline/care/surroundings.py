"""What is around both sides and may need care: versions, people on SQLite, a stopped watch, a sandbox, the disk."""

import shutil
from datetime import timedelta
from pathlib import Path

from pipeline.care.checks import Check
from pipeline.context import Context
from pipeline.label_studio.environment import VERSION
from pipeline.label_studio.server import people_on_sqlite
from pipeline.ledger.state import wanted
from pipeline.opening import EMBEDDED
from pipeline.store.place import FOLDER
from schemas.errors import LabelStudioError, VerificationError
from schemas.project import Project

QUIET = timedelta(hours=1)
"""After so long without a sync, while people have tasks before them, nobody watches."""
LEAST_ROOM = 200 * 2**20
"""Bytes that should be free however small the project is."""
FINDINGS = "SELECT kind, count(*) AS findings FROM findings GROUP BY kind ORDER BY findings DESC, kind"


def of(ctx: Context) -> list[Check]:
    """All checks around a project whose store is open."""
    return [_findings(ctx), _people(ctx), _watch(ctx), sandbox(ctx.project)]


def version(found: str) -> Check:
    """Whether the server is of the version that all was tried with."""
    other = found.split(".")[:2] != VERSION.split(".")[:2]
    told = f"Label Studio {found}: tried with {VERSION}; run one of {VERSION.rpartition('.')[0]}, or mind what differs"
    detail = f"Label Studio is of the version that all was tried with, {VERSION}"
    return _care("version", int(other), detail, told)


def room(folder: Path) -> Check:
    """Whether the disk has room for the next snapshot and a copy of all that is here."""
    used = sum(map(_bytes, (folder / FOLDER).rglob("*")))
    free = shutil.disk_usage(folder).free
    wanted = max(used, LEAST_ROOM)
    told = f"{folder}: {_size(free)} free, {_size(wanted)} wanted; make room before the disk is full"
    detail = "the disk has room for as much again as the project takes"
    return _care("disk", int(free < wanted), detail, told)


def sandbox(project: Project) -> Check:
    """Whether programs that nobody trusts can be run on this machine; a warning where the project asks for it."""
    from pipeline.verification.sandbox.running import Limits, Sandbox

    programs = project.verification.programs if project.verification else None
    world = Sandbox(Limits(), programs.python if programs else None)
    try:
        world.ready()
        detail = f"programs can be run behind walls: bubblewrap, Python {world.interpreter.version}"
        return Check("sandbox", ok=True, warning=True, detail=detail)
    except VerificationError as error:
        asked = programs is not None
        detail = (
            "programs are run behind walls" if asked else "programs cannot be run here, and none are to be"
        )
        return _care("sandbox", int(asked), detail, str(error))
    finally:
        world.close()


def _findings(ctx: Context) -> Check:
    rows = ctx.store.rows(FINDINGS)
    kinds = ", ".join(f"{row['findings']:,} {row['kind']}" for row in rows)
    detail = f"on record: {kinds}; see headrace findings" if rows else "none on record"
    return Check("findings", ok=True, warning=True, count=sum(row["findings"] for row in rows), detail=detail)


def _people(ctx: Context) -> Check:
    try:
        by_themselves = ctx.server == EMBEDDED and wanted(ctx.folder) is None  # the door gives nothing twice
        people = people_on_sqlite(ctx.folder) if by_themselves else 0
    except LabelStudioError:
        people = 0  # a database that cannot be read is told by what could not be compared
    told = shared_sqlite(people)
    detail = "nobody shares a Label Studio on SQLite with others"
    return _care("sqlite", people if told else 0, detail, told or "")


def shared_sqlite(people: int) -> str | None:
    """What to say where so many people have accounts in a Label Studio on SQLite; None where that does no harm."""
    if people < 2:  # noqa: PLR2004 - one alone asks for one task at a time
        return None
    return (
        f"{people} people share a Label Studio on SQLite, which can give one task to two who ask at the same "
        "moment; for a team begin a project folder with: headrace up --database postgresql://user@host:port/name"
    )


def _watch(ctx: Context) -> Check:
    last = ctx.store.value("SELECT max(ended_at) FROM runs WHERE stage = 'sync' AND error IS NULL")
    tasks = int(ctx.store.value("SELECT coalesce(sum(tasks), 0) FROM open_tasks"))
    unwatched = tasks > 0 and (last is None or ctx.clock() - last >= QUIET)
    when = f"on {last:%Y-%m-%d at %H:%M} UTC" if last else "never"
    told = f"{tasks:,} tasks are open in Label Studio, the last sync was {when}; keep headrace watch running"
    detail = "as long as tasks are open, somebody fetches what people say"
    return _care("watch", int(unwatched), detail, told)


def _care(name: str, against: int, detail: str, told: str) -> Check:
    """A warning that tells its one line where anything speaks against it."""
    ok = against == 0
    return Check(name, ok=ok, warning=True, count=against, detail=detail, examples=() if ok else (told,))


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # a database's journal comes and goes while Label Studio runs
        return 0


def _size(count: float) -> str:
    return f"{count / 2**20:,.0f} MB"
