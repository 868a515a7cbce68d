"""The desk's pages as HTML: templates in which every text is escaped, and one style."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.door.desk.visit import Visit
from pipeline.door.desk.words import LANGUAGES, texts

if TYPE_CHECKING:
    import jinja2

FOLDER = Path(__file__).parent / "templates"


def render(template: str, visit: Visit, **content: object) -> str:
    """A page for a visitor."""
    words = visit.words
    languages = [(name, texts(name)["name"]) for name in LANGUAGES]
    shown = {"v": visit, "w": words, "t": words.say, "languages": languages, **content}
    return _environment().get_template(f"{template}.html.j2").render(shown)


@cache
def style() -> str:
    """The style of all pages; of guidelines and tasks too, as far as they are texts."""
    from tasks._style import texts as of_texts

    return (FOLDER / "desk.css").read_text(encoding="utf-8") + of_texts()


@cache
def _environment() -> "jinja2.Environment":
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
