"""What the embedded Label Studio is told: a closed server on this machine that speaks to nobody outside."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.label_studio.database import Database
from schemas.errors import LabelStudioError

SETTINGS: Mapping[str, str] = {
    # nothing goes out
    "COLLECT_ANALYTICS": "false",
    "LATEST_VERSION_CHECK": "false",
    "SENTRY_DSN": "",
    "FRONTEND_SENTRY_DSN": "",
    "FEATURE_FLAGS_OFFLINE": "true",
    "GOOGLE_LOGGING_ENABLED": "false",
    # nobody comes in
    "DISABLE_SIGNUP_WITHOUT_LINK": "true",
    "ALLOW_ORGANIZATION_CREATION": "false",
    "ALLOWED_HOSTS": "127.0.0.1,localhost",
    "CORS_ALLOW_ALL_ORIGINS": "false",
    # no way round: to this machine's files, to its network
    "ENABLE_LOCAL_FILES_STORAGE": "false",
    "LOCAL_FILES_SERVING_ENABLED": "false",
    "SSRF_PROTECTION_ENABLED": "true",
    "ML_BLOCK_LOCAL_IP": "true",
    "SVG_SECURITY_CLEANUP": "true",
    "DEBUG": "false",
    "DJANGO_DB": "sqlite",
    # the token that we choose works as it stands
    "ENABLE_LEGACY_API_TOKEN": "true",
}

# Label Studio reads DEBUG, HOST, USERNAME, SECRET_KEY and many more names that anybody's shell may hold, so it
# is given these of the shell's variables and no others.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


def public(url: str) -> str:
    """The address at which people reach Label Studio, as it is kept. Raises LabelStudioError for one that cannot be."""
    try:
        parts = urlsplit(url.strip())
        whole = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        parts, whole = urlsplit(""), False
    if not whole or "@" in parts.netloc or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise LabelStudioError(
            "--public-url: an address like https://labels.example.org was expected, with nothing behind the host, "
            "found another; correct it"
        )
    return f"{parts.scheme}://{parts.netloc}"


def surroundings(
    data: Path, database: Database | None = None, public_url: str | None = None
) -> dict[str, str]:
    """All environment variables of a Label Studio that keeps its state in `data`, without its administrator's.

    It makes a random SECRET_KEY of its own there, in a file that only its owner may read. Without a database of
    PostgreSQL's it keeps a file of SQLite's there. `public_url` is where people reach it through a web
    server, as `public` gives it.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    told = {f"LABEL_STUDIO_{name}": value for name, value in {**SETTINGS, **_front(public_url)}.items()}
    places = {"LABEL_STUDIO_BASE_DATA_DIR": str(data), "XDG_CONFIG_HOME": str(data), "PYTHONUNBUFFERED": "1"}
    return {**kept, **told, **places, **(database.settings() if database else {})}


def _front(public_url: str | None) -> dict[str, str]:
    """What Label Studio must know of the web server before it, or it refuses what comes from there."""
    if public_url is None:
        return {}
    return {
        "HOST": public_url,
        "ALLOWED_HOSTS": f"{SETTINGS['ALLOWED_HOSTS']},{urlsplit(public_url).hostname}",
        "CSRF_TRUSTED_ORIGINS": public_url,
    }


def credentials(username: str, password: str, token: str) -> dict[str, str]:
    """The variables from which Label Studio makes its first account, as an administrator."""
    return {
        "LABEL_STUDIO_USERNAME": username,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
    }
