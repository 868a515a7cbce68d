"""The screens that a project asks for, with their options read and whatever they need made ready."""

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from pipeline.screening import AnyScreen, screen
from pipeline.screening.base import Across, Options, Screen
from schemas.base import content_id
from schemas.errors import ProjectError
from schemas.faults import lines_of
from schemas.project import Screen as Given
from schemas.screening import Verdict

ScreenT = TypeVar("ScreenT", Screen, Across)


@dataclass(frozen=True, slots=True)
class Chosen(Generic[ScreenT]):
    """A screen that is to look, and how."""

    screen: ScreenT
    options: Options
    prepared: Any

    @property
    def id(self) -> str:
        """Equal while it looks in the same way."""
        prepared = blake2b(pickle.dumps(self.prepared), digest_size=16).hexdigest()
        options = self.options.model_dump(mode="json")
        return content_id([self.screen.name, self.screen.version, options, prepared])


@dataclass(frozen=True, slots=True)
class Choice:
    """All screens of a project: those that look at one record alone come first, each kind in the project's order."""

    alone: tuple[Chosen[Screen], ...]
    across: tuple[Chosen[Across], ...]

    @property
    def id(self) -> str:
        """Equal while the screens, their versions, options and what they prepared are."""
        return content_id([*(one.id for one in self.alone), *(one.id for one in self.across)])


def choose(screens: Mapping[str, Verdict | Given], folder: Path) -> Choice:
    """The screens asked for; raises ProjectError, in a line a fault, for names and options that are not known."""
    found = [_chosen(name, given, folder) for name, given in screens.items()]
    return Choice(
        alone=tuple(one for one in found if isinstance(one.screen, Screen)),
        across=tuple(one for one in found if isinstance(one.screen, Across)),
    )


def _chosen(name: str, given: Verdict | Given, folder: Path) -> Chosen[Any]:
    asked = screen(name)
    options = options_of(asked, given)
    return Chosen(asked, options, asked.prepare(options, folder))


def options_of(asked: AnyScreen, given: Verdict | Given) -> Options:
    """What `[screens]` says of a screen; raises ProjectError, in a line a fault, for options that are not known."""
    values = {"verdict": given} if isinstance(given, str) else given.model_dump()
    where = f"project.toml: screens.{asked.name}"
    try:
        options = asked.options.model_validate(values)
    except ValidationError as error:
        lines = lines_of(error, asked.options)
        raise ProjectError("\n".join(f"{where}.{line}" for line in lines)) from None
    if options.verdict not in asked.can:
        able = ", ".join(sorted(asked.can))
        raise ProjectError(f"{where}: the verdict should be one of {able}, is {options.verdict!r}; mend it")
    return options
