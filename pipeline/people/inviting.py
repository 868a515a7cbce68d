"""The invitation to label: the link, and what to mail to somebody."""

from pathlib import Path

from pipeline.label_studio import outside
from pipeline.label_studio.base import LabelStudio
from pipeline.label_studio.state import Home
from pipeline.people.whos_who import Somebody
from schemas.errors import UsageError

LETTER = """\
Hello {name},

you are invited to label for {project}.

1. Make an account, with this mail address ({email}) and a password of your own:
   {link}
   Your work is counted by this address: with another one it is not.
2. Sign in at {address}, open a project and press "Label All Tasks".
3. Read the instructions there before the first task. Where you cannot tell, skip.
"""


def invitation(folder: Path, studio: LabelStudio) -> tuple[str, str]:
    """The link at which somebody makes an account, and the address to sign in at, both as people reach them."""
    link = studio.invite_link()
    server = None if outside.address() else Home(folder).read()
    if server is None:
        return link, studio.address
    return link.replace(server.url, server.address, 1), server.address


def letter(somebody: Somebody, project: str, link: str, address: str) -> str:
    """What to mail to a person of the project; UsageError where their address is not known."""
    person = somebody.person
    if person is None or not person.email:
        who = person.name if person else ", ".join(somebody.annotators)
        raise UsageError(
            f"people: a mail address was expected for {who!r}, none is known; add it to the entry"
        )
    return LETTER.format(name=person.name, project=project, email=person.email, link=link, address=address)
