"""The few pages for somebody who is not in: plain, in both languages, without a file beside them."""

# ruff: noqa: RUF001 - Chinese has its own commas

from html import escape

from starlette.responses import HTMLResponse

CLOSED: dict[int, tuple[str, str]] = {
    200: ("You have left. To come back, ask for a new link.", "您已退出。如需再次进入，请索取新链接。"),
    401: (
        "You are not signed in here. Open the link that you were sent, or ask for a new one.",
        "您尚未登录。请打开发给您的链接，或索取新链接。",
    ),
    403: (
        "This page is out of date. Go back, reload it, and try again.",
        "此页面已过期。请返回并刷新后重试。",
    ),
    410: (
        "This link has been used, or is no longer good. Ask who sent it for a new one.",
        "此链接已被使用或已失效。请向发送者索取新链接。",
    ),
}

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none at all browsers say of a form's origin that it is null
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
}

_STYLE = """
:root { color-scheme: light dark; font: 1.05rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 26rem; padding: 2rem 1.25rem; text-align: center; }
button { font: inherit; padding: .75rem 2.25rem; border: 0; border-radius: .5rem; background: #1f5fbf; color: #fff;
  cursor: pointer; }
button:focus-visible { outline: 3px solid; outline-offset: 3px; }
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Headrace</title><style>{style}</style></head>
<body><main><p>{english}</p><p lang="zh">{chinese}</p>{form}</main></body></html>
"""


def page(said: tuple[str, str], *, button: str = "", action: str = "", status: int = 200) -> HTMLResponse:
    """A page that says one thing in English and Chinese, with at most one button."""
    english, chinese = map(escape, said)
    form = (
        f'<form method="post" action="{escape(action)}"><button autofocus>{escape(button)}</button></form>'
        if button
        else ""
    )
    text = _PAGE.format(style=_STYLE, english=english, chinese=chinese, form=form)
    return HTMLResponse(text, status, headers=HEADERS)


def closed(status: int) -> HTMLResponse:
    """The page for somebody who is not let in, or has left."""
    return page(CLOSED[status], status=status)
