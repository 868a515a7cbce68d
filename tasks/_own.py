"""A project's own task types: the files in the folder `tasks` beside its project.toml, found without the package.

They are modules of a package of their own, so that one can import from another (`from . import _scales`) and none
can stand in for a module of headrace's. What is read is code, and runs: a folder that anybody may write to is refused.
"""

import importlib
import re
import stat
import sys
from pathlib import Path
from types import ModuleType

from schemas.errors import ProjectError

PACKAGE = "headrace_own_tasks"
FOLDER = "tasks"

_files: dict[str, Path] = {}


def look_in(project: Path) -> None:
    """Know the task types in a project's folder, and forget those of another; nothing of them is read yet."""
    found = sorted((project / FOLDER).glob("*.py"))
    files = {path.stem: path.resolve() for path in found if re.fullmatch(r"[a-z]\w*", path.stem)}
    if files == _files:
        return
    _files.clear()
    _files.update(files)
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]
    importlib.invalidate_caches()


def names() -> tuple[str, ...]:
    """The names of the project's own task types."""
    return tuple(_files)


def path_of(name: str) -> Path:
    """The file of one of them."""
    return _files[name]


def load(name: str) -> ModuleType:
    """The module of one of them; raises ProjectError, in one line with the file, where it cannot be had."""
    path = _files[name]
    _check_rights(path)
    if PACKAGE not in sys.modules:
        package = ModuleType(PACKAGE)
        package.__path__ = [str(path.parent)]
        sys.modules[PACKAGE] = package
    try:
        return importlib.import_module(f"{PACKAGE}.{name}")
    except Exception as error:
        line = getattr(error, "lineno", None)
        where = f", line {line}" if line else ""
        said = " ".join(str(getattr(error, "msg", error)).split())[:200]
        raise ProjectError(
            f"{path}: cannot be read ({type(error).__name__}{where}: {said}); mend it"
        ) from error


def guideline(name: str) -> Path:
    """Where the guideline of one of them stands, if it has one."""
    return _files[name].parent / "guidelines" / f"{name}.md"


def _check_rights(path: Path) -> None:
    for place in (path, path.parent, path.parent.parent):
        if place.stat().st_mode & stat.S_IWOTH:
            raise ProjectError(
                f"{place}: its code would run, so only you should be able to write to it, anybody can; "
                f"run: chmod o-w {str(place)!r}"
            )
