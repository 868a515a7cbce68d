"""The language against the claim: what is claimed wrongly is found, what is right, short or a program is not."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.screening.base import Found
from pipeline.screening.language import LanguageOptions, screen
from pipeline.screening.subject import Subject
from schemas.errors import ProjectError
from tests.pipeline.screening.shards import record

# ruff: noqa: RUF001 - other scripts have letters and punctuation that look alike

pytest.importorskip("py3langid")

DATA = Path(os.environ.get("HEADRACE_DATA", Path(__file__).parents[4] / "shared" / "data"))

SAYINGS = {
    "en": "A farmer has 17 sheep, and all but nine of them ran away last night. How many sheep are left on the farm?",
    "de": "Ein Bauer hat 17 Schafe, und alle bis auf neun sind letzte Nacht weggelaufen. Wie viele sind noch da?",
    "fr": "Un fermier a 17 moutons, et tous sauf neuf se sont enfuis hier soir. Combien de moutons lui reste-t-il ?",
    "es": "Un granjero tiene 17 ovejas y todas menos nueve se escaparon anoche. ¿Cuántas ovejas le quedan ahora?",
    "it": "Un contadino ha 17 pecore e tutte tranne nove sono scappate ieri sera. Quante pecore gli rimangono adesso?",
    "pt": "Um fazendeiro tem 17 ovelhas e todas menos nove fugiram ontem à noite. Quantas ovelhas ainda restam?",
    "nl": "Een boer heeft 17 schapen en op negen na zijn ze vannacht allemaal weggelopen. Hoeveel heeft hij er nog?",
    "pl": "Rolnik ma 17 owiec i wszystkie oprócz dziewięciu uciekły wczoraj w nocy. Ile owiec zostało w gospodarstwie?",
    "ru": "У фермера было 17 овец, и все, кроме девяти, прошлой ночью убежали. Сколько овец осталось на ферме?",
    "uk": "У фермера було 17 овець, і всі, крім дев'яти, минулої ночі втекли. Скільки овець залишилося на фермі?",
    "tr": "Bir çiftçinin 17 koyunu var ve dokuzu dışında hepsi dün gece kaçtı. Çiftlikte şimdi kaç koyun kaldı?",
    "zh": "一个农夫有17只羊，昨天晚上除了九只以外全部跑掉了。请问现在农场里还剩下多少只羊？请写出你的解题过程。",
    "ja": "ある農夫は羊を17頭飼っていましたが、昨夜9頭を残してみな逃げてしまいました。今何頭が残っていますか。",
    "ko": "한 농부에게 양이 17마리 있었는데 어젯밤에 아홉 마리만 남고 모두 달아났습니다. 지금 남은 양은 몇 마리입니까?",
    "ar": "كان لدى مزارع سبعة عشر خروفًا، وهربت جميعها ما عدا تسعة الليلة الماضية. كم خروفًا بقي في المزرعة الآن؟",
    "hi": "एक किसान के पास सत्रह भेड़ें थीं और नौ को छोड़कर बाकी सब कल रात भाग गईं। अब खेत में कितनी भेड़ें बची हैं?",
    "vi": "Một người nông dân có 17 con cừu và tất cả trừ chín con đã chạy mất đêm qua. Hỏi còn lại bao nhiêu con?",
}


def looked(text: str, language: str | None, *candidates: str, **options: Any) -> Found | None:
    made = record(text, *candidates, language=language)
    subject = Subject(made.id, 0, made.model_dump_json(exclude_none=True))
    return screen.look(subject, LanguageOptions(**options), None)


@pytest.mark.parametrize("language", SAYINGS)
def test_what_is_claimed_rightly_passes(language: str) -> None:
    assert looked(SAYINGS[language], language) is None


@pytest.mark.parametrize("language", SAYINGS)
def test_what_is_claimed_wrongly_is_found(language: str) -> None:
    for claimed in {"en", "de", "zh", "ru"} - {language}:
        found = looked(SAYINGS[language], claimed)
        assert found is not None, claimed
        assert found.evidence["claimed"] == claimed
        assert found.evidence["read_as"] == language


def test_a_region_or_script_does_not_matter() -> None:
    assert looked(SAYINGS["pt"], "pt-BR") is None
    assert looked(SAYINGS["zh"], "zh-Hans-CN") is None


def test_where_nothing_is_claimed_or_little_is_said_there_is_nothing_to_find() -> None:
    assert looked(SAYINGS["de"], None) is None
    assert looked("Löse x² = 4.", "en") is None
    assert looked("求 x。", "en") is None
    assert looked(SAYINGS["de"], "tlh") is None, "no model knows Klingon"


def test_programs_formulas_and_addresses_have_no_language() -> None:
    program = (
        "```python\ndef verdoppeln(zahlen):\n    ergebnis = [zahl * 2 for zahl in zahlen]\n    return\n```"
    )
    assert looked(f"{SAYINGS['fr']}\n{program * 3}", "fr") is None
    assert looked(f"{program * 3}\nhttps://beispiel.example/wie-viele-schafe-sind-noch-da", "fr") is None
    assert (
        looked(r"$$\text{Wie viele Schafe hat der Bauer heute noch auf seinem Hof stehen?}$$", "fr") is None
    )


def test_candidates_are_looked_at_where_that_is_asked() -> None:
    assert looked(SAYINGS["en"], "en", SAYINGS["de"]) is None
    found = looked(SAYINGS["en"], "en", "Nine.", SAYINGS["de"], candidates=True)
    assert found is not None
    assert found.evidence["where"] == "candidates.1"


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared data is not there")
def test_real_problems_and_programs_in_english_are_read_as_english() -> None:
    problems = [
        json.loads(line)["question"]
        for line in (DATA / "gsm8k" / "test.jsonl").read_text("utf-8").splitlines()
    ]
    with gzip.open(DATA / "humaneval" / "HumanEval.jsonl.gz", "rt", encoding="utf-8") as lines:
        problems += [json.loads(line)["prompt"] for line in lines]
    assert len(problems) == 1319 + 164
    assert [text for text in problems if looked(text, "en")] == []


def test_without_the_library_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['py3langid'] = None\n"
        "from pathlib import Path\n"
        "from pipeline.screening.language import LanguageOptions, screen\n"
        "screen.prepare(LanguageOptions(), Path())"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert "headrace[langid]" in done.stderr
    assert ProjectError.__name__ in done.stderr
