"""The analysis of a labels table in a terminal: tables that fit 80 columns and read as well in a pipe."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.analysis.label_quality import Person, Quality
from pipeline.analysis.label_tables import TableAnalysis
from pipeline.quality.agreement import LOPSIDED, verdict
from pipeline.quality.choosing import Choice
from pipeline.quality.signs import MEANINGS
from pipeline.report.tables import MOST_ROWS, name_of, table_of
from pipeline.report.words import DASH, NONE, between, count, percent, plain, share


def show(found: TableAnalysis, console: Console) -> None:
    """Print the analysis; tables without rows are left out."""
    for one in found.qualities:
        _show(one, console, plain(one.labeled.dimension or found.name))
    for finding in found.findings.to_json():
        times, what = int(finding["count"]), plain(str(finding["finding"]))
        console.print(Text(f"{count(times)} times: {what} (first: {plain(str(finding['first']))})"))


def _show(one: Quality, console: Console, name: str) -> None:
    found = one.agreement
    votes = count(one.labeled.votes.n)
    console.print(
        Text(
            f"{name}: {votes} labels of {count(found.items)} items by {count(found.annotators)} people",
            style="bold",
        )
    )
    for line in (_agreement(one), _method(one), *_judged(one)):
        console.print(Text(line))
    for table in (_people(one), _signs(one), _faults(one), _pairs(one)):
        if table.row_count:
            console.print()
            console.print(table)
    console.print()


def _agreement(one: Quality) -> str:
    found = one.agreement
    alpha = NONE if found.alpha is None else f"{found.alpha:.2f}"
    interval = found.alpha_interval
    within = f" ({interval[0]:.2f}{DASH}{interval[1]:.2f})" if interval else ""
    lopsided = f"; one label makes {percent(found.top_share)} of all" if found.top_share > LOPSIDED else ""
    ac1 = "" if found.ac1 is None else f", AC1 {found.ac1:.2f}"
    return (
        f"Agreement beyond chance (alpha): {alpha}{within}{ac1}, same answer {share(found.raw)} "
        f"on {count(found.doubly_labeled)} items with two labels or more: {verdict(found)}{lopsided}"
    )


def _method(one: Quality) -> str:
    return f"Labels by {one.settled.method}: {one.settled.why}"


def _judged(one: Quality) -> list[str]:
    choice = one.settled if isinstance(one.settled, Choice) else None
    if choice is None or choice.judged is None:
        return []
    judged = choice.judged
    tried = ", ".join(f"{trial.method} {count(trial.right)}" for trial in choice.tried)
    return [f"Gold it did not learn from: {count(judged.right)} of {count(judged.of)} right ({tried})"]


def _people(one: Quality) -> Table:
    shown = sorted(one.people, key=lambda who: (not who.signs, who.reliability.interval[1]))[:MOST_ROWS]
    left = len(one.people) - len(shown)
    more = f"and {count(left)} people more; --json shows all" if left else None
    table = table_of("People", ("who",), ("labels", "right", "95 in 100", "gold"), more)
    table.add_column("stands out", overflow="fold")
    for who in shown:
        table.add_row(*_person(who))
    return table


def _person(who: Person) -> tuple[Text | str, ...]:
    found = who.reliability
    gold = f"{count(found.gold_right)} of {count(found.gold_of)}" if found.gold_of else NONE
    flags = ", ".join(sorted({sign.kind for sign in who.signs}))
    right, within = share(found.accuracy), between(*found.interval)
    return name_of(found.annotator), count(found.labels), right, within, gold, flags


def _signs(one: Quality) -> Table:
    table = table_of("What stands out: to be looked at, proves nothing", ("who", "what", "evidence"), ())
    told = [sign for who in one.people for sign in who.signs if sign.annotator == who.reliability.annotator]
    for sign in told[:MOST_ROWS]:
        table.add_row(name_of(sign.annotator), MEANINGS[sign.kind], name_of(sign.said))
    return table


def _faults(one: Quality) -> Table:
    shown = one.faults[:MOST_ROWS]
    more = f"and {count(len(one.faults) - len(shown))} more" if len(one.faults) > len(shown) else None
    table = table_of("Gold to look at", ("item", "gold says", "people say"), ("as gold", "gold right"), more)
    for fault in shown:
        agreed = f"{count(fault.agreed)} of {count(fault.of)}"
        table.add_row(
            name_of(fault.item), name_of(fault.gold), name_of(fault.says), agreed, share(fault.probability)
        )
    return table


def _pairs(one: Quality) -> Table:
    shown = [pair for pair in one.pairs if pair.stands_out or pair.by_one][:MOST_ROWS]
    table = table_of(
        "Labels taken for each other", ("labels", "whose doing"), ("items", "people", "times chance")
    )
    for pair in shown:
        whose = f"{pair.by_one} alone" if pair.by_one else "many people's: the guideline"
        labels = " / ".join(pair.labels)
        table.add_row(
            name_of(labels), name_of(whose), count(pair.items), count(pair.people), f"{pair.score:.2f}"
        )
    return table
