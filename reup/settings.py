"""Every setting, in one file; what differs between places comes from the environment and nonsense is refused."""

from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from reup.schedule import timetable

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env("REUP_VAR", default=str(ROOT / ".var")))


def secret_from(variable: str, name: str) -> str:
    """A secret from the environment, else from .var/NAME; tools that need none (lint, types) get a throw-away one."""
    if value := env(variable, default=""):
        return value
    path = VAR / name
    if path.is_file():
        return path.read_text().strip()
    if PRODUCTION:
        raise ImproperlyConfigured(f"Set {variable}: production has no default for it.")
    return "only-for-tools-that-keep-nothing-0000000000000000000000000000000"


def a_number(variable: str, default: int, *, least: int, most: int) -> int:
    value = env.int(variable, default=default)
    if not least <= value <= most:
        raise ImproperlyConfigured(f"{variable} is {value}; it has to lie between {least} and {most}.")
    return value


# --- where we are
REUP_ENV = env("REUP_ENV", default="development")
if REUP_ENV not in {"development", "production", "test"}:
    raise ImproperlyConfigured(f"REUP_ENV is {REUP_ENV!r}; it is one of development, production, test.")
PRODUCTION = REUP_ENV == "production"
REUP_DEMO = env.bool("REUP_DEMO", default=False)
if PRODUCTION and REUP_DEMO:
    raise ImproperlyConfigured("REUP_DEMO is on in production. Demo sign-ins are public; take it out.")
DEBUG = env.bool("REUP_DEBUG", default=False)
SECRET_KEY = secret_from("SECRET_KEY", "secret")
REUP_KEYS = secret_from("REUP_KEYS", "keys")  # encryption at rest; "id:hex" pairs or one bare hex key, newest first
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
)
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS holds '*'. Name the hosts: the socket's Origin check leans on them.")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "reup.backoffice.BackOffice",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "channels",
    "csp",
    "django_celery_beat",
    "django_filters",
    "django_htmx",
    "django_otp",
    "django_structlog",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "reup.apps.Roof",
    "apps.core",
    "apps.accounts",
    "apps.compliance",
    "apps.catalog",
    "apps.orders",
    "apps.sandbox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "apps.core.methods.KnownMethods",
    "apps.core.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.EnterScope",
    "django_otp.middleware.OTPMiddleware",  # within the person's scope: a device is seen by nobody else
    "apps.accounts.middleware.DemandFactor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "reup.urls"
WSGI_APPLICATION = "reup.asgi.pages"
ASGI_APPLICATION = "reup.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "apps.core.context.place",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- PostgreSQL: the truth
DATABASES = {"default": env.db_url("DATABASE_URL", default="postgres://reup@/reup?host=/nowhere")}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,  # safe: pages run in a fixed thread pool (reup/asgi.py)
    "CONN_HEALTH_CHECKS": True,
}
STATEMENT_SECONDS = a_number("REUP_STATEMENT_SECONDS", 15, least=1, most=600)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=5,
    application_name="reup",
    prepare_threshold=10**9,  # nothing is prepared by itself, only what core/planned.py asks for
    options=(
        f"-c statement_timeout={STATEMENT_SECONDS}s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
        " -c timezone=UTC"
    ),
)
REUP_DB_ROLES = (
    "reup_app",
    "reup_everyone",
)  # made by core's first migration; neither may log in or bypass row security

# --- Redis: nothing in it that can't be made again
REDIS_URL = env("REDIS_URL", default="unix:///nowhere")
REDIS_PREFIX = env("REDIS_PREFIX", default="")


def redis_url(number: int, scheme: str = "") -> str:
    """One REDIS_URL fans out: 0 Celery, 1 cache, 2 sockets; clearing a cache empties its whole number."""
    if REDIS_URL.startswith("unix://"):
        if scheme == "celery":
            return f"redis+socket://{REDIS_URL.removeprefix('unix://')}?virtual_host={number}"
        return f"{REDIS_URL}?db={number}"
    return f"{REDIS_URL.rstrip('/').removesuffix('/0')}/{number}"


LIVE_REDIS_URL = redis_url(2)
LIVE_BEAT_SECONDS = a_number("LIVE_BEAT_SECONDS", 15, least=1, most=60)  # heartbeats; rights every second one
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": redis_url(1),
        "KEY_PREFIX": REDIS_PREFIX,
        "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 2, "SOCKET_TIMEOUT": 5, "IGNORE_EXCEPTIONS": True},
    }
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "django.contrib.sessions.backends.db"  # signing in must not need Redis

CELERY_BROKER_URL = redis_url(0, "celery")
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "global_keyprefix": REDIS_PREFIX}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15
CELERY_TASK_TIME_LIMIT = 540  # below the broker's visibility time-out, or a long task comes twice
CELERY_TASK_PUBLISH_RETRY = False  # a nudge that can't be sent is found by the sweep
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
INVENTORY_MINUTES = a_number("INVENTORY_MINUTES", 15, least=1, most=1440)
CELERY_BEAT_SCHEDULE = timetable(inventory_minutes=INVENTORY_MINUTES)

# --- people
ORDER_CONFIRM_ABOVE = Decimal(a_number("ORDER_CONFIRM_ABOVE", 25_000, least=0, most=10**9))  # unless a company says
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
OTP_LOGIN_URL = LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
SIMPLE_JWT = {"TOKEN_TYPE_CLAIM": "typ", "USER_ID_CLAIM": "sub"}  # the rest is said in apps/accounts/tokens.py


# --- wallets: what a message to sign says of us. Never from a request: a Host header is the sender's to choose
def public_url() -> str:
    """Where people reach us: PUBLIC_URL, else the first allowed host in production and this machine elsewhere."""
    host = env("HOST", default="127.0.0.1")
    here = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{env('PORT', default='8000')}"  # noqa: S104
    there = f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if ALLOWED_HOSTS else "https://localhost"
    url = env("PUBLIC_URL", default=there if PRODUCTION else here).rstrip("/")
    scheme, _sep, domain = url.partition("://")
    if scheme not in ("http", "https") or not domain or set(domain) & set("/?#@ "):
        raise ImproperlyConfigured(f"PUBLIC_URL is {url!r}; it has to be a scheme and a host: https://reup.example.")
    return url


PUBLIC_URL = public_url()
# A node of the chain whose contract wallets (EIP-1271) may sign in; "" and they may not. It may hold a provider's key.
CHAIN_RPC_URL = env("CHAIN_RPC_URL", default="")
WALLET_CHAINS = env.list("WALLET_CHAINS", cast=int, default=[1] if PRODUCTION else [1, 1337, 31337])

# --- letters: without EMAIL_URL they are printed where the worker prints, or handed to this host's own mail server
EMAIL = env.email_url("EMAIL_URL", default="smtp://localhost:25" if PRODUCTION else "consolemail://")
vars().update(EMAIL)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("MAIL_FROM", default=f"ReUp <no-reply@{urlsplit(PUBLIC_URL).hostname}>")
PASSWORD_RESET_TIMEOUT = 3600

# --- words, times, money
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [ROOT / "templates" / "locale"]
FORMAT_MODULE_PATH = ["reup.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
CURRENCY = "USD"

# --- files
STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR / "media"

# --- what browsers may do
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
    }
}
HTTPS = env.bool("REUP_HTTPS", default=PRODUCTION)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
REUP_BEHIND_PROXY = env.bool("REUP_BEHIND_PROXY", default=False)  # only where a proxy of ours sets the headers itself
if REUP_BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# --- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.bearer.Bearer",
        "apps.accounts.keyed.Keyed",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.core.drf.permissions.SignedIn"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "apps.core.drf.paging.ByCursor",
    "DEFAULT_METADATA_CLASS": None,  # the schema says what there is; OPTIONS is no way around a permission
    "DEFAULT_SCHEMA_CLASS": "apps.core.drf.schema.Schema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "apps.core.drf.problems.handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ReUp API",
    "VERSION": "1",
    "DESCRIPTION": "Wholesale inventory, orders, compliance, deals and investments.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "RunState": "apps.core.models.RunState",
        "PhaseState": "apps.core.models.StepState",
        "QuarantineState": "apps.catalog.models.QuarantinedRow.State",
        "OrderState": "apps.orders.rules.State",
        "ProposalKind": "apps.orders.models.Proposal.Kind",
        "TrackingKind": "apps.orders.models.TrackingEvent.Kind",
        "ReportState": "apps.compliance.rules.State",
        "ReportKind": "apps.compliance.rules.Kind",
        "LicenseKind": "apps.accounts.rules.LicenseKind",
        "NotificationKind": "apps.accounts.rules.told.Kind",
    },
}

# --- the outside: only a URL tells the real thing from its emulator
DUTCHIE_POS_URL = env("DUTCHIE_POS_URL", default="https://api.pos.dutchie.com")
DUTCHIE_PER_MINUTE = a_number("DUTCHIE_PER_MINUTE", 100, least=1, most=1500)  # their limit is 120 a key and path
# The back office is a private API behind a person's sign-in: no calls without this, e.g.
# https://{tenant}.backoffice.dutchie.com, where {tenant} is each sign-in's own.
DUTCHIE_BACKOFFICE_URL = env("DUTCHIE_BACKOFFICE_URL", default="")
DUTCHIE_BACKOFFICE_PER_MINUTE = a_number("DUTCHIE_BACKOFFICE_PER_MINUTE", 50, least=1, most=60)  # a login; theirs is 60
# METRC: {state} is two letters, each licence's own. The vendor key is ReUp's; each licence has a user key of its own.
METRC_URL = env("METRC_URL", default="https://api-{state}.metrc.com")
METRC_SITE_URL = env("METRC_SITE_URL", default="https://{state}.metrc.com")  # where people press what no call does
METRC_VENDOR_KEY = env("METRC_VENDOR_KEY", default="")
METRC_PER_MINUTE = a_number("METRC_PER_MINUTE", 300, least=1, most=3000)  # calls a licence
METRC_VENDOR_PER_MINUTE = a_number("METRC_VENDOR_PER_MINUTE", 1200, least=1, most=9000)  # calls of all licences
METRC_CALL_SECONDS = env.float("METRC_CALL_SECONDS", default=30.0)  # METRC is slow; no longer than half a lease
METRC_SETTLE_SECONDS = a_number("METRC_SETTLE_SECONDS", 120, least=1, most=3600)  # until an unclear write is looked up
METRC_GIVE_UP_DAYS = a_number("METRC_GIVE_UP_DAYS", 30, least=1, most=365)  # until an unheard report is a person's
METRC_TIME_SCALE = env.float("METRC_TIME_SCALE", default=1.0)  # a fault lab shrinks waits with it, never a clock
OUTBOUND_ALLOW = tuple(env.list("OUTBOUND_ALLOW", default=[]))  # host:port on loopback that the outbound door may call

# --- logs: one JSON line an event in production, readable lines elsewhere
STRUCTLOG_STEPS = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]
structlog.configure(
    processors=[*STRUCTLOG_STEPS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOG_JSON = env.bool("REUP_LOG_JSON", default=PRODUCTION)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer()
            if LOG_JSON
            else structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": STRUCTLOG_STEPS,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env("REUP_LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
    },
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_USER_ID_FIELD = None  # EnterScope binds it: looking it up at the end would need the database

# --- work
AUDIT_HEADS = Path(env("AUDIT_HEADS", default=str(VAR / "audit-heads.jsonl")))  # better on another machine's disk
LEASE_SECONDS = a_number("LEASE_SECONDS", 60, least=1, most=600)  # a killed worker's work is taken up again after this
AUTHENTICATION_BACKENDS = ["apps.accounts.backends.ByRole"]
