"""reasoning-gym: problems made by programs, with answers known to be right (the extra `synthetic`)."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, ClassVar

from pipeline.sources.base import AnyRow, BadRow, Reader, SourceRow
from pipeline.sources.plain import NotPlain, plain
from schemas.base import content_id
from schemas.errors import SourceError
from schemas.nearest import nearest
from schemas.project import SourceConfig

_PACKAGE = "reasoning-gym"
_MISSING = "reasoning_gym: the package reasoning-gym was expected, is not installed; pip install 'headrace[synthetic]'"


class ReasoningGym(Reader):
    """Problems of one generator: `options` holds its name as `dataset`, `size`, `seed` (0) and its own settings."""

    name: ClassVar[str] = "reasoning_gym"

    def rows(self, source: SourceConfig, folder: Path) -> Iterator[AnyRow]:  # noqa: ARG002 - made, not read
        problems = _generator(source)
        revision, name = version(_PACKAGE), f"reasoning_gym/{source.options['dataset']}"
        for index in range(len(problems)):
            yield _row(problems, index, SourceRow(index, {"domain": source.domain}, name, revision))

    def fingerprint(self, source: SourceConfig, folder: Path) -> str | None:  # noqa: ARG002 - made, not read
        try:
            return content_id([version(_PACKAGE), source.model_dump(mode="json")])
        except PackageNotFoundError:
            raise SourceError(_MISSING) from None


def _generator(source: SourceConfig) -> Any:  # noqa: ANN401 - reasoning-gym is not typed
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what its dependencies' code says of itself on import
            import reasoning_gym
            from reasoning_gym.factory import DATASETS
    except ImportError:
        raise SourceError(_MISSING) from None
    settings = {"seed": 0, **source.options}
    name = settings.pop("dataset", None)
    if name not in DATASETS:
        hint = nearest(str(name), DATASETS, "such as 'gsm_symbolic'")
        raise SourceError(f"reasoning_gym: options.dataset should name a generator, is {name!r}; {hint}")
    try:
        return reasoning_gym.create_dataset(name, **settings)
    except (TypeError, ValueError, AssertionError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(
            f"reasoning_gym: {name} does not take its options ({what}); mend `options`"
        ) from None


def _row(problems: Any, index: int, frame: SourceRow) -> AnyRow:  # noqa: ANN401 - reasoning-gym is not typed
    try:
        with redirect_stdout(sys.stderr):  # some generators print, and stdout is not theirs
            problem = problems[index]
        metadata = plain(problem.get("metadata"), "metadata")
    except NotPlain as error:
        return BadRow(index, str(error), frame.dataset)
    except Exception as error:  # noqa: BLE001 - a hundred generators: one that fails costs a row, not the run
        return BadRow(
            index, f"problem: should be made, failed: {error!r:.200}".replace("\n", " "), frame.dataset
        )
    values = {
        "prompt": problem["question"],
        "domain": frame.values["domain"] or "reasoning",
        "language": "en",
        "license": "Apache-2.0",
        "reference": {"answer": problem["answer"]},
        "metadata": metadata,
    }
    return SourceRow(index, values, frame.dataset, frame.revision)


reader = ReasoningGym()
