"""The one settings module. Every value that an operator may change is read from the environment (config/env.py).

Nothing exists only in production: what differs there differs by variables.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any, Literal

from django.templatetags.static import static

from config import env, storage

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.path("DATA_DIR", BASE_DIR / "data")
DATA_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = env.boolean("DEBUG", False)


def _local_secret(name: str) -> str:
    """A secret made once and kept in DATA_DIR, readable by its owner alone, so that a bare machine needs no set-up."""
    file = DATA_DIR / name
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return file.read_text(encoding="ascii").strip()


SECRET_KEY = env.text("SECRET_KEY") or _local_secret("secret_key")
# Keys of before: what they signed or encrypted is still read.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", [])

HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, minimum=1)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]", "testserver", HOST])
# What the outside world calls this site; absolute URLs in answers and mails start with it when it is set,
# else with the host of the request.
PUBLIC_URL = env.text("PUBLIC_URL").rstrip("/")
# A short name of this site for captions, which have 50 characters in all; empty: PUBLIC_URL's own.
SHORT_HOST = env.text("SHORT_HOST")
# PEM files of the certificate chain and key that sign Content Credentials; empty: our own, made in DATA_DIR.
C2PA_CERTIFICATE = env.text("C2PA_CERTIFICATE")
C2PA_PRIVATE_KEY = env.text("C2PA_PRIVATE_KEY")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("BEHIND_PROXY", False) else None
_https = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000 if _https else 0)
SECURE_REFERRER_POLICY = "same-origin"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_rq",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "config",
    "listings",
    "staging",
    "billing",
]

MIDDLEWARE = [
    "config.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "config.compression.PageCompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.language.PageLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.admin_door.AdminDoorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
# The two documented APIs answer with and without a trailing slash and never redirect: a redirected POST loses its body.
APPEND_SLASH = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- data -----------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", DATA_DIR / "openhouse.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Unset: the embedded server that config/processes.py starts, on a socket in DATA_DIR.
REDIS_SOCKET = env.socket_path(DATA_DIR / "redis.sock")
REDIS_URL = env.text("REDIS_URL") or f"unix://{REDIS_SOCKET}"
REDIS_EMBEDDED = not env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
# Seconds an RQ job may take; renders never run inside a job, only submit, fetch and finish do.
JOB_TIMEOUT = env.integer("JOB_TIMEOUT", 120, minimum=1)
RQ_QUEUES = {
    "default": {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": JOB_TIMEOUT,
        "SERIALIZER": "rq.serializers.JSONSerializer",
    }
}
RQ = {"JOB_CLASS": "rq.job.Job"}

MEDIA_ROOT = env.path("MEDIA_ROOT", DATA_DIR / "media")
STORAGES = {
    **storage.backends(str(MEDIA_ROOT)),
    "staticfiles": {"BACKEND": "config.statics.ForgivingManifestStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns at start of a folder that is not there

# --- people ---------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "billing.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/listings/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Confirmation is asked for by e-mail, and the free credits come with it; signing in does not wait for it.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = True
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# Whose address a failed login is counted under: behind a proxy, the one that the proxy saw.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.boolean("BEHIND_PROXY", False) else 0
ACCOUNT_ADAPTER = "billing.adapter.AccountAdapter"
# More than a password: passkeys (which sign in alone), authenticator apps, and recovery codes for when both are lost.
MFA_ADAPTER = "billing.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Staff without a second factor come no further than the page that sets one up.
ADMIN_REQUIRES_MFA = env.boolean("ADMIN_REQUIRES_MFA", _https)

EMAIL_URL_HOST = env.text("EMAIL_HOST")
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_URL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
EMAIL_PORT = env.integer("EMAIL_PORT", 587, minimum=1)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.boolean("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = env.seconds("EMAIL_TIMEOUT", 10)
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Openhouse <hello@localhost>")

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
# The compiled catalogues are kept in the repository: a bare machine has no gettext tools.
LOCALE_PATHS = [BASE_DIR / "config" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- pages ----------------------------------------------------------------------------------------------

_SELF = "'self'"
_STORE = storage.origin(STORAGES)
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
    "DIRECTIVES": {
        "default-src": [_SELF],
        "img-src": [_SELF, "data:", "blob:", *_STORE],
        "script-src": [_SELF],
        "style-src": [_SELF],
        "connect-src": [_SELF, *_STORE],
        "font-src": [_SELF],
        "frame-ancestors": ["'none'"],
        # Buttons that end on Stripe's pages: browsers hold a form's redirect to this list too.
        "form-action": [_SELF, "https://checkout.stripe.com", "https://billing.stripe.com"],
        "base-uri": [_SELF],
        "object-src": ["'none'"],
    },
}

UNFOLD = {
    "SITE_TITLE": "Openhouse admin",
    "SITE_HEADER": "Openhouse",
    "DASHBOARD_CALLBACK": "config.front_page.fill",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda _request: static("icon.svg")}],
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Openhouse",
    "VERSION": "1",
    "PREPROCESSING_HOOKS": ["config.api_docs.only_ours"],
    "POSTPROCESSING_HOOKS": ["config.api_docs.finish"],
    "SCHEMA_PATH_PREFIX": "",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Null: else the reader would ask an outside host whether the document is valid.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None, "tryItOutEnabled": False},
    "SERVE_INCLUDE_SCHEMA": False,
}

# Forms are small; photos are spooled to disk by the ASGI layer and limited by PHOTO_MAX_BYTES and BODY_MAX_BYTES.
DATA_UPLOAD_MAX_MEMORY_SIZE = env.integer("BODY_MAX_BYTES", 70 * 2**20, minimum=1)
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# --- photos ---------------------------------------------------------------------------------------------

BODY_MAX_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE
PHOTO_MAX_BYTES = env.integer("PHOTO_MAX_BYTES", 50 * 2**20, minimum=1)
PHOTO_MAX_PIXELS = env.integer("PHOTO_MAX_PIXELS", 80_000_000, minimum=1)
PHOTO_MIN_EDGE = env.integer("PHOTO_MIN_EDGE", 256, minimum=1)
# The bounded child that decodes uploads: memory in bytes, seconds of life for one photo, processes at once.
DECODE_MAX_MEMORY = env.integer("DECODE_MAX_MEMORY", 1536 * 2**20, minimum=2**28)
DECODE_TIMEOUT = env.seconds("DECODE_TIMEOUT", 40)
DECODE_PROCESSES = env.integer("DECODE_PROCESSES", 2, minimum=1)
# Fetching an `image_url`: seconds for the whole, redirects, and whether private addresses may be fetched (tests only).
FETCH_TIMEOUT = env.seconds("FETCH_TIMEOUT", 20)
FETCH_MAX_REDIRECTS = env.integer("FETCH_MAX_REDIRECTS", 5)
FETCH_ALLOW_PRIVATE = env.boolean("FETCH_ALLOW_PRIVATE", False)
# Megabytes of photos that an account may keep, by plan; a plan that is not named has no limit.
STORAGE_LIMITS = env.numbers("STORAGE_LIMITS", {"free": 2_000, "pro": 200_000, "pro_plus": 1_000_000})
FILE_URL_LIFETIME = env.integer("FILE_URL_LIFETIME", 14 * 24 * 3600, minimum=60)

# Copies made ahead for deliveries are deleted when none has used them for so long.
PREPARED_KEPT_DAYS = env.integer("PREPARED_KEPT_DAYS", 30, minimum=1)

# --- imports (RESO) -------------------------------------------------------------------------------------

# A portion of work before a job lets others go first; for how long a worker that died keeps an import to itself.
IMPORT_SLICE_SECONDS = env.seconds("IMPORT_SLICE_SECONDS", 10)
IMPORT_LEASE_SECONDS = env.seconds("IMPORT_LEASE_SECONDS", 180)
IMPORT_TIMEOUT = env.seconds("IMPORT_TIMEOUT", 60)
# Failures in a row before an import gives up; it can be continued.
IMPORT_ATTEMPTS = env.integer("IMPORT_ATTEMPTS", 8, minimum=1)
IMPORT_PAGE_MAX_BYTES = env.integer("IMPORT_PAGE_MAX_BYTES", 64 * 2**20, minimum=1)
IMPORT_FILE_MAX_BYTES = env.integer("IMPORT_FILE_MAX_BYTES", 20 * 2**20, minimum=1)
# Of a new connection, and of photos that a file names; one large provider allows 2 a second and 7,200 an hour.
IMPORT_REQUESTS_PER_SECOND = env.seconds("IMPORT_REQUESTS_PER_SECOND", 2)
# How often deletions are looked for, which asks for the keys of all listings.
IMPORT_KEYS_SECONDS = env.seconds("IMPORT_KEYS_SECONDS", 24 * 3600)

# --- renders --------------------------------------------------------------------------------------------

PRICES = {"redesign": 1, "declutter": 1, "staging": 2, "sketch": 2, "variation": 0}
RENDERS_IN_FLIGHT = env.integer("RENDERS_IN_FLIGHT", 50, minimum=1)
VARIATIONS_MAX = env.integer("VARIATIONS_MAX", 20)
# Calls that one key may make: a second, and at once; by plan. Polling at 40 a second is normal use.
API_RATES = env.rates("API_RATES", {"default": (100.0, 300), "pro_plus": (200.0, 600)})
# Calls that all keys of an account may make together, likewise.
ACCOUNT_RATES = env.rates("ACCOUNT_RATES", {"default": (300.0, 900), "pro_plus": (600.0, 1800)})
# Requests with photos of one account that may be taken in (fetched, decoded) at once.
API_INTAKE = env.integer("API_INTAKE", 250, minimum=1)
WAIT_MAX_SECONDS = env.seconds("WAIT_MAX_SECONDS", 300)
RUN_ATTEMPTS = env.integer("RUN_ATTEMPTS", 3, minimum=1)
RUN_RETRY_WINDOW = env.seconds("RUN_RETRY_WINDOW", 15 * 60)
# Pause before the second attempt; each further one waits four times as long.
RUN_RETRY_SECONDS = env.seconds("RUN_RETRY_SECONDS", 5)
# A run whose owner has not renewed its lease for so long is taken over.
RUN_LEASE_SECONDS = env.seconds("RUN_LEASE_SECONDS", 30)
RUN_TIME_LIMIT = env.seconds("RUN_TIME_LIMIT", 600)
SWEEP_SECONDS = env.seconds("SWEEP_SECONDS", 10)
# What a person waited for is mailed when it has been ready for so long and nobody has looked.
NOTIFY_AFTER_SECONDS = env.seconds("NOTIFY_AFTER_SECONDS", 60)
# Of pictures that are asked for on our pages; the APIs say their own.
RENDER_QUALITY: Literal["standard", "draft", "best"] = env.one_of("RENDER_QUALITY", "standard", "draft", "best")

# --- rendering backends ---------------------------------------------------------------------------------

# One address, or several separated by commas: all serve the same, and each picture goes to the one with most room.
ENGINE_URL = env.text("ENGINE_URL", "http://127.0.0.1:8100")
ENGINE_TOKEN = env.text("ENGINE_TOKEN")
# What another rendering server at ENGINE_URL serves; empty for the embedded engine, which says so itself.
ENGINE_KINDS = env.words("ENGINE_KINDS", [])
ENGINE_ROOM_TYPES = env.words("ENGINE_ROOM_TYPES", [])
ENGINE_ENLARGES = env.boolean("ENGINE_ENLARGES", False)
ENGINE_TRACER = env.text("ENGINE_TRACER", "auto")  # auto, cuda, llvm or scalar
# Of several engines: one that cannot be reached gets no new work for so long, and has lost its jobs after so long.
ENGINE_SET_ASIDE_SECONDS = env.integer("ENGINE_SET_ASIDE_SECONDS", 15, minimum=1)
ENGINE_GIVE_UP_SECONDS = env.seconds("ENGINE_GIVE_UP_SECONDS", 5)
# Runs that each engine is given at once: one in work and one waiting. The others wait in our queue, which is fair.
ENGINE_SLOTS = env.integer("ENGINE_SLOTS", 2, minimum=1)
ENGINE_QUEUE = env.integer("ENGINE_QUEUE", 64, minimum=1)
# Which model makes jobs of a kind for which the caller names none, where a GPU node has it; the rest is the engine's.
RENDER_MODELS = env.pairs("RENDER_MODELS", {})
# A JSON file with the operator's own names of model files (staging/backends/comfyui/models.json has the usual ones).
COMFYUI_MODELS = env.text("COMFYUI_MODELS")
# A node that cannot be reached for so long has lost its jobs, where there is another.
COMFYUI_GIVE_UP_SECONDS = env.seconds("COMFYUI_GIVE_UP_SECONDS", 5)
# How long a node that gave a blank picture, or whose model file is broken, gets no new work.
COMFYUI_SET_ASIDE_SECONDS = env.seconds("COMFYUI_SET_ASIDE_SECONDS", 300)
COMFYUI_PROBE_SECONDS = env.seconds("COMFYUI_PROBE_SECONDS", 60)

# --- Stripe ---------------------------------------------------------------------------------------------

# Without a secret key nothing is sold, the pages say so, and everything else works.
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET")
# Empty: Stripe itself; tests name their stand-in.
STRIPE_API_BASE = env.text("STRIPE_API_BASE")
STRIPE_TIMEOUT = env.seconds("STRIPE_TIMEOUT", 15)
# Let Stripe work out taxes (Stripe Tax must be set up in the Stripe dashboard).
STRIPE_AUTOMATIC_TAX = env.boolean("STRIPE_AUTOMATIC_TAX", False)

# --- watching -------------------------------------------------------------------------------------------

# Who may read /metrics, as a bearer token; empty: nobody.
METRICS_TOKEN = env.text("METRICS_TOKEN")
# Where errors are sent: a DSN of Sentry, which takes the extra [sentry]; empty: nowhere.
SENTRY_DSN = env.text("SENTRY_DSN")
SENTRY_ENVIRONMENT = env.text("SENTRY_ENVIRONMENT", "production")
SENTRY_RELEASE = env.text("SENTRY_RELEASE", "openhouse")
LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOG_FORMAT = env.text("LOG_FORMAT", "json")  # json or console
LOGGING_CONFIG = "config.logs.configure"
LOGGING = {"level": LOG_LEVEL, "format": LOG_FORMAT}
