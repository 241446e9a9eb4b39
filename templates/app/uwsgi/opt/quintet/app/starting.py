"""
The application, and what is answered until it is there. uWSGI lets visitors in before it has loaded anything, and would keep
them waiting: here they hear at once that it is starting. Workers that take the place of others load it first, as those still serve.
"""

import os
import threading
import traceback
from pathlib import Path

# Made anew by systemd at each start of the service.
STARTED = Path(os.environ["RUNTIME_DIRECTORY"], "started")
ANSWER = b'{"status":"unavailable","error":"The application is starting. Try again."}\n'

loaded = []


def load():
    try:
        from app import app

        loaded.append(app)
        STARTED.touch()
    except BaseException:
        # Without it a worker is worth nothing; uWSGI starts another one.
        traceback.print_exc()
        os._exit(1)


def starting(_environ, start_response):
    headers = [
        ("Content-Type", "application/json; charset=utf-8"),
        ("Cache-Control", "no-store"),
        ("Retry-After", "1"),
        ("X-App-Machine", os.environ["MACHINE"]),
    ]
    start_response("503 Service Unavailable", headers)
    return [ANSWER]


def application(environ, start_response):
    return (loaded[0] if loaded else starting)(environ, start_response)


if STARTED.exists():
    load()
else:
    threading.Thread(target=load, daemon=True).start()
