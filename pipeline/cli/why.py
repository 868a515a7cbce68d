"""`headrace why`: to whom a task went, and why; asked of the door's ledger, at any time."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.app import LOOKING, AsJson, app

if TYPE_CHECKING:
    from schemas.door import DoorEventFact

Task = Annotated[
    str,
    typer.Argument(metavar="TASK", help="Its number in Label Studio, its id, or the beginning of that."),
]
Names = Annotated[
    bool, typer.Option("--names", help="Show people by their names, not their pseudonyms: for leads.")
]


@app.command(rich_help_panel=LOOKING)
def why(task: Task, names: Names = False, as_json: AsJson = False) -> None:
    """Tell to whom the door handed a task, when, by which rules, and what became of it."""
    from pipeline.cli.output import show, tell
    from pipeline.cli.session import reading
    from pipeline.ledger import LedgerPlace
    from pipeline.ledger.asking import meant
    from pipeline.ledger.events import Events
    from pipeline.people.whos_who import everybody

    with reading() as (folder, project, store):
        uid = meant(folder, task)
        people = everybody(project.people, store) if names else []
    called = {
        one: somebody.person.name for somebody in people if somebody.person for one in somebody.annotators
    }
    place = LedgerPlace(folder)
    events = Events(place).of_task(uid)
    place.close()

    def told() -> None:
        tell(f"task {uid}  {events[0].cell}")
        for event in events:
            tell(_line(event, called.get(event.annotator, event.annotator)))

    given = [
        {**event.model_dump(mode="json"), "why": _rules(event), "called": called.get(event.annotator)}
        for event in events
    ]
    show(as_json, {"task": uid, "events": given}, told)


def _rules(event: "DoorEventFact") -> object:
    import json

    return json.loads(event.why) if event.why else None


def _line(event: "DoorEventFact", name: str) -> str:
    from pipeline.ledger.asking import in_words

    return f"{event.ts:%Y-%m-%d %H:%M:%S}  {event.event:<9}  {name}  {in_words(event)}".rstrip()
