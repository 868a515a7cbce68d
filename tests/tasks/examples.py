"""One record for each task type, of our own making: what tests walk through, and what docs/gallery shows."""

from collections.abc import Mapping
from typing import Any

_STEPS = {
    "prompt": "A tank holds 240 litres. A pump fills $\\frac{1}{3}$ of it in 8 minutes, and then works at half its "
    "speed. After how many minutes is the tank full?",
    "domain": "reasoning",
    "candidates": [
        {
            "steps": [
                "In 8 minutes the pump fills $\\frac{1}{3} \\cdot 240 = 80$ litres.",
                "So it works at $\\frac{80}{8} = 10$ litres a minute.",
                "What is left is $240 - 80 = 160$ litres.",
                "At half its speed it fills $\\frac{10}{2} = 5$ litres a minute: $\\frac{160}{5} = 30$ minutes more.",
                "Together that makes $8 + 30 = \\boxed{38}$ minutes.",
            ]
        }
    ],
    "reference": {"answer": "$40$"},
}
_PROMPT = "Why is $\\sqrt{2}$ not a fraction? Explain it to somebody who knows school mathematics."
_PROOF = """\
Suppose that it is one, in lowest terms:

\\[ \\sqrt{2} = \\frac{a}{b} \\implies a^2 = 2b^2 \\]

So $a^2$ is even, and with it $a$. Write $a = 2k$. Then $4k^2 = 2b^2$, that is $b^2 = 2k^2$, and $b$ is even too.

**That cannot be**: a fraction in lowest terms has no factor 2 above and below. So $\\sqrt{2}$ is no fraction."""
_WORDS = """\
A fraction has a decimal expansion that ends or repeats. That of $\\sqrt{2} = 1.41421356\\ldots$

1. does not end,
2. does not repeat,

so it is not a fraction."""
_SHORT = "Because $\\sqrt{2} \\approx 1.414$, and that many decimals do not fit into a fraction."
_NONE = "It just is: try all fractions, and none fits."
_MEDIAN = """\
```python
def median(numbers):
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    if len(ordered) % 2 == 1:
        return ordered[middle]
    return (ordered[middle] + ordered[middle + 1]) / 2
```"""
_PATCH = """\
diff --git a/clock/span.py b/clock/span.py
--- a/clock/span.py
+++ b/clock/span.py
@@ -14,7 +14,9 @@ class Span:
     def minutes(self):
-        return (self.end - self.start).seconds // 60
+        # a span may be longer than a day
+        whole = self.end - self.start
+        return int(whole.total_seconds() // 60)"""
_TEST_PATCH = """\
diff --git a/tests/test_span.py b/tests/test_span.py
--- a/tests/test_span.py
+++ b/tests/test_span.py
@@ -9,3 +9,8 @@
+def test_two_days():
+    span = Span(datetime(2024, 3, 1), datetime(2024, 3, 3))
+    assert span.minutes() == 2880
+    assert repr(span) == "<Span of 2 days>\""""

RECORDS: Mapping[str, dict[str, Any]] = {
    "step_review": _STEPS,
    "first_error": {**_STEPS, "prompt": f"{_STEPS['prompt']} Say how you get there."},
    "answer_check": {
        "prompt": "Solve $x^2 - 2x - 2 = 0$ for $x > 0$.",
        "domain": "reasoning",
        "candidates": [
            {
                "text": "We complete the square: $(x - 1)^2 = 3$, so $x - 1 = \\pm\\sqrt{3}$.\n\n"
                "As $x > 0$, the sign is a plus:\n\n\\[ x = \\boxed{\\sqrt{3} + 1} \\]"
            }
        ],
        "reference": {
            "answer": "\\frac{2 + \\sqrt{12}}{2}",
            "solution": "By the formula for quadratic equations.",
        },
    },
    "preference_pair": {
        "prompt": _PROMPT,
        "domain": "reasoning",
        "candidates": [{"text": text} for text in (_PROOF, _WORDS)],
    },
    "ranking": {
        "prompt": f"{_PROMPT} Keep it short.",
        "domain": "reasoning",
        "candidates": [{"text": text} for text in (_PROOF, _WORDS, _SHORT, _NONE)],
    },
    "code_review": {
        "prompt": "Write a function `median(numbers)` that gives the median of a list of numbers that is not empty; of "
        "an even count it is the mean of the two in the middle.",
        "domain": "coding",
        "programming_language": "python",
        "candidates": [
            {
                "text": _MEDIAN,
                "test_results": [
                    {"passed": True, "name": "median([3, 1, 2]) == 2"},
                    {
                        "passed": False,
                        "name": "median([1, 2, 3, 4]) == 2.5",
                        "output": "AssertionError: 3.5 != 2.5",
                    },
                ],
            }
        ],
    },
    "test_review": {
        "prompt": 'def initials(name: str) -> str:\n    """The first letters of the words of a name, in capitals.\n\n'
        '    initials("ada lovelace") == "AL"\n    """',
        "domain": "coding",
        "programming_language": "python",
        "tests": {
            "entry_point": "initials",
            "code": 'assert initials("ada lovelace") == "AL"\nassert initials("Grace  Hopper") == "GH"\n'
            'assert initials("émilie du châtelet") == "ÉDC"\nassert initials("alan turing") == "A.T."\n'
            'assert initials("") is None',
        },
    },
    "issue_review": {
        "prompt": "# Minutes of long spans are wrong\n\n`Span.minutes()` of a span of two days gives 0. "
        "I expect 2880.\n\n```python\n>>> Span(datetime(2024, 3, 1), datetime(2024, 3, 3)).minutes()\n0\n```\n\n"
        "Spans of less than a day are right.",
        "domain": "coding",
        "issue": {
            "repo": "example/clock",
            "base_commit": "5f1c9a7d20be",
            "patch": _PATCH,
            "test_patch": _TEST_PATCH,
        },
    },
    "rubric_grade": {
        "prompt": f"{_PROMPT} Use no more than 120 words.",
        "domain": "reasoning",
        "candidates": [{"text": _PROOF}],
        "rubric": [
            {"criterion": "Says where the contradiction lies.", "points": 4},
            {"criterion": "Shows that $a$ is even **because** $a^2$ is.", "points": 2},
            {"criterion": "Stays within 120 words.", "points": 1},
            {"criterion": "Appeals to decimal expansions without proof.", "points": -2},
        ],
    },
    "rewrite": {
        "prompt": "Translate into German; leave formulas as they are.",
        "domain": "reasoning",
        "translation_of": "A triangle with sides $3$, $4$ and $5$ has a right angle, for $3^2 + 4^2 = 5^2$.",
        "draft": "Ein Dreieck mit den Seiten $3$, $4$ und $6$ hat einen rechten Winkel, denn $3^2 + 4^2 = 5^2$.",
    },
}
