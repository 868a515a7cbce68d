"""The settings of a project that stands: what is not as it should be is brought to it, and nothing else."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from pipeline.label_studio.base import LabelStudio, ProjectSpec
from pipeline.label_studio.client import connect
from pipeline.label_studio.server import Server as Real
from tests.pipeline.label_studio.small_server import Reply, Server, serving

SPEC = ProjectSpec(marker="headrace: test", title="Test", config="<View/>", overlap=1)
PROJECT = {"id": 7, "description": "headrace: test", "maximum_annotations": 1}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def studio(server: Server) -> LabelStudio:
    return connect(server.url, "legacy-token", timeout=0.5)


@pytest.mark.parametrize(
    ("stands", "wanted", "told"),
    [
        ({"show_skip_button": True}, {}, {"show_skip_button": False}),
        ({"show_skip_button": False}, {}, None),
        ({"show_skip_button": False}, {"skippable": True}, {"show_skip_button": True}),
        (
            {"show_collab_predictions": False, "model_version": "leading"},
            {"seeded": True},
            {"show_collab_predictions": True},
        ),
        ({"show_collab_predictions": False, "model_version": ""}, {"seeded": True}, None),
        ({"show_collab_predictions": True, "model_version": "leading"}, {"seeded": False}, None),
    ],
)
def test_other_settings_are_brought_to_the_project(
    server: Server, studio: LabelStudio, stands: dict[str, Any], wanted: dict[str, Any], told: Any
) -> None:
    server.on("GET", "/api/projects/", Reply({"results": [{**PROJECT, **stands}]}))
    server.on("PATCH", "/api/projects/7/", Reply(PROJECT))
    assert studio.ensure_project(SPEC.replace(**wanted)) == 7
    assert [body for method, _, _, body, _ in server.asked if method == "PATCH"] == ([told] if told else [])


@pytest.mark.live
def test_a_real_server_takes_them(label_studio_server: Real) -> None:
    studio = connect(label_studio_server.url, label_studio_server.token)
    headers = {"Authorization": f"Token {label_studio_server.token}"}
    spec = SPEC.replace(
        marker="headrace: settings",
        config='<View><Text name="text" value="$text"/><Choices name="said" toName="text"><Choice value="a"/>'
        "</Choices></View>",
    )
    project = studio.ensure_project(spec)

    def told() -> tuple[Any, ...]:
        found = httpx.get(f"{label_studio_server.url}/api/projects/{project}/", headers=headers).json()
        return tuple(found[name] for name in ("show_skip_button", "show_collab_predictions", "model_version"))

    assert told() == (False, False, "leading")
    assert studio.ensure_project(spec.replace(seeded=True, skippable=True), project) == project
    assert told() == (True, True, "leading")
    studio.ensure_project(spec, project)
    assert told() == (False, True, "leading")
