"""The look that the labeling configs share, by day and by night, on a desk and on a phone.

Label Studio escapes `>` in styles, forces its font on maths and code, and gives choices a checkbox, a faint key and
wide margins: what looks odd here answers that. Colours come from its variables, which follow the dark mode.
"""

from functools import cache
from xml.sax.saxutils import quoteattr

from tasks import _markup

NO_KEY = "ctrl+alt+shift+f19"
"""Label Studio gives a choice without a key one of its own choosing: such choices get one nobody hits by chance."""

_MONO = "SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"
_MATH = "'STIX Two Math','Cambria Math','Latin Modern Math','DejaVu Math TeX Gyre',math,serif"

_PAGE = """
.hr{max-width:1280px;margin:0 auto;font-size:16px;line-height:1.5}
.hr .card{padding:10px 14px;margin-bottom:8px;border:1px solid var(--color-neutral-border);border-radius:6px;
  background:var(--color-neutral-surface)}
.hr .part{margin-top:8px;padding-top:8px;border-top:1px solid var(--color-neutral-border)}
.hr .part:first-child{margin-top:0;padding-top:0;border-top:0}
.hr .role{display:block;font-size:11px;font-weight:600;letter-spacing:.05em;text-transform:uppercase;opacity:.65;
  user-select:none}
.hr .problem{position:sticky;top:0;z-index:6;max-height:38vh;overflow:auto}
.hr .cols{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr);gap:8px;align-items:start}
.hr .number{opacity:.7;user-select:none;font-variant-numeric:tabular-nums}
.hr .small{margin:0 0 6px 14px}
.hr .small *{margin:0 !important;font-size:13px !important;line-height:20px;font-weight:400;opacity:.85}
.hr summary{cursor:pointer;font-size:13px;font-weight:600;opacity:.8}
.hr .bar{position:sticky;bottom:0;z-index:5;display:flex;flex-wrap:wrap;gap:8px 20px;align-items:center;
  margin-top:8px;padding:8px 0;border-top:1px solid var(--color-neutral-border);
  background:var(--color-neutral-background);box-shadow:0 14px 0 var(--color-neutral-background)}
.hr .bar .lsf-text-area{flex:1 1 240px;margin:0 !important;padding:0}
.hr .bar .asked{display:contents}
.hr .ant-form-item{margin:0}
.lsf-sidepanels:has(.hr) .lsf-sidepanels__wrapper{display:none}
.lsf-sidepanels:has(.hr){padding:0 !important}
@media(max-width:800px){
.hr .bar,.hr .problem{position:static;max-height:none}
.hr .cols{grid-template-columns:minmax(0,1fr)}
body:has(.hr) .lsf-breadcrumbs{display:none}
body:has(.hr) .lsf-menu-header__context{width:0;min-width:0;padding:0;overflow:hidden}
.lsf-editor:has(.hr){width:100% !important;min-width:0;max-width:none;margin:0 !important}
.lsf-editor:has(.hr) .lsf-bottombar .lsf-bottombar__group:first-child{display:none}
.lsf-editor:has(.hr) .lsf-bottombar .lsf-bottombar__group:last-child{flex:1}}
"""

_CHOICES = """
.hr .lsf-choices{display:flex;flex-wrap:wrap;gap:4px;margin:0}
.hr .lsf-choice,.hr .lsf-choice__item{margin:0;padding:0}
.hr .lsf-choice__checkbox{position:relative;display:inline-flex;align-items:center;margin:0;padding:3px 8px;
  border:1px solid var(--color-neutral-border);border-radius:6px;background:var(--color-neutral-background);
  font-size:14px;font-weight:500;line-height:20px;cursor:pointer}
.hr .lsf-choice__checkbox *{line-height:20px}
.hr .lsf-choice__checkbox span{padding:0}
.hr .lsf-choice__checkbox .ant-checkbox{position:absolute;opacity:0}
.hr .lsf-choice__checkbox sup{display:none}
.hr .lsf-choice:hover .lsf-choice__checkbox{background:rgba(127,127,127,.14)}
.hr .lsf-choice:has(input:checked) .lsf-choice__checkbox{border-color:#4c6ef5;background:rgba(76,110,245,.26)}
.hr .lsf-choice:has(input:focus-visible) .lsf-choice__checkbox{outline:2px solid #4c6ef5;outline-offset:-2px}
.hr .ask:not(:has(input:checked)) .lsf-choice__checkbox{border:1px dashed #d9821c}
.hr .key{display:inline-block;min-width:18px;margin-left:6px;padding:0 4px;border:1px solid rgba(127,127,127,.45);
  border-radius:4px;background:rgba(127,127,127,.14);font-size:11px;font-weight:600;line-height:16px;text-align:center}
"""


def _stroke(towards: str) -> str:
    """A line through the middle of an element, across the direction."""
    middle = "calc(50% - .05em),currentColor calc(50% - .05em),currentColor calc(50% + .05em)"
    return f"linear-gradient({towards},transparent {middle},transparent calc(50% + .05em))"


_TEXT = f"""
.hr .text{{white-space:pre-wrap;overflow-wrap:anywhere;overflow-x:auto;overflow-y:hidden;unicode-bidi:plaintext;
  line-break:strict}}
.hr .text p,.hr .text h3,.hr .text h4,.hr .text h5,.hr .text h6{{unicode-bidi:plaintext;text-align:start}}
.hr .text p,.hr .text ul,.hr .text ol,.hr .text blockquote,.hr .text .wide{{margin:0 0 .6em;padding:0}}
.hr .text p:last-child,.hr .text ul:last-child,.hr .text ol:last-child,.hr .text blockquote:last-child,
.hr .text .wide:last-child,.hr .text li ul,.hr .text li ol{{margin-bottom:0}}
.hr .text h3,.hr .text h4,.hr .text h5,.hr .text h6{{margin:.7em 0 .3em;color:inherit;font-size:1em;font-weight:700;
  line-height:1.4}}
.hr .text h3{{font-size:1.25em}}
.hr .text h4{{font-size:1.12em}}
.hr .text h3:first-child,.hr .text h4:first-child,.hr .text h5:first-child,.hr .text h6:first-child{{margin-top:0}}
.hr .text strong{{font-weight:700}}
.hr .text em{{font-style:italic}}
.hr .text li{{display:grid;grid-template-columns:minmax(1.3em,max-content) minmax(0,1fr);gap:0 .45em;margin:.15em 0;
  list-style:none}}
.hr .text .mark{{text-align:end;opacity:.75;font-variant-numeric:tabular-nums}}
.hr .text blockquote{{padding-inline-start:.8em;border-inline-start:3px solid rgba(127,127,127,.5)}}
.hr .text .wide{{overflow-x:auto}}
.hr .text table{{width:auto;border-collapse:collapse;overflow-wrap:normal}}
.hr .text th,.hr .text td{{padding:3px 9px;border:1px solid rgba(127,127,127,.4);text-align:start;vertical-align:top}}
.hr .text th{{background:rgba(127,127,127,.12);font-weight:600}}
.hr .text .left{{text-align:left}}
.hr .text .center{{text-align:center}}
.hr .text .right{{text-align:right}}
.hr .text hr{{margin:.8em 0;border:0;border-top:1px solid rgba(127,127,127,.5)}}
.hr .text .link{{text-decoration:underline dotted}}
.hr .text .address{{font-family:{_MONO} !important;font-size:.82em;opacity:.75}}
.hr math,.hr math *{{font-family:{_MATH} !important;direction:ltr}}
.hr math{{font-size:1.1em;line-height:normal;white-space:normal}}
.hr math[display=block]{{margin:.4em 0}}
.hr math mtd[columnalign=right]{{text-align:right;text-align:-webkit-right}}
.hr math mtd[columnalign=left]{{text-align:left;text-align:-webkit-left}}
.hr math mtable[columnspacing] mtd[columnalign=right]{{padding-right:0}}
.hr math mtable[columnspacing] mtd[columnalign=left]{{padding-left:0;padding-right:1em}}
.hr math mtd.ruled{{border-right:1px solid currentColor}}
.hr math mtr.ruled mtd{{border-bottom:1px solid currentColor}}
.hr math [mathvariant|=bold]{{font-weight:700}}
.hr math [mathvariant=monospace]{{font-family:{_MONO} !important;font-size:.9em}}
.hr menclose[notation~=box]{{border:1px solid currentColor;padding:.1em .25em}}
.hr menclose[notation~=updiagonalstrike]{{background:{_stroke("to bottom right")}}}
.hr menclose[notation~=downdiagonalstrike]{{background:{_stroke("to top right")}}}
.hr menclose[notation~=updiagonalstrike][notation~=downdiagonalstrike]{{
  background:{_stroke("to bottom right")},{_stroke("to top right")}}}
.hr menclose[notation=horizontalstrike]{{background:{_stroke("to bottom")}}}
.hr .typed,.hr .tex{{padding:0 .25em;border-radius:3px;background:rgba(127,127,127,.16);
  font-family:{_MONO} !important;font-size:.88em;white-space:pre-wrap;unicode-bidi:isolate}}
.hr .code,.hr .code *{{font-family:{_MONO} !important}}
.hr .code{{font-size:13px;line-height:20px;white-space:pre;tab-size:4;direction:ltr;text-align:left;
  unicode-bidi:isolate}}
.hr pre.code{{margin:6px 0;padding:6px 0;overflow-x:auto;border-radius:4px;background:rgba(127,127,127,.06);
  counter-reset:line}}
.hr pre .line{{display:block;position:relative;min-height:20px;padding-left:3.6em;counter-increment:line}}
.hr pre .line::before{{content:counter(line);position:absolute;left:0;width:2.6em;text-align:right;opacity:.55;
  user-select:none}}
.hr .scroll{{max-height:60vh;overflow:auto;overscroll-behavior:contain}}
@media(max-width:800px){{.hr .scroll{{max-height:none}}}}
"""


@cache
def style(own: str = "") -> str:
    """The `<Style>` element of a config: what all share, the colours of code, and the config's own rules.

    The problem is a card `problem`, which stays in sight; what stands side by side, and on a phone one below the
    other, lies in `cols`. What must be answered is an `ask`, outlined until it is; what a way out hides is `asked`.
    """
    light = "\n".join(_markup.colours("default"))
    dark = "\n".join(f'[data-color-scheme="dark"] {rule}' for rule in _markup.colours("github-dark"))
    return f"<Style>{_PAGE}{_CHOICES}{_TEXT}{light}\n{dark}\n{own}</Style>"


@cache
def texts() -> str:
    """The rules for texts, formulas and code alone, as CSS for a page of our own; by night where the system says so."""
    light, dark = ("\n".join(_markup.colours(name)) for name in ("default", "github-dark"))
    return f"{_TEXT}{light}\n@media(prefers-color-scheme:dark){{\n{dark}\n}}\n"


def button(text: str, key: str | None) -> str:
    """What a choice shows, as HTML: its name, and the key that picks it."""
    shown = _markup.element("span", "key", key.replace("shift+", "\u21e7").upper()) if key else ""
    return f"<span>{text}{shown}</span>"


def choice(text: str, alias: str, key: str, hint: str = "") -> str:
    """A `<Choice>` of a config: what it shows, what an annotation says, its key, and what hovering explains."""
    said = {"value": text, "alias": alias, "hotkey": key, "hint": hint, "html": button(text, key)}
    return "<Choice " + " ".join(f"{name}={quoteattr(value)}" for name, value in said.items() if value) + "/>"


def remark(to: str, name: str = "comment", asked: str = "Comment") -> str:
    """A line for what somebody wants to say beside their answer: a `<TextArea>` of a config, about the tag `to`."""
    hint = quoteattr(f"{asked} (optional; Enter keeps it)")
    return f'<TextArea name="{name}" toName="{to}" rows="1" maxSubmissions="1" editable="true" placeholder={hint}/>'
