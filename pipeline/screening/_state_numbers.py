"""Numbers that states give to people: known by a checksum, by a form of their own, or by what they are called."""

import re

from pipeline.screening import _checksums as checksums
from pipeline.screening._checksums import digits
from pipeline.screening._forms import Family, Form, either, shaped

# ruff: noqa: RUF001 - Chinese has its own colon

_SOCIAL = r"(?<![\w.=+*/$<-])(?<!\d,)(?<![\d)=+*/] )(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-]| ?[=+*/])"
_SOCIAL_SAID = r"(?i)\b(?:ssn|social security)[^\n\d]{0,25}(?P<value>\d{3}[- .]?\d\d[- .]?\d{4})(?!\d)"
_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CHINA = rf"(?<![\dA-Za-z])[1-9]\d{{5}}(?:18|19|20)\d\d{_DAY}\d{{3}}[\dXx](?![\dA-Za-z])"
_KOREA = rf"(?<![\w-])\d\d{_DAY}-[1-8]\d{{6}}(?![\w-])"
_BRITAIN = r"(?<!\w)(?:QQ|(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z])([ -]?)(?:\d\d\1){3}[A-D](?!\w)"
_AADHAAR = r"(?<![\d.,])(?<!\d[ -])[2-9]\d{3}([ -])\d{4}\1\d{4}(?![\d%]|[.,]\d|[ -]\d)"
_PAN = r"(?<!\w)[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?!\w)"
_BRAZIL = r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d\d(?![\w-])"
_SPAIN = r"(?<!\w)(?:\d{8}|[XYZ]\d{7})[ -]?[A-Z](?!\w)"
_FRANCE = r"(?<![\d.,])[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?![\d%]|[.,]\d)"
_ITALY = r"(?<!\w)[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z](?!\w)"
_MEXICO = r"(?<!\w)[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d(?!\w)"
_CALLED = (
    r"(?:\b(?:passport|driver'?s?'? licen[cs]e|driving licen[cs]e|national (?:id|identity|insurance)|identity card|"
    r"id card|(?:medical|health) record|mrn|tax (?:id|identification|payer)|tin|tfn|ni|nhs|medicare|social insurance|"
    r"sin|cpf|curp|pesel|bsn|dl|patient id|aadhaar|nino|steuer-?id|personalausweis|reisepass|passeport|"
    r"pasaporte|nric|imei|vin|hkid|rijksregisternummer|personnummer|rrn)\b"
    r"|护照|護照|身[份分][证證]|паспорт|инн|снилс|マイナンバー|여권)"
)
_SAID = (
    rf"(?i:{_CALLED}(?:[ :：#号码字號碼番号.'\"()-]|id\b|number|num\b|no\b|nr\b|code|card|is\b|was\b)*)"
    r"(?P<value>(?=[A-Z]*\d)[A-Z0-9]+(?:[ -](?=[A-Z]*\d)[A-Z0-9]+){0,4}(?:\([0-9A]\))?)(?![\w%]|[.,]\d)"
)
_FEWEST, _SHORTEST = 4, 7


def _may_be_number(value: str) -> bool:
    return len(digits(value)) >= _FEWEST and len(value) >= _SHORTEST


def _may_be_aadhaar(value: str) -> bool:
    return checksums.verhoeff(value) and not re.fullmatch(r"(\d)\1*", digits(value))


BY_DIGITS: tuple[Form, ...] = (
    Form("us_social_security", "SSN", either(shaped(_SOCIAL), shaped(_SOCIAL_SAID))),
    Form(
        "national_id",
        "ID",
        either(
            shaped(_CHINA, checksums.chinese_id),
            shaped(_FRANCE, checksums.french_id),
            shaped(_SPAIN, checksums.spanish_id),
            shaped(_AADHAAR, _may_be_aadhaar),
            shaped(_KOREA),
            shaped(_BRAZIL),
        ),
    ),
)
"""Those of seven digits and more."""

BY_LETTERS: tuple[Family, ...] = (
    Family(
        r"[a-z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[a-d]|[a-z]{5}\d{4}[a-z]|[a-z]{6}\d\d[a-z]\d\d[a-z]"
        r"|[a-z]{4}\d{6}[hm]",
        (Form("national_id", "ID", either(*map(shaped, (_BRITAIN, _PAN, _ITALY, _MEXICO)))),),
    ),
    Family(rf"{_CALLED}.{{0,24}}\d", (Form("national_id", "ID", shaped(_SAID, _may_be_number)),)),
)
