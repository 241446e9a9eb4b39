"""Quintet's sample application on Flask: the same API as the one on Node.js."""

import json
import os
import platform
import time
import traceback

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

import settings
from database import DatabaseGone, asking, begin
from entries import BadRequest, add_entry, check_database, list_entries, read_entry
from log import log

BIGGEST_BODY = 16 * 1024

app = Flask(__name__, static_folder=None)
started_at = time.monotonic()


def answer(status, body, **headers):
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"
    response = Response(text, status=status, content_type="application/json; charset=utf-8")
    response.headers.update({"Cache-Control": "no-store", "X-App-Machine": settings.MACHINE})
    if asking.machine is not None:
        response.headers["X-Database-Machine"] = asking.machine
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response


def json_body():
    if request.mimetype != "application/json":
        raise BadRequest("the body must be application/json", 415)
    too_big = BadRequest(f"the body must be at most {BIGGEST_BODY} bytes", 413)
    if (request.content_length or 0) > BIGGEST_BODY:
        raise too_big
    data = request.stream.read(BIGGEST_BODY + 1)
    if len(data) > BIGGEST_BODY:
        raise too_big
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8") from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None


def route(path, method):
    return app.route(path, methods=[method], provide_automatic_options=False)


@route("/api/health", "GET")
def health():
    check_database()
    return answer(200, {"status": "ok", "database": "ok"})


@route("/api/whoami", "GET")
def who_am_i():
    return answer(
        200,
        {
            "machine": settings.MACHINE,
            "runtime": f"{settings.SERVER}, Python {platform.python_version()}",
            "process": os.getpid(),
            "upSeconds": round(time.monotonic() - started_at),
            "client": request.headers.get("X-Real-IP", request.remote_addr),
            "loadBalancer": request.headers.get("X-Load-Balancer"),
            "requestId": request.headers.get("X-Request-Id"),
        },
    )


@route("/api/entries", "GET")
def entries():
    return answer(200, {"entries": list_entries(request.args)})


@route("/api/entries/<entry_id>", "GET")
def entry(entry_id):
    return answer(200, read_entry(entry_id))


@route("/api/entries", "POST")
def add():
    created, added = add_entry(json_body())
    return answer(201 if created else 200, added)


@app.errorhandler(BadRequest)
def bad_request(error):
    return answer(error.status, {"error": str(error)})


@app.errorhandler(DatabaseGone)
def database_gone(error):
    g.cause = str(error)
    body = {"status": "unavailable", "database": "gone", "error": "The database can’t be reached. Try again."}
    return answer(503, body, Retry_After="1")


@app.errorhandler(HTTPException)
def http_error(error):
    if error.code == 405:
        allowed = ", ".join(sorted(set(error.valid_methods or ()) - {"HEAD", "OPTIONS"}))
        return answer(405, {"error": f"only {allowed} here"}, Allow=allowed)
    return answer(error.code, {"error": "there is nothing here" if error.code == 404 else error.name})


@app.errorhandler(Exception)
def bug(_error):
    g.cause = traceback.format_exc()
    return answer(500, {"error": "Something went wrong here."})


@app.before_request
def start_clock():
    g.started_at = time.monotonic()
    begin()


@app.after_request
def write_log(response):
    log(
        "info" if response.status_code < 500 else "error",
        "request",
        requestId=request.headers.get("X-Request-Id"),
        client=request.headers.get("X-Real-IP"),
        method=request.method,
        path=request.full_path.rstrip("?"),
        status=response.status_code,
        durationMs=round((time.monotonic() - g.started_at) * 1000, 3) if "started_at" in g else None,
        database=asking.machine,
        cause=g.get("cause"),
    )
    return response
