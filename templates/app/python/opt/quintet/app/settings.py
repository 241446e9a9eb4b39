"""What this machine's copy of the application is told by its environment (/etc/quintet/app.env)."""

import os
from pathlib import Path


def wanted(name):
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set (see /etc/quintet/app.env)")
    return value


def password():
    """systemd hands it over as a file that only this service can read; it is in no environment and no argument."""
    path = os.environ.get("DATABASE_PASSWORD_FILE") or Path(wanted("CREDENTIALS_DIRECTORY"), "database.password")
    return Path(path).read_text(encoding="utf-8").strip()


MACHINE = wanted("MACHINE")
ADDRESS = wanted("LISTEN_ADDRESS")
PORT = int(wanted("LISTEN_PORT"))
# The nearest first.
HOSTS = wanted("DATABASE_HOST").split(" ")
# Of a source and its replica one alone takes writes, and that one alone is asked.
REPLICATED = os.environ.get("DATABASE_TOPOLOGY") == "replica"
DATABASE = {
    "port": int(wanted("DATABASE_PORT")),
    "database": wanted("DATABASE_NAME"),
    "user": wanted("DATABASE_USER"),
}
DATABASE_CA = wanted("DATABASE_CA")
# What runs the application, for people.
SERVER = os.environ.get("SERVER", "Python")
PACE = float(os.environ.get("PACE", 1))
# What a request may take to ask one database of a cluster after the other.
BUDGET_SECONDS = float(os.environ.get("DATABASE_BUDGET_MS", 650 * PACE)) / 1000
