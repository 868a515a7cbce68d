"""Where people live and when they were born, where it is written as on a form: in a story it is no data."""

from pipeline.screening._forms import Family, Form, either, shaped

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = (
    rf"(?:\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? \d{{4}}"
    rf"|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日)"
)
_BORN = (
    r"(?i)(?:\b(?:dob|d\.o\.b\.?|date of birth|birth ?date|born(?=:)|geburtsdatum|date de naissance|fecha de "
    rf"nacimiento)|出生日期|生年月日)[\"'\s]*(?:is|was|[:=：-])?[\"'\s]*(?P<value>{_DAY})(?!\d)"  # noqa: RUF001 - Chinese has its own colon
)

_STREETS = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Way|Highway|Hwy|"
    "Parkway|Pkwy|Close|Crescent|Gardens|Row"
)
_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|"
    "W[AIVY]"
)
_NUMBER = r"(?<![\w$#-])\d{1,5}[A-Za-z]?,? "
_ZIP = rf"(?:{_STATES}),? \d{{5}}(?:-\d{{4}})?"
_AMERICAN = (
    rf"{_NUMBER}(?:[A-Z][\w'.-]*,? ){{1,5}}(?:(?:Apt|Suite|Ste|Unit|Floor|#)[ .]*\w+,?)?\s?"
    rf"(?:[A-Z][\w'.-]+ ?){{1,4}},\s{_ZIP}(?!\w)"
)
_BY_ITS_STREET = (
    rf"{_NUMBER}(?:[A-Z][\w'.-]+ ){{1,4}}(?:{_STREETS})\b\.?[^\n]{{0,60}}?"
    rf"(?:{_ZIP}|[A-Z]{{1,2}}\d[A-Z\d]? ?\d[A-Z]{{2}})(?!\w)"
)

LIVES: tuple[Family, ...] = (
    Family(
        r"(?:birth|born:|dob|d\.o\.b|geburtsdatum|naissance|nacimiento|出生|生年月日).{0,12}\d",
        (Form("birth_date", "BIRTH_DATE", shaped(_BORN)),),
    ),
    Family(
        r", (?:\\n)?[a-z]{2},? \d{5}|\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b",
        (Form("street_address", "ADDRESS", either(shaped(_AMERICAN), shaped(_BY_ITS_STREET))),),
    ),
)
