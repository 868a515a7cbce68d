"""Hugging Face datasets: a name on the Hub, a local folder, or local files through the same builders."""

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from pipeline.sources.base import AnyRow, Reader, SourceRow
from pipeline.sources.files import File, files, files_fingerprint
from schemas.errors import SourceError
from schemas.project import SourceConfig

BUILDERS = ("json", "parquet", "csv", "text", "arrow")
_FULL_COMMIT = 40


class HuggingFace(Reader):
    """What `datasets.load_dataset` loads, streamed; rows count from 0.

    `path` is a name on the Hub, a local folder, or a builder (json, parquet, csv, text, arrow) with
    `options.data_files`. Other options go to `load_dataset` as they are, such as `streaming = false`, which keeps
    a copy in the cache of `datasets`.
    """

    name: ClassVar[str] = "huggingface"

    def rows(self, source: SourceConfig, folder: Path) -> Iterator[AnyRow]:
        return self.rows_after(source, folder, 0)

    def rows_after(self, source: SourceConfig, folder: Path, count: int) -> Iterator[AnyRow]:
        dataset, where = _name(source, folder), _where(source)
        try:
            loaded = _load(source, folder)
            for index, values in enumerate(loaded.skip(count) if count else loaded, count):
                yield SourceRow(index, values, dataset)
        except SourceError:
            raise
        except Exception as error:  # noqa: BLE001 - datasets raises what its many parts raise
            raise SourceError(f"{where}: {_said(error)}; {_next_step(source)}") from None

    def fingerprint(self, source: SourceConfig, folder: Path) -> str | None:
        local = _local(source, folder)
        if local:
            return files_fingerprint(source, folder, local)
        pinned = len(source.revision or "") == _FULL_COMMIT
        return files_fingerprint(source, folder, []) if pinned else None


def _load(source: SourceConfig, folder: Path) -> Any:  # noqa: ANN401 - datasets is not typed
    import datasets

    datasets.disable_progress_bars()  # the stage shows its own
    local = _local(source, folder)  # raises early, and in one line, where files are missing
    options = {"streaming": True, **source.options}
    path = source.path or ""
    if path in BUILDERS:
        options["data_files"] = _data_files(source.options["data_files"], folder)
    elif local:
        path = str(folder / Path(path).expanduser())
    if not source.split:
        return _only_split(
            datasets.load_dataset(path, source.config, revision=source.revision, **options), path
        )
    return datasets.load_dataset(path, source.config, split=source.split, revision=source.revision, **options)


def _only_split(splits: Any, path: str) -> Any:  # noqa: ANN401 - datasets is not typed
    names = list(splits)
    if len(names) != 1:
        raise SourceError(
            f"{path}: a split was expected, none is given; add split = one of {', '.join(map(repr, names))}"
        )
    return splits[names[0]]


def _data_files(given: Any, folder: Path) -> Any:  # noqa: ANN401 - a path, several, or those of each split
    if isinstance(given, dict):
        return {split: _data_files(inner, folder) for split, inner in given.items()}
    return [file.path for file in _named(given, folder)]


def _named(given: Any, folder: Path) -> list[File]:  # noqa: ANN401 - as above
    """The files behind a path, several, or those of each split."""
    if isinstance(given, dict):
        return [file for inner in given.values() for file in _named(inner, folder)]
    each = given if isinstance(given, list) else [given]
    return [file for one in each for file in files(one, folder, reader="huggingface")]


def _local(source: SourceConfig, folder: Path) -> list[File]:
    """The local files a source reads; none where it is on the Hub."""
    if not source.path:
        raise SourceError(
            "huggingface: a path was expected, none is given; add path = a name on the Hub, or a folder"
        )
    if source.path not in BUILDERS:
        local = folder / Path(source.path).expanduser()
        return (
            files(f"{glob.escape(source.path)}/**", folder, reader="huggingface")
            if local.is_dir()
            else _not_a_file(local)
        )
    if "data_files" not in source.options:
        raise SourceError(f"huggingface: {source.path!r} reads files, none are named; add options.data_files")
    return _named(source.options["data_files"], folder)


def _not_a_file(local: Path) -> list[File]:
    if local.is_file():
        raise SourceError(
            f"{local}: a folder or a name on the Hub was expected, is a file; use the reader jsonl, parquet or csv"
        )
    return []


def _name(source: SourceConfig, folder: Path) -> str:
    local = _local(source, folder)
    if source.path in BUILDERS:
        return local[0].name if len(local) == 1 else str(source.path)
    return Path(str(source.path)).name if local else str(source.path)


def _where(source: SourceConfig) -> str:
    return f"huggingface {source.path!r}"


def _said(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"should load, does not ({type(error).__name__}: {text:.300})"


def _next_step(source: SourceConfig) -> str:
    if source.path in BUILDERS:
        return "check the files, or use the readers jsonl, parquet or csv, which refuse bad rows one by one"
    return "check the name, config, split and the network, or download it and give its folder as path"


reader = HuggingFace()
