"""Licences: what may be shown, labeled and released, by default and for each data set."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from pipeline.screening._licences import PERMISSIVE, allows, spdx
from pipeline.screening.base import Found, Options, Screen
from pipeline.screening.subject import Subject


class LicenceOptions(Options):
    """Which licences are allowed; names as SPDX has them, `*` stands for anything."""

    allow: tuple[str, ...] = PERMISSIVE
    unknown: Literal["reject", "pass"] = "reject"
    """What happens to a record that says no licence."""
    sources: Mapping[str, tuple[str, ...]] = {}
    """Data set (`*` stands for anything) = what is allowed there instead; the first that fits."""


class Licence(Screen):
    """Holds the licence of a record against a list."""

    name = "licence"
    title = "licence not allowed"
    options = LicenceOptions

    def look(self, subject: Subject, options: LicenceOptions, prepared: Any) -> Found | None:  # noqa: ANN401 - as for Screen
        del prepared
        allow = _allowed_for(subject.dataset or "", options)
        said: str | None = subject.fields.get("license")
        if not said or not said.strip():
            if options.unknown == "pass" or "*" in allow:
                return None
            return Found("it says no licence", {"license": None, "dataset": subject.dataset})
        if allows(said, lambda name: any(fnmatchcase(name, spdx(one)) for one in allow)):
            return None
        return Found(
            f"its licence {said!r:.80} is not allowed", {"license": said, "dataset": subject.dataset}
        )


def _allowed_for(dataset: str, options: LicenceOptions) -> tuple[str, ...]:
    for pattern, allow in options.sources.items():
        if fnmatchcase(dataset, pattern):
            return allow
    return options.allow


screen = Licence()
