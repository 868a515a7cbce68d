"""The same on a real S3 server."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.publishing.destinations import Receipt
from pipeline.released.opened import Opened
from schemas.errors import PublishError, SourceError
from tests.pipeline.publishing import released
from tests.pipeline.publishing.conftest import cut_off

pytest.importorskip("s3fs", reason="the extra `s3` is not installed")
pytest.importorskip("moto.server", reason="moto's server is not installed")
pytestmark = pytest.mark.proof

Publish = Callable[..., Receipt]

SERVE = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server."""
    command = [sys.executable, "-W", "ignore", "-c", SERVE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as running:
        assert running.stdout is not None
        port = running.stdout.readline().strip()
        urllib.request.urlopen(f"http://127.0.0.1:{port}/moto-api/", timeout=30).close()
        yield f"http://127.0.0.1:{port}"
        running.kill()


@pytest.fixture
def system(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """The file system of that server."""
    import s3fs

    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    yield s3fs.S3FileSystem()
    s3fs.S3FileSystem.clear_instance_cache()


@pytest.fixture
def bucket(system: Any) -> str:
    """An empty bucket."""
    name = f"b{time.monotonic_ns()}"
    system.mkdir(name)
    return name


def there(system: Any, bucket: str) -> dict[str, bytes]:
    system.invalidate_cache()
    return {name.removeprefix(f"{bucket}/"): system.cat_file(name) for name in system.find(bucket)}


def test_a_release_lies_below_its_version_and_is_opened_from_there(
    made: Path, publish: Publish, system: Any, bucket: str
) -> None:
    receipt = publish("0.1.0", f"s3://{bucket}/pairs/")
    assert receipt.where == f"s3://{bucket}/pairs/0.1.0"
    assert there(system, bucket) == {
        f"pairs/0.1.0/{name}": content
        for name, content in released.files(made / "releases" / "0.1.0").items()
    }
    opened = Opened(receipt.where)
    assert sum(batch.num_rows for batch in opened.batches("preference_pair", "train")) == 5
    assert publish("0.1.0", f"s3://{bucket}/pairs").sent == ()


@pytest.mark.parametrize("at", [1, 3, 5])
def test_killed_at_any_file_it_is_no_release_and_goes_on(
    made: Path, publish: Publish, system: Any, bucket: str, at: int
) -> None:
    assert cut_off(made, f"s3://{bucket}", at, made / "releases") == -signal.SIGKILL
    assert "0.1.0/manifest.json" not in there(system, bucket)
    assert len(publish("0.1.0", f"s3://{bucket}").sent) >= 6 - at
    assert Opened(f"s3://{bucket}/0.1.0").manifest == Opened(made / "releases" / "0.1.0").manifest


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize(
    ("to", "message"),
    [("s3://-no-such-bucket-/x", "publish: s3://-no-such-bucket-/x should take"), ("s7://x/y", "s7://x/y: ")],
)
def test_a_place_that_is_none_is_one_line(publish: Publish, system: Any, to: str, message: str) -> None:
    del system
    with pytest.raises((PublishError, SourceError), match=message) as caught:
        publish("0.1.0", to)
    assert "\n" not in str(caught.value)
