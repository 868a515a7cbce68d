"""Whatever people write, a page shows it as it was written, and is no other page for it."""

from datetime import UTC, datetime
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.door.base import Visitor
from pipeline.door.desk.content import Case
from pipeline.door.desk.disputes import Dispute
from pipeline.door.desk.judged import Judged
from pipeline.door.desk.pages import render
from pipeline.door.desk.personal import Part, said
from pipeline.door.desk.reader import Seen
from pipeline.door.desk.snapshot import Known
from pipeline.door.desk.visit import Visit
from pipeline.door.desk.words import LANGUAGES, Words
from tests.pipeline.door.desk_example import HOSTILE, dumped, pair, prefers

WHEN = datetime(2026, 11, 22, 15, 43, tzinfo=UTC)
TEXTS = st.text(max_size=80) | st.text(alphabet="<>&\"'{}%$`/=! scriptonload\\\n", max_size=80)


class Outline(HTMLParser):
    """The elements of a page with their attributes, and what its quotes say."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.quotes: list[str] = []
        self._quoting = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))
        if tag == "blockquote":
            self._quoting = True
            self.quotes.append("")

    def handle_endtag(self, tag: str) -> None:
        self._quoting &= tag != "blockquote"

    def handle_data(self, data: str) -> None:
        if self._quoting:
            self.quotes[-1] += data


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    found.close()
    return found


def visit(name: str, language: str) -> Visit:
    who = Visitor(annotator="ann-11", name=name, role="lead", account=1)
    return Visit(
        who, Words(language), Seen(Known()), WHEN, csrf=name, path="/desk/disputes", is_old=False, person=None
    )


def page_of(remark: str, answer: str, name: str, language: str) -> str:
    dispute = Dispute(
        "d1", "ann-11", "t1", "gold", remark, WHEN, upheld=True, answer=answer, answered_at=WHEN
    )
    return render("disputes", visit(name, language), disputes=[dispute], part=Part(1, 1, 1))


@given(remark=TEXTS, answer=TEXTS, name=TEXTS, language=st.sampled_from(LANGUAGES))
@example(HOSTILE, HOSTILE, HOSTILE, "en")
@settings(deadline=None, max_examples=60)
def test_a_page_is_the_same_whatever_is_written_on_it(
    remark: str, answer: str, name: str, language: str
) -> None:
    remark, answer, name = said(remark), said(answer), said(name)
    plain, written = (
        outline(page_of("a", "b", "c", language)),
        outline(page_of(remark, answer, name, language)),
    )
    assert written.elements == plain.elements
    assert written.quotes == [remark, answer]


@given(clause=TEXTS, reason=TEXTS, cell=TEXTS, prompt=TEXTS)
@example(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
@settings(deadline=None, max_examples=40)
def test_a_case_shows_the_task_in_our_own_elements_only(
    clause: str, reason: str, cell: str, prompt: str
) -> None:
    case = Case("preference_pair", 2, dumped(pair(1, said(prompt))))
    one = Judged(
        about="overturned",
        task_id="t1",
        cell=f"en/preference_pair/{said(cell)}",
        task_type="preference_pair",
        version=2,
        item=case.payload,
        said=dumped(prefers(1, said(reason))),
        known=dumped(prefers(-3)),
        clause=said(clause),
        reason=said(reason),
        at=WHEN,
        dispute_id="d1",
    )
    page = render("overturned", visit("Li", "en"), judged=[(one, case)], disputes={}, part=Part(1, 1, 1))
    found = outline(page)
    assert not {"script", "img", "iframe", "svg", "style", "object"} & {tag for tag, _ in found.elements}
    assert not {
        name for _, names in found.elements for name in names if name.startswith("on") or name == "style"
    }
