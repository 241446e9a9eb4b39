"""A pool of connections that survives the database going away and coming back."""

import threading
import time

import pymysql
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

import settings

# What a request waits at most: asking an idle connection whether it is still there, then making a new one.
ANSWER_SECONDS = 0.4 * settings.PACE
CONNECT_SECONDS = 0.3 * settings.PACE
# A second try is made only when the first one failed at once, as on a connection that the server had closed.
AT_ONCE_SECONDS = 0.1 * settings.PACE

# Answers of the server that mean that no statement can be run at all: too many connections, the account is refused
# (it may not be made yet), the server is going down.
NO_SERVICE = {1040, 1044, 1045, 1049, 1053, 1129, 1130, 1152, 1153, 1158, 1159, 1160, 1161}


class DatabaseGone(Exception):
    """The database can't be reached, or was lost on the way: another try may succeed."""


def connect():
    return pymysql.connect(
        **settings.DATABASE,
        password=settings.password(),
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        # The certificate must come from the lab's authority and name the machine that was meant.
        ssl={"ca": settings.DATABASE_CA, "check_hostname": True},
    )


engine = create_engine(
    "mysql+pymysql://",
    creator=connect,
    isolation_level="AUTOCOMMIT",
    pool_size=8,
    max_overflow=0,
    pool_timeout=0.5 * settings.PACE,
    pool_pre_ping=True,
    pool_recycle=300,
    pool_reset_on_return=None,
)


def number_of(error):
    words = getattr(error.orig, "args", ())
    return words[0] if words and isinstance(words[0], int) else 0


def is_lost(error):
    number = number_of(error)
    return error.connection_invalidated or not 1000 <= number < 2000 or number in NO_SERVICE


def run(sql, values):
    with engine.connect() as connection:
        result = connection.execute(text(sql), values)
        return result.mappings().all() if result.returns_rows else []


# While the database is gone one thread keeps trying; the others say so at once instead of queueing up.
_gone = threading.Event()
_trying = threading.Lock()


def execute(sql, values=None):
    """Runs one statement. May run it twice when a connection is lost half-way: only for what may be repeated."""
    if not _gone.is_set():
        return attempt(sql, values or {})
    if not _trying.acquire(blocking=False):
        raise DatabaseGone("the last try failed, another one is under way")
    try:
        return attempt(sql, values or {})
    finally:
        _trying.release()


def run_again_if_lost(sql, values):
    started_at = time.monotonic()
    try:
        return run(sql, values)
    except DBAPIError as error:
        if not error.connection_invalidated or time.monotonic() - started_at > AT_ONCE_SECONDS:
            raise
        return run(sql, values)


def attempt(sql, values):
    try:
        rows = run_again_if_lost(sql, values)
    except PoolTimeout as error:
        raise DatabaseGone(str(error)) from error
    except DBAPIError as error:
        if not is_lost(error):
            _gone.clear()
            raise
        _gone.set()
        raise DatabaseGone(str(error.orig)) from error
    _gone.clear()
    return rows
