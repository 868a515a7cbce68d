"""What pages of the documentation show of `--json`."""

import json
import re
from pathlib import Path
from typing import Any


def examples(page: Path) -> dict[str, Any]:
    """The first JSON below each heading "headrace … --json", by what stands between."""
    found = re.findall(
        r"^##+ `headrace ([^`]+) --json`\n(?:(?!^##).)*?```json\n(.*?)```",
        page.read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
    return {command: json.loads(example) for command, example in found}
