"""Where people live: number and street, as far as the code by which the post finds the place."""

import re

from pipeline.screening._forms import Family, Form, either, shaped

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
_WORD = r"(?:[A-Z]|\d{1,3}(?:st|nd|rd|th)\b)"
_AMERICAN = (
    rf"{_NUMBER}(?:{_WORD}[\w'.-]*,? ){{1,5}}(?:(?:Apt|Suite|Ste|Unit|Floor|#)[ .]*\w+,?)?\s?"
    rf"(?:[A-Z][\w'.-]+ ?){{1,4}},\s{_ZIP}(?!\w)"
)
_OF_THE_EMPIRE = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT) \d{4})"
)
"""The codes of Britain, Canada and Australia."""
_BY_ITS_STREET = (
    rf"{_NUMBER}(?:{_WORD}[\w'.-]* ){{1,4}}(?:{_STREETS})\b\.?[^\n]{{0,60}}?(?:{_ZIP}|{_OF_THE_EMPIRE})(?!\w)"
)
_BOX = rf"\b[Pp]\.? ?[Oo]\.? ?[Bb]ox \d{{1,6}},\s(?:[A-Z][\w'.-]+ ?){{1,4}},\s{_ZIP}(?!\w)"
_SAID = (
    r"(?i:\blive[sd]? at|\baddress(?: is)?:?|\bship(?:ped)? to:?) "
    rf"(?P<value>{_NUMBER}(?:[A-Z][\w'.-]+ ){{1,4}}(?:{_STREETS})\b)"
)

_ENDS = (
    "[Ss]tra(?:ß|ss)e|[Ss]tr\\.|[Ww]eg|[Pp]latz|[Aa]llee|[Gg]asse|[Rr]ing|[Dd]amm|[Uu]fer|straat|laan|gracht|plein|"
    "gatan|vägen|gade|vej"
)
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ\u3040-\u9fff]"
_BY_ITS_END = (
    rf"(?<!\w)(?:{_CAPITAL}[\w-]{{1,30}}?|(?:{_CAPITAL}[\w.-]{{1,30}} ){{1,2}})(?:{_ENDS}) ?\d{{1,4}} ?[a-zA-Z]?"
    rf",?\s(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?: ?[A-Z]{{2}})? {_CAPITAL}[\w'-]+"
)
_BEGINNINGS = (
    "rue|avenue|boulevard|bd|place|chemin|allée|impasse|quai|cours|calle|avenida|av\\.|paseo|plaza|c/|via|viale|"
    "piazza|corso|rua"
)
_BEHIND = rf",?\s\d{{5}} {_CAPITAL}[\w'-]+"
_BY_ITS_BEGINNING = (
    rf"(?<!\w)(?:\d{{1,4}}(?: ?(?:bis|ter))?,? (?i:{_BEGINNINGS}) [^\d\n,]{{3,40}}{_BEHIND}"
    rf"|(?i:{_BEGINNINGS}) [^\d\n,]{{3,40}},? \d{{1,4}}{_BEHIND})"
)
_CHINESE = (
    r"[\u4e00-\u9fff]{2,12}?[省市区县州][\u4e00-\u9fff\w]{1,20}?(?:路|街|道|巷|弄|胡同)\d{1,5}号"
    r"(?:[\u4e00-\u9fff]{0,12}?[A-Z]?\d{0,5}(?:号院|号楼|号|栋|幢|座|单元|楼|层|室))*"
)
_JAPANESE = (
    r"(?:〒\d{3}-\d{4} ?)?[\u4e00-\u9fff]{2,4}[都道府県][\u3040-\u30ff\u4e00-\u9fff]{2,16}?"
    r"\d{1,3}(?:-\d{1,3}){1,3}"
)

ADDRESSES: tuple[Family, ...] = (
    Family(
        r", (?:\\n)?[a-z]{2},? \d{5}|\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b|\b[a-z]\d[a-z] ?\d[a-z]\d\b"
        r"|\b(?:nsw|vic|qld|wa|sa|tas|act|nt) \d{4}|(?:live[sd]? at|address(?: is)?:?|ship(?:ped)? to:?) \d",
        (
            Form(
                "street_address",
                "ADDRESS",
                either(shaped(_AMERICAN), shaped(_BY_ITS_STREET), shaped(_BOX), shaped(_SAID)),
            ),
        ),
    ),
    Family(
        rf"(?:{_ENDS}) ?\d|, \d{{5}} |[路街道巷弄同]\d+号|[都道府県]",
        (
            Form(
                "street_address",
                "ADDRESS",
                either(
                    *(
                        shaped(form, flags=re.NOFLAG)
                        for form in (_BY_ITS_END, _BY_ITS_BEGINNING, _CHINESE, _JAPANESE)
                    )
                ),
            ),
        ),
    ),
)
"""Of America, Britain, Canada, Australia; of western Europe, China, Japan."""
