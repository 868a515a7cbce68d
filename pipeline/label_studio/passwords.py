"""A new password for an account of the project's own Label Studio, whose API cannot give one.

Runs in Label Studio's environment, on its own settings: so it is the same on SQLite and PostgreSQL. Whoever was signed
in there with the old password is signed out.
"""

import json
import subprocess
from pathlib import Path

from pipeline.label_studio import environment
from pipeline.label_studio.state import Home
from pipeline.label_studio.surroundings import surroundings
from schemas.errors import LabelStudioRefused

# What it is told comes by stdin: a command line is seen by everybody on the machine.
_SET = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings.label_studio"
import django
django.setup()
from users.models import User
said = json.load(sys.stdin)
user = User.objects.filter(email__iexact=said["email"], is_active=True).first()
if user:
    user.set_password(said["password"])
    user.save(update_fields=["password"])
print(json.dumps({"email": user and user.email}))
"""


def set_password(folder: Path, email: str, password: str) -> str:
    """Give an account of the project's own server another password; its address as it is written there.

    Raises LabelStudioRefused where there is no such account, or no server of the project's own.
    """
    home = Home(folder)
    server = home.read()
    if server is None:
        raise LabelStudioRefused(
            "Label Studio: a server of the project's own was expected, there is none; start it with: headrace up"
        )
    made = environment.ready(lambda _: None)
    done = subprocess.run(
        [str(environment.interpreter(made)), "-P", "-c", _SET],
        input=json.dumps({"email": email, "password": password}),
        env={
            **surroundings(home.data, server.database, server.public_url),
            "PYTHONPATH": str(environment.package(made)),
        },
        cwd=home.data,
        capture_output=True,
        text=True,
        check=False,
    )
    return _address(done, email)


def _address(done: "subprocess.CompletedProcess[str]", email: str) -> str:
    lines = done.stdout.strip().splitlines()
    try:
        found = json.loads(lines[-1])["email"] if lines else None
    except (ValueError, KeyError, TypeError):
        found = None
    if found:
        return str(found)
    said = (done.stderr.strip().splitlines() or ["there is no such account"])[-1][:200]
    raise LabelStudioRefused(
        f"account {email!r}: Label Studio should take a new password for it, does not ({said}); "
        "see there whether the account is active"
    )
