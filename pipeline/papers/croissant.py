"""Croissant 1.1: a release as a machine finds out what is in it, with the fields of its RAI part about labeling."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import pyarrow as pa

from pipeline.papers.front_matter import Columns, hub_license
from pipeline.papers.responsible import responsibly
from pipeline.papers.words import plural
from pipeline.screening._licences import spdx
from schemas.manifest import VOTES, FileEntry, Manifest

Node: TypeAlias = dict[str, Any]
CONFORMS = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]
PARQUET = "application/x-parquet"
"""As the Hub and mlcroissant call it; its registered name they do not know."""
_CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{
        name: f"cr:{name}"
        for name in (
            "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject",
            "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
            "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate",
            "separator", "source", "subField", "transform",
        )
    },
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "prov": "http://www.w3.org/ns/prov#",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}  # fmt: skip
"""As the specification has it, with PROV."""
_TYPES = {
    "string": "sc:Text",
    "bool": "sc:Boolean",
    "int32": "cr:Int32",
    "int64": "cr:Int64",
    "double": "cr:Float64",
    "timestamp[us, tz=UTC]": "sc:DateTime",
}
_LABELS = frozenset(("label", "labels", "ratings", "margin", "scores", "errors", "critique"))
"""Columns that hold what people said."""


def croissant(manifest: Manifest, columns: Columns) -> str:
    """The text of croissant.json; `columns` has those of `votes.parquet` under its own name."""
    content = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        **_about(manifest),
        **dict(responsibly(manifest)),
        **_derived(manifest),
        "distribution": list(_distribution(manifest)),
        "recordSet": list(_record_sets(manifest, columns)),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _about(manifest: Manifest) -> Node:
    about = manifest.about
    creator = about.creator or f"the project {manifest.name}"
    kinds = ", ".join(one.row_class.removesuffix("Row") for one in manifest.sets)
    usual = f"{plural(manifest.counts.rows, 'row')} of {kinds or 'nothing'}, labeled with Headrace."
    node = {
        "name": manifest.name,
        "description": about.description or usual,
        "version": manifest.version,
        "citeAs": f"{creator}: {manifest.name} {manifest.version} (data set, content {manifest.content})",
        "license": _licenses(manifest),
        "url": about.url or f"urn:headrace:{manifest.name}:{manifest.version}:{manifest.content}",
        "creator": {"@type": "sc:Organization", "name": creator},
        "inLanguage": [name for name in manifest.languages if name != "unknown"],
        "keywords": [
            "headrace",
            *(one.name for one in manifest.task_types),
            *(["simulated"] if manifest.simulated else []),
        ],
        "isLiveDataset": False,
    }
    if manifest.facts_until:
        node["datePublished"] = manifest.facts_until.date().isoformat()
    return node


def _licenses(manifest: Manifest) -> list[str]:
    names = [manifest.about.license] if manifest.about.license else list(manifest.licenses)
    return [_license(name) for name in names] or ["unknown"]


def _license(name: str) -> str:
    """The page that SPDX has on a licence it knows."""
    if hub_license(name) is None:
        return name
    return f"https://spdx.org/licenses/{_proper(spdx(name))}.html"


def _proper(small: str) -> str:
    """SPDX's own spelling: MIT, Apache-2.0, CC-BY-4.0."""
    words = {
        "apache": "Apache",
        "unlicense": "Unlicense",
        "zlib": "Zlib",
        "postgresql": "PostgreSQL",
        "clause": "Clause",
    }
    words |= {
        "cdla": "CDLA",
        "permissive": "Permissive",
        "sharing": "Sharing",
        "odc": "ODC",
        "odbl": "ODbL-1.0",
    }
    return "-".join(
        words.get(part, part.capitalize() if part == "by" and small.startswith("odc") else part.upper())
        for part in small.split("-")
    )


def _derived(manifest: Manifest) -> Node:
    sources = [
        {
            "@type": "prov:Entity",
            "name": "@".join(part for part in (one.dataset or "unknown", one.revision) if part),
        }
        for one in manifest.sources
    ]
    tool = f"headrace {manifest.software.get('headrace', '')}".strip()
    return {
        **({"prov:wasDerivedFrom": sources} if sources else {}),
        "prov:wasGeneratedBy": {"@type": "prov:Activity", "name": f"labeling with {tool}"},
    }


def _distribution(manifest: Manifest) -> Iterator[Node]:
    for file in manifest.files:
        if file.path.endswith(".parquet"):
            yield {
                "@type": "cr:FileObject",
                "@id": file.path,
                "name": file.path.rsplit("/", 1)[-1],
                "contentUrl": file.path,
                "contentSize": f"{file.bytes} B",
                "encodingFormat": PARQUET,
                "sha256": file.sha256,
            }
    for one in manifest.sets:
        yield {
            "@type": "cr:FileSet",
            "@id": f"{one.name}-files",
            "name": f"{one.name}-files",
            "encodingFormat": PARQUET,
            "includes": f"data/{one.name}/*.parquet",
        }


def _record_sets(manifest: Manifest, columns: Columns) -> Iterator[Node]:
    for one in manifest.sets:
        source = {"fileSet": {"@id": f"{one.name}-files"}}
        split = {
            "@type": "cr:Field",
            "@id": f"{one.name}/split",
            "name": "split",
            "dataType": "sc:Text",
            "source": {
                **source,
                "extract": {"fileProperty": "fullpath"},
                "transform": {"regex": rf"(?:.*/)?data/{one.name}/(.+)-\d{{5}}-of-\d{{5}}\.parquet$"},
            },
        }
        yield {
            "@type": "cr:RecordSet",
            "@id": one.name,
            "name": one.name,
            "description": f"rows of {one.row_class} from {one.task_type}",
            "key": {"@id": f"{one.name}/row_id"},
            "field": [split, *_fields(one.name, columns[one.name], source)],
        }
    votes: FileEntry | None = next((file for file in manifest.files if file.path == VOTES), None)
    if votes is not None:
        yield {
            "@type": "cr:RecordSet",
            "@id": "votes",
            "name": "votes",
            "description": "every vote and decision behind the rows, annotators under pseudonyms",
            "key": {"@id": "votes/revision_id"},
            "field": list(_fields("votes", columns[VOTES], {"fileObject": {"@id": VOTES}})),
        }


def _fields(parent: str, columns: pa.Schema, source: Mapping[str, Any]) -> Iterator[Node]:
    for column in columns:
        drawn = {**source, "extract": {"column": column.name}}
        yield _field(f"{parent}/{column.name}", column, drawn)


def _field(name: str, column: pa.Field, source: Mapping[str, Any]) -> Node:
    node: Node = {"@type": "cr:Field", "@id": name, "name": column.name}
    kind, depth = column.type, 0
    while pa.types.is_list(kind):
        kind, depth = kind.value_type, depth + 1
    if depth:
        node |= {"isArray": True, "arrayShape": ",".join(["-1"] * depth)}
    if pa.types.is_struct(kind):
        inner = [
            _field(f"{name}/{part.name}", part, {**source, "transform": {"jsonPath": part.name}})
            for part in kind
        ]
        return node | {"source": dict(source), "subField": inner}
    data_type = _TYPES[str(kind)]
    return node | {
        "dataType": [data_type, "cr:Label"] if column.name in _LABELS else data_type,
        "source": dict(source),
    }
