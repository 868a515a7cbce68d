"""How long texts made to be slow take to render, beside plain text: `rendering.py`. Exits 1 where one takes too long.

Each is 100,000 characters. The measure is this process's own work, and the limit a multiple of what plain text of
the same length takes, so that the machine and what else it does matter little.
"""

import sys
import time

from rich.console import Console
from rich.table import Table

from tasks._markup import prose

LENGTH = 100_000
MOST_TIMES = 330
"""Of plain text: two seconds where that takes 6 ms."""

PLAIN = "The quick brown fox. "
REPEATED = (
    *(
        "$",
        "$a ",
        "$x$ ",
        "$$ a ",
        "$\\",
        "`$",
        "a$b",
        "\\(",
        "\\[",
        "\\]",
        "\\left(",
        "\\boxed{",
        "\\begin{align}",
    ),
    *(
        "{",
        "}",
        "[",
        "![",
        "[a](",
        "[x](((",
        "*",
        "*a ",
        "a* ",
        "*a** ",
        "a **b* ",
        "_",
        "`",
        "`a ",
        "`a``",
        "***a",
    ),
    *(
        "> ",
        ">",
        "> a\n",
        "- ",
        "- a\n",
        "- a\nb\n",
        "1. ",
        "> - ",
        "# a\n",
        "|",
        "|a|b|\n|-|-|\n",
        "---\n",
        "* * *\n",
    ),
    *(
        "~~~\n",
        "```\n",
        "<",
        "<div>\n",
        "&",
        "\n",
        " ",
        "\t",
        "\\",
        "\\*",
        "\0",
        "[asy]",
        "\u4e2d",
        "\u0627",
        "\ud800",
    ),
)
"""Said over and over."""
MADE = {
    "rows of ticks": "".join("a" + "`" * number for number in range(440)),
    "quotes that deepen": "".join(">" * number + " a\n" for number in range(440)),
    "lists that deepen": "".join(" " * (2 * number) + "- a\n" for number in range(310)),
    "marks within marks": "*a " * 16_000 + " a*" * 16_000,
    "a wide table": "|".join("a" * 300) + "\n" + "|".join("-" * 300) + "\n" + "a\n" * 49_000,
    "a table that fails": "|a|\n|-|\n" + "|a|\n" * 24_000 + "|a|b|\n",
    "a thousand formulas": "".join(f"$x_{{{number}}}+\\frac{{{number}}}{{2}}$ " for number in range(4_000)),
    "formulas too deep": ("$" + "\\left(" * 300 + "$ ") * 50,
    "python": "```python\n" + "a = 1\n" * 16_000,
    "java of words": "```java\n" + "a\n" * 50_000,
    "c of empty lines": "```c\n" + "\n" * 90_000,
}


def seconds(text: str) -> float:
    """Of work, once."""
    prose.cache_clear()
    started = time.process_time()
    prose(text)
    return time.process_time() - started


def of_length(said: str) -> str:
    """It, over and over."""
    return (said * (LENGTH // len(said) + 1))[:LENGTH]


def main() -> int:
    """Render each, print how many times plain text's work it takes; 1 where one takes too long."""
    prose("$x$ `y`\n\n- z\n\n```python\nx\n```")  # the first formula loads what others share
    plain = min(seconds(of_length(PLAIN)) for _ in range(5))
    texts = {**{repr(said): of_length(said) for said in REPEATED}, **MADE}
    took = sorted(((seconds(text) / plain, name) for name, text in texts.items()), reverse=True)
    table = Table("text", "times plain text")
    for times, name in took[:15]:
        table.add_row(name, f"{times:.0f}")
    console = Console()
    console.print(f"Plain text of {LENGTH:,} characters: {plain * 1000:.0f} ms. The slowest of {len(took)}:")
    console.print(table)
    return 1 if took[0][0] > MOST_TIMES else 0


if __name__ == "__main__":
    sys.exit(main())
