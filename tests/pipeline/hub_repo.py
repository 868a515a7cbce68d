"""What the Hub double keeps: data sets with their commits, branches and tags."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote


class Refused(Exception):  # noqa: N818 - an answer
    """An answer other than a good one."""

    def __init__(self, status: int, said: str, code: str | None = None) -> None:
        super().__init__(said)
        self.status = status
        self.headers = {"X-Error-Message": said, **({"X-Error-Code": code} if code else {})}


@dataclass
class Repo:
    """A data set."""

    private: bool
    trees: dict[str, dict[str, bytes]] = field(default_factory=dict)
    """By commit: its files."""
    parents: dict[str, str | None] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    """Branches and tags, by their names, without the commits themselves."""
    tags: set[str] = field(default_factory=set)
    titles: list[str] = field(default_factory=list)

    def commit(self, tree: dict[str, bytes], title: str, branch: str = "main") -> str:
        """Put a commit upon a branch; its id."""
        said = json.dumps([self.refs.get(branch), title, sorted((n, sha1(c)) for n, c in tree.items())])
        oid = hashlib.sha1(said.encode(), usedforsecurity=False).hexdigest()
        self.trees[oid], self.parents[oid], self.refs[branch] = tree, self.refs.get(branch), oid
        self.titles.append(title)
        return oid

    def at(self, revision: str) -> str:
        """The commit that a branch, a tag or a commit's id means."""
        name = unquote(revision)
        found = self.refs.get(name, name if name in self.trees else None)
        if found is None:
            raise Refused(404, f"no revision {name}", "RevisionNotFound")
        return found

    def files(self, revision: str = "main") -> dict[str, bytes]:
        """What is there."""
        return self.trees[self.at(revision)]


def sha1(content: bytes) -> str:
    """As git calls it."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def known_as(name: str, content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if name.endswith(".parquet") else sha1(content)


def folder(name: str) -> dict[str, Any]:
    return {"type": "directory", "path": name, "oid": sha1(name.encode()), "size": 0}


def entry(name: str, content: bytes) -> dict[str, Any]:
    large = name.endswith(".parquet")
    lfs = {"oid": hashlib.sha256(content).hexdigest(), "size": len(content), "pointerSize": 134}
    return {
        "type": "file", "path": name, "size": len(content), "oid": sha1(content), **({"lfs": lfs} if large else {})
    }  # fmt: skip
