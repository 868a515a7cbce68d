"""The front matter of a card: YAML that the Hugging Face Hub, `datasets` and people read."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import pyarrow as pa

from pipeline.screening._licences import spdx
from schemas.manifest import FileSet, Manifest

Columns: TypeAlias = Mapping[str, pa.Schema]
"""The columns of each file set, by its name."""
Sizes: TypeAlias = Mapping[tuple[str, str], int]
"""Bytes of each split of each file set once it is read, by both names."""

UNKNOWN = "unknown"
PASSED = "PassedRow"
"""The class whose rows are no data."""
_HUB_LICENSES = {
    **{
        one: one
        for one in (
            "mit", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "bsl-1.0", "cc0-1.0", "cc-by-2.0", "cc-by-3.0",
            "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0",
            "cc-by-nc-nd-4.0", "cc-by-nd-4.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0",
            "gpl-2.0", "gpl-3.0", "agpl-3.0", "lgpl-2.1", "lgpl-3.0", "mpl-2.0", "isc", "unlicense", "wtfpl", "zlib",
            "postgresql", "odbl",
        )
    },
    "odc-by-1.0": "odc-by",
    "pddl-1.0": "pddl",
}  # fmt: skip
"""SPDX's names in small letters, and the Hub's."""
_CATEGORIES = {
    "UnpairedRow": ("text-classification",),
    "StepwiseRow": ("text-classification",),
    "Prm800kRow": ("text-classification",),
    "ScoredRow": ("text-classification",),
    "ScoredPromptRow": ("text-classification",),
    "ErrorSpansRow": ("token-classification", "translation"),
    PASSED: (),
}
"""What the Hub takes rows of a class for; all others are text generation."""
_TAGS = {
    "PreferenceRow": ("preference", "dpo", "reward-model"),
    "StepwiseRow": ("stepwise", "prm"),
    "Prm800kRow": ("stepwise", "prm"),
    "UnpairedRow": ("unpaired-preference", "kto"),
    "PromptCompletionRow": ("prompt-completion", "sft"),
    "ScoredRow": ("reward-model",),
    "CritiqueRow": ("critique",),
    "VerifiablePromptRow": ("prompt-only", "rlvr"),
}
_SIZES = (
    (10**3, "n<1K"),
    (10**4, "1K<n<10K"),
    (10**5, "10K<n<100K"),
    (10**6, "100K<n<1M"),
    (10**7, "1M<n<10M"),
)


def front_matter(manifest: Manifest, columns: Columns, sizes: Sizes) -> str:
    """The lines between the two `---`."""
    return "".join(f"{line}\n" for line in _yaml(dict(_fields(manifest, columns, sizes)), ""))


def hub_license(name: str) -> str | None:
    """A licence as the Hub calls it; None where it has no name for it."""
    return _HUB_LICENSES.get(spdx(name))


def _fields(manifest: Manifest, columns: Columns, sizes: Sizes) -> Iterator[tuple[str, Any]]:
    tags = [name for name in manifest.languages if name not in (UNKNOWN, "und")]
    primary = {tag.split("-")[0].lower() for tag in tags}
    languages = sorted(one for one in primary if re.fullmatch("[a-z]{2,3}", one))  # the Hub refuses others
    classes = [one.row_class for one in manifest.sets]
    yield "pretty_name", f"{manifest.name} {manifest.version}"
    if languages:
        yield "language", languages
        yield "language_details", tags
        yield "multilinguality", ["monolingual" if len(languages) == 1 else "multilingual"]
    yield from _license(manifest)
    yield "annotations_creators", _creators(manifest)
    yield "language_creators", ["found"]
    yield "size_categories", [_size(manifest.counts.rows)]
    yield "source_datasets", _sources(manifest)
    categories = _each(one for name in classes for one in _CATEGORIES.get(name, ("text-generation",)))
    if categories:
        yield "task_categories", categories
    yield (
        "tags",
        ["headrace", *_each(tag for name in classes for tag in _TAGS.get(name, ())), *_marks(manifest)],
    )
    if manifest.sets:
        yield "configs", [_config(one, manifest) for one in manifest.sets]
        yield "dataset_info", [_info(one, manifest, columns[one.name], sizes) for one in manifest.sets]


def _license(manifest: Manifest) -> Iterator[tuple[str, str]]:
    names = [manifest.about.license] if manifest.about.license else list(manifest.licenses)
    known = hub_license(names[0]) if len(names) == 1 else None
    if known is not None:
        yield "license", known
        return
    yield "license", "other"
    name = (manifest.about.license or "as-its-sources").lower()
    yield "license_name", re.sub("[^a-z0-9.-]+", "-", name).strip("-")  # nor does it take anything else here
    if re.match("https?://", manifest.about.url or ""):
        yield "license_link", str(manifest.about.url)
    listed = ", ".join(f"{name} ({records:,})" for name, records in manifest.licenses.items())
    yield "license_details", f"records by licence of their source: {listed or UNKNOWN}"


def _creators(manifest: Manifest) -> list[str]:
    counts = manifest.counts
    simulated = counts.simulated_labels + counts.simulated_decisions
    machines = counts.by.get("machine", 0) > 0 or simulated > 0
    found = ["crowdsourced"] if counts.labels + counts.decisions > simulated else []
    return [*found, "machine-generated"] if machines or not found else found


def _sources(manifest: Manifest) -> list[str]:
    """As the Hub has it: what goes on from another data set says which."""
    names = _each(
        f"extended|{one.dataset}"
        if one.dataset and one.dataset.count("/") == 1 and "." not in one.dataset
        else "original"
        for one in manifest.sources
    )
    return names or ["original"]


def _marks(manifest: Manifest) -> list[str]:
    return [*(["simulated"] if manifest.simulated else []), *(["preview"] if manifest.preview else [])]


def _size(rows: int) -> str:
    return next((name for most, name in _SIZES if rows < most), "10M<n<100M")


def _config(one: FileSet, manifest: Manifest) -> dict[str, Any]:
    files = [
        {
            "split": split,
            "path": [file.path for file in manifest.files if (file.set, file.split) == (one.name, split)],
        }
        for split in one.splits
    ]
    config: dict[str, Any] = {"config_name": one.name, "data_files": files}
    first = next((each.name for each in manifest.sets if each.row_class != PASSED), None)
    return {**config, "default": True} if one.name == first else config


def _info(one: FileSet, manifest: Manifest, columns: pa.Schema, sizes: Sizes) -> dict[str, Any]:
    return {
        "config_name": one.name,
        "features": features(columns),
        "splits": [
            {"name": split, "num_bytes": sizes[one.name, split], "num_examples": rows}
            for split, rows in one.splits.items()
        ],
        "download_size": sum(file.bytes for file in manifest.files if file.set == one.name),
        "dataset_size": sum(sizes[one.name, split] for split in one.splits),
    }


def features(columns: Iterable[pa.Field]) -> list[dict[str, Any]]:
    """Columns as `datasets` writes their features into a card."""
    return [{"name": field.name, **_feature(field.type)} for field in columns]


def _feature(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_list(kind):
        inner = _feature(kind.value_type)
        return {
            "list": inner.get("dtype", inner.get("struct"))
            if len(inner) == 1 and "list" not in inner
            else inner
        }
    if pa.types.is_struct(kind):
        return {"struct": features(list(kind))}
    return {
        "dtype": {"double": "float64", "timestamp[us, tz=UTC]": "timestamp[us, tz=UTC]"}.get(
            str(kind), str(kind)
        )
    }


def _each(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _yaml(value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    """Block style, strings as JSON writes them: every JSON string is a YAML string."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _pair(f"{indent}{key}:", inner, indent)
        return
    for inner in value:
        if isinstance(inner, Mapping):
            first, *rest = _yaml(inner, f"{indent}  ")
            yield f"{indent}- {first[len(indent) + 2 :]}"
            yield from rest
        else:
            yield f"{indent}- {_scalar(inner)}"


def _pair(key: str, inner: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(inner, Mapping | list):
        yield key
        yield from _yaml(inner, f"{indent}  " if isinstance(inner, Mapping) else indent)
    else:
        yield f"{key} {_scalar(inner)}"


def _scalar(value: Any) -> str:  # noqa: ANN401 - any scalar of JSON
    return json.dumps(value, ensure_ascii=False)
