"""A problem and answers to it: which there are, in which order they are shown, and how they look side by side."""

from collections.abc import Iterable

from schemas.base import content_id
from schemas.records import Record
from schemas.rows import Turns, as_turns
from tasks import _markup


def different(record: Record) -> list[str]:
    """The candidates' texts, each once however its ends are spaced."""
    return sorted({candidate.text.strip(): candidate.text for candidate in record.candidates}.values())


def shuffled(record: Record, texts: Iterable[str]) -> tuple[str, ...]:
    """The texts in an order that the problem and all of them decide: it favours none, and never changes."""
    all_of_it = [[message.model_dump() for message in record.messages], *sorted(texts)]
    return tuple(sorted(texts, key=lambda text: content_id([*all_of_it, text])))


def conversation(prompt: Turns) -> str:
    """A prompt as HTML: a text as it is, of several turns each under its role."""
    turns = as_turns(prompt, "user")
    if len(turns) == 1:
        return _markup.prose(turns[0].content)
    return "".join(
        _markup.element(
            "div", "part", _markup.element("span", "role", turn.role) + _markup.prose(turn.content)
        )
        for turn in turns
    )


LOOK = """
.hr .problem{max-height:26vh}
.hr .problem .part:first-child,.hr .cols .part:first-child{margin-top:0;padding-top:0;border-top:0}
.hr .cols{align-items:stretch;margin-bottom:8px}
.hr .cols .card{display:flex;flex-direction:column;margin:0;padding:0;overflow:hidden}
.hr .cols .head{display:flex;flex-wrap:wrap;gap:2px 12px;align-items:center;padding:4px 14px;
  border-bottom:1px solid var(--color-neutral-border)}
.hr .cols .head .name *{margin:0 !important;font-size:13px !important;line-height:20px;font-weight:600}
.hr .cols .scroll{max-height:52vh;padding:8px 14px;overflow:auto}
.hr .bar .note{display:flex;flex:1 1 240px}
@media(max-width:800px){
.hr .problem{max-height:none}
.hr .cols .scroll{max-height:60vh}}
"""
"""Styles: long answers scroll apart. They are cards in a `cols`, each a `head` with a `name`, and a `scroll`."""
