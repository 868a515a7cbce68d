"""A folder: whole or not there, whatever cuts it off; the same command goes on, and what is not its own stays."""

import resource
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from pipeline.publishing.destinations import Receipt
from pipeline.released.opened import Opened
from schemas.errors import PublishError, UsageError
from tests.pipeline.publishing import released
from tests.pipeline.publishing.conftest import cut_off, publishing, surroundings

Publish = Callable[..., Receipt]


def test_a_release_lies_in_a_folder_of_its_version(made: Path, publish: Publish, tmp_path: Path) -> None:
    receipt = publish("0.1.0", tmp_path / "out")
    assert receipt.where == str(tmp_path / "out" / "0.1.0")
    assert len(receipt.sent) == 5
    assert released.files(tmp_path / "out") == {
        f"0.1.0/{name}": content for name, content in released.files(made / "releases" / "0.1.0").items()
    }
    assert Opened(receipt.where).manifest.version == "0.1.0"
    assert publish("0.1.0", tmp_path / "out").sent == ()


def test_only_what_the_manifest_lists_goes(made: Path, publish: Publish, tmp_path: Path) -> None:
    (made / "releases" / "0.1.0" / "people.csv").write_text("name,email\n")
    publish("0.1.0", tmp_path / "out")
    assert not list((tmp_path / "out").rglob("people.csv"))


def test_several_versions_lie_beside_each_other(made: Path, publish: Publish, tmp_path: Path) -> None:
    released.release(made, "0.2.0", rows=7)
    for version in ("0.2.0", "0.1.0"):
        publish(version, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["0.1.0", "0.2.0"]


@pytest.mark.usefixtures("made")
def test_a_file_that_was_lost_or_spoilt_there_is_put_back(publish: Publish, tmp_path: Path) -> None:
    there = Path(publish("0.1.0", tmp_path / "out").where)
    before = released.files(there)
    (there / "votes.parquet").write_bytes(b"spoilt")
    (there / "README.md").unlink()
    assert publish("0.1.0", tmp_path / "out").sent == ("votes.parquet", "README.md")
    assert released.files(there) == before


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("what", ["manifest.json", "notes.txt"])
def test_what_is_not_its_own_is_left_alone(publish: Publish, tmp_path: Path, what: str) -> None:
    place = tmp_path / "out" / "0.1.0"
    place.mkdir(parents=True)
    (place / what).write_text("mine")
    with pytest.raises(UsageError, match="something else is there"):
        publish("0.1.0", tmp_path / "out")
    assert released.files(tmp_path / "out") == {f"0.1.0/{what}": b"mine"}


def test_a_release_is_not_put_into_another_one(made: Path, publish: Publish) -> None:
    before = released.files(made / "releases")
    with pytest.raises(UsageError, match="is one itself"):
        publish("0.1.0", made / "releases" / "0.1.0")
    assert publish("0.1.0", made / "releases").sent == ()
    assert released.files(made / "releases") == before


def test_two_at_once_put_one_release_there(made: Path, tmp_path: Path) -> None:
    released.release(made, rows=20_000)
    command = publishing(made, tmp_path / "out")
    both = [subprocess.Popen(command, env=surroundings()) for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    expected = released.files(made / "releases" / "0.1.0")
    assert released.files(tmp_path / "out") == {f"0.1.0/{name}": what for name, what in expected.items()}


@pytest.mark.usefixtures("made")
def test_an_empty_folder_in_its_place_is_no_hindrance(publish: Publish, tmp_path: Path) -> None:
    (tmp_path / "out" / "0.1.0").mkdir(parents=True)
    assert len(publish("0.1.0", tmp_path / "out").sent) == 5


@pytest.mark.parametrize("spoil", ["change", "remove"])
def test_a_release_that_is_not_whole_here_goes_nowhere(
    made: Path, publish: Publish, tmp_path: Path, spoil: str
) -> None:
    votes = made / "releases" / "0.1.0" / "votes.parquet"
    votes.unlink() if spoil == "remove" else votes.write_bytes(votes.read_bytes()[:-1] + b"x")
    with pytest.raises(
        PublishError, match=r"votes\.parquet is (another file|not there); see: headrace releases"
    ):
        publish("0.1.0", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_preview_is_never_published(made: Path, publish: Publish, tmp_path: Path) -> None:
    manifest = made / "releases" / "0.1.0" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"name"', '"preview": true, "name"', 1))
    with pytest.raises(UsageError, match="is a preview"):
        publish("0.1.0", tmp_path / "out")


@pytest.mark.parametrize("ats", [(8, 60), pytest.param(range(1, 61), marks=pytest.mark.proof)])
def test_killed_at_whatever_it_does_it_leaves_no_release_or_a_whole_one(
    made: Path, publish: Publish, tmp_path: Path, ats: Iterable[int]
) -> None:
    expected = released.files(made / "releases" / "0.1.0")
    out, codes = tmp_path / "out", set()
    for at in ats:
        shutil.rmtree(out, ignore_errors=True)
        codes.add(code := cut_off(made, out, at))
        if (out / "0.1.0").exists():
            assert released.files(out / "0.1.0") == expected, at
        else:
            assert code == -signal.SIGKILL
        publish("0.1.0", out)
        assert released.files(out) == {f"0.1.0/{name}": content for name, content in expected.items()}, at
    assert codes == {-signal.SIGKILL, 0}


def test_what_was_copied_before_the_kill_is_not_copied_again(
    made: Path, publish: Publish, tmp_path: Path
) -> None:
    assert cut_off(made, tmp_path / "out", 20) == -signal.SIGKILL
    assert 0 < len(publish("0.1.0", tmp_path / "out").sent) < 5


def test_a_full_disk_is_one_line_and_leaves_no_release(made: Path, tmp_path: Path) -> None:
    released.release(made, rows=3_000)

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    command = publishing(made, tmp_path / "out")
    done = subprocess.run(
        command, env=surroundings(), check=False, preexec_fn=full, capture_output=True, text=True
    )
    assert "PublishError: publish: " in done.stderr
    assert "check the rights and the space there" in done.stderr
    assert not (tmp_path / "out" / "0.1.0").exists()


@pytest.mark.usefixtures("made")
def test_a_file_where_the_folder_should_be_is_one_line(publish: Publish, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(PublishError, match="should take the release, does not") as caught:
        publish("0.1.0", tmp_path / "out")
    assert "\n" not in str(caught.value)
