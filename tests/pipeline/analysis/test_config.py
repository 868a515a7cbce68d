"""What a labeling config says of its controls."""

import pytest

from pipeline.analysis.config import Control, Controls
from schemas.errors import LabelStudioError

CONFIG = """<View>
<Text name="t" value="$t"/><Choices name="one" toName="t"/><Choices name="many" toName="t" choice="multiple"/>
<Rating name="each" toName="t" perRegion="true"/><Taxonomy name="tree" toName="t"/><Brush name="paint" toName="t"/>
<HyperTextLabels name="bug" toName="t"><Label value="Bug"/></HyperTextLabels>
<Repeater on="$steps"><Choices name="step_{{idx}}" toName="t"/><Labels name="l_{{idx}}" toName="t"/></Repeater>
</View>"""


def test_controls_are_known_by_their_kind_and_by_how_many_values_they_take() -> None:
    controls = Controls(CONFIG)
    found = {name: controls[name] for name in ("one", "many", "each", "tree", "bug", "paint")}
    assert {name: one and (one.kind, one.many) for name, one in found.items()} == {
        "one": ("choices", False),
        "many": ("choices", True),
        "each": ("rating", True),
        "tree": ("taxonomy", True),
        "bug": ("regions", True),
        "paint": ("other", False),
    }
    assert controls.regions() == ["bug"]
    assert controls["t"] is None
    assert controls["nothing"] is None


def test_a_repeated_control_is_known_by_its_number() -> None:
    controls = Controls(CONFIG)
    assert controls["step_12"] == Control("step_{{idx}}", "choices", many=False)
    assert controls["a step_1"] is None


def test_a_config_that_is_no_xml_is_told_in_one_line() -> None:
    with pytest.raises(LabelStudioError, match="labeling config: should be XML") as caught:
        Controls("<View>")
    assert "\n" not in str(caught.value)
