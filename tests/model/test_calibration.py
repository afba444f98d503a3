import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gouji.model.calibration import (
    UNMEASURED,
    Calibration,
    HeadCalibration,
    LineCalibration,
    Opinions,
    Trust,
)
from gouji.model.errors import ModelError

LOGITS = np.array([[2.0, 0.0, -1.0], [0.0, 0.0, 0.0], [900.0, 0.0, 0.0]], np.float32)


def test_without_numbers_logits_become_their_softmax() -> None:
    found = HeadCalibration().apply(LOGITS)
    expected = np.exp(LOGITS[0]) / np.exp(LOGITS[0]).sum()
    assert np.allclose(found[0], expected)
    assert np.allclose(found[1], 1 / 3)
    assert np.allclose(found[2], [1, 0, 0])


def test_a_temperature_above_one_makes_less_sure_and_keeps_the_order() -> None:
    cold, warm = HeadCalibration().apply(LOGITS), HeadCalibration(2.5).apply(LOGITS)
    assert warm[0, 0] < cold[0, 0]
    assert (warm.argsort(axis=-1)[0] == cold.argsort(axis=-1)[0]).all()
    assert np.allclose(warm[0], HeadCalibration().apply(LOGITS[:1] / 2.5)[0])


def test_a_curve_maps_the_greatest_probability_and_shares_out_the_rest() -> None:
    plain = HeadCalibration().apply(LOGITS[:1])[0]
    found = HeadCalibration(1.0, ((0.0, 0.0), (float(plain[0]), 0.7), (1.0, 1.0))).apply(LOGITS)
    assert found[0, 0] == pytest.approx(0.7, abs=1e-5)
    assert found[0, 1] / found[0, 2] == pytest.approx(plain[1] / plain[2], rel=1e-4)
    assert np.allclose(found.sum(axis=-1), 1)


def test_an_empty_batch_stays_empty() -> None:
    calibration = HeadCalibration(1.5, ((0.0, 0.0), (1.0, 0.9)))
    assert calibration.apply(LOGITS[:0]).shape == (0, 3)


def write(folder: Path, data: Any) -> Path:
    path = folder / "calibration.json"
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")
    return path


def test_heads_that_a_file_leaves_out_are_not_corrected(tmp_path: Path) -> None:
    data = {
        "heads": {"row": {"temperature": 1.5}},
        "opinions": {"trust": {"requests": {"model": 0.9, "rules": 0.1}}},
    }
    found = Calibration.load(write(tmp_path, data))
    assert found.heads.row == HeadCalibration(1.5)
    assert found.heads.column == HeadCalibration()
    assert found.opinions.of("requests.part.clear") == Trust(0.9, 0.1)
    assert found.opinions.of("active.full.clear") == UNMEASURED


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ("{", "calibration.json"),
        ({"heads": {"roww": {}}}, "roww"),
        ({"heads": {"row": {"temperature": 0}}}, "temperature"),
        ({"heads": {"row": {"temperature": "warm"}}}, "temperature"),
        ({"heads": {"row": {"curve": [[0.5, 0.5], [0.5, 0.6]]}}}, "curve"),
        ({"heads": {"row": {"curve": [[0.5, 1.5]]}}}, "curve"),
        ({"lines": {"whole": [[0.5, 0.5], [0.4, 0.6]]}}, "lines.whole"),
        ({"lines": {"part": [[0.5, -0.5]]}}, "lines.part"),
        ({"opinions": {"trust": {"": {"model": 0.9, "rules": 0.2}}}}, "opinions"),
        ({"opinions": {"trust": {"": {"model": -0.1, "rules": 0.2}}}}, "opinions"),
    ],
)
def test_numbers_that_make_no_sense_are_refused_by_name(
    tmp_path: Path, data: Any, part: str
) -> None:
    with pytest.raises(ModelError, match=part):
        Calibration.load(write(tmp_path, data))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"calibration\.json"):
        Calibration.load(tmp_path / "calibration.json")


def test_the_most_special_condition_counts() -> None:
    opinions = Opinions({"": Trust(0.1, 0.1), "a": Trust(0.2, 0.1), "a.full.clear": Trust(0.3, 0)})
    assert opinions.of("a.full.clear").model == 0.3
    assert opinions.of("a.full.damaged").model == 0.2
    assert opinions.of("b.full").model == 0.1


def test_the_row_of_a_line_is_believed_as_far_as_such_lines_were_right() -> None:
    lines = LineCalibration(whole=((0.5, 0.9), (0.9, 1.0)), part=((0.5, 0.2), (1.0, 0.7)))
    assert lines.apply(0.7, whole=True) == pytest.approx(0.95)
    assert lines.apply(0.95, whole=True) == 1.0
    assert lines.apply(0.75, whole=False) == pytest.approx(0.45)
    assert LineCalibration().apply(0.75, whole=False) == 0.75
