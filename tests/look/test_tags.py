"""The template tags, as a page uses them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory

from apps.core.look import states

NOW = datetime(2026, 11, 17, 15, 45, tzinfo=UTC)


def draw(source: str, **context) -> str:
    return Template("{% load look %}" + source).render(Context(context)).strip()


def test_a_badge_says_its_state_with_icon_word_and_tone():
    html = draw('{% badge "COUNTERED" kind="order" %}')

    assert 'class="badge warn"' in html
    assert "sprite.svg#swap" in html
    assert "Changes proposed" in html


def test_two_kinds_may_share_a_state_and_say_it_differently():
    assert "In review" in draw('{% badge "REVIEW" kind="order" %}')
    assert "Needs a look" in draw('{% badge "REVIEW" kind="report" %}')


def test_a_badge_may_say_a_state_more_closely():
    assert "Step 3 of 7" in draw('{% badge "running" kind="run" word="Step 3 of 7" %}')


def test_a_state_nobody_drew_shows_its_own_name_and_no_colour():
    assert states.look_of("half_done") == states.Look("question", "Half done", "")


def test_words_from_outside_are_escaped():
    assert "<b>" not in draw("{% badge state %}", state="<b>x</b>")


def test_the_chip_says_as_of_source_and_age():
    html = draw('{% fresh as_of=at source="Dutchie POS" limit=20 now=now zone="America/Detroit" %}', **moments(3))

    assert "10:42" in html
    assert "Dutchie POS" in html
    assert "3 min ago" in html
    assert "data-late hidden" in html


def test_a_late_chip_says_stale():
    html = draw('{% fresh as_of=at source="Dutchie POS" limit=20 now=now %}', **moments(21))

    assert 'class="fresh stale"' in html
    assert "data-late hidden" not in html


def test_a_chip_of_a_silent_source_says_since_when():
    html = draw(
        '{% fresh as_of=None away_since=at source="chain" limit=2 now=now zone="America/Detroit" %}', **moments(14)
    )

    assert "Unknown since" in html
    assert "10:31" in html


def moments(minutes: int) -> dict:
    return {"at": NOW - timedelta(minutes=minutes), "now": NOW}


@pytest.mark.parametrize(("path", "here"), [("/portal/catalog/", True), ("/portal/catalog/7/", True), ("/", False)])
def test_a_place_is_current_on_the_pages_below_it(path, here):
    html = draw(
        '{% place_link "/portal/catalog/" "grid" "Catalog" %}{% place_link "/" "home" "Home" %}',
        request=RequestFactory().get(path),
    )

    assert html.count("aria-current") == 1
    assert (html.index("aria-current") < html.index("Catalog")) is here


@pytest.mark.parametrize(("cookie", "theme"), [("dark", "dark"), ("light", "light"), ('"><script>', "")])
def test_the_theme_is_one_of_ours_or_the_system_s(cookie, theme):
    request = RequestFactory().get("/")
    request.COOKIES["theme"] = cookie

    assert draw("{% theme %}", request=request) == theme


@pytest.mark.parametrize(("name", "letters"), [("Juniper & Pine", "JP"), ("buyer@x.test", "B"), ("a.b-c@x", "AB")])
def test_a_face_shows_two_initials(name, letters):
    assert draw("{{ name|initials }}", name=name) == letters


@pytest.mark.parametrize(("part", "whole", "width"), [(1, 4, 25), (0, 4, 1), (9, 4, 100), (1, 0, 0)])
def test_a_share_bar_stays_within_its_ground(part, whole, width):
    assert f'width="{width}"' in draw("{% bar part whole %}", part=part, whole=whole)


@pytest.mark.parametrize("page", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_an_error_page_needs_no_request_no_context_and_no_database(page):
    html = render_to_string(page)

    assert "<h1>" in html
    assert "reup.css" in html
