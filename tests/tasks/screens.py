"""Screens of single tasks in a real Label Studio: opened, answered, looked at."""

import httpx
from playwright.sync_api import Locator, Page

from schemas.base import Item, Label
from tasks import task_types
from tasks.base import Answers

HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
PHONE, DESK = (420, 860), (1440, 900)


def made(api: httpx.Client, name: str, *items: Item) -> int:
    """The id of a project of the type with these tasks."""
    task_type = task_types()[name]
    project = {"title": task_type.title, "label_config": task_type.config(), "show_skip_button": False}
    answer = api.post("/api/projects", json=project)
    answer.raise_for_status()
    number = int(answer.json()["id"])
    tasks = [{"data": task_type.data(item)} for item in items]
    api.post(f"/api/projects/{number}/import", json=tasks).raise_for_status()
    return number


def opened(page: Page, api: httpx.Client, name: str, item: Item) -> int:
    """The id of a project with this one task, open in the page for labeling."""
    project = made(api, name, item)
    show(page, api, project)
    return project


def show(page: Page, api: httpx.Client, project: int) -> None:
    """Open a project for labeling."""
    page.goto(f"{api.base_url}/projects/{project}/data?labeling=1")
    page.locator(".hr .bar .lsf-choice").first.wait_for()


def submitted(page: Page, api: httpx.Client, project: int) -> Answers:
    """What the one annotation of a project's one task says, after Ctrl+Enter."""
    with page.expect_response(
        lambda answer: "/annotations" in answer.url and answer.request.method == "POST"
    ):
        page.keyboard.press("Control+Enter")
    (answers,) = annotated(api, project)
    return answers


def annotated(api: httpx.Client, project: int) -> list[Answers]:
    """What the annotations of a project say, by the order of its tasks."""
    asked: dict[str, str | int] = {"project": project, "fields": "all", "page_size": 100}
    tasks = sorted(api.get("/api/tasks", params=asked).json()["tasks"], key=lambda task: int(task["id"]))
    return [Answers(annotation["result"]) for task in tasks for annotation in task["annotations"]]


def labeled(page: Page, api: httpx.Client, name: str, item: Item, project: int) -> Label:
    """The label of the one annotation, after Ctrl+Enter."""
    label: Label = task_types()[name].parse(item, submitted(page, api, project))
    return label


def pressed(page: Page, keys: str) -> None:
    """Keys one after the other, parted by blanks, as Playwright calls them."""
    for key in keys.split():
        page.keyboard.press(key)


def refused(page: Page) -> str:
    """What the page asks for when it is submitted as it is; the question is closed again."""
    page.keyboard.press("Control+Enter")
    asked = page.locator(".ant-modal-body")
    said = str(asked.first.inner_text())
    page.locator(".ant-modal button").last.click()
    asked.first.wait_for(state="detached")
    return said


def colour(page: Page, selector: str) -> str:
    """The colour of the first element that a selector finds, as rgb(...)."""
    return str(page.locator(selector).first.evaluate("element => getComputedStyle(element).color"))


def inside(shown: Locator, width: int) -> bool:
    """Whether an element lies within a page of that width."""
    box = shown.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width + 0.5


def darkened(page: Page) -> Page:
    """The page, in the dark from the next time that it opens something."""
    page.add_init_script("localStorage.setItem('preferred-color-scheme', 'Dark')")
    return page
