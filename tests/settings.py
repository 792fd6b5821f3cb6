"""Settings of the suite: what differs from reup.settings, and nothing else."""

import os

os.environ.setdefault("REUP_ENV", "test")
os.environ.setdefault("SECRET_KEY", "tests-only-" + "0" * 40)
os.environ.setdefault("REUP_STATEMENT_SECONDS", "120")  # a test database is dropped in one statement
os.environ.setdefault("REUP_KEYS", "tests-only-" + "1" * 40)

from reup.settings import *  # noqa: E402, F403
from reup.settings import DATABASES, STORAGES, VAR, redis_url  # noqa: E402

# Each run has a database and Redis names of its own: two runs at once on one server don't meet.
DATABASES["default"]["TEST"] = {"NAME": f"test_reup_{os.getpid()}"}
if name := os.environ.get("REUP_TEST_DATABASE"):  # a worker process that a test starts joins that test's database
    DATABASES["default"]["NAME"] = name
DATABASES["default"]["CONN_MAX_AGE"] = 0
REDIS_PREFIX = f"t{os.getpid()}:"
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis_url(1),
        "KEY_PREFIX": REDIS_PREFIX,
    }
}
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "global_keyprefix": REDIS_PREFIX}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow on purpose
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True  # static files as they lie there, none collected
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
MEDIA_ROOT = VAR / "test-media"
OUTBOUND_ALLOW = ("127.0.0.1", "localhost")
AUDIT_HEADS = VAR / f"test-audit-heads-{os.getpid()}.jsonl"
