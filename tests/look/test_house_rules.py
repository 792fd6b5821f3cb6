"""What LOOK's house rules forbid, looked for in every template, stylesheet and script of ours."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.core.look import states

ROOT = Path(settings.ROOT)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static/js").rglob("*.js"))
SYMBOLS = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/img/sprite.svg").read_text()))
CSS = re.sub(r"/\*.*?\*/", "", (ROOT / "static/css/reup.css").read_text(), flags=re.S)
INLINE = re.compile(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|<script(?![^>]*\ssrc=)", re.I)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_no_template_holds_inline_style_or_script(template):
    assert not INLINE.search(template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_every_icon_a_template_names_is_in_the_sprite(template):
    named = re.findall(r'{% icon "([\w-]+)"', template.read_text())
    assert set(named) <= SYMBOLS


@pytest.mark.parametrize("script", SCRIPTS, ids=name_of)
def test_no_script_builds_markup_or_style_from_text(script):
    assert not re.search(r"innerHTML|insertAdjacentHTML|eval\(|new Function|\.style\b", script.read_text())


@pytest.mark.parametrize("kind", [*states.KINDS, "queue"])
def test_every_state_has_its_icon_in_the_sprite_a_word_and_a_known_tone(kind):
    table = states.KINDS.get(kind, states.QUEUE)
    for look in table.values():
        assert look.icon in SYMBOLS
        assert str(look.word)
        assert look.tone in {"", "accent", "ok", "warn", "bad"}


def test_the_stylesheet_names_no_ids():
    selectors = re.findall(r"([^{};]+)\{", CSS)
    assert not [selector for selector in selectors if re.search(r"#[a-zA-Z]", selector)]


def test_important_is_for_print_alone():
    assert "!important" not in CSS[: CSS.index("@layer print {")]


def test_every_token_used_is_defined():
    used = set(re.findall(r"var\((--ru-[\w-]+)", CSS + (ROOT / "static/css/admin.css").read_text()))
    assert used <= set(re.findall(r"(--ru-[\w-]+):", CSS))


def test_motion_stands_inside_the_wish_for_motion():
    calm = CSS.index("@media (prefers-reduced-motion: no-preference)")
    moving = [match.start() for match in re.finditer(r"(?<![\w-])(transition|animation):(?! none)", CSS)]
    assert moving
    assert all(place > calm for place in moving)
