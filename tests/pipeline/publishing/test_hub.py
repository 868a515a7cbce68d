"""The Hub: one commit, looked at by hash, then the tag; nothing half done is ever a release there."""

import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.publishing.destinations import Receipt
from pipeline.released.opened import Opened
from schemas.errors import PublishError, UsageError
from tests.pipeline import hub as double
from tests.pipeline.publishing import released
from tests.pipeline.publishing.conftest import command, environment, surroundings

REPO = "org/pairs"
TO = f"hf://{REPO}"

Publish = Callable[..., Receipt]


def there(hub: double.Hub, revision: str = "main") -> dict[str, bytes]:
    """The files of the data set, without the Hub's own."""
    files = hub.repos[REPO].files(revision)
    return {name: content for name, content in files.items() if name != ".gitattributes"}


def test_a_release_is_one_commit_and_a_tag_of_its_version(
    made: Path, publish: Publish, hub: double.Hub
) -> None:
    receipt = publish("0.1.0", TO)
    repo = hub.repos[REPO]
    assert there(hub, "0.1.0") == there(hub) == released.files(made / "releases" / "0.1.0")
    assert repo.titles == ["initial commit", "Release 0.1.0"]
    assert repo.private
    assert receipt.where == f"hf://datasets/{REPO}@0.1.0"
    assert receipt.commit == repo.refs["0.1.0"]
    assert len(receipt.sent) == 5
    assert receipt.public is False


def test_what_is_published_is_opened_from_there(made: Path, publish: Publish, hub: double.Hub) -> None:
    opened = Opened(publish("0.1.0", TO).where)
    assert opened.manifest == Opened(made / "releases" / "0.1.0").manifest
    assert sum(batch.num_rows for batch in opened.batches("preference_pair", "train")) == 5
    assert hub.repos[REPO].private


@pytest.mark.proof
def test_load_dataset_reads_the_version_that_its_tag_names(
    made: Path, publish: Publish, hub: double.Hub, tmp_path: Path
) -> None:
    publish("0.1.0", TO)
    released.release(made, "0.2.0", rows=7)
    publish("0.2.0", TO)
    script = (
        "import datasets\n"
        "for revision in ('0.1.0', '0.2.0', None):\n"
        f"    rows = datasets.load_dataset({REPO!r}, 'preference_pair', revision=revision, split='train')\n"
        "    print(len(rows), rows[0]['prompt'])"
    )
    done = subprocess.run(
        [*command(made)[:1], "-c", script],
        env=surroundings(**environment(hub, tmp_path), HF_DATASETS_CACHE=str(tmp_path / "cache")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.splitlines() == [f"{count} What is 0 + 0?" for count in (5, 7, 7)], done.stderr


@pytest.mark.usefixtures("made")
def test_publishing_again_sends_nothing(publish: Publish, hub: double.Hub) -> None:
    first = publish("0.1.0", TO)
    hub.asked.clear()
    again = publish("0.1.0", TO)
    assert again.sent == ()
    assert again.commit == first.commit
    assert not [asked for asked in hub.asked if "/commit/" in asked or "/lfs/" in asked]
    assert hub.repos[REPO].titles == ["initial commit", "Release 0.1.0"]


def test_the_next_release_takes_the_place_of_the_one_before_and_leaves_what_others_put_there(
    project: Path, publish: Publish, hub: double.Hub
) -> None:
    released.release(project, "0.1.0", shards=2)
    released.release(project, "0.2.0", rows=9)
    publish("0.1.0", TO)
    repo = hub.repos[REPO]
    repo.commit({**repo.files(), "LICENSE": b"MIT"}, "somebody adds a licence")
    publish("0.2.0", TO)
    assert there(hub) == {**released.files(project / "releases" / "0.2.0"), "LICENSE": b"MIT"}
    assert there(hub, "0.1.0") == released.files(project / "releases" / "0.1.0")
    released.release(project, "0.1.5")
    with pytest.raises(UsageError, match=r"no later release than 0\.1\.5, holds 0\.2\.0"):
        publish("0.1.5", TO)


def test_only_what_the_manifest_lists_goes(made: Path, publish: Publish, hub: double.Hub) -> None:
    (made / "releases" / "0.1.0" / "people.csv").write_text("name,email\n")
    (made / "releases" / "0.1.0" / "data" / "pay.parquet").write_text("secret")
    publish("0.1.0", TO)
    assert not {"people.csv", "data/pay.parquet"} & there(hub).keys()


@pytest.mark.usefixtures("made")
def test_it_is_private_unless_told_otherwise_and_never_half_public(publish: Publish, hub: double.Hub) -> None:
    public: list[bool] = []
    hub.before = lambda _: public.append(not hub.repos[REPO].private) if REPO in hub.repos else None
    receipt = publish("0.1.0", TO, public=True)
    assert receipt.public is True
    assert not any(public)
    assert not hub.repos[REPO].private
    with pytest.raises(UsageError, match="expected to be private, everybody can read it"):
        publish("0.1.0", TO)


@pytest.mark.parametrize(
    ("held", "message"),
    [
        (
            {"data/x.parquet": b"somebody's"},
            "expected to be empty or to hold releases of 'tried', holds 'data/x",
        ),
        ({"manifest.json": b'{"name": 1}'}, "manifest.json: .*fetch it again"),
    ],
)
@pytest.mark.usefixtures("made")
def test_what_belongs_to_somebody_else_stays(
    publish: Publish, hub: double.Hub, held: dict[str, bytes], message: str
) -> None:
    before = hub.make(REPO, held).files()
    with pytest.raises(Exception, match=message) as caught:
        publish("0.1.0", TO)
    assert "\n" not in str(caught.value)
    assert hub.repos[REPO].files() == before


def test_a_release_of_another_project_is_not_replaced(made: Path, publish: Publish, hub: double.Hub) -> None:
    publish("0.1.0", TO)
    released.release(made, "0.2.0", name="other")
    with pytest.raises(UsageError, match="holds one of 'tried'"):
        publish("0.2.0", TO)
    hub.repos[REPO].refs["0.3.0"] = hub.repos[REPO].refs["main"]
    hub.repos[REPO].tags.add("0.3.0")
    released.release(made, "0.3.0", rows=8)
    with pytest.raises(UsageError, match=r"has a tag 0\.3\.0, .* is another file; releases never change"):
        publish("0.3.0", TO)


def refusing(where: str, status: int = 403) -> Callable[[str], None]:
    def before(asked: str) -> None:
        if where in asked:
            raise double.Refused(status, "You have no right to do this")

    return before


@pytest.mark.parametrize(
    "where", ["create", "preupload", "objects/batch", "/lfs/", "/commit/", "paths-info", "/tag/"]
)
@pytest.mark.proof
def test_a_refused_upload_leaves_no_release_and_the_next_try_a_whole_one(
    made: Path, publish: Publish, hub: double.Hub, where: str
) -> None:
    hub.before = refusing(where)
    with pytest.raises(PublishError, match="no right to do this") as caught:
        publish("0.1.0", TO)
    assert "\n" not in str(caught.value)
    assert double.TOKEN not in str(caught.value)
    assert not any(repo.tags for repo in hub.repos.values())
    hub.before = lambda _: None
    publish("0.1.0", TO)
    assert there(hub, "0.1.0") == released.files(made / "releases" / "0.1.0")
    assert hub.repos[REPO].titles == ["initial commit", "Release 0.1.0"]


def test_what_was_sent_before_the_fault_is_not_sent_again(
    project: Path, publish: Publish, hub: double.Hub
) -> None:
    released.release(project, rows=40, shards=4)
    hub.before = refusing("/commit/")
    with pytest.raises(PublishError):
        publish("0.1.0", TO)
    hub.asked.clear()
    hub.before = lambda _: None
    publish("0.1.0", TO)
    assert [asked for asked in hub.asked if asked.startswith("PUT /lfs/")] == []


@pytest.mark.usefixtures("made")
def test_somebody_elses_commit_meanwhile_is_not_built_over(publish: Publish, hub: double.Hub) -> None:
    def meanwhile(asked: str) -> None:
        if "/commit/" in asked:
            repo = hub.repos[REPO]
            repo.commit({**repo.files(), "notes.md": b"mine"}, "somebody else")

    hub.make(REPO)
    hub.before = meanwhile
    with pytest.raises(PublishError, match="412"):
        publish("0.1.0", TO)
    assert hub.repos[REPO].titles == ["initial commit", "somebody else"]
    assert not hub.repos[REPO].tags


@pytest.mark.usefixtures("made")
def test_a_file_that_arrives_as_another_one_gets_no_tag(publish: Publish, hub: double.Hub) -> None:
    def spoil(asked: str) -> None:
        if "paths-info" in asked and len(hub.repos[REPO].titles) > 1:
            hub.repos[REPO].files()["votes.parquet"] = b"spoilt"

    hub.before = spoil
    with pytest.raises(PublishError, match=r"votes\.parquet was expected in org/pairs as it was sent"):
        publish("0.1.0", TO)
    assert not hub.repos[REPO].tags


@pytest.mark.parametrize(
    "nth", [pytest.param(nth, marks=[] if nth == 11 else pytest.mark.proof) for nth in range(1, 18)]
)
def test_killed_at_any_request_it_leaves_no_release_or_a_whole_one(
    made: Path, hub: double.Hub, nth: int, tmp_path: Path
) -> None:
    running: list[subprocess.Popen[bytes]] = []

    def kill(_: str) -> None:
        if len(hub.asked) == nth:
            os.kill(running[0].pid, signal.SIGKILL)

    hub.before = kill
    env = surroundings(**environment(hub, tmp_path))
    running.append(subprocess.Popen(command(made, "0.1.0", "--to", TO), env=env, stdout=subprocess.DEVNULL))
    assert running[0].wait(60) in (-signal.SIGKILL, 0)
    expected = released.files(made / "releases" / "0.1.0")
    for repo in hub.repos.values():
        assert repo.tags <= {"0.1.0"}
        assert all(there(hub, tag) == expected for tag in repo.tags)
        assert there(hub) in ({}, expected)
    hub.before = lambda _: None
    done = subprocess.run(
        [*command(made, "0.1.0", "--to", TO), "--json"], env=env, check=True, capture_output=True
    )
    assert json.loads(done.stdout)["commit"] == hub.repos[REPO].refs["0.1.0"]
    assert there(hub, "0.1.0") == expected
    assert hub.repos[REPO].titles == ["initial commit", "Release 0.1.0"]


@pytest.mark.usefixtures("made")
def test_without_a_token_nothing_is_asked(
    publish: Publish, hub: double.Hub, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "huggingface").mkdir()
    (tmp_path / "huggingface" / "token").write_text("hf_somebody_is_logged_in")
    monkeypatch.setenv("HF_TOKEN", "")
    with pytest.raises(PublishError, match="expected in HF_TOKEN, none is set"):
        publish("0.1.0", TO)
    assert hub.asked == []


@pytest.mark.usefixtures("made")
def test_a_hub_that_is_away_is_one_line(publish: Publish, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "x")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(PublishError, match="goes on where it stopped") as caught:
        publish("0.1.0", TO)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("to", ["hf://", "hf://org", "hf://org/set@1.0.0", "hf://org/set/data", "", "a\nb"])
@pytest.mark.usefixtures("made")
def test_what_names_no_data_set_is_refused(publish: Publish, to: str) -> None:
    with pytest.raises(UsageError):
        publish("0.1.0", to)
