"""Settings, all taken from the environment; the defaults run a closed demo and nothing else."""

import os
from pathlib import Path

import bootstrap_wrapper
import dj_database_url
from cryptography.fernet import Fernet
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(int(default))).lower() in {"1", "true", "yes", "on"}


# The demo flag opens the demo sign-ins, plain http and partners on loopback. Never set it in
# production: nothing else may depend on DEBUG.
DEMO = flag("PORTAL_DEMO")
DEBUG = flag("DEBUG")
TESTING = flag("PORTAL_TESTING")
# Set by portal.embedded when it runs the servers: one machine, loopback only, nobody else's data.
EMBEDDED = flag("PORTAL_EMBEDDED")
CLOSED = DEMO or DEBUG or TESTING or EMBEDDED

# Published here, so good for closed use alone.
_PUBLISHED_SECRET = "not-secret: for the demo, the tests and the embedded servers only"  # noqa: S105
_PUBLISHED_KEY = "ZGVtby1vbmx5LWtleS1ub3QtYS1zZWNyZXQtMTIzNDU="

SECRET_KEY = os.environ.get("SECRET_KEY", _PUBLISHED_SECRET if CLOSED else "")
if not CLOSED and (len(SECRET_KEY) < 50 or SECRET_KEY == _PUBLISHED_SECRET):
    raise ImproperlyConfigured("Set SECRET_KEY to a long random text.")

ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if o]

# Which country's portal this is.
PORTAL_COUNTRY = os.environ.get("PORTAL_COUNTRY", "GE")
PORTAL_NAME = os.environ.get("PORTAL_NAME", "Trade Single Window")
PORTAL_URL = os.environ.get("PORTAL_URL", "http://localhost:8000")
TIME_ZONE = "UTC"
PORTAL_TIME_ZONE = os.environ.get("PORTAL_TIME_ZONE", "Asia/Tbilisi")
USE_TZ = True

INSTALLED_APPS = [
    "portal.accounts",
    "portal.journal",
    "declarations",
    "portal.organisations",
    "agencies",
    "exchange",
    "portal.notices",
    "portal",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.admin",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "django_htmx",
    "django_filters",
    "django_tables2",
    "crispy_forms",
    "crispy_bootstrap5",
    "lucide",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.accounts.middleware.NoZeroBytes",
    "portal.accounts.middleware.PrivateAnswers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.pages.clock.PortalTime",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Deny by default: a view answers only the signed in unless it says otherwise.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "portal.accounts.middleware.OwnLanguage",
    "portal.accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "declarations.code_editions.store.Middleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.context.portal",
            ],
            "builtins": ["django.templatetags.i18n", "lucide.templatetags.lucide"],
        },
    }
]

# --- data -----------------------------------------------------------------------------------
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "postgresql:///portal"), conn_max_age=60
    )
}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# A lock that cannot be had must not hang a request: PostgreSQL gives up and the task is retried.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c lock_timeout=10s"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache",
                      "LOCATION": REDIS_URL, "KEY_PREFIX": PORTAL_COUNTRY}}

MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / ".data" / "media"))
# Where a process unpacks the schemas of installed profiles. Only a cache: the database keeps them.
PROFILE_CACHE = Path(os.environ.get("PROFILE_CACHE", MEDIA_ROOT.parent / "profiles"))

# --- work (Celery) --------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = "intake"
CELERY_TASK_ROUTES = {
    "portal.pipeline.*": {"queue": "intake"},
    "exchange.tasks.*": {"queue": "exchange"},
    "exchange.transit.tasks.*": {"queue": "exchange"},
    "exchange.advance.tasks.*": {"queue": "exchange"},
    "portal.journal.tasks.*": {"queue": "bulk"},
    "portal.notices.tasks.*": {"queue": "notify"},
    "declarations.tasks.*": {"queue": "bulk"},
    "agencies.routing_editor.tasks.*": {"queue": "bulk"},
    "agencies.risk.tasks.*": {"queue": "bulk"},
    "agencies.permits.tasks.*": {"queue": "bulk"},
    "agencies.queues.tasks.*": {"queue": "bulk"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "UTC"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300, "global_keyprefix": f"{PORTAL_COUNTRY}:",
    "socket_timeout": 5, "socket_connect_timeout": 5,
    # Of publishing; a worker goes on trying to reconnect by other settings.
    "max_retries": 1, "interval_start": 0, "interval_step": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False  # a lost broker must not hold a request: the sweep re-finds it
CELERY_BEAT_SCHEDULE = {
    # It expires: after a standstill one sweep is enough, not one for each time it was due.
    "sweep-intake": {"task": "portal.pipeline.sweep", "schedule": 5.0,
                     "options": {"expires": 5.0}},
    "sweep-exchange": {"task": "exchange.tasks.sweep", "schedule": 5.0},
    "watch-exchange": {"task": "exchange.tasks.watch", "schedule": 60.0,
                       "options": {"expires": 60.0}},
    "enquire-transits": {"task": "exchange.transit.tasks.enquire_overdue", "schedule": 300.0,
                         "options": {"expires": 300.0}},
    "sweep-advance": {"task": "exchange.advance.tasks.sweep", "schedule": 15.0,
                      "options": {"expires": 15.0}},
    "heartbeat": {"task": "portal.pipeline.heartbeat", "schedule": 10.0},
    "sweep-attachments": {"task": "declarations.tasks.sweep_attachments", "schedule": 3600.0},
    "sweep-dry-runs": {"task": "agencies.routing_editor.tasks.sweep_dry_runs", "schedule": 60.0},
    "sweep-risk-runs": {"task": "agencies.risk.tasks.sweep_risk_runs", "schedule": 60.0},
    # They expire as the sweep of intake does.
    "sweep-notices": {"task": "portal.notices.tasks.sweep", "schedule": 5.0,
                      "options": {"expires": 5.0}},
    "digest-notices": {"task": "portal.notices.tasks.digest", "schedule": 300.0,
                       "options": {"expires": 300.0}},
    "remind": {"task": "portal.notices.tasks.remind", "schedule": 60.0,
               "options": {"expires": 60.0}},
    "prune-notices": {"task": "portal.notices.tasks.prune", "schedule": 3600.0,
                      "options": {"expires": 3600.0}},
    "expire-permits": {"task": "agencies.permits.tasks.expire_permits", "schedule": 600.0},
    "escalate-reviews": {"task": "agencies.queues.tasks.escalate", "schedule": 60.0,
                         "options": {"expires": 60.0}},
    "cover-absences": {"task": "agencies.queues.tasks.cover_absences", "schedule": 300.0,
                       "options": {"expires": 300.0}},
    "seal-journal": {"task": "portal.journal.tasks.checkpoint", "schedule": 300.0},
}

# Who hears of every journal event, inside its transaction (see portal.journal.record).
JOURNAL_SUBSCRIBERS = [
    # First: it refuses a release that a permit does not allow.
    "agencies.permits.balance.on_event",
    # It refuses a release that a guarantee does not cover.
    "exchange.transit.departures.on_event",
    # It refuses a release that another country's permit does not allow, and tells that country.
    "exchange.permits.using.on_event",
    "exchange.permits.incoming.on_event",
    "declarations.responses.on_event",
    "declarations.receipts.on_event",
    "portal.pipeline.on_event",
    "exchange.subscriptions.on_event",
    "exchange.advance.pending.on_event",
    "portal.notices.telling.on_event",
]

# Who knows the permits that a declaration may cite (see declarations.checking); "" for nobody.
PERMIT_REGISTER = "agencies.permits.register.Register"

# What of its risk assessment the programs of whoever filed a declaration may read.
RISK_TOLD = "agencies.risk.showing.told_to_programs"

# Who knows whether a declaration takes from another country's permit (see agencies.risk.releasing);
# "" for nobody.
FOREIGN_PERMITS = "exchange.permits.claims.cites"

# Who knows what a neighbour's export declaration says of an import (see agencies.mirror); "" for
# nobody.
MIRROR_REGISTER = "exchange.advance.register.mirror"
# By how many percent of what left the figures declared may differ before rules and officers hear.
MIRROR_TOLERANCES = {
    "value": "2", "gross_mass": "2", "net_mass": "2", "quantity": "2", "packages": "0",
}
# How long before or after the import an export may have been declared.
ADVANCE_WINDOW_DAYS = 120

# --- people ---------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "portal.accounts.sign_in.Adapter"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
# How many proxies of ours stand before the portal: the limits then count the client's address, as
# the outermost of them saw it, and not all the world as one.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "0"))
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO or TESTING
# In the demo and the tests officers sign in by password alone; anywhere else they need a second factor.
REQUIRE_MFA_FOR_OFFICERS = flag("REQUIRE_MFA_FOR_OFFICERS", not (DEMO or TESTING))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator",
                 "CommonPasswordValidator", "NumericPasswordValidator")
]
if TESTING:  # the slow hash protects real passwords, not the tests' hundreds of made-up people
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_TIMEOUT = 10  # seconds
EMAIL_FILE_PATH = os.environ.get("EMAIL_FILE_PATH")  # of the file backend
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "single-window@localhost")

# --- REST -----------------------------------------------------------------------------------
MAX_MESSAGE_BYTES = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_MESSAGE_BYTES
MAX_ATTACHMENT_BYTES = 10 * 1024 * 1024  # of one file given along with a declaration
# 999 goods items of a form carry about 20 fields each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 30_000
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["portal.accounts.tokens.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.accounts.permissions.HasStatedPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "declarations.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Trade Single Window",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["portal.accounts.permissions.HasStatedPermission"],
}

# --- exchange -------------------------------------------------------------------------------
# Encrypts the portal's private signing keys at rest (a Fernet key).
EXCHANGE_KEY_ENCRYPTION_KEY = os.environ.get(
    "EXCHANGE_KEY_ENCRYPTION_KEY", _PUBLISHED_KEY if CLOSED else ""
)
try:
    for _key in EXCHANGE_KEY_ENCRYPTION_KEY.split(","):
        Fernet(_key.strip())
except ValueError as error:  # now, not when the first message is signed
    raise ImproperlyConfigured("Set EXCHANGE_KEY_ENCRYPTION_KEY to a Fernet key.") from error
if _PUBLISHED_KEY in EXCHANGE_KEY_ENCRYPTION_KEY and not CLOSED:
    raise ImproperlyConfigured("Set EXCHANGE_KEY_ENCRYPTION_KEY to a Fernet key of your own.")
EXCHANGE_ALLOW_PLAIN_HTTP = DEMO or TESTING
# How many messages a sweep (every five seconds) hands to the workers. What they cannot send because the
# partner fell silent is handed out again: on a line that fails often, fewer cost less.
EXCHANGE_SWEEP_SIZE = int(os.environ.get("EXCHANGE_SWEEP_SIZE", "500"))
# A webhook may lead to this machine, by plain http. Never to anything else that is not public.
WEBHOOKS_ALLOW_LOOPBACK = DEMO or TESTING

# --- pages ----------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian")), ("fa", _("Persian"))]
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static", ("bootstrap", bootstrap_wrapper.get_bootstrap_dir())]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
# Two portals on one host (the demo) must not share cookies: browsers ignore the port.
SESSION_COOKIE_NAME = f"sw_{PORTAL_COUNTRY.lower()}_session"
CSRF_COOKIE_NAME = f"sw_{PORTAL_COUNTRY.lower()}_csrf"
LANGUAGE_COOKIE_NAME = f"sw_{PORTAL_COUNTRY.lower()}_language"
if not CLOSED:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
