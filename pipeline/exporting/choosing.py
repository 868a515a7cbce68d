"""What is exported: which formats a file set fits, what somebody chose, and whether the two go together."""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from exports import export_formats
from exports.base import Choices, ExportFormat, Part
from exports.writing import Asked
from pipeline.released.columns import row_class, schema
from pipeline.released.opened import Opened
from schemas.errors import SourceError, UsageError
from schemas.nearest import nearest

_VERSION = re.compile(r"\d+\.\d+\.\d+[\w.+-]*")


def fitting(release: Opened) -> dict[str, list[str]]:
    """The formats that each file set can be made into, by the set's name."""
    return {
        name: [one.name for one in export_formats().values() if one.fits(found.row_class)]
        for name, found in release.sets.items()
    }


def format_named(name: str) -> ExportFormat[Any]:
    """A format by its name, hyphens for underscores; UsageError where there is none."""
    known = export_formats()
    called = name.replace("-", "_")
    if called not in known:
        raise UsageError(f"export: a format was expected, is {name!r:.60}; {nearest(called, known)}")
    return known[called]


def chosen(name: str, choices: Mapping[str, str]) -> Asked:
    """A format with what was chosen, as it was typed; UsageError for what there is not to choose."""
    found = format_named(name)
    known = found.choices.model_fields
    for key in choices:
        if key not in known:
            hint = nearest(key, known) if known else "it leaves nothing to choose"
            raise UsageError(f"--choice: {found.name} has no choice called {key!r:.60}; {hint}")
    try:
        read: Choices = found.choices.model_validate(dict(choices))
    except ValidationError as error:
        fault = error.errors()[0]
        said = fault["msg"][0].lower() + fault["msg"][1:]
        raise UsageError(f"--choice: {fault['loc'][0]}: {said}, is {fault['input']!r:.60}") from None
    return Asked(found, read)


def parts_of(release: Opened, asked: Asked, sets: tuple[str, ...]) -> list[Part]:
    """The splits that are exported, in order.

    Raises:
        UsageError: Where a set is not there, or does not fit as chosen.
        SourceError: Where a set has not the columns that rows of its class have.
    """
    named = [_set(release, asked.format, name) for name in dict.fromkeys(sets)]
    fits = named or [name for name, one in release.sets.items() if asked.format.fits(one.row_class)]
    if not fits:
        raise UsageError(f"export: {asked.format.name} takes {_taken(asked.format)}; {_what_fits(release)}")
    found = [_part(release, asked, name, split) for name in fits for split in release.sets[name].splits]
    for part in found:
        if why := asked.format.refuses(part, asked.choices):
            raise UsageError(f"export: {part.file_set} cannot be {asked.format.name} as chosen: {why}")
    return found


def folder_of(release: Opened) -> str:
    """A name for the folder of a release's exports; UsageError where its version is none to name a folder by."""
    version = release.manifest.version
    if not _VERSION.fullmatch(version):
        raise UsageError(f"{release.place.called}: a version was expected, is {version!r:.60}; use --out DIR")
    return version


def _set(release: Opened, asked: ExportFormat[Any], name: str) -> str:
    if name not in release.sets:
        hint = nearest(name, release.sets)
        raise UsageError(f"--set: a file set of {release} was expected, is {name!r:.60}; {hint}")
    held = release.sets[name].row_class
    if not asked.fits(held):
        fits = ", ".join(fitting(release)[name])
        raise UsageError(
            f"export: {asked.name} takes {_taken(asked)}, {name} holds {held}; formats that fit it: {fits}"
        )
    return name


def _taken(asked: ExportFormat[Any]) -> str:
    return " or ".join(kind.__name__ for kind in asked.accepts)


def _what_fits(release: Opened) -> str:
    fits = {name: ", ".join(formats) for name, formats in fitting(release).items()}
    said = [f"{name} ({release.sets[name].row_class}) fits {formats}" for name, formats in fits.items()]
    return "; ".join(said) or f"{release} holds no rows"


def _part(release: Opened, asked: Asked, name: str, split: str) -> Part:
    found = release.sets[name]
    columns, *others = [release.schema(file) for file in found.splits[split]]
    part = Part(name, found.row_class, split, columns)
    if any(other != columns for other in others) or not _is_expected(part, asked):
        raise SourceError(
            f"{release.place.called}: {name}: the columns of {found.row_class} were expected in {split}, it has "
            "others; fetch it again from where you trust it, or make the release anew"
        )
    return part


def _is_expected(part: Part, asked: Asked) -> bool:
    """Whether what is read has the types that it must have; what a later headrace adds may be what it is."""
    try:
        of = row_class(part.row_class)
    except KeyError:  # a class of a project's own
        return True
    read, names = set(asked.columns(part)), part.schema.names
    return any(
        all(names.count(one.name) == 1 and part.schema.field(one.name).type == one.type for one in kinds)
        for kinds in (
            [one for one in schema(of, conversational=talking) if one.name in read]
            for talking in (False, True)
        )
    )
