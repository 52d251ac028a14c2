import os
from pathlib import Path

BASE_DIR = Path(__file__).parent.parent
SECRET_KEY = "x"
DEBUG = False
ALLOWED_HOSTS = ["clinic.example.com"]
ROOT_URLCONF = "clinic.urls"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "reminders"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
SECURE_SSL_REDIRECT = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "db.sqlite3",
        "ATOMIC_REQUESTS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TELNYX = {
    "PUBLIC_KEY": os.environ.get("TELNYX_PUBLIC_KEY", ""),
    "API_KEY": os.environ.get("TELNYX_API_KEY", ""),
}
USE_TZ = True
