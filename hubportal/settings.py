"""Settings of every installation; what differs by machine is read from the environment (`.env.example` lists it).

Safe by default: without a variable the strict choice holds. Nonsense stops the start with the variable's name.
"""

from email.utils import parseaddr
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from hubportal import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("HUBPORTAL_VAR", str(BASE_DIR / "var")))

# --- Where this runs ---------------------------------------------------------------------------------------
DEMO = env.flag("HUBPORTAL_DEMO", False)
HTTPS = env.flag("HUBPORTAL_HTTPS", True)
ALLOWED_HOSTS = env.hosts("HUBPORTAL_HOSTS", "localhost,127.0.0.1" if DEMO else None)
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
if DEMO and not set(ALLOWED_HOSTS) <= LOOPBACK:
    env.refuse(
        "HUBPORTAL_DEMO",
        "the demonstration signs anybody in; it runs on localhost only (see HUBPORTAL_HOSTS)",
    )
if not HTTPS and not DEMO:
    env.refuse("HUBPORTAL_HTTPS", "may be 0 in the demonstration only")
SECRET_KEY = env.secret("HUBPORTAL_SECRET_KEY")
# Secrets of before: what was signed or sealed with them still holds.
SECRET_KEY_FALLBACKS = env.secret("HUBPORTAL_OLD_SECRET_KEYS", "").split()
BASE_URL = env.url("HUBPORTAL_BASE_URL", "http://localhost:8000" if DEMO else None).rstrip("/")
if len(SECRET_KEY) < 50:
    env.refuse(
        "HUBPORTAL_SECRET_KEY", "is shorter than 50 characters; make one with: openssl rand -base64 48"
    )
if HTTPS and not BASE_URL.startswith("https://"):
    env.refuse("HUBPORTAL_BASE_URL", "must begin with https://: links to sign in go out by mail")
DEBUG = False

AGENCY_NAME = {"fr": "hub.brussels", "nl": "hub.brussels", "en": "hub.brussels"}
CONTACT_EMAIL = env.text("HUBPORTAL_CONTACT_EMAIL", "contact@hubportal.example")
DPO_EMAIL = env.text("HUBPORTAL_DPO_EMAIL", CONTACT_EMAIL)
"""The data protection officer; the contact address unless there is one of their own."""

# --- What it is made of ------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "mailings",
    "spoc",
    "conventions",
    "communes",
    "hubportal.dashboard",
    "hubportal.accounts",
    "hubportal.outbox",
    "hubportal",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
]
MIDDLEWARE = [
    "hubportal.logs.RequestLogMiddleware",
    # Before all that answers by itself: a redirect to https and a refused Host carry the headers too.
    "csp.middleware.CSPMiddleware",
    "hubportal.access.middleware.HeadersMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hubportal.access.middleware.SignInMiddleware",
    "hubportal.accounts.middleware.LiveSessionMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hubportal.access.middleware.AdminLanguageMiddleware",
    "hubportal.accounts.middleware.JournalledRightsMiddleware",
    "hubportal.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Last, so that an administrator who sees as another person passed every door as themselves.
    "hubportal.accounts.seeing.SeeingMiddleware",
]
if DEMO:
    MIDDLEWARE.insert(5, "hubportal.accounts.demo_views.DemoIsLocalMiddleware")
ROOT_URLCONF = "hubportal.urls"
WSGI_APPLICATION = "hubportal.wsgi.application"
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
                "hubportal.dashboard.context.shell",
                "communes.context.acting",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static"],
        },
    }
]
FORM_RENDERER = "hubportal.forms.PortalRenderer"

# --- What it keeps -----------------------------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS = env.redis("REDIS_URL")
CACHE_TABLE = "cache"
CACHES: dict[str, dict[str, Any]] = {
    # The default cache holds allauth's sign-in limits: they must outlive a flush of Redis.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": CACHE_TABLE,
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
    "redis": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS.cache},
}
CELERY_BROKER_URL = REDIS.broker
HUBPORTAL_FILES = Path(env.text("HUBPORTAL_FILES", str(VAR / "files")))
HUBPORTAL_MAILBOX = Path(env.text("HUBPORTAL_MAILBOX", str(VAR / "mailbox"))) if DEMO else None

# --- Mail --------------------------------------------------------------------------------------------------
globals().update(env.smtp("EMAIL_URL", "smtp://localhost:25" if DEMO else None))
DEFAULT_FROM_EMAIL = env.text("HUBPORTAL_FROM", "hubportal <no-reply@hubportal.example>" if DEMO else None)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Messages of an edition that come back go to this mailbox, with the message's own mark after a plus (VERP).
BOUNCES = env.mailbox("HUBPORTAL_BOUNCES", f"bounces@{parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition('@')[2]}")
# The Maildir into which that mailbox is delivered, read by the tick; without it, import_bounces is run by hand.
BOUNCES_MAILDIR = env.folder("HUBPORTAL_BOUNCES_MAILDIR")
# What the relay takes from us in a minute; 0: no limit.
MAILS_PER_MINUTE = env.integer("HUBPORTAL_MAILS_PER_MINUTE", 0, minimum=0, maximum=100_000)

# --- Who comes in ------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["hubportal.accounts.backends.GrantBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "hubportal.accounts.passwords.GuessedFirst"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# How many proxies stand before the portal and add to X-Forwarded-For: sign-in limits count by visitor.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("HUBPORTAL_PROXIES", 1 if HTTPS else 0, minimum=0, maximum=5)
ACCOUNT_ADAPTER = "hubportal.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"request_login_code": "hubportal.accounts.forms.RequestLoginCodeForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
# Beside allauth's own of a few minutes: nobody fills the mailbox of another, hour after hour.
ACCOUNT_RATE_LIMITS = {
    "request_login_code": "20/m/ip,3/m/key,10/h/key",
    "reset_password": "20/m/ip,5/m/key,10/h/key",
}
MFA_ADAPTER = "hubportal.accounts.mfa.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "hubportal.accounts.forms.AddAppForm",
    "authenticate": "hubportal.accounts.forms.GiveFactorForm",
    "reauthenticate": "hubportal.accounts.forms.GiveFactorAgainForm",
    "add_webauthn": "hubportal.accounts.forms.AddPasskeyForm",
    "edit_webauthn": "hubportal.accounts.forms.RenamePasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
# A code holds for its half minute only: that long the library remembers the codes that were used.
MFA_TOTP_TOLERANCE = 0
MFA_TRUST_ENABLED = False
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers know passkeys on localhost without https; so do we, there only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
PASSWORD_RESET_TIMEOUT = 60 * 60
# allauth's own writes down each address a second time; a link dies with the address it went to in Django's, too.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
SOCIALACCOUNT_ADAPTER = "hubportal.accounts.identity.adapter.IdentityAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "hubportal.accounts.identity.provider.Issuer",
        "APPS": env.issuer("HUBPORTAL_OIDC", is_https_needed=HTTPS),
    }
}
SESSION_ENGINE = "hubportal.accounts.sessions"
# However much it is used, and since it was used last.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE = 2 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

# --- Languages, time ---------------------------------------------------------------------------------------
LANGUAGES = [("fr", _("French")), ("nl", _("Dutch")), ("en", _("English"))]
LANGUAGE_CODE = "fr"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "hubportal.formats"
TIME_ZONE = "Europe/Brussels"
USE_TZ = True
USE_I18N = True

# --- Static files ------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "hubportal.files.storage.PrivateStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 3600

# --- What the browser is told ------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        **{f"{kind}-src": [SELF] for kind in ("script", "style", "img", "font", "connect")},
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "hubportal.dashboard.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logs.configuration(
    env.choice("HUBPORTAL_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), "INFO")
)
