"""What the embedded Label Studio is told: a closed server on this machine that speaks to nobody outside."""

import os
from collections.abc import Mapping
from pathlib import Path

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


def surroundings(data: Path) -> dict[str, str]:
    """All environment variables of a Label Studio that keeps its state in `data`, without credentials.

    It makes a random SECRET_KEY of its own there, in a file that only its owner may read.
    """
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    told = {f"LABEL_STUDIO_{name}": value for name, value in SETTINGS.items()}
    places = {"LABEL_STUDIO_BASE_DATA_DIR": str(data), "XDG_CONFIG_HOME": str(data), "PYTHONUNBUFFERED": "1"}
    return {**kept, **told, **places}


def credentials(username: str, password: str, token: str) -> dict[str, str]:
    """The variables from which Label Studio makes its first account, as an administrator."""
    return {
        "LABEL_STUDIO_USERNAME": username,
        "LABEL_STUDIO_PASSWORD": password,
        "LABEL_STUDIO_USER_TOKEN": token,
    }
