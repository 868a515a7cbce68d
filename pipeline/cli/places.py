"""Releases that a command line names, in a project or outside of any."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.released.opened import Opened


def project_here() -> Path | None:
    """The project's folder; None outside of one, where releases are named by their places."""
    from pipeline.cli.session import project_folder
    from schemas.errors import ProjectError

    try:
        return project_folder()
    except ProjectError:
        return None


def opened(place: str, project: Path | None) -> "Opened":
    """The release that is named."""
    from pipeline.released.opened import Opened

    return Opened(place, project)


def of_this_project(release: "Opened") -> bool:
    """Whether it lies among the releases of the project, whose store then knows it."""
    project, folder = project_here(), release.place.folder
    return project is not None and folder is not None and folder.parent == (project / "releases").absolute()
