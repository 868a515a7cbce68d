"""What the live page shows: the newest snapshot, analysed in the background and kept until the snapshot changes."""

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from pipeline.report.progress import Progress, measure
from pipeline.report.sentence import told
from pipeline.serve.listing import Listing
from pipeline.store import Store, StorePlace
from pipeline.store.newest import Version, newest_snapshot, version_of
from schemas.errors import HeadraceError
from schemas.flow import Flow
from schemas.project import FILE, Project, read_project

FlowOf: TypeAlias = Callable[[Store, Project, Path, datetime], Flow | None]


@dataclass(frozen=True)
class Seen:
    """One snapshot with its analysis; `listing` answers questions about its tasks."""

    version: str
    progress: Progress
    flow: Flow | None
    listing: Listing
    closing: ExitStack = field(repr=False)


class Live:
    """A project as its newest snapshot shows it. May be asked by several threads at once."""

    def __init__(self, folder: Path, flow_of: FlowOf) -> None:
        self._place, self._folder, self._flow_of = StorePlace(folder), folder, flow_of
        self._lock = threading.Lock()
        self._seen: Seen | None = None
        self._older: Seen | None = None  # for those who are still reading it
        self._tried: Version | None = None
        self._at_work: threading.Thread | None = None
        self.fault: str | None = None
        """What the last analysis failed with, in one line; None where it went well."""

    def newest(self) -> Seen | None:
        """The newest analysis there is; None before the first. A newer snapshot is analysed meanwhile."""
        self._look()
        return self._seen

    def wait(self, seconds: float | None = None) -> Seen | None:
        """The same, once the analysis that is at work has ended, or after so many seconds."""
        self._look()
        if at_work := self._at_work:
            at_work.join(seconds)
        return self._seen

    def close(self, seconds: float | None = None) -> bool:
        """Let go of the snapshot; False where an analysis is still at work after so many seconds."""
        if at_work := self._at_work:
            at_work.join(seconds)
            if at_work.is_alive():
                return False
        for seen in (self._older, self._seen):
            if seen:
                seen.listing.close(seen.closing)
        return True

    def _look(self) -> None:
        with self._lock:
            version = self._version()
            if version == self._tried or (self._at_work and self._at_work.is_alive()):
                return
            self._tried = version
            self._at_work = threading.Thread(target=self._analyse, args=(version,), daemon=True)
            self._at_work.start()

    def _analyse(self, version: Version) -> None:
        with ExitStack() as opened:
            try:
                seen = self._seen_now(version, opened)
            except HeadraceError as error:
                self.fault = str(error)
                return
            except Exception as error:  # noqa: BLE001 - the page stays as it was, and says so
                what = type(error).__name__
                self.fault = f"report: an analysis was expected, it failed ({what}); see headrace report"
                return
        oldest, self._older, self._seen, self.fault = self._older, self._seen, seen, None
        if oldest:
            oldest.listing.close(oldest.closing)

    def _seen_now(self, version: Version, opened: ExitStack) -> Seen:
        project, now = read_project(self._folder), datetime.now(UTC)
        store = opened.enter_context(newest_snapshot(self._place))
        progress = measure(store, project, now)
        found = self._flow_of(store, project, self._folder, now)
        flow = found and told(found)
        name = "-".join(f"{part:x}" for part in version)
        return Seen(name, progress, flow, Listing(store, now), opened.pop_all())

    def _version(self) -> Version:
        """What tells one state from another: the published file, and what the project says."""
        return version_of(self._place.snapshot, self._folder / FILE)
