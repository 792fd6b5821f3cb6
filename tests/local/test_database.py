"""The servers the suite itself runs on, embedded or those of the two URLs."""

import pytest
import redis
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.engines


@pytest.mark.django_db
def test_the_suite_runs_on_a_real_postgresql_of_15_or_newer_in_a_database_of_its_own():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_database()")
        version, name = cursor.fetchone()
    assert version >= 150000
    assert name.startswith("test_")


def test_the_suite_runs_on_a_real_redis_of_7_or_newer():
    server = redis.Redis.from_url(settings.LIVE_REDIS_URL).info("server")
    assert int(server["redis_version"].split(".")[0]) >= 7
