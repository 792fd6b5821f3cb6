"""One line an event: whose request or run it was, and never a secret."""

import io
import json
import logging

import pytest
import structlog
from django.conf import settings as project

from apps.accounts.models import Credential
from apps.core import jobs, pipeline
from apps.core.pipeline import Phase, Work
from apps.core.scope import everyone
from tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.urls")]
SECRET = "planted-4f1c-secret"


@pytest.fixture
def lines():
    """`lines()` is every log line so far, as production writes it: JSON."""
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.JSONRenderer(), foreign_pre_chain=project.STRUCTLOG_STEPS
    )
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)


def test_a_requests_lines_carry_its_id_its_person_and_organization(lines, client_of, cast):
    client_of(cast.buyer).get("/test/count/")

    finished = next(line for line in lines() if line["event"] == "request_finished")
    assert (finished["user"], finished["organization"]) == (str(cast.buyer.pk), str(cast.retailer.pk))
    assert len({line["request_id"] for line in lines() if "request" in line}) == 1


def test_the_next_request_of_the_thread_does_not_inherit_them(lines, client_of, cast):
    client_of(cast.buyer).get("/test/count/")
    client_of().get("/test/count/")

    last = [line for line in lines() if line["event"] == "request_finished"][-1]
    assert "user" not in last
    assert "organization" not in last


def test_a_runs_lines_carry_its_number_and_location(lines, cast):
    with everyone("test"):
        run = pipeline.begin(
            organization_id=cast.wholesaler.pk,
            location_id=cast.place.pk,
            location_name="x",
            kind="test",
            trigger="test",
        )

        def speak(work):
            structlog.get_logger("a phase").info("spoken")
            return 1, "Said it."

        pipeline.run([Phase("speak", speak)], Work(run))

    spoken = next(line for line in lines() if line["event"] == "spoken")
    assert (spoken["run"], spoken["location"]) == (run.pk, str(cast.place.pk))


def test_a_jobs_lines_carry_its_number_and_name(lines, run_jobs):
    jobs.enqueue("core.nobody_knows_this")
    run_jobs(failures=True)

    failed = next(line for line in lines() if line["event"] == "job_failed")
    assert failed["job_name"] == "core.nobody_knows_this"
    assert failed["job"] > 0


def test_a_query_a_body_a_header_and_a_cookie_stay_out_of_the_log(lines, client_of, cast):
    browser = client_of(cast.buyer, raise_request_exception=False)
    browser.cookies["planted"] = SECRET
    headers = {"Authorization": f"Api-Key {SECRET}", "Idempotency-Key": SECRET}
    for address in ("/test/count/", "/test/lost/", "/api/v1/test/check/", "/no/such/door/"):
        browser.post(f"{address}?ticket={SECRET}", json.dumps({"key": SECRET}), "application/json", headers=headers)

    assert len([line for line in lines() if line["event"] == "request_finished"]) >= 3
    assert SECRET not in json.dumps(lines())


def test_a_key_is_in_no_text_made_of_its_row(cast):
    kept = make.credential(location=cast.place, key=SECRET, kind=Credential.Kind.DUTCHIE_INTEGRATOR)

    assert kept.open() == SECRET
    assert SECRET not in f"{kept} {kept!r} {kept.__dict__}"
    assert SECRET.encode() not in bytes(kept.sealed)
    assert kept.hint == SECRET[-4:]
