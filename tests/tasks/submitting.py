"""What an annotator does last at every screen."""

import httpx
from playwright.sync_api import Page

from tasks.base import Answers


def submitted(page: Page, api: httpx.Client, project: int) -> Answers:
    """What the one annotation of a project's one task says, after Ctrl+Enter."""
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ):
        page.keyboard.press("Control+Enter")
    (task,) = api.get("/api/tasks", params={"project": project, "fields": "all"}).json()["tasks"]
    (annotation,) = task["annotations"]
    return Answers(annotation["result"])
