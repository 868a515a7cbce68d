"""Word problems for the demo: animals' legs, puzzles, bakeries and eggs, in both languages."""

# ruff: noqa: RUF001 - Chinese has punctuation of its own

from collections.abc import Mapping
from typing import Any, ClassVar

from pipeline.demo.families import Drawn, Family
from pipeline.demo.working import Working

ANIMALS: Mapping[str, tuple[str, str, int]] = {
    "ant": ("ants", "只蚂蚁", 6),
    "bee": ("bees", "只蜜蜂", 6),
    "beetle": ("beetles", "只甲虫", 6),
    "butterfly": ("butterflies", "只蝴蝶", 6),
    "cat": ("cats", "只猫", 4),
    "chicken": ("chickens", "只鸡", 2),
    "cow": ("cows", "头牛", 4),
    "crab": ("crabs", "只螃蟹", 10),
    "cricket": ("crickets", "只蟋蟀", 6),
    "dog": ("dogs", "条狗", 4),
    "duck": ("ducks", "只鸭子", 2),
    "elephant": ("elephants", "头大象", 4),
    "giraffe": ("giraffes", "只长颈鹿", 4),
    "grasshopper": ("grasshoppers", "只蚱蜢", 6),
    "horse": ("horses", "匹马", 4),
    "lion": ("lions", "头狮子", 4),
    "lobster": ("lobsters", "只龙虾", 10),
    "spider": ("spiders", "只蜘蛛", 8),
    "tiger": ("tigers", "只老虎", 4),
    "wasp": ("wasps", "只黄蜂", 6),
}
"""What the generator calls them, several of them in English and Chinese, and how many legs each has."""


class Legs(Family):
    """How many legs some animals have together."""

    generator = "leg_counting"
    settings: ClassVar[Mapping[str, Any]] = {"min_animals": 3, "max_animals": 3, "min_instances": 2}
    topic = "word problems"

    def suits(self, drawn: Drawn) -> bool:
        return all(animal in ANIMALS for animal in drawn["animals"])

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        herd = [(count, ANIMALS[animal]) for animal, count in drawn["animals"].items()]
        *most, last = [f"{count} {names[0]}" for count, names in herd]
        counted = "、".join(f"{count} {names[1]}" for count, names in herd)
        english = f"A zoo keeps {', '.join(most)} and {last}. How many legs do they have altogether?"
        chinese = f"动物园里有 {counted}。它们一共有多少条腿？"
        return english, chinese

    def solve(self, drawn: Drawn, working: Working) -> str:
        parts = []
        for animal, count in drawn["animals"].items():
            english, chinese, legs = ANIMALS[animal]
            parts.append(working.compute(count * legs))
            line = f"${count} \\times {legs} = {parts[-1]}$"
            working.say(
                f"{count} {english} with {legs} legs each have {line} legs.",
                f"{count} {chinese}，每{chinese[0]} {legs} 条腿，共 {line} 条。",
            )
        return _together(parts, working, ("legs", "条腿"))


class Story(Family):
    """A template of gsm_symbolic, known by the variables that it draws."""

    generator = "gsm_symbolic"
    topic = "word problems"
    variables: ClassVar[frozenset[str]]

    def suits(self, drawn: Drawn) -> bool:
        return self.variables.issubset(drawn["variables"])


class Puzzles(Story):
    """Two kinds of games, each with its time."""

    variables = frozenset({"game1", "game2", "period", "time1", "time2", "num1", "num2"})

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        v = drawn["variables"]
        english = (
            f"{v['name']} needs {v['time1']} minutes for a {v['game1']} and {v['time2']} minutes for a"
            f" {v['game2']}. This week {v['name']} finished {v['num1']} of the first kind and"
            f" {v['num2']} of the second. How many minutes did that take?"
        )
        chinese = (
            f"小明下一盘棋需要 {v['time1']} 分钟，猜一个谜语需要 {v['time2']} 分钟。"
            f"这个星期他下了 {v['num1']} 盘棋，猜出了 {v['num2']} 个谜语。他一共用了多少分钟？"
        )
        return english, chinese

    def solve(self, drawn: Drawn, working: Working) -> str:
        v, parts = drawn["variables"], []
        for english, chinese, count, minutes in (
            (f"The {v['game1']}s", "下棋", v["num1"], v["time1"]),
            (f"The {v['game2']}s", "猜谜", v["num2"], v["time2"]),
        ):
            parts.append(working.compute(count * minutes))
            line = f"${count} \\times {minutes} = {parts[-1]}$"
            working.say(f"{english} took {line} minutes.", f"{chinese}用了 {line} 分钟。")
        return _together(parts, working, ("minutes", "分钟"))


class Bakery(Story):
    """Three kinds of pastries by the dozen."""

    variables = frozenset({"shop", "item", "item1", "item2", "item3", "n1", "n2", "n3", "p1", "p2", "p3"})

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        v = drawn["variables"]
        english = (
            f"At the {v['shop']}, {v['name']} buys {v['n1']} dozen {v['item1']} at {v['p1']} dollars a dozen,"
            f" {v['n2']} dozen {v['item2']} at {v['p2']} dollars a dozen and {v['n3']} dozen {v['item3']} at"
            f" {v['p3']} dollars a dozen. What is the total in dollars?"
        )
        chinese = (
            f"小红在面包店买了 {v['n1']} 打蛋挞，每打 {v['p1']} 元；{v['n2']} 打面包，每打 {v['p2']} 元；"
            f"{v['n3']} 打小蛋糕，每打 {v['p3']} 元。她一共花了多少元？"
        )
        return english, chinese

    def solve(self, drawn: Drawn, working: Working) -> str:
        v, parts = drawn["variables"], []
        for at, chinese in (("1", "蛋挞"), ("2", "面包"), ("3", "小蛋糕")):
            count, price = v[f"n{at}"], v[f"p{at}"]
            parts.append(working.compute(count * price))
            line = f"${count} \\times {price} = {parts[-1]}$"
            working.say(f"The {v[f'item{at}']} cost {line} dollars.", f"{chinese}花了 {line} 元。")
        return _together(parts, working, ("dollars", "元"))


class Eggs(Story):
    """Eggs eaten over two stretches of days, in dozens."""

    variables = frozenset(
        {"eggs_per_day_first", "days_first", "eggs_per_day_second", "days_second", "dozens"}
    )

    def ask(self, drawn: Drawn) -> tuple[str, str]:
        v = drawn["variables"]
        first, second = v["eggs_per_day_first"], v["eggs_per_day_second"]
        english = (
            f"{v['name']} eats {first} eggs a day for {v['days_first']} days, then {second} eggs a day for"
            f" {v['days_second']} days. How many dozen eggs is that?"
        )
        chinese = (
            f"老王先连续 {v['days_first']} 天每天吃 {first} 个鸡蛋，之后连续 {v['days_second']} 天"
            f"每天吃 {second} 个鸡蛋。他一共吃了多少打鸡蛋？（一打为 12 个）"
        )
        return english, chinese

    def solve(self, drawn: Drawn, working: Working) -> str:
        v, eggs = drawn["variables"], []
        for days, a_day in (
            (v["days_first"], v["eggs_per_day_first"]),
            (v["days_second"], v["eggs_per_day_second"]),
        ):
            eggs.append(working.compute(days * a_day))
            line = f"${days} \\times {a_day} = {eggs[-1]}$"
            working.say(f"In {days} days that makes {line} eggs.", f"{days} 天共吃 {line} 个。")
        total = working.compute(sum(eggs))
        line = f"${eggs[0]} + {eggs[1]} = {total}$"
        working.say(f"Together that is {line} eggs.", f"合计 {line} 个。")
        dozens = working.compute(total // 12) if total % 12 == 0 else total / 12
        line = f"$\\frac{{{total}}}{{12}} = {dozens:g}$" if total % 12 == 0 else _about(total, dozens)
        working.say(
            f"A dozen is 12 eggs, so the answer is {line} dozen.", f"一打是 12 个，所以答案是 {line} 打。"
        )
        return f"{dozens:g}"


def _about(total: int, dozens: float) -> str:
    return f"$\\frac{{{total}}}{{12}} \\approx {dozens:.2f}$"


def _together(parts: list[int], working: Working, unit: tuple[str, str]) -> str:
    """The last two steps of many stories: the sum, and the answer."""
    total = working.compute(sum(parts))
    line = f"${' + '.join(map(str, parts))} = {total}$"
    working.say(f"Together that is {line}.", f"合计 {line}。")
    working.say(f"The answer is ${total}$ {unit[0]}.", f"所以答案是 ${total}$ {unit[1]}。")
    return str(total)


STORIES: tuple[Family, ...] = (Legs(), Puzzles(), Bakery(), Eggs())
