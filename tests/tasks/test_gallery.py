"""docs/gallery: a picture of every screen, taken by `make gallery` in a real Label Studio, and its index."""

import io
import os
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page

from tasks import task_types
from tests.tasks.hands import Hands
from tests.tasks.screens import darkened, opened
from tests.tasks.walks import WALKS, Walk

GALLERY = Path(__file__).parents[2] / "docs/gallery"
LOOKS = {"light-1440": (1440, 760), "dark-420": (420, 1080)}
MOST_BYTES = 200_000
TAKEN = os.environ.get("HEADRACE_UPDATE_DOCS") == "1"

INTRODUCTION = """\
Every task type as its annotators see it: answered on a desk by day, and as it opens on a phone by night. The examples
are our own. What each type asks and gives is told in [task types](../reference/task-types.md), its keys in
[keys](../keys.md)."""


def index() -> str:
    """docs/gallery/README.md: a line and the pictures for each task type."""
    parts = ["# Gallery", "<!-- Written by make gallery -->", INTRODUCTION]
    for name, task_type in task_types().items():
        told = (type(task_type).__doc__ or "").partition("\n")[0]
        pictures = " ".join(
            f'<img src="{name}-{look}.png" alt="{task_type.title}, {look.replace("-", ", ")} pixels" '
            f'width="{"70%" if size[0] > 1000 else "22%"}">'
            for look, size in LOOKS.items()
        )
        parts += [f"## {name}", f"{task_type.title}. {told}", pictures]
    return "\n\n".join(parts) + "\n"


@pytest.mark.proof
@pytest.mark.live
@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_a_picture_is_taken(page: Page, api: httpx.Client, tmp_path: Path, walk: Walk, look: str) -> None:
    from PIL import Image

    width, height = LOOKS[look]
    page.set_viewport_size({"width": width, "height": height})
    if look.startswith("dark"):
        darkened(page)
    opened(page, api, walk.name, walk.item)
    if look.startswith("light"):
        walk.answer(Hands(page))
        page.mouse.move(0, 0)
    page.wait_for_timeout(400)
    with Image.open(io.BytesIO(page.screenshot())) as taken:
        few = taken.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    folder = GALLERY if TAKEN else tmp_path
    folder.mkdir(exist_ok=True)
    picture = folder / f"{walk.name}-{look}.png"
    few.save(picture, optimize=True)
    assert picture.stat().st_size < MOST_BYTES


def test_every_screen_has_its_pictures_and_its_line() -> None:
    if TAKEN:
        (GALLERY / "README.md").write_text(index(), encoding="utf-8")
    assert (GALLERY / "README.md").read_text(encoding="utf-8") == index()
    taken = {path.name: path.stat().st_size for path in GALLERY.glob("*.png")}
    assert set(taken) == {f"{name}-{look}.png" for name in task_types() for look in LOOKS}
    assert max(taken.values()) < MOST_BYTES
