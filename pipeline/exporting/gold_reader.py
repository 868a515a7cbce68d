"""A program that tries answers, one in JSON a line: 1 for each that Math-Verify makes something of, as TRL asks it."""

import json
import resource
import sys

MEMORY = 4 << 30
SECONDS = 10
"""By the clock, as TRL allows it."""


def main() -> None:
    """Answer until there are no more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from math_verify import parse

    for line in sys.stdin:
        read = bool(parse(json.loads(line), parsing_timeout=SECONDS))
        sys.stdout.write("1\n" if read else "0\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
