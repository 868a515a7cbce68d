"""Masks: words such as [EMAIL] that stand where a value stood, the same word for the same value."""

from collections.abc import Iterable

from pipeline.screening._forms import Form, Hit


class Masks:
    """The masks of one record: the first address is [EMAIL], the second one [EMAIL_2], wherever they come again."""

    def __init__(self) -> None:
        self._numbers: dict[str, dict[str, int]] = {}

    def of(self, form: Form, value: str) -> str:
        """The mask of a value; how it is spaced, and capitals, make no other value of it."""
        known = self._numbers.setdefault(form.mask, {})
        number = known.setdefault("".join(filter(str.isalnum, value)).casefold(), len(known) + 1)
        return f"[{form.mask}]" if number == 1 else f"[{form.mask}_{number}]"

    def put(self, text: str, hits: Iterable[Hit]) -> str:
        """A text with its values masked; `hits` in their order, apart from each other."""
        pieces, at = [], 0
        for hit in hits:
            pieces += [text[at : hit.start], self.of(hit.form, text[hit.start : hit.end])]
            at = hit.end
        return "".join([*pieces, text[at:]])
