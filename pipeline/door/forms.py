"""What a form of our own sent along."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from pipeline.door.limits import TooLarge, TooSlow, body_of, is_framed_twice

LARGEST = 64 * 1024
"""Bytes of a form; ours hold a few lines of text."""


async def fields(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form; HTTPException 413 where it is too large, 408 too slow, 400 where it is none."""
    if is_framed_twice(request):
        raise HTTPException(400, "A form was expected.")
    try:
        body = await body_of(request, LARGEST)
    except TooLarge:
        raise HTTPException(413, "The form is too large.") from None
    except TooSlow:
        raise HTTPException(408, "The form did not come.") from None
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(400, "A form was expected.")
    try:
        found = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:
        raise HTTPException(400, "A form was expected.") from None
    return dict(found)
