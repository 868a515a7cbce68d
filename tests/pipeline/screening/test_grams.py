"""Texts are cut into the same tokens whichever way, and what is alike has the same hashes wherever it stands."""

from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.screening._grams import PATTERNS, Kind, cut, grams, wholes

KINDS = get_args(Kind)
SAMPLE = st.text(
    st.one_of(
        st.characters(max_codepoint=0x7F, exclude_characters="\x1c\x1d\x1e\x1f"),
        st.sampled_from("éßа水题√·½"),
    ),
    max_size=60,
)


def tokens(text: str, kind: Kind) -> list[str]:
    found = cut([text], kind)
    pairs = zip(found.starts.tolist(), found.ends.tolist(), strict=True)
    return [found.blob[start:end].decode() for start, end in pairs]


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=60), st.sampled_from(KINDS))
def test_the_table_cuts_ascii_as_the_pattern_does(text: str, kind: Kind) -> None:
    assert tokens(text, kind) == PATTERNS[kind].findall(text.lower())


@settings(deadline=None, max_examples=50)
@given(st.lists(SAMPLE, max_size=6), st.sampled_from(KINDS))
def test_a_text_has_the_same_hashes_alone_and_among_others(texts: list[str], kind: Kind) -> None:
    together = cut(texts, kind)
    for number, text in enumerate(texts):
        alone = cut([text], kind)
        assert together.hashes[together.texts == number].tolist() == alone.hashes.tolist()
    count = wholes(together, len(texts)).tolist()
    assert count == [wholes(cut([text], kind), 1)[0] for text in texts]


@settings(deadline=None, max_examples=50)
@given(st.lists(SAMPLE, min_size=1, max_size=6), st.sampled_from(KINDS), st.integers(1, 6))
def test_grams_stay_within_their_text(texts: list[str], kind: Kind, length: int) -> None:
    found = cut(texts, kind)
    hashes, places = grams(found, length)
    each = [max(0, len(tokens(text, kind)) - length + 1) for text in texts]
    assert len(hashes) == len(places) == sum(each)
    assert np.bincount(found.texts[places], minlength=len(texts)).tolist() == each


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Janet\u2019s DUCKS, lay 16 eggs!", "janet s ducks\nlay\t16 - eggs", "words"),
        ("ﬁve ½ kg", "FIVE 1\u20442 KG", "words"),
        ("if(x==1):return 2", "if ( x == 1 ) : \n    return 2", "symbols"),
    ],
)
def test_case_and_space_do_not_count(one: str, other: str, kind: Kind) -> None:
    assert cut([one], kind).hashes.tolist() == cut([other], kind).hashes.tolist()


def test_signs_count_in_programs_and_formulas_alone() -> None:
    assert cut(["2 + 3"], "words").hashes.tolist() == cut(["2 - 3"], "words").hashes.tolist()
    assert cut(["2 + 3"], "symbols").hashes.tolist() != cut(["2 - 3"], "symbols").hashes.tolist()


def test_each_character_counts_where_words_have_no_space_between() -> None:
    assert tokens("小明有3个苹果。", "words") == ["小", "明", "有", "3", "个", "苹", "果"]
    assert tokens("사과 두 개", "words") == ["사과", "두", "개"]


def test_different_words_have_different_hashes() -> None:
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in range(100)]
    assert len(set(cut(words, "words").hashes.tolist())) == len(words)


@pytest.mark.parametrize(
    "text",
    [
        "Ducks lay (16) eggs, she said.",
        "Die Äpfel \u2013 16 Stück \u2013 gehören «ihr».",
        "小明有 3 个苹果。",
    ],
)
def test_a_passage_is_shown_as_it_stands_in_the_text(text: str) -> None:
    found = cut(["before", text], "words")
    first = int(np.searchsorted(found.texts, 1))
    shown = found.passage(text, "words", first + 1, len(found) - 1)
    assert shown in text
    assert cut([shown], "words").hashes.tolist() == found.hashes[first + 1 :].tolist()
