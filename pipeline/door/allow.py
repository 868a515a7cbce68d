"""What may be asked of Label Studio through the door: one table. What it does not name is refused.

A call is looked at before anything is done with it: its path letter by letter, each name of its query once and of a
known form, then who asks. Of what a browser sent nothing is passed on as it came: the path, the query and the body of
a call to Label Studio are written anew from what was read here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl

from schemas.people import Role

Body: TypeAlias = Literal["none", "ignored", "alive", "annotation", "draft"]
Kind: TypeAlias = Literal["file", "call", "write"]
"""What a call costs: limits are counted by it."""

N = r"[1-9][0-9]{0,9}"
"""A number of Label Studio's."""
FLAG = "1|true|false"
FILE = r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*"
OF_PROJECT: Mapping[str, str] = {"project": N}
COUNTS = "[a-z_,]{1,200}"
ALL: frozenset[Role] = frozenset({"annotator", "adjudicator", "lead"})
LABELERS: frozenset[Role] = ALL - {"lead"}
"""Those for whom Label Studio is one page; for leads it is all that `NOT_FOR_LEADS` leaves."""


@dataclass(frozen=True)
class Route:
    """A call that is answered: what it must look like, and what answers it."""

    method: str
    path: str
    """`{name}` stands for a number, `{file}` for names of files; a slash at the end may be there or not."""
    answer: str
    """What answers it: a method of `Answers`, `Labeling` or `Pages`, which says how Label Studio's answer is cut."""
    query: Mapping[str, str] = field(default_factory=dict)
    """The names its query may hold, each at most once, with the form of their values."""
    needs: tuple[str, ...] = ()
    """Those of them that must be there."""
    body: Body = "none"
    kind: Kind = "call"
    who: frozenset[Role] = ALL


TABLE: tuple[Route, ...] = (
    # the door's own
    Route("GET", "/", "to_the_desk", who=LABELERS),
    Route("GET", "/desk/next", "next_page"),
    Route("GET", "/desk/door.js", "script", kind="file"),
    Route("POST", "/desk/alive", "alive", body="alive"),
    # Label Studio's page for labeling, and what it is made of
    Route("GET", "/projects", "to_the_desk", who=LABELERS),
    Route("GET", "/projects/{project}", "to_the_desk", who=LABELERS),
    Route("GET", "/projects/{project}/data", "page", {"labeling": FLAG, "tab": N, "task": N}, who=LABELERS),
    Route("GET", "/static/{file}", "file", {"v": "[a-z0-9.]{1,40}"}, kind="file"),
    Route("GET", "/react-app/{file}", "file", {"v": "[a-z0-9.]{1,40}"}, kind="file"),
    Route("GET", "/favicon.ico", "favicon", kind="file", who=LABELERS),
    # what the page asks before it shows a task; all answered by the door itself, or from the project's own settings
    Route("GET", "/api/version", "version", who=LABELERS),
    Route("GET", "/api/current-user/whoami", "whoami", who=LABELERS),
    Route("GET", "/api/users", "users", OF_PROJECT, who=LABELERS),
    Route("GET", "/api/ml", "nothing", OF_PROJECT),
    Route("GET", "/api/label_links", "no_links", {**OF_PROJECT, "expand": "label"}, who=LABELERS),
    Route(
        "GET",
        "/api/projects/{project}",
        "project",
        {**OF_PROJECT, "interaction": "timer", "include": COUNTS},
        who=LABELERS,
    ),
    Route("GET", "/api/dm/columns", "columns", OF_PROJECT, ("project",), who=LABELERS),
    Route(
        "GET",
        "/api/dm/project",
        "project",
        {**OF_PROJECT, "interaction": "timer", "include": COUNTS},
        ("project",),
        who=LABELERS,
    ),
    Route("GET", "/api/dm/views", "views", OF_PROJECT, ("project",), who=LABELERS),
    Route(
        "GET",
        "/api/tasks",
        "no_tasks",
        {**OF_PROJECT, "page": N, "page_size": N, "view": N, "interaction": "[a-z]+"},
        who=LABELERS,
    ),
    Route("GET", "/api/projects/{project}/label-stream-history", "history", OF_PROJECT, who=LABELERS),
    # a task in somebody's hands
    Route(
        "POST",
        "/api/dm/actions",
        "next_task",
        {**OF_PROJECT, "id": "next_task", "tabID": N, "interaction": "[a-z]+"},
        ("id", "project"),
        body="ignored",
    ),
    Route("GET", "/api/tasks/{task}", "task", {**OF_PROJECT, "interaction": "labelstream"}),
    Route(
        "POST",
        "/api/tasks/{task}/annotations",
        "submit",
        {**OF_PROJECT, "was_cancelled": FLAG},
        body="annotation",
        kind="write",
    ),
    Route(
        "PATCH",
        "/api/annotations/{annotation}",
        "change",
        {**OF_PROJECT, "taskID": N, "was_cancelled": FLAG},
        ("taskID",),
        body="annotation",
        kind="write",
    ),
    Route("GET", "/api/tasks/{task}/drafts", "drafts", OF_PROJECT, who=LABELERS),
    Route("POST", "/api/tasks/{task}/drafts", "new_draft", OF_PROJECT, body="draft", kind="write"),
    Route(
        "POST",
        "/api/tasks/{task}/annotations/{annotation}/drafts",
        "new_draft",
        OF_PROJECT,
        body="draft",
        kind="write",
    ),
    Route("PATCH", "/api/drafts/{draft}", "change_draft", OF_PROJECT, body="draft", kind="write"),
    Route("DELETE", "/api/drafts/{draft}", "drop_draft", OF_PROJECT, kind="write"),
)

REST = Route("*", "*", "rest", kind="call")
"""For leads alone: all of Label Studio under their own account, but for what follows."""

NOT_FOR_LEADS: tuple[tuple[str, str, str], ...] = (
    (
        "*",
        r"/(user|logout|api-auth|admin|django-rq|people|organization)(/.*)?",
        "accounts are made by headrace people",
    ),
    (
        "*",
        r"/api/(token|jwt|auth|invite|session-policy|organizations)(/.*|\..*)?",
        "tokens and the organisation",
    ),
    ("*", r"/api/current-user/(token|reset-token)(/.*|\..*)?", "tokens"),
    ("POST|PUT|PATCH|DELETE", r"/api/users(/.*|\..*)?", "accounts of people"),
    ("GET", r"/api/users(/.+|\..*)", "accounts of people"),
    ("DELETE", rf"/api/projects/{N}(/tasks)?/?", "deletion of projects"),
    ("*", rf"/api/projects/{N}/(export|exports)(/.*|\..*)?", "export is a release: headrace release"),
    ("*", rf"/projects/{N}/data/export/?", "export is a release: headrace release"),
    ("*", r"/api/(storages|webhooks|ml|import)(/.*|\..*)?", "ways by which data leaves"),
    ("*", rf"/(projects|tasks)/{N}/(presign|resolve)/?", "ways by which data leaves"),
    ("*", r"/(storage-data|data)(/.*)?", "files of the server"),
    ("*", r"/(trigger500|metrics|feature-flags|__lsa|sw\.js|sw-fallback\.js)(/.*)?", "the server's own"),
    ("*", r"/desk(/.*)?|/in(/.*)?|/out", "the door's own"),
)
"""What a lead is refused too: methods, path, why."""

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
PLAIN = re.compile(rb"/[A-Za-z0-9._~/-]*")
LONGEST_PATH, LONGEST_QUERY, MOST_NAMES = 512, 8000, 30


@dataclass(frozen=True)
class Allowed:
    """A call that is answered, read."""

    route: Route
    numbers: Mapping[str, int] = field(default_factory=dict)
    """What stands in the path for `{task}` and the like."""
    query: Mapping[str, str] = field(default_factory=dict)
    path: str = ""

    def number(self, name: str) -> int:
        """A number from the path, or else from the query."""
        return self.numbers[name] if name in self.numbers else int(self.query[name])


@dataclass(frozen=True)
class Refused:
    """A call that is not answered."""

    status: int
    why: str


def decide(method: str, path: bytes, query: bytes, role: Role) -> Allowed | Refused:
    """Whether a call is answered, for somebody with this role; path and query as they came, still encoded."""
    names = _query(query)
    if method not in METHODS:
        return Refused(405, "method")
    if not _is_plain(path):
        return Refused(400, "path")
    if names is None:
        return Refused(400, "query")
    plain = path.decode("ascii")
    for route, pattern in _PATTERNS:
        if route.method == method and role in route.who and (found := pattern.fullmatch(plain)):
            fault = _fault(route, names)
            if fault is None:
                return _allowed(route, found.groupdict(), names, plain)
            if role != "lead":
                return fault
    return _of_a_lead(method, plain, names) if role == "lead" else Refused(403, "not in the table")


def _allowed(route: Route, found: Mapping[str, str], names: Mapping[str, str], path: str) -> Allowed:
    numbers = {name: int(value) for name, value in found.items() if name != "file"}
    return Allowed(route, numbers, names, path.rstrip("/") or "/")


def _of_a_lead(method: str, path: str, names: Mapping[str, str]) -> Allowed | Refused:
    for methods, pattern, why in NOT_FOR_LEADS:
        of_it = methods == "*" or method in methods.split("|")
        if of_it and re.fullmatch(pattern, path, re.ASCII):
            return Refused(403, why)
    return Allowed(REST, {}, names, path)


def _is_plain(path: bytes) -> bool:
    """Whether a path says one thing to everybody: no encodings, no empty or dot segments, no strange letters."""
    if len(path) > LONGEST_PATH or not PLAIN.fullmatch(path):
        return False
    return (
        not any(part in (b"", b".", b"..") for part in path[1:].removesuffix(b"/").split(b"/"))
        or path == b"/"
    )


def _query(query: bytes) -> Mapping[str, str] | None:
    """The names of a query, each once; None where it says two things, or nothing clear."""
    if not query:
        return {}
    if len(query) > LONGEST_QUERY or b"\0" in query:
        return None
    try:
        found = parse_qsl(
            query.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_NAMES,
        )
    except ValueError:
        return None
    names = dict(found)
    return names if len(names) == len(found) else None


def _fault(route: Route, names: Mapping[str, str]) -> Refused | None:
    for name, value in names.items():
        if name not in route.query or not re.fullmatch(route.query[name], value, re.ASCII):
            return Refused(403, f"query {name[:20]!r}")
    missing = [name for name in route.needs if name not in names]
    return Refused(403, f"query without {missing[0]!r}") if missing else None


def _pattern(path: str) -> re.Pattern[str]:
    said = re.sub(r"\\\{(\w+)\\\}", lambda m: f"(?P<{m[1]}>{FILE if m[1] == 'file' else N})", re.escape(path))
    return re.compile(said if path.endswith(("/", "{file}", ".ico", ".js")) else f"{said}/?", re.ASCII)


_PATTERNS = tuple((route, _pattern(route.path)) for route in TABLE)
