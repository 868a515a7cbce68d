"""What the whole test run shares: one real Label Studio, started when the first test asks for it."""

from collections.abc import Iterator

import pytest

from pipeline.label_studio import server


@pytest.fixture(scope="session")
def label_studio_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Server]:
    """A real Label Studio with nothing in it but its administrator; url, token, username, password."""
    folder = tmp_path_factory.mktemp("label-studio")
    try:
        yield server.up(folder, report=print)
    finally:
        server.down(folder)
