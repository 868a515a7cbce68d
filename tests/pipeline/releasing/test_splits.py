"""Splits: by the prompt's hash, for ever, and never with its near duplicates on the other side."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.context import Context
from pipeline.releasing import splits
from pipeline.releasing.splits import assign, by_hash
from pipeline.store import Store
from schemas.base import content_id
from schemas.facts import RecordFact
from schemas.project import parse_project
from schemas.releases import SplitFact

NOW = datetime(2026, 3, 2, tzinfo=UTC)
SHARES = {"train": 0.5, "test": 0.5}
WORDS = [f"word{number}" for number in range(14)]


class Effort:
    """A store with prompts, and a project that splits them in two."""

    def __init__(self, folder: Path, shares: dict[str, float]) -> None:
        self.store = Store(":memory:")
        project = parse_project({"name": "p", "release": {"splits": shares}})
        self.ctx = Context(folder=folder, project=project, store=self.store, connect=_none, clock=self._clock)
        self._moment = NOW

    def _clock(self) -> datetime:
        self._moment += timedelta(seconds=1)
        return self._moment

    def put(self, *texts: str) -> list[str]:
        """Records with these prompts; their prompts' ids."""
        ids = [content_id(["p", text]) for text in texts]
        self.store.put(_record(prompt_id, text) for prompt_id, text in zip(ids, texts, strict=True))
        return ids

    def homes(self) -> dict[str, str]:
        return {fact.prompt_id: fact.split for fact in self.store.facts(SplitFact)}

    def with_shares(self, shares: dict[str, float]) -> Context:
        project = parse_project({"name": "p", "release": {"splits": shares}})
        self.ctx = replace(self.ctx, project=project)
        return self.ctx


def _none() -> Any:
    raise AssertionError


def _record(prompt_id: str, text: str) -> RecordFact:
    return RecordFact(
        record_id=f"r-{prompt_id}",
        prompt_id=prompt_id,
        domain="reasoning",
        language="en",
        programming_language=None,
        topic=None,
        difficulty=None,
        license=None,
        dataset=None,
        candidates=0,
        payload=json.dumps({"prompt": text, "domain": "reasoning"}),
        ingested_at=NOW,
    )


@pytest.fixture
def effort(tmp_path: Path) -> Iterator[Effort]:
    made = Effort(tmp_path, SHARES)
    yield made
    made.store.close()


def story(seed: int, length: int = 60) -> list[str]:
    """A long text of its own."""
    rng = random.Random(seed)
    return [f"{rng.choice(WORDS)}{rng.randrange(1000)}" for _ in range(length)]


def text(words: list[str]) -> str:
    return " ".join(words)


def test_a_prompt_goes_where_its_hash_falls(effort: Effort) -> None:
    ids = effort.put(*(text(story(seed)) for seed in range(40)))
    found = assign(effort.ctx, ids)
    assert found.split_of == {one: by_hash(one, SHARES) for one in ids}
    assert set(found.split_of.values()) == {"train", "test"}
    assert not found.bridging
    assert effort.homes() == found.split_of


def test_a_prompt_stays_when_the_shares_change(effort: Effort) -> None:
    ids = effort.put(*(text(story(seed)) for seed in range(20)))
    before = assign(effort.ctx, ids).split_of
    ctx = effort.with_shares({"validation": 1.0})
    late = effort.put(text(story(99)))
    assert assign(ctx, [*ids, *late]).split_of == {**before, late[0]: "validation"}


def test_nearly_the_same_prompts_come_together_whatever_their_hashes(effort: Effort) -> None:
    words = story(1)
    alike = [[*words[:place], "changed", *words[place + 1 :]] for place in range(0, 60, 10)]
    ids = effort.put(*map(text, alike))
    assert len({by_hash(one, SHARES) for one in ids}) == 2, "or this shows nothing"
    found = assign(effort.ctx, ids)
    assert len(set(found.split_of.values())) == 1
    assert {fact.cluster for fact in effort.store.facts(SplitFact)} == {min(ids)}


def test_a_later_one_follows_those_that_are_there(effort: Effort) -> None:
    words = story(1)
    (first,) = effort.put(text(words))
    home = assign(effort.ctx, [first]).split_of[first]
    later = effort.put(*(text([*words[:place], "new", *words[place + 1 :]]) for place in range(0, 60, 10)))
    assert {by_hash(one, SHARES) for one in later} == {"train", "test"}, "or this shows nothing"
    for one in later:
        assert assign(effort.ctx, [one]).split_of == {one: home}


def test_what_would_bridge_two_splits_is_left_out_with_the_reason(effort: Effort) -> None:
    # a bridge shares 0.7 of its words with both ends, which share less with each other
    ends, bridge = _bridge()
    ids = effort.put(*map(text, ends))
    homes = assign(effort.ctx, ids).split_of
    assert set(homes.values()) == {"train", "test"}
    (middle,) = effort.put(text(bridge))
    found = assign(effort.ctx, [middle])
    assert found.split_of == {}
    assert found.bridging == {
        middle: "nearly the same as "
        + " and ".join(f"{one[:12]} in {split}" for split, one in sorted((s, o) for o, s in homes.items()))
    }
    assert effort.homes() == homes
    assert assign(effort.ctx, [middle]).bridging == found.bridging, "also when it is asked again"


def test_a_bridge_that_comes_with_its_ends_brings_them_together(effort: Effort) -> None:
    ends, bridge = _bridge()
    ids = effort.put(*map(text, ends), text(bridge))
    found = assign(effort.ctx, ids)
    assert len(set(found.split_of.values())) == 1
    assert not found.bridging


@pytest.mark.parametrize("how", ["dropped", "emptied", "cut off"])
def test_what_is_kept_can_be_dropped(effort: Effort, tmp_path: Path, how: str) -> None:
    ends, bridge = _bridge()
    assign(effort.ctx, effort.put(*map(text, ends)))
    (middle,) = effort.put(text(bridge))
    kept = [path for path in (tmp_path / "corpus").rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        content = path.read_bytes()
        path.unlink() if how == "dropped" else path.write_bytes(
            content[: len(content) // 2 * (how == "cut off")]
        )
    assert middle in assign(effort.ctx, [middle]).bridging


def test_where_there_is_one_split_nothing_is_compared_until_there_are_two(tmp_path: Path) -> None:
    effort = Effort(tmp_path, {"train": 1.0})
    words = story(1)
    (first,) = effort.put(text(words))
    assert assign(effort.ctx, [first]).split_of == {first: "train"}
    assert not (tmp_path / "corpus").exists()
    ctx = effort.with_shares({"test": 1.0})
    like, unlike = effort.put(text([*words, "more"]), text(story(2)))
    assert assign(ctx, [like, unlike]).split_of == {like: "train", unlike: "test"}


def test_splits_of_releases_from_before_are_kept(effort: Effort, monkeypatch: pytest.MonkeyPatch) -> None:
    (old,) = effort.put(text(story(1)))
    other = next(split for split in SHARES if split != by_hash(old, SHARES))
    given = [{"prompt_id": old, "split": other}]
    monkeypatch.setattr(
        splits, "RELEASED", f"SELECT '{given[0]['prompt_id']}' AS prompt_id, '{other}' AS split"
    )
    effort.store.temporary(
        "INSERT INTO releases BY NAME SELECT '1.0.0' AS version, 'd' AS digest, 1 AS row_count, false AS simulated, "
        "now() AS made_at"
    )
    assert assign(effort.ctx, [old]).split_of == {old: other}


@settings(deadline=None, max_examples=5)
@given(st.data())
def test_however_prompts_come_no_two_that_are_alike_are_parted(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    check_rounds(tmp_path_factory, data)


@pytest.mark.proof
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_however_they_come_in_many_ways_none_are_parted(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    check_rounds(tmp_path_factory, data)


def check_rounds(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    effort = Effort(tmp_path_factory.mktemp("splits"), SHARES)
    families = [story(seed, 40) for seed in range(3)]
    rounds = data.draw(st.lists(st.lists(_variant(), min_size=1, max_size=6), min_size=1, max_size=4))
    said: dict[str, list[str]] = {}
    for some in rounds:
        variants = [_changed(families[family], places) for family, places in some]
        ids = effort.put(*map(text, variants))
        before = effort.homes()
        said |= dict(zip(ids, variants, strict=True))
        assign(effort.ctx, said)
        assert effort.homes().items() >= before.items(), "a prompt has moved"
    homes = effort.homes()
    for one, home in homes.items():
        for other, there in homes.items():
            if home != there:
                assert _jaccard(said[one], said[other]) < 0.7
    left = said.keys() - homes.keys()
    assert left == assign(effort.ctx, said).bridging.keys()
    effort.store.close()


def _variant() -> st.SearchStrategy[tuple[int, list[int]]]:
    return st.tuples(st.integers(0, 2), st.lists(st.integers(0, 39), max_size=4))


def _changed(words: list[str], places: list[int]) -> list[str]:
    return [f"other{place}" if place in places else word for place, word in enumerate(words)]


def _jaccard(one: list[str], other: list[str]) -> float:
    a, b = ({tuple(words[at : at + 5]) for at in range(len(words) - 4)} for words in (one, other))
    return len(a & b) / len(a | b)


def _bridge() -> tuple[list[list[str]], list[str]]:
    """Two prompts in different splits that are not alike, and one that is like both."""
    for seed in range(100):
        words = story(seed, 80)
        ends = [[*story(seed + 500, 12), *words[12:]], [*words[:68], *story(seed + 900, 12)]]
        if len({by_hash(content_id(["p", text(one)]), SHARES) for one in ends}) == 2:
            assert _jaccard(*ends) < 0.7 <= min(_jaccard(words, one) for one in ends)
            return ends, words
    raise AssertionError
