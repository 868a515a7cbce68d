"""Where somebody is, to the metre: coordinates. In geometry and geography pairs of numbers are none."""

from pipeline.screening._forms import Family, Form, either, shaped

# ruff: noqa: RUF001 - Chinese has its own colon

_PAIR = r"[-+]?\d{1,2}\.\d{3,}\s?,\s?[-+]?\d{1,3}\.\d{3,}(?![\w.])"
_CALLED = (
    rf"(?i)(?:gps|coord(?:inate)?s?|location|lat(?:itude)?[ ,/&]+(?:lon|lng)\w*|latlng|position|live[sd]? at|home is|"
    rf"geo|坐标|位置|经纬度|定位)[\"'\s]*(?:is|are|was|at|[:：=(\[])*[\"'\s(\[]*(?P<value>{_PAIR})"
)
_ON_A_MAP = r"(?<=[@=])(?P<value>[-+]?\d{1,2}\.\d{3,},[-+]?\d{1,3}\.\d{3,})(?=,\d+z|&|\s|$)"
_EACH = (
    r"(?i)\b(?:lat(?:itude)?|lo?ng?(?:itude)?)[\"'\s]*[:=][\"'\s]*(?P<value>[-+]?\d{1,3}\.\d{4,})(?![\w.])"
)
_ANGLE = (
    r"\d{1,3}(?:\.\d{3,}\s?[°º]|[°º]\s?\d{1,2}(?:\.\d{2,})?['′’](?:\s?\d{1,2}(?:\.\d+)?(?:[\"″”]|''))?)\s?"
)
_ON_THE_GLOBE = rf"(?<![\w.]){_ANGLE}[NS],?\s?{_ANGLE}[EWO](?!\w)"

PLACES = Family(
    r"\d\.\d{3,}\s?,\s?[-+]?\d{1,3}\.\d{3}|(?:lat|latitude|lon|lng|long|longitude)[\\\"']*\s*[:=]|[°º]",
    (Form("coordinates", "LOCATION", either(*map(shaped, (_CALLED, _ON_A_MAP, _EACH, _ON_THE_GLOBE)))),),
)
