"""What `headrace people invite` prints: a link to the door, or to Label Studio's form where there is no door."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.ledger.state import Door

COMMAND = "people invite"


def to_label_studio(name: str | None, *, by_door: bool, as_json: bool) -> None:
    """The link to make an account in Label Studio itself, or the letter with it."""
    from pipeline import opening
    from pipeline.cli.output import show
    from pipeline.cli.session import reading
    from pipeline.people.inviting import invitation, letter
    from pipeline.people.whos_who import find
    from schemas.errors import UsageError

    if by_door:
        raise UsageError(
            f"headrace {COMMAND}: --new and --password-file are for the door, which is not wanted here; "
            "open it with: headrace up --door"
        )
    with reading() as (folder, project, store):
        somebody = None if name is None else find(name, project.people, store)
    link, address = invitation(folder, opening.usual(folder).connect())
    text = somebody and letter(somebody, project.name, link, address)
    show(as_json, {"invite_link": link, "text": text}, lambda: _tell(text or link))


def by_door(
    door: "Door", name: str | None, *, new: bool, password_file: Path | None, wait: float, as_json: bool
) -> None:
    """A personal link, in the letter with it."""
    from pipeline.cli.output import note, show
    from pipeline.cli.session import writing
    from pipeline.ledger.standing import status
    from pipeline.people.inviting import Wanted, invite
    from schemas.errors import UsageError

    if name is None:
        raise UsageError(
            f"headrace {COMMAND}: a name was expected, since at the door each person has a link of their own; "
            "see headrace people list"
        )
    wanted = Wanted(new=new, password=_password(password_file))
    with writing(COMMAND, wait) as ctx:
        made = invite(ctx, door, name, wanted, report=note)
        folder = ctx.folder
    if not status(folder).running:
        note("the door is shut at the moment; open it with: headrace up")
    content = {
        "invite_link": made.link,
        "text": made.text,
        "until": made.until,
        "ended": made.ended.model_dump(),
    }
    show(as_json, content, lambda: _tell(made.text))


def _password(file: Path | None) -> str | None:
    from schemas.errors import UsageError

    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: should hold a password, cannot be read ({error}); name another") from None


def _tell(text: str) -> None:
    from pipeline.cli.output import tell

    for line in text.splitlines():
        tell(line)
