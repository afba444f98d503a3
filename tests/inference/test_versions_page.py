"""The history of a model over its versions: the order, the chart and the numbers."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gouji.cli.evaluate import asked, history_of
from gouji.inference.evaluation_page import Contents, page, page_data
from gouji.inference.evaluation_page.charts import Dot, dot_chart
from gouji.inference.evaluation_page.history import MEASURES
from gouji.inference.evidence import Evaluated
from gouji.inference.lineage import Gate, Version, in_order, version_of
from gouji.model.errors import ModelError
from gouji.model.registry import ModelEntry, Origin, find_model
from tests.inference.test_evaluation_page import SWAPPED, Elements, contents, report


def version(name: str, parent: str | None, date: str | None, gate: Gate = Gate.NONE) -> Version:
    return Version(name, f"{name}@{name}", parent, date, gate)


FIRST = Version("first", "first")
A = version("a", "first", "2026-01-05")
B = version("b", "a@a", "2026-01-05", Gate.PASSED)
C = version("c", "renamed@a", "2026-01-02", Gate.REFUSED)
LOST = version("lost", "gone@gone", None)


def test_parents_stand_before_children_and_else_the_older_first() -> None:
    given = (B, C, A, LOST, FIRST)
    assert [given[n].name for n in in_order(given)] == ["lost", "first", "a", "c", "b"]
    assert in_order(()) == ()


def test_versions_in_a_ring_are_all_there() -> None:
    ring = (version("x", "y@y", "2026-02-02"), version("y", "x@x", "2026-01-01"))
    assert in_order(ring) == (1, 0)


def written(folder: Path, **records: object) -> ModelEntry:
    folder.mkdir()
    for name, told in records.items():
        (folder / f"{name}.json").write_text(json.dumps(told), "utf-8")
    return ModelEntry(folder.name, Origin.OWN, folder)


@pytest.mark.parametrize(
    ("gate", "verdict"),
    [
        ({"passed": True, "reasons": []}, Gate.PASSED),
        ({"passed": False, "reasons": ["a"]}, Gate.REFUSED),
        ({"passed": False, "reasons": ["a"], "forced": {"by": "b"}}, Gate.FORCED),
    ],
)
def test_folder_tells_parent_date_and_verdict(tmp_path: Path, gate: object, verdict: Gate) -> None:
    training = {"parent": "a@b", "date": "2026-01-31"}
    found = version_of(written(tmp_path / "new", training=training, gate=gate))
    assert (found.name, found.parent, found.date, found.gate) == (
        "new",
        "a@b",
        "2026-01-31",
        verdict,
    )


def test_folder_without_records_tells_nothing_and_a_broken_one_is_named(tmp_path: Path) -> None:
    found = version_of(written(tmp_path / "bare"))
    assert (found.parent, found.date, found.gate) == (None, None, Gate.NONE)
    assert version_of(find_model("rules")) == Version("rules", "rules")
    with pytest.raises(ModelError, match=r"training\.json"):
        version_of(written(tmp_path / "broken", training=[]))


def versions(n: int) -> Contents:
    """The page of `n` versions, each trained on from the one before, each reading one more."""
    names = [f"{k}-tabs-torn-{k}" for k in range(n)]
    history = []
    for number in range(n):
        read = {name: [report(**({} if k <= number else SWAPPED))] for k, name in enumerate(names)}
        parent = f"m{number - 1}@m{number - 1}" if number else None
        gate = Gate.REFUSED if number == 1 else Gate.PASSED
        told = version(f"m{number}", parent, f"2026-01-{number + 10}", gate)
        history.append((told, contents(read).detail))
    return replace(contents({"1-tabs-torn-1": [report()]}), history=tuple(history))


@pytest.mark.parametrize("n", [1, 2, 8])
def test_chart_has_a_mark_and_a_value_for_each_version(n: int) -> None:
    text = page(versions(n))
    Elements(text)
    (shown,) = [part for part in text.split("<section") if "各版本 (versions)</h2>" in part]
    charts = re.findall(r"<figure>.*?</figure>", shown, re.DOTALL)
    assert len(charts) == len(MEASURES)
    for title, chart in zip(MEASURES, charts, strict=True):
        assert title in chart
        assert len(re.findall(r'<(?:circle|rect)[^>]*class="dot', chart)) == n
        assert chart.count('class="dot s1"') == (n > 1)  # the refused one
        assert chart.count('class="line s0"') == n - 1
        assert [f">m{number}<" in chart for number in range(n)] == [True] * n
        values = re.findall(r'class="value"[^>]*>([^<]+)<', chart)
        assert len(values) == n
        if title == "整份全对":
            assert values == [f"{k / n:.2%}" if k < n else "100%" for k in range(1, n + 1)]


def test_places_stay_within_the_picture_and_keep_their_order() -> None:
    dots = [
        Dot(f"m{n}", n / 7, (max(0, n / 7 - 0.1), min(1, n / 7 + 0.1)), str(n)) for n in range(8)
    ]
    chart = str(dot_chart(dots, "t"))
    places = [tuple(map(float, p)) for p in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', chart)]
    assert len(places) == len(dots)
    assert places == sorted(places, key=lambda p: (p[0], -p[1]))
    assert all(0 < x < 460 and 0 < y < 340 for x, y in places)


def test_undefined_value_has_its_name_and_no_mark() -> None:
    chart = str(
        dot_chart([Dot("m0", None, (None, None), "—"), Dot("m1", 1.0, (0.9, 1.0), "a")], "t")
    )
    assert chart.count('class="dot') == 1
    assert all(f">{shown}<" in chart for shown in ("m0", "—", "m1"))


def test_names_too_long_keep_their_end() -> None:
    chart = str(dot_chart([Dot("a" * 30 + "-r12", 0.5, (0.4, 0.6), "50%")], "t"))
    assert "…" in chart
    assert "-r12</text>" in chart


def test_page_without_versions_has_no_such_section() -> None:
    assert "各版本" not in page(replace(versions(1), history=()))


def test_numbers_of_every_version_are_kept_as_data() -> None:
    told = page_data(versions(2))["versions"]
    assert [(one["name"], one["parent"], one["gate"]) for one in told] == [
        ("m0", None, "passed"),
        ("m1", "m0@m0", "refused"),
    ]
    assert [one["exact"]["events"] for one in told] == [1, 2]


def test_systems_of_a_command_are_put_in_order() -> None:
    systems = asked(["ogi-small-3", "rules"])
    found = {name: Evaluated() for name in systems}
    (rules, plain), (shipped, tagged) = history_of(systems, found)
    assert (rules.name, plain) == ("rules", found["rules"])
    assert (shipped.name, tagged) == ("ogi-small-3", found["ogi-small-3"])
    assert shipped.date
