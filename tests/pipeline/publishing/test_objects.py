"""Object storage: the manifest comes last, so that what is cut off is no release; what is there is read back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.publishing.destinations import Receipt
from pipeline.released.opened import Opened
from schemas.errors import PublishError, SourceError, UsageError
from tests.pipeline.publishing import released

Publish = Callable[..., Receipt]


@pytest.fixture
def system() -> Iterator[Any]:
    """A file system in memory."""
    import fsspec

    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


@pytest.fixture
def bucket(system: Any) -> str:
    """A place in it."""
    del system
    return "memory://pairs"


def there(system: Any) -> dict[str, bytes]:
    return {name.removeprefix("/pairs/"): system.cat_file(name) for name in system.find("/pairs")}


def test_a_release_lies_below_its_version_and_is_opened_from_there(
    made: Path, publish: Publish, system: Any, bucket: str
) -> None:
    receipt = publish("0.1.0", f"{bucket}/")
    assert receipt.where == f"{bucket}/0.1.0"
    assert there(system) == {
        f"0.1.0/{name}": content for name, content in released.files(made / "releases" / "0.1.0").items()
    }
    opened = Opened(receipt.where)
    assert sum(batch.num_rows for batch in opened.batches("preference_pair", "train")) == 5
    assert publish("0.1.0", bucket).sent == ()


def failing(system: Any, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Have the server refuse after so many files."""
    sent: list[str] = []
    put = system.put_file

    def do(path: str, to: str, **options: Any) -> None:
        if len(sent) == after:
            raise PermissionError("Access Denied")
        sent.append(to)
        put(path, to, **options)

    monkeypatch.setattr(system, "put_file", do)


@pytest.mark.parametrize("after", [0, 1, 2, 3, 4])
def test_cut_off_before_any_file_it_is_no_release_and_goes_on(
    made: Path, publish: Publish, system: Any, bucket: str, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    with monkeypatch.context() as patch:
        failing(system, patch, after)
        with pytest.raises(PublishError, match="Access Denied") as caught:
            publish("0.1.0", bucket)
    assert "\n" not in str(caught.value)
    assert len(there(system)) == after
    with pytest.raises(SourceError):
        Opened(f"{bucket}/0.1.0")
    assert len(publish("0.1.0", bucket).sent) == 5 - after
    assert len(there(system)) == 5
    assert Opened(f"{bucket}/0.1.0").manifest == Opened(made / "releases" / "0.1.0").manifest


@pytest.mark.usefixtures("made")
def test_what_arrives_as_something_else_is_seen(
    publish: Publish, system: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(path: str, to: str, **_: Any) -> None:
        system.pipe_file(to, Path(path).read_bytes()[:-1] + b"?")

    monkeypatch.setattr(system, "put_file", spoil)
    with pytest.raises(PublishError, match=r"expected in .* as it was sent, reads otherwise"):
        publish("0.1.0", bucket)
    assert "0.1.0/manifest.json" not in there(system)


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("what", ["manifest.json", "notes.txt"])
def test_what_is_not_its_own_is_left_alone(publish: Publish, system: Any, bucket: str, what: str) -> None:
    system.pipe_file(f"/pairs/0.1.0/{what}", b"mine")
    with pytest.raises(UsageError, match=f"has another '{what}'"):
        publish("0.1.0", bucket)
    assert there(system) == {f"0.1.0/{what}": b"mine"}


@pytest.mark.usefixtures("made")
def test_an_object_that_was_lost_is_put_back(publish: Publish, system: Any, bucket: str) -> None:
    publish("0.1.0", bucket)
    before = there(system)
    system.rm_file("/pairs/0.1.0/README.md")
    assert publish("0.1.0", bucket).sent == ("README.md",)
    assert there(system) == before
