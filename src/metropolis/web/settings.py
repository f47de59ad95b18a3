"""Django's settings: the one file, for every deployment; what differs between them is in ``environment.py``."""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import django_stubs_ext
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from metropolis.foundation.background.values import QUEUES
from metropolis.web.environment import Environment, IdentityProvider

# Some of Django's classes take a type parameter only in the type checker's eyes: ModelForm[Practice].
django_stubs_ext.monkeypatch()

ENVIRONMENT = Environment()
PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = ENVIRONMENT.debug
# Without a key of its own a server still starts safely: sessions then end with the process.
SECRET_KEY = ENVIRONMENT.secret_key or ("demonstration" * 5 if ENVIRONMENT.demonstration else secrets.token_urlsafe(50))
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "ninja",  # only for its documentation page, whose files it then serves from here
    "metropolis.foundation.background",
    "metropolis.foundation.mail",
    "metropolis.foundation.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "metropolis.foundation.places",
    "metropolis.foundation.taxonomy",
    "metropolis.foundation.history",
    "metropolis.foundation.limits",
    "metropolis.foundation.human_check",
    "metropolis.foundation.contact",
    "metropolis.foundation.records",
    "metropolis.foundation.workspaces",
    "metropolis.foundation.documents",
    "metropolis.foundation.following",
    "metropolis.foundation.upkeep",
    "metropolis.foundation.pages",
    "metropolis.foundation.sharing",
    "metropolis.tools.practices",
    "metropolis.tools.experts",
    "metropolis.tools.exchange",
    "metropolis.tools.barometer",
    "metropolis.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "metropolis.web.middleware.content_security_policy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "metropolis.web.middleware.CompressTexts",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "metropolis.web.middleware.keep_private",
    "metropolis.web.middleware.refuse_nul",
    "metropolis.web.middleware.refuse_large_bodies",
    "django.middleware.common.CommonMiddleware",
    "metropolis.web.memory.remember_pages",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "metropolis.web.errors.answer_errors",
]

# Seconds for which a page is kept for other visitors, unless anything is done meanwhile; what pages are made of, and
# which members get too, is kept sixty times as long (`metropolis.foundation.history.queries.kept`).
PAGE_MEMORY = 10

ROOT_URLCONF = "metropolis.web.urls"
WSGI_APPLICATION = "metropolis.web.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]


def _database(url: str, folder: Path) -> dict[str, Any]:
    if url:
        parts = urlsplit(url)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "CONN_MAX_AGE": None,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": folder / "metropolis.sqlite3",
        "CONN_MAX_AGE": None,
        # A file, so that several threads and processes of a test share one database as they do in service.
        "TEST": {"NAME": folder / "test.sqlite3"},
        "OPTIONS": {
            # IMMEDIATE: a read-then-write transaction waits its turn instead of failing with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
                "PRAGMA journal_size_limit=27103364; PRAGMA cache_size=-20000;"
            ),
        },
    }


def openid_connect(providers: list[IdentityProvider]) -> dict[str, Any]:
    """The providers as allauth is told of them."""
    told = [
        {
            "provider_id": provider.id,
            "name": provider.name,
            "client_id": provider.client_id,
            "secret": provider.client_secret,
            "settings": {"server_url": provider.server, "verified_email": provider.domains},
        }
        for provider in providers
    ]
    return {"openid_connect": {"APPS": told, "OAUTH_PKCE_ENABLED": True}}


FORM_RENDERER = "metropolis.foundation.pages.forms.Renderer"

DATABASES = {"default": _database(ENVIRONMENT.database_url, ENVIRONMENT.data_folder)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "exchange:home"
LOGOUT_REDIRECT_URL = "exchange:home"
SESSION_COOKIE_AGE = 14 * 24 * 3600

# Signing in, by django-allauth: https://docs.allauth.org/en/latest/account/configuration.html
ACCOUNT_ADAPTER = "metropolis.foundation.accounts.pages.adapter.AccountAdapter"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_FORMS = {
    name: f"metropolis.foundation.accounts.forms.people.{form}"
    for name, form in {
        "add_email": "EmailForm",
        "change_password": "PasswordForm",
        "confirm_email_verification_code": "EmailCodeForm",
        "confirm_login_code": "SignInCodeForm",
        "confirm_password_reset_code": "ForgottenPasswordCodeForm",
        "login": "SignInForm",
        "reauthenticate": "ConfirmForm",
        "request_login_code": "AskForCodeForm",
        "reset_password": "ForgottenPasswordForm",
        "reset_password_from_key": "NewPasswordForm",
        "set_password": "FirstPasswordForm",
        "signup": "SignUpForm",
    }.items()
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# How often confirmations are mailed, codes asked for, and guessed in the second step; our operations count the rest.
ACCOUNT_RATE_LIMITS = {
    "confirm_email": "1/10s/key,10/h/key",
    "login_failed": "20/h/key",
    "request_login_code": "20/m/ip",
    "reset_password": "20/m/ip",
}
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_REDIRECT_URL = "accounts:account"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
MFA_ADAPTER = "metropolis.foundation.accounts.pages.adapter.MFAAdapter"
MFA_FORMS = {
    name: f"metropolis.foundation.accounts.forms.people.{form}"
    for name, form in {
        "activate_totp": "AuthenticatorAppForm",
        "add_webauthn": "PasskeyForm",
        "authenticate": "SecondStepForm",
        "authenticate_webauthn": "SecondStepByPasskeyForm",
        "login_webauthn": "SignInByPasskeyForm",
        "reauthenticate": "ConfirmByCodeForm",
        "reauthenticate_webauthn": "ConfirmByPasskeyForm",
        "signup_webauthn": "FirstPasskeyForm",
    }.items()
}
MFA_PASSKEY_LOGIN_ENABLED = MFA_PASSKEY_SIGNUP_ENABLED = True
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Metropolis"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not ENVIRONMENT.https
SOCIALACCOUNT_ADAPTER = "metropolis.foundation.accounts.pages.adapter.SocialAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# A form that leads to another site is refused by our Content-Security-Policy, so it is a link.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = openid_connect(ENVIRONMENT.identity_providers)
# In the database, because all processes have to see how often something was tried.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# The address under which the site is reached, for links in mails.
SITE_ADDRESS = ENVIRONMENT.address.rstrip("/")

# The demonstration writes to nobody: its mails are printed, and kept on a page.
EMAIL_BACKEND = f"django.core.mail.backends.{'console' if ENVIRONMENT.demonstration else 'smtp'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = ENVIRONMENT.mail_host, ENVIRONMENT.mail_port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENVIRONMENT.mail_user, ENVIRONMENT.mail_password
EMAIL_USE_TLS, EMAIL_USE_SSL = ENVIRONMENT.mail_tls == "starttls", ENVIRONMENT.mail_tls == "tls"
EMAIL_TIMEOUT = ENVIRONMENT.mail_timeout
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": list(QUEUES)}}
# What workers put in the queue by themselves, and how often.
PERIODIC_TASKS = {
    "metropolis.foundation.following.tasks.tell": timedelta(minutes=1),
    "metropolis.foundation.following.tasks.forget_old_notices": timedelta(days=1),
    "metropolis.foundation.background.tasks.forget_finished": timedelta(hours=1),
    "metropolis.foundation.accounts.tasks.close_due_accounts": timedelta(hours=1),
    "metropolis.foundation.accounts.tasks.recheck_domains": timedelta(days=7),
    "metropolis.foundation.accounts.tasks.forget_archives": timedelta(hours=1),
    "metropolis.foundation.accounts.tasks.forget_sessions": timedelta(days=1),
    "metropolis.foundation.accounts.tasks.forget_unconfirmed": timedelta(days=1),
    "metropolis.foundation.mail.tasks.forget_undelivered": timedelta(days=1),
    "metropolis.tools.practices.tasks.forget_imports": timedelta(days=1),
}

CONTACT_ADDRESSES: dict[str, list[str]] = dict(ENVIRONMENT.contact_addresses.items())

LANGUAGE_CODE = ENVIRONMENT.language
# English, and every language that has a catalogue; `make languages ADD=de` begins one.
LANGUAGES = [
    (code, _(LANG_INFO[code]["name"])) for code in ("en", *sorted(path.name for path in (PACKAGE / "locale").iterdir()))
]
LOCALE_PATHS = [PACKAGE / "locale", PACKAGE / "web/formats"]
FORMAT_MODULE_PATH = "metropolis.web.formats"
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data_folder / "static"
MEDIA_ROOT = ENVIRONMENT.data_folder / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Nothing asks for a file by its plain name, and only debuggers read source maps: compressing either is time lost.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DNS_SERVERS = ENVIRONMENT.dns_servers
UPLOAD_LIMIT = ENVIRONMENT.upload_limit_mb * 1024 * 1024

SEARCH_FOLDER = ENVIRONMENT.data_folder / "search"
SEARCH_ENCODERS = tuple(ENVIRONMENT.search_encoders)

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0
SECURE_SSL_REDIRECT = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "metropolis.web.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": ENVIRONMENT.log_level},
}
