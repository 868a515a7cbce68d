"""A Hugging Face Hub of our own, on this machine: what huggingface_hub sends is done, and kept in memory.

Data sets with commits, branches and tags; large files by LFS, known by their hash and refused with a wrong one; a
commit is done whole or not at all, and only upon the one that it names. Who has no token sees nothing that is private.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.pipeline.hub_repo import Refused, Repo, entry, folder, known_as

__all__ = ["TOKEN", "Hub", "Refused", "Repo", "running"]

TOKEN = "hf_a_token_of_the_double"
ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"


class Hub:
    """The server's mind."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []
        """Every request, such as `POST /api/repos/create`."""
        self.before: Callable[[str], None] = lambda _: None
        """Called with every request before it is done; may raise Refused."""
        self.url = ""
        self.lock = Lock()

    def make(self, name: str, files: dict[str, bytes] | None = None, *, private: bool = True) -> Repo:
        """A data set that is there already."""
        self.repos[name] = Repo(private)
        self.repos[name].commit({".gitattributes": ATTRIBUTES, **(files or {})}, "initial commit")
        return self.repos[name]


@contextmanager
def running() -> Iterator[Hub]:
    """A Hub that answers at `hub.url`."""
    hub = Hub()

    class Handler(_Handler):
        mind = hub

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield hub
        finally:
            server.shutdown()


class _Handler(BaseHTTPRequestHandler):
    mind: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._do("GET")

    def do_HEAD(self) -> None:
        self._do("HEAD")

    def do_POST(self) -> None:
        self._do("POST")

    def do_PUT(self) -> None:
        self._do("PUT")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _do(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            body = b"".join(self._chunks())
        path = urlsplit(self.path).path
        headers: dict[str, str] = {}
        try:
            with self.mind.lock:
                self.mind.asked.append(f"{method} {path}")
                self.mind.before(f"{method} {path}")
                status, answer = self._answer(method, path, body, headers)
        except Refused as error:
            status, answer, headers = error.status, {"error": str(error)}, error.headers
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        headers.setdefault("Content-Type", "application/json")
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if method != "HEAD":
            self.wfile.write(content)

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().strip() or b"0", 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        for verb, pattern, do in _ROUTES:
            if (verb == method or (verb == "GET" and method == "HEAD")) and (
                found := re.fullmatch(pattern, path)
            ):
                given = {name: value for name, value in found.groupdict().items() if value is not None}
                return 200, getattr(self, do)(body=body, headers=headers, **given)
        raise Refused(404, f"no such address: {method} {path}")

    # who asks

    @property
    def _knows(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _may_write(self) -> None:
        if not self._knows:
            raise Refused(401, "Invalid username or password.")

    def _repo(self, name: str) -> Repo:
        repo = self.mind.repos.get(name)
        if repo is None or (repo.private and not self._knows):
            raise Refused(401 if repo else 404, "Repository Not Found", "RepoNotFound")
        return repo

    # what can be asked

    def create(self, body: bytes, **_: Any) -> Any:
        self._may_write()
        said = json.loads(body)
        name = f"{said['organization']}/{said['name']}"
        if name in self.mind.repos:
            raise Refused(409, "You already created this dataset repo")
        self.mind.make(name, private=said.get("visibility") == "private" or bool(said.get("private")))
        return {"url": f"{self.mind.url}/datasets/{name}"}

    def info(self, repo: str, revision: str = "main", **_: Any) -> Any:
        found = self._repo(repo)
        commit = found.at(revision)
        siblings = [{"rfilename": name} for name in sorted(found.trees[commit])]
        return {
            "id": repo, "private": found.private, "sha": commit, "siblings": siblings, "tags": [], "downloads": 0
        }  # fmt: skip

    def refs(self, repo: str, **_: Any) -> Any:
        found = self._repo(repo)
        every = [
            {
                "name": name,
                "ref": f"refs/{'tags' if name in found.tags else 'heads'}/{name}",
                "targetCommit": oid,
            }
            for name, oid in found.refs.items()
        ]
        tags = [one for one in every if one["name"] in found.tags]
        return {"branches": [one for one in every if one not in tags], "converts": [], "tags": tags}

    def tree(self, repo: str, revision: str, below: str = "", **_: Any) -> Any:
        files = self._repo(repo).files(revision)
        start = f"{unquote(below)}/" if below else ""
        inside = {name: content for name, content in files.items() if name.startswith(start)}
        if start and not inside:
            raise Refused(404, f"no entry {below}", "EntryNotFound")
        deep = "true" in self.path.lower().partition("recursive=")[2][:4]
        found = {name: entry(name, content) for name, content in inside.items()}
        if deep:
            return list(found.values())
        near = [one for name, one in found.items() if "/" not in name.removeprefix(start)]
        folders = {
            name.removeprefix(start).split("/")[0] for name in found if "/" in name.removeprefix(start)
        }
        return [*near, *(folder(start + one) for one in sorted(folders))]

    def paths(self, repo: str, revision: str, body: bytes, **_: Any) -> Any:
        files = self._repo(repo).files(revision)
        asked = parse_qs(body.decode()).get("paths", [])
        return [entry(name, files[name]) for name in asked if name in files] + [
            folder(name)
            for name in asked
            if name not in files and any(one.startswith(f"{name}/") for one in files)
        ]

    def preupload(self, repo: str, revision: str, body: bytes, **_: Any) -> Any:
        self._may_write()
        files = self._repo(repo).files(revision)
        return {
            "files": [
                {
                    "path": one["path"],
                    "uploadMode": "lfs" if one["path"].endswith(".parquet") else "regular",
                    "shouldIgnore": False,
                    "oid": known_as(one["path"], files[one["path"]]) if one["path"] in files else None,
                }
                for one in json.loads(body)["files"]
            ]
        }

    def batch(self, repo: str, body: bytes, **_: Any) -> Any:
        self._may_write()
        self._repo(repo)
        objects = []
        for one in json.loads(body)["objects"]:
            actions = {"upload": {"href": f"{self.mind.url}/lfs/{one['oid']}"}}
            objects.append(one if one["oid"] in self.mind.objects else {**one, "actions": actions})
        return {"transfer": "basic", "objects": objects}

    def put(self, oid: str, body: bytes, **_: Any) -> Any:
        if hashlib.sha256(body).hexdigest() != oid:
            raise Refused(400, "the content has another hash")
        self.mind.objects[oid] = body
        return {}

    def commit(self, repo: str, revision: str, body: bytes, **_: Any) -> Any:
        self._may_write()
        found = self._repo(repo)
        lines = [json.loads(line) for line in body.splitlines()]
        header = lines[0]["value"]
        if header.get("parentCommit") not in (None, found.at(revision)):
            raise Refused(412, "A commit has happened since. Please refresh and try again.")
        tree = dict(found.files(revision))
        for line in lines[1:]:
            self._change(tree, line["key"], line["value"])
        oid = found.commit(tree, header["summary"], unquote(revision))
        return {"commitUrl": f"{self.mind.url}/datasets/{repo}/commit/{oid}", "commitOid": oid}

    def _change(self, tree: dict[str, bytes], key: str, value: dict[str, Any]) -> None:
        path = value["path"]
        if key == "file":
            tree[path] = base64.b64decode(value["content"])
        elif key == "lfsFile":
            if value["oid"] not in self.mind.objects:
                raise Refused(400, f"the content of {path} was never sent")
            tree[path] = self.mind.objects[value["oid"]]
        elif key == "deletedFile":
            if tree.pop(path, None) is None:
                raise Refused(404, f"A file with this name doesn't exist: {path}", "EntryNotFound")
        else:
            raise Refused(400, f"no such operation: {key}")

    def tag(self, repo: str, revision: str, body: bytes, **_: Any) -> Any:
        self._may_write()
        found, name = self._repo(repo), json.loads(body)["tag"]
        if name in found.refs:
            raise Refused(409, f"Tag {name} exists already")
        found.refs[name] = found.at(revision)
        found.tags.add(name)
        return {}

    def settings(self, repo: str, body: bytes, **_: Any) -> Any:
        self._may_write()
        self._repo(repo).private = json.loads(body)["visibility"] == "private"
        return {}

    def validate(self, body: bytes, **_: Any) -> Any:
        content = json.loads(body)["content"]
        if not content.startswith("---\n"):
            raise Refused(400, "empty or missing yaml metadata in repo card")
        return {"errors": [], "warnings": []}

    def file(self, repo: str, revision: str, name: str, headers: dict[str, str], **_: Any) -> bytes:
        found = self._repo(repo)
        commit, path = found.at(revision), unquote(name)
        if path not in found.trees[commit]:
            raise Refused(404, "Entry not found", "EntryNotFound")
        content = found.trees[commit][path]
        headers |= {
            "X-Repo-Commit": commit,
            "ETag": f'"{known_as(path, content)}"',
            "X-Linked-Size": str(len(content)),
            "Content-Type": "application/octet-stream",
            "Accept-Ranges": "bytes",
        }
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or "")
        return content[int(asked[1]) : int(asked[2] or len(content)) + 1] if asked else content


_REPO = r"(?P<repo>[^/]+/[^/]+)"
_ROUTES = [
    ("POST", r"/api/repos/create", "create"),
    ("POST", r"/api/validate-yaml", "validate"),
    ("GET", rf"/api/datasets/{_REPO}", "info"),
    ("GET", rf"/api/datasets/{_REPO}/revision/(?P<revision>[^/]+)", "info"),
    ("GET", rf"/api/datasets/{_REPO}/refs", "refs"),
    ("GET", rf"/api/datasets/{_REPO}/tree/(?P<revision>[^/]+)(/(?P<below>.+))?", "tree"),
    ("POST", rf"/api/datasets/{_REPO}/paths-info/(?P<revision>[^/]+)", "paths"),
    ("POST", rf"/api/datasets/{_REPO}/preupload/(?P<revision>[^/]+)", "preupload"),
    ("POST", rf"/api/datasets/{_REPO}/commit/(?P<revision>[^/]+)", "commit"),
    ("POST", rf"/api/datasets/{_REPO}/tag/(?P<revision>[^/]+)", "tag"),
    ("PUT", rf"/api/datasets/{_REPO}/settings", "settings"),
    ("POST", rf"/datasets/{_REPO}\.git/info/lfs/objects/batch", "batch"),
    ("PUT", r"/lfs/(?P<oid>[0-9a-f]{64})", "put"),
    ("GET", rf"/datasets/{_REPO}/resolve/(?P<revision>[^/]+)/(?P<name>.+)", "file"),
]
