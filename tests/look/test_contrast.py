"""Contrast of the tokens, computed from the stylesheet itself (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = (Path(settings.ROOT) / "static/css/reup.css").read_text()
TOKENS = dict(re.findall(r"--ru-([\w-]+): light-dark\(([^)]+)\);", CSS))
THEMES = {"light": 0, "dark": 1}
GROUNDS = ["canvas", "surface", "sunken", "raised"]
TEXTS = [(text, ground) for text in ("ink", "ink-2", "ink-3", "accent", "ok", "warn", "bad") for ground in GROUNDS]
TEXTS += [(tone, f"{tone}-soft") for tone in ("accent", "ok", "warn", "bad")]
TEXTS += [
    (text, ground) for text in ("ink", "ink-2") for ground in ("mark", "flash", "warn-soft", "bad-soft", "accent-soft")
]
TEXTS += [("warn", "mark"), ("warn", "flash"), ("on-fill", "fill"), ("on-fill", "fill-hover"), ("accent", "mark")]
EDGES = [("control", ground) for ground in GROUNDS]
EDGES += [("fill", "surface"), ("accent", "canvas")]
EDGES += [(f"c{n}", "surface") for n in range(1, 6)]


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str, theme: str) -> float:
    colours = [TOKENS[name].split(", ")[THEMES[theme]] for name in (one, other)]
    high, low = sorted(map(luminance, colours), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_reads_at_four_and_a_half_to_one(text, ground, theme):
    assert contrast(text, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_what_must_be_seen_without_words_stands_out_three_to_one(edge, ground, theme):
    assert contrast(edge, ground, theme) >= 3


def test_the_formula_agrees_with_the_table_of_the_look():
    assert round(contrast("on-fill", "fill", "light"), 2) == 7.13
    assert round(contrast("on-fill", "fill", "dark"), 2) == 7.68
