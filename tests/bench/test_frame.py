"""The frame of `bench`: turns, figures, ratios, goals, and what it refuses."""

import json
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reup.bench import table
from reup.bench.bench import Bench, WrongAnswer
from reup.bench.measure import Case, take_turns
from reup.management.commands import bench as command


def test_contestants_take_turns_and_the_first_one_changes():
    order = []
    case = Case("c", "1", "s", lambda: order.append("reup"), {"peer": lambda: order.append("peer")})

    take_turns(case, 3)

    assert order == ["reup", "peer", "peer", "reup", "reup", "peer"]


@pytest.mark.parametrize(("unit", "ours", "theirs"), [("s", 2.0, 6.0), ("rows/s", 6.0, 2.0)])
def test_a_ratio_says_how_many_times_better_whichever_way_is_better(unit, ours, theirs):
    case = Case("c", "1", unit, lambda: ours, {"peer": lambda: theirs}, {"best": lambda: theirs}, itself=True)

    document = take_turns(case, 2).document()

    assert document["ratios"] == {"peer": 3.0, "limit": 3.0}
    assert document["reup"] == {"median": ours, "p95": ours, "unit": unit}


def test_an_amount_a_second_is_measured_by_the_clock():
    def work():
        time.sleep(0.02)
        return 100

    result = take_turns(Case("c", "1", "rows/s", work), 1)

    assert 1_000 < result.figures["reup"].median < 5_000


def test_the_95th_percentile_is_of_the_bad_end():
    values = iter([1.0, 9.0, 2.0] * 2)
    slow = take_turns(Case("c", "1", "s", lambda: next(values), itself=True), 3)
    rate = take_turns(Case("c", "1", "rows/s", lambda: next(values), itself=True), 3)

    assert (slow.figures["reup"].p95, rate.figures["reup"].p95) == (9.0, 1.0)


def test_no_round_begins_after_the_time_is_up():
    result = take_turns(Case("c", "1", "s", lambda: 1.0, itself=True), 10, until=time.monotonic() - 1)

    assert len(result.figures["reup"].values) == 1


def test_goals_keep_the_bar_they_were_set_with():
    bench = Bench("b")
    bench.goal("more", 40.0, at_least=35, reach=55)
    bench.goal("less", 0.5, at_most=0.04, reach=0.02)

    assert bench.goals == [
        {"goal": "more", "measured": 40.0, "at_least": 35, "reach": 55, "met": True},
        {"goal": "less", "measured": 0.5, "at_most": 0.04, "reach": 0.02, "met": False},
    ]


def test_a_faster_wrong_answer_fails():
    with pytest.raises(WrongAnswer, match="rows differ between reup and peer"):
        Bench("b").same("rows", {"reup": [1], "peer": [2]})


def test_the_table_says_which_goals_were_met_and_which_reached():
    bench = Bench("b")
    bench.case(name="c", size="9 rows", unit="s", itself=True, reup=lambda: 1.0, peers={"peer": lambda: 4.0})
    bench.goal("beside the peer", 4.0, at_least=3, reach=5)
    bench.goal("bytes", 9.0, at_most=4, reach=2)

    text = "\n".join(table.lines(bench.document()))

    assert "reup is 4× better" in text
    assert "met" in text
    assert "NOT MET" in text


def test_the_table_says_what_share_of_each_limit_was_reached():
    bench = Bench("b")
    limits = {"near": lambda: 8.0, "far": lambda: 16.0}
    bench.case(name="c", size="9 rows", unit="rows/s", itself=True, reup=lambda: 4.0, limit=limits)

    text = "\n".join(table.lines(bench.document()))

    assert "reup reaches 0.5 of it" in text
    assert "reup reaches 0.25 of it" in text


def test_the_list_names_the_workloads():
    out = StringIO()
    call_command("bench", "list", "--json", stdout=out)

    known = json.loads(out.getvalue())["workloads"].keys()
    assert {"api", "ingest", "lists", "pages", "push", "fresh"} <= known
    assert not any(name.startswith(("_", "test_")) for name in known)


def test_an_unknown_workload_is_wrong_use():
    with pytest.raises(CommandError, match="no workload 'nothing'") as refused:
        call_command("bench", "nothing")

    assert refused.value.returncode == 2


def test_check_ends_with_1_when_a_goal_is_not_met(monkeypatch):
    bench = Bench("ingest")
    bench.goal("more", 1.0, at_least=2, reach=3)
    monkeypatch.setattr(command, "measure", lambda *_, **__: bench)

    with pytest.raises(SystemExit) as ended:
        call_command("bench", "ingest", "--check", "--json", stdout=StringIO())
    call_command("bench", "ingest", "--json", stdout=StringIO())

    assert ended.value.code == 1


def test_it_does_not_run_in_production(settings):
    settings.PRODUCTION = True

    with pytest.raises(CommandError, match="does not run in production"):
        call_command("bench", "ingest")
