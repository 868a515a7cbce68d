"""Names, figures and days as one would say them: 'Chinese code review (rust)', '157 %', '31 January'."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from pipeline.report.words import count, plain
from schemas.flow import ADJUDICATION, INTAKE, SCREENING, UNMEETABLE

TOO_FEW = "too few"
"""Said instead of a load where no amount of hours would do."""

LANGUAGES = {
    "af": "Afrikaans",
    "am": "Amharic",
    "ar": "Arabic",
    "az": "Azerbaijani",
    "be": "Belarusian",
    "bg": "Bulgarian",
    "bn": "Bengali",
    "bs": "Bosnian",
    "ca": "Catalan",
    "cs": "Czech",
    "cy": "Welsh",
    "da": "Danish",
    "de": "German",
    "el": "Greek",
    "en": "English",
    "es": "Spanish",
    "et": "Estonian",
    "eu": "Basque",
    "fa": "Persian",
    "fi": "Finnish",
    "fr": "French",
    "ga": "Irish",
    "gl": "Galician",
    "gu": "Gujarati",
    "ha": "Hausa",
    "he": "Hebrew",
    "hi": "Hindi",
    "hr": "Croatian",
    "hu": "Hungarian",
    "hy": "Armenian",
    "id": "Indonesian",
    "ig": "Igbo",
    "is": "Icelandic",
    "it": "Italian",
    "ja": "Japanese",
    "ka": "Georgian",
    "kk": "Kazakh",
    "km": "Khmer",
    "kn": "Kannada",
    "ko": "Korean",
    "lt": "Lithuanian",
    "lv": "Latvian",
    "mk": "Macedonian",
    "ml": "Malayalam",
    "mr": "Marathi",
    "ms": "Malay",
    "my": "Burmese",
    "ne": "Nepali",
    "nl": "Dutch",
    "no": "Norwegian",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "si": "Sinhala",
    "sk": "Slovak",
    "sl": "Slovenian",
    "sq": "Albanian",
    "sr": "Serbian",
    "sv": "Swedish",
    "sw": "Swahili",
    "ta": "Tamil",
    "te": "Telugu",
    "th": "Thai",
    "tl": "Tagalog",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "uz": "Uzbek",
    "vi": "Vietnamese",
    "yo": "Yoruba",
    "zh": "Chinese",
    "zu": "Zulu",
}
"""Languages by their ISO 639 code; another stands as its code."""

UNKNOWN = "und"
FAR = 300
"""A date so many days away is told with its year."""
WHOLE = 10
"""Hours are told without a fraction from here on."""
LEAST_HOURS = 0.05
"""Fewer hours than this, but some, are told as such."""
STAGES = {SCREENING: "screening", ADJUDICATION: "adjudication", INTAKE: "intake"}


def kind(task_type: str) -> str:
    """A task type as words: 'code review'."""
    return plain(task_type).replace("_", " ").replace("-", " ")


def called(where: str) -> str:
    """A cell in words, such as 'Chinese code review (rust)'; another resource under its own name."""
    language, *rest = plain(where).split("/")
    if not rest:
        return STAGES.get(where, kind(where))
    words = kind(rest[0])
    if language != UNKNOWN:
        words = f"{LANGUAGES.get(language, language)} {words}"
    return f"{words} ({', '.join(part.replace('_', ' ') for part in rest[1:])})" if rest[1:] else words


def said(text: str, cells: Iterable[str]) -> str:
    """A sentence in which some cells, and their task types, are named by their code, with their names in words."""
    words = {plain(cell): called(cell) for cell in cells if "/" in cell}
    words |= {code: kind(code) for code in {cell.split("/")[1] for cell in words} if "_" in code}
    either = "|".join(re.escape(code) for code in sorted(words, key=len, reverse=True))
    told = plain(text)
    if either:
        told = re.sub(rf"(?<![\w/])(?:{either})(?![\w/])", lambda found: words[found[0]], told)
    return re.sub(r"(?<=\d)%", " %", told)


def the_day(at: date | datetime, now: datetime) -> str:
    """A day as one says it: '31 January', with its year where that is far off."""
    on = at.date() if isinstance(at, datetime) else at
    words = f"{on.day} {on:%B}"
    return words if abs((on - now.date()).days) <= FAR else f"{words} {on.year}"


def percent_of(value: float) -> str:
    """A load in whole per cent, which may well be over 100; in words where no hours would do."""
    return TOO_FEW if value >= UNMEETABLE else f"{100 * value:,.0f} %"


def hours(value: float) -> str:
    """Hours, whole from ten on; a few minutes are not told as none."""
    if 0 < value < LEAST_HOURS:
        return "<0.1"
    return f"{value:,.0f}" if value >= WHOLE else f"{value:.1f}".removesuffix(".0")


def many(number: int, noun: str) -> str:
    """How many of something: '1 person', '2 people'."""
    plural = "people" if noun == "person" else f"{noun}s"
    return f"{count(number)} {noun if number == 1 else plural}"


def upper(words: str) -> str:
    """Words that begin a sentence; a name such as `zh/code_review` or `ann-3f` stays as it is."""
    first = words.split(" ", 1)[0]
    is_name = any(not (char.isalpha() or char in ",;:") for char in first)
    return words if is_name else words[:1].upper() + words[1:]


def lower(words: str) -> str:
    """A sentence to go on within another: its first letter small, unless it begins with a name."""
    first = re.split(r"\W", words, maxsplit=1)[0]
    is_name = first in LANGUAGES.values() or not first[1:].islower()
    return words if is_name else words[:1].lower() + words[1:]
