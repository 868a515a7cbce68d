"""What a terminal or a pipe shows of the flow."""

import io
from typing import Any

from rich.cells import cell_len
from rich.console import Console

from pipeline.report.flow_terminal import LEVELS, SPARK, show, spark
from pipeline.report.sentence import sentence
from schemas.flow import Bottleneck, DataQuality, Flow, Forecast
from tests.pipeline.report.flow_example import NOW, SHORT, SHORTAGE, flow

TITLES = ("What would help", "Targets", "How much is asked", "Where the days go", "People's hours")


def shown(found: Flow, width: int = 80, encoding: str = "utf-8") -> str:
    """What a pipe receives: no colours, no terminal."""
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    show(found, Console(file=out, width=width))
    out.flush()
    raw: Any = out.buffer
    return str(raw.getvalue().decode(encoding))


def line(said: str, begins: str) -> list[str]:
    """The words of the one line that begins so."""
    (found,) = [one for one in said.splitlines() if one.startswith(begins)]
    return found.split()


def test_the_sentence_comes_first_and_the_tables_follow() -> None:
    said = shown(flow())
    assert " ".join(said.split("\n\n")[0].split()) == sentence(flow())
    places = [said.index(title) for title in TITLES]
    assert places == sorted(places)
    assert "\x1b" not in said


def test_a_load_is_a_figure_and_a_bar_with_a_mark_at_what_people_can_do() -> None:
    said = shown(flow(), width=120)
    over = [one for one in said.splitlines() if one.startswith("Chinese code review") and "157 %" in one][-1]
    assert over.split()[3:11] == ["157", "%", "139\u2013174", "%", "2", "31", "49", "█████████│████"]
    assert next(one for one in said.splitlines() if " 62 %" in one).rstrip().endswith("│")


def test_a_target_is_told_with_its_future_as_blocks() -> None:
    words = line(shown(flow(), width=120), "Chinese code review   4,000")
    assert words[3:9] == ["4,000", "530", "22", "%", "1,146", "15"]
    assert set(words[-1]) <= set(LEVELS)
    assert len(words[-1]) == SPARK


def test_eighty_columns_are_enough_for_long_names() -> None:
    long = Flow.model_validate_json(
        flow().model_dump_json().replace(SHORT, SHORT + "/" + "a-very-long-topic" * 3)
    )
    said = shown(long)
    assert max(cell_len(one) for one in said.splitlines()) <= 80
    assert "…" not in said


def test_a_terminal_without_blocks_gets_plain_characters() -> None:
    said = shown(flow(), encoding="ascii")
    assert "#" in said
    assert not set(said) & set("█│░▁▂▃▄▅▆▇")


def test_tables_without_facts_are_left_out() -> None:
    nothing = Bottleneck(cause="none")
    quality = DataQuality(events=0, tasks=0, first=None, last=None)
    bare = flow(
        bottleneck=nothing,
        bottlenecks=(nothing,),
        loads=(),
        forecast=Forecast(),
        metrics={},
        data_quality=quality,
    )
    said = shown(bare, width=200)
    assert [title for title in TITLES if title in said] == []
    assert said.count("\n") == 1


def test_doubts_and_what_was_mended_stand_below() -> None:
    doubted = SHORTAGE.model_copy(update={"doubts": ("the second came within 3 % of it",)})
    said = shown(flow(bottlenecks=(doubted,)))
    assert said.index("People's hours") < said.index("The second came within 3 % of it")
    assert said.rstrip().endswith("12 lead times were cut to 2 h")


def test_names_from_outside_neither_format_nor_steer_the_terminal() -> None:
    text = flow().model_dump_json().replace("ann-07", "[bold]x[/bold]\\u001b[2J")
    said = shown(Flow.model_validate_json(text), width=200)
    assert "\x1b" not in said
    assert "[bold]x[/bold]\ufffd[2J" in said


def test_a_line_of_blocks_goes_from_nothing_to_the_highest() -> None:
    assert spark([0, 1, 2, 4]) == "▁▃▅█"
    assert spark([]) == ""
    assert spark([0.0, 0.0]) == "▁▁"
    assert len(spark(list(range(1000)))) == SPARK
    assert flow().as_of == NOW
