"""Attacks on the door by an annotator, written down: what is sent, and what may come back.

In paths and bodies `{mine}` is the task in their hands as they see it, `{mine_raw}` its number in Label Studio,
`{theirs}` and `{theirs_raw}` another vendor's task that way, `{their_annotation}` and `{their_draft}` what was said of
it, `{my_annotation}` and `{my_draft}` their own, `{project}` the project of both, `{other_project}` another one,
`{them}` the other's account, `{me}` their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REFUSED = frozenset({400, 403, 404, 405})
DONE = frozenset({200, 201})


@dataclass(frozen=True)
class Attack:
    """One request."""

    name: str
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    expected: frozenset[int] = REFUSED


GOOD = {"result": [], "lead_time": 1}
NEXT = "/api/dm/actions?id=next_task&project={project}"

READING = (
    Attack("another's task by its number", "GET", "/api/tasks/{theirs_raw}?project={project}"),
    Attack("another's task as that one sees it", "GET", "/api/tasks/{theirs}?project={project}"),
    Attack("one's own task by its number in Label Studio", "GET", "/api/tasks/{mine_raw}?project={project}"),
    Attack("another's annotation", "GET", "/api/annotations/{their_annotation}/"),
    Attack("the annotations of another's task", "GET", "/api/tasks/{theirs_raw}/annotations/"),
    Attack("the annotations of one's own task, others' too", "GET", "/api/tasks/{mine}/annotations/"),
    Attack("another's draft", "GET", "/api/drafts/{their_draft}/"),
    Attack("the drafts of another's task", "GET", "/api/tasks/{theirs}/drafts"),
    Attack(
        "drafts of another's annotation", "GET", "/api/tasks/{mine}/annotations/{their_annotation}/drafts"
    ),
    Attack("all tasks of a project", "GET", "/api/projects/{project}/tasks/"),
    Attack("all tasks, with everything", "GET", "/api/tasks?project={project}&fields=all"),
    Attack("all tasks by a query", "GET", "/api/tasks?project={project}&query=%7B%7D"),
    Attack("the next task past the dealer", "GET", "/api/projects/{project}/next"),
    Attack("a sample task", "GET", "/api/projects/{project}/sample-task/"),
    Attack("predictions", "GET", "/api/predictions/?project={project}"),
    Attack("agreement of a task", "GET", "/api/tasks/{mine}/agreement/"),
    Attack("who annotates", "GET", "/api/projects/{project}/annotators/"),
    Attack("a project's summary", "GET", "/api/projects/{project}/summary/"),
    Attack("all projects", "GET", "/api/projects/?page_size=1000"),
    Attack("another project", "GET", "/api/projects/{other_project}/"),
    Attack("another project by the data manager", "GET", "/api/dm/project?project={other_project}"),
    Attack("another project's columns", "GET", "/api/dm/columns?project={other_project}"),
    Attack("an account", "GET", "/api/users/{them}/"),
    Attack("all accounts as a file", "GET", "/api/users.json"),
    Attack("members of the organisation", "GET", "/api/organizations/1/memberships"),
    Attack("one's token in Label Studio", "GET", "/api/current-user/token"),
    Attack("tokens", "GET", "/api/token/"),
    Attack("the invite link", "GET", "/api/invite"),
    Attack("an uploaded file", "GET", "/data/upload/1/x.json"),
    Attack("a file of the server", "GET", "/data/local-files/?d=etc/passwd"),
    Attack("the metrics of the server", "GET", "/metrics"),
    Attack("the administration", "GET", "/admin/"),
    Attack("the documentation of the interface", "GET", "/docs/api/schema/json/"),
    Attack("feature flags", "GET", "/feature-flags/"),
    Attack("webhooks", "GET", "/api/webhooks/"),
    Attack("storages", "GET", "/api/storages/"),
    Attack("a worker of the browser's", "GET", "/sw.js"),
)
EXPORTS = (
    Attack("an export", "GET", "/api/projects/{project}/export?exportType=JSON"),
    Attack("an export of all", "GET", "/api/projects/{project}/export?download_all_tasks=true"),
    Attack("a snapshot", "POST", "/api/projects/{project}/exports/", {}),
    Attack("a snapshot's file", "GET", "/api/projects/{project}/exports/1/download"),
    Attack("exported files", "GET", "/api/auth/export/"),
    Attack("an import", "POST", "/api/projects/{project}/import", [{"data": {"prompt": "mine"}}]),
    Attack("an import of predictions", "POST", "/api/projects/{project}/import/predictions", []),
    Attack("another import", "POST", "/api/projects/{project}/reimport", {}),
    Attack("a webhook to elsewhere", "POST", "/api/webhooks/", {"url": "http://evil.example"}),
    Attack("a storage elsewhere", "POST", "/api/storages/export/s3", {"project": 1, "bucket": "evil"}),
    Attack("a model elsewhere", "POST", "/api/ml/", {"url": "http://evil.example", "project": 1}),
)
CHANGING = (
    Attack("an annotation of another's task", "POST", "/api/tasks/{theirs}/annotations", GOOD),
    Attack("the same by its number", "POST", "/api/tasks/{theirs_raw}/annotations", GOOD),
    Attack(
        "a change of another's annotation", "PATCH", "/api/annotations/{their_annotation}?taskID={mine}", GOOD
    ),
    Attack("the same of their task", "PATCH", "/api/annotations/{their_annotation}?taskID={theirs}", GOOD),
    Attack("the same without a task", "PATCH", "/api/annotations/{their_annotation}", GOOD),
    Attack("a whole new one in its place", "PUT", "/api/annotations/{their_annotation}?taskID={mine}", GOOD),
    Attack("the end of another's annotation", "DELETE", "/api/annotations/{their_annotation}"),
    Attack("the end of one's own", "DELETE", "/api/annotations/{my_annotation}"),
    Attack(
        "a draft out of another's annotation", "POST", "/api/annotations/{their_annotation}/convert-to-draft"
    ),
    Attack("a change of another's draft", "PATCH", "/api/drafts/{their_draft}", GOOD),
    Attack("the end of another's draft", "DELETE", "/api/drafts/{their_draft}"),
    Attack("a draft of another's task", "POST", "/api/tasks/{theirs}/drafts", GOOD),
    Attack(
        "a draft of another's annotation",
        "POST",
        "/api/tasks/{mine}/annotations/{their_annotation}/drafts",
        GOOD,
    ),
    Attack("other data in one's own task", "PATCH", "/api/tasks/{mine}", {"data": {"prompt": "easy"}}),
    Attack("more votes for one's own task", "PATCH", "/api/tasks/{mine}", {"overlap": 1}),
    Attack("the end of one's own task", "DELETE", "/api/tasks/{mine}"),
    Attack("a task", "POST", "/api/tasks", {"project": 1, "data": {}}),
    Attack("the end of all tasks", "DELETE", "/api/projects/{project}/tasks/"),
    Attack("the end of the project", "DELETE", "/api/projects/{project}/"),
    Attack("other settings", "PATCH", "/api/projects/{project}/", {"maximum_annotations": 99}),
    Attack("a project", "POST", "/api/projects/", {"title": "mine"}),
    Attack("a prediction", "POST", "/api/predictions/", {"task": 1, "result": []}),
    Attack("an account", "POST", "/api/users", {"email": "evil@evil.example"}),
    Attack("another name for the administrator", "PATCH", "/api/users/1/", {"first_name": "Evil"}),
    Attack("another address for oneself", "PATCH", "/api/users/{me}/", {"email": "evil@evil.example"}),
    Attack("another invite link", "POST", "/api/invite/reset-token"),
    Attack("another token", "POST", "/api/current-user/reset-token/"),
    Attack("a token", "POST", "/api/token/"),
    Attack("the way out of Label Studio", "GET", "/logout"),
    Attack("a login as somebody else", "POST", "/user/login/", "email=a&password=b"),
    Attack("an account by the form", "POST", "/user/signup/", "email=a&password=b"),
    Attack("labels of everybody's", "POST", "/api/labels", {}),
    Attack("one's keys in the page", "PATCH", "/api/current-user/hotkeys/", {"custom_hotkeys": {}}),
)
VIEWS = (
    Attack("a view with filters", "POST", "/api/dm/views?project={project}", {"data": {"filters": {}}}),
    Attack("a view of another's", "PATCH", "/api/dm/views/1", {"data": {}}),
    Attack("the end of all views", "DELETE", "/api/dm/views/reset", {"project": 1}),
    Attack("what can be done", "GET", "/api/dm/actions?project={project}"),
    *(
        Attack(
            f"the action {name}",
            "POST",
            f"/api/dm/actions?id={name}&project={{project}}",
            {"selectedItems": {}},
        )
        for name in (
            *(
                "delete_tasks",
                "delete_tasks_annotations",
                "delete_tasks_predictions",
                "retrieve_tasks_predictions",
            ),
            *("predictions_to_annotations", "propagate_annotations", "remove_duplicates", "rename_labels"),
        )
    ),
)
SMUGGLING = (
    Attack("two actions in one query", "POST", f"{NEXT}&id=delete_tasks", {}),
    Attack(
        "the other way round", "POST", "/api/dm/actions?id=delete_tasks&id=next_task&project={project}", {}
    ),
    Attack("an encoded name", "POST", f"{NEXT}&%69d=delete_tasks", {}),
    Attack("a name in brackets", "POST", f"{NEXT}&id[]=delete_tasks", {}),
    Attack("a semicolon", "POST", f"{NEXT};id=delete_tasks", {}),
    Attack(
        "an end of line in a value", "POST", "/api/dm/actions?id=next_task%0d%0aX:%201&project={project}", {}
    ),
    Attack("NUL in a value", "POST", "/api/dm/actions?id=next_task%00&project={project}", {}),
    Attack("two projects", "POST", f"{NEXT}&project={{other_project}}", {}),
    Attack("another method by a header", "POST", f"{NEXT}&x=1", {}, {"X-HTTP-Method-Override": "DELETE"}),
    Attack("another method by the query", "GET", "/api/tasks/{mine}?_method=DELETE"),
    Attack("another method by the body", "POST", "/api/tasks/{mine}", "_method=DELETE"),
    Attack("another path by a header", "GET", "/api/users/1", headers={"X-Original-URL": "/api/version"}),
    Attack("a format behind a dot", "GET", "/api/tasks/{mine}.json"),
    Attack("a format in the query", "GET", "/api/tasks/{mine}?format=api"),
    Attack("an encoded letter", "GET", "/api/%75sers/1"),
    Attack("an encoded slash", "GET", "/api/tasks%2f{theirs_raw}"),
    Attack("an encoded slash, twice", "GET", "/api/tasks%252f{theirs_raw}"),
    Attack("dots", "GET", "/static/../api/users/1"),
    Attack("encoded dots", "GET", "/static/%2e%2e/api/users/1"),
    Attack("dots behind a semicolon", "GET", "/static/..;/api/users/1"),
    Attack("a backslash", "GET", "/static/..\\api\\users"),
    Attack("two slashes", "GET", "//api/users/1"),
    Attack("two slashes in the middle", "GET", "/api//users/1"),
    Attack("capital letters", "GET", "/API/users/1"),
    Attack("a whole address", "GET", "http://evil.example/api/users/1"),
    Attack("another host's whole address", "GET", "//evil.example/api/users/1"),
    Attack("an encoded NUL", "GET", "/api/tasks/{mine}%00"),
    Attack("an encoded end of line", "GET", "/api/tasks/{mine}%0d%0a"),
    Attack("letters that look like others", "GET", "/api/tasks/%EF%BC%91"),
    Attack("a number with a sign", "GET", "/api/tasks/+1"),
    Attack(
        "another host",
        "GET",
        "/api/tasks/{mine}",
        headers={"Host": "evil.example"},
        expected=frozenset({421}),
    ),
    Attack("a method nobody knows", "TRACE", "/api/tasks/{mine}"),
    Attack("the head of an answer", "HEAD", "/api/tasks/{mine}"),
)
FORGING = (
    Attack("from a page elsewhere", "POST", NEXT, {}, {"Origin": "https://evil.example"}),
    Attack("from nowhere", "POST", NEXT, {}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}),
    Attack("from a page that says nothing", "POST", NEXT, {}, {"Origin": "", "Sec-Fetch-Site": ""}),
    Attack("a sign of life without its token", "POST", "/desk/alive", {"task": 1, "seconds": 1}),
    Attack("both lengths", "POST", NEXT, "{}", {"Transfer-Encoding": "chunked", "Content-Length": "2"}),
    Attack("an unknown coding", "POST", NEXT, "{}", {"Transfer-Encoding": "xchunked"}, frozenset({400, 501})),
)
BODIES = (
    Attack(
        "a draft as somebody else's",
        "PATCH",
        "/api/drafts/{my_draft}",
        {**GOOD, "user": "{them}", "task": "{theirs_raw}", "annotation": "{their_annotation}"},
        {},
        DONE,
    ),
    Attack(
        "as somebody else",
        "POST",
        "/api/tasks/{mine}/annotations",
        {**GOOD, "completed_by": "{them}"},
        {},
        DONE,
    ),
    Attack("as gold", "POST", "/api/tasks/{mine}/annotations", {**GOOD, "ground_truth": True}, {}, DONE),
    Attack(
        "for another task",
        "POST",
        "/api/tasks/{mine}/annotations",
        {**GOOD, "task": "{theirs_raw}"},
        {},
        DONE,
    ),
    Attack("for another project", "POST", "/api/tasks/{mine}/annotations", {**GOOD, "project": 1}, {}, DONE),
    Attack(
        "under another name", "POST", "/api/tasks/{mine}/annotations", {**GOOD, "unique_id": "x"}, {}, DONE
    ),
    Attack(
        "from another's draft",
        "POST",
        "/api/tasks/{mine}/annotations",
        {**GOOD, "draft_id": "{their_draft}"},
        {},
        DONE,
    ),
    Attack(
        "as a copy of another's",
        "PATCH",
        "/api/annotations/{my_annotation}?taskID={mine}",
        {**GOOD, "parent_annotation": "{their_annotation}", "updated_by": 1, "import_id": 1},
        {},
        DONE,
    ),
    Attack(
        "passed on where that is not asked", "POST", "/api/tasks/{mine}/annotations?was_cancelled=1", GOOD
    ),
    Attack("no JSON", "POST", "/api/tasks/{mine}/annotations", "result=1"),
    Attack("a list", "POST", "/api/tasks/{mine}/annotations", []),
    Attack("the same name twice", "POST", "/api/tasks/{mine}/annotations", '{"result": [], "result": [1]}'),
    Attack("no number", "POST", "/api/tasks/{mine}/annotations", '{"result": [], "lead_time": NaN}'),
    Attack("no list of regions", "POST", "/api/tasks/{mine}/annotations", {"result": "all"}),
    Attack("very deep", "POST", "/api/tasks/{mine}/annotations", '{"result": ' + "[" * 500 + "]" * 500 + "}"),
    Attack("very long", "POST", "/api/tasks/{mine}/annotations", "x" * 3_000_000, {}, frozenset({413})),
)
ATTACKS = (*READING, *EXPORTS, *CHANGING, *VIEWS, *SMUGGLING, *FORGING, *BODIES)
