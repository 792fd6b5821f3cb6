"""Charts: bars from zero, gaps that stay gaps, text at its size on both widths."""

import pytest

from apps.core.look import charts


def week(values):
    return [{"label": f"W{n}", "value": value} for n, value in enumerate(values)]


def test_a_bar_starts_at_zero_and_the_highest_says_its_value():
    wide, narrow = charts.bars(week([50, 100, 25]), prefix="$")

    assert [(d.name, d.width) for d in (wide, narrow)] == [("wide", 640), ("narrow", 326)]
    assert [mark["y"] + mark["height"] for mark in wide.marks] == [wide.base] * 3
    assert wide.marks[0]["height"] == pytest.approx(wide.marks[1]["height"] / 2)
    assert [text for _, _, text in wide.told] == ["$100", "$25"]


def test_no_bars_draw_an_empty_chart():
    assert [drawing.marks for drawing in charts.bars([])] == [[], []]


def test_a_missing_value_is_a_gap_not_a_zero():
    wide, _ = charts.lines(["a", "b", "c", "d"], [{"name": "x", "values": [1, None, 3, 4]}])

    assert [len(mark["points"].split()) for mark in wide.marks] == [1, 2]


def test_names_at_the_ends_of_lines_do_not_cover_each_other():
    series = [{"name": name, "values": [1, 5]} for name in ("one", "two", "three")]
    heights = [y for _, y, _ in charts.lines(["a", "b"], series)[0].told]

    assert all(below - above >= 13 for above, below in zip(heights, heights[1:], strict=False))


def test_labels_thin_out_until_they_fit_and_keep_the_last():
    _, narrow = charts.bars(week(range(12)))

    assert narrow.labels[-1][1] == "W11"
    assert len(narrow.labels) <= 6


@pytest.mark.parametrize(("value", "said"), [(8000, "$8.0k"), (94.6, "$94.6"), (4, "$4"), (1_250_000, "$1.2M")])
def test_an_axis_says_its_numbers_short(value, said):
    assert charts.short(value, "$") == said


@pytest.mark.parametrize(("value", "top"), [(0, 1), (6400, 8000), (0.7, 0.8), (100, 100)])
def test_an_axis_ends_at_a_round_number(value, top):
    assert charts.ceiling(value) == pytest.approx(top)
