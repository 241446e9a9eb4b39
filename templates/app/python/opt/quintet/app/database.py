"""The lab's databases: pools of connections that survive a database going away and coming back."""

import random
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
# A database of a cluster that could not serve is asked so often whether it can again.
AGAIN_SECONDS = (0.05 if settings.REPLICATED else 0.25) * settings.PACE

# Answers of the server that mean that no statement can be run at all: too many connections, the account is refused
# (it may not be made yet), the server is going down.
NO_SERVICE = {1040, 1044, 1045, 1049, 1053, 1129, 1130, 1152, 1153, 1158, 1159, 1160, 1161}
# What a machine of a cluster says besides: it is no part of a majority, has no table yet, lost the others while it committed.
# And one of a source and its replica: it takes no writes (1290), or another one has just taken its place (1317, 1927).
NOT_READY = NO_SERVICE | {1047, 1146, 1180, 1290, 1317, 1927}
# What another try may mend: two writes met, and this one lost (1213); or the wait for what was acknowledged elsewhere was
# broken off, for the cluster agrees anew who is left (1205). Nothing of the statement is there.
PASSING = {1205, 1213}


class DatabaseGone(Exception):
    """The database can't be reached, or was lost on the way: another try may succeed."""


def connect(host):
    connection = pymysql.connect(
        **settings.DATABASE,
        host=host,
        password=settings.password(),
        charset="utf8mb4",
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        write_timeout=ANSWER_SECONDS,
        # The certificate must come from the lab's authority and name the machine that was meant.
        ssl={"ca": settings.DATABASE_CA, "check_hostname": True},
    )
    if settings.REPLICATED and not takes_writes(connection):
        connection.close()
        raise pymysql.err.OperationalError(1290, "it takes no writes")
    return connection


def takes_writes(connection):
    """A replica, or a source that another one has replaced, may tell what is old. It hangs up when it becomes one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@GLOBAL.read_only")
        return int(cursor.fetchone()[0]) == 0


class Node:
    """One database and the connections to it."""

    def __init__(self, host):
        self.machine = host
        # Whether it is passed over, and whether somebody asks when it serves again: they change together.
        self.gone = False
        self.watched = False
        self.lock = threading.Lock()
        self.engine = create_engine(
            "mysql+pymysql://",
            creator=lambda: connect(host),
            isolation_level="AUTOCOMMIT",
            pool_size=8,
            max_overflow=0,
            pool_timeout=0.5 * settings.PACE,
            pool_pre_ping=True,
            pool_recycle=300,
            pool_reset_on_return=None,
        )

    def run(self, sql, values, seconds=None):
        with self.engine.connect() as connection:
            raw = connection.connection.dbapi_connection
            if seconds is not None:
                raw._read_timeout = max(0.001, seconds)
            try:
                result = connection.execute(text(sql), values)
                return result.mappings().all() if result.returns_rows else []
            finally:
                raw._read_timeout = ANSWER_SECONDS


def number_of(error):
    words = getattr(error.orig, "args", ())
    return words[0] if words and isinstance(words[0], int) else 0


def is_lost(error, no_service):
    number = number_of(error)
    return error.connection_invalidated or not 1000 <= number < 2000 or number in no_service


def run_again_if_lost(node, sql, values, seconds=None):
    started_at = time.monotonic()
    try:
        return node.run(sql, values, seconds)
    except DBAPIError as error:
        if not error.connection_invalidated or time.monotonic() - started_at > AT_ONCE_SECONDS:
            raise
        return node.run(sql, values, seconds)


NODES = [Node(host) for host in settings.HOSTS]


class Asking(threading.local):
    """What one request has asked so far: a thread serves one at a time."""

    machine = None
    until = None


asking = Asking()


def begin():
    """A request begins: everything that it asks shares its budget."""
    asking.machine = None
    asking.until = None


def execute(sql, values=None):
    """Runs one statement. May run it more than once, on one machine or on several: only for what may be repeated."""
    return (execute_here if len(NODES) == 1 else execute_somewhere)(sql, values or {})


# --- One database alone -----------------------------------------------------------------------------------------------

# While the database is gone one thread keeps trying; the others say so at once instead of queueing up.
_gone = threading.Event()
_trying = threading.Lock()


def execute_here(sql, values):
    if not _gone.is_set():
        return attempt(sql, values)
    if not _trying.acquire(blocking=False):
        raise DatabaseGone("the last try failed, another one is under way")
    try:
        return attempt(sql, values)
    finally:
        _trying.release()


def attempt(sql, values):
    [node] = NODES
    try:
        rows = run_again_if_lost(node, sql, values)
    except PoolTimeout as error:
        raise DatabaseGone(str(error)) from error
    except DBAPIError as error:
        if not is_lost(error, NO_SERVICE):
            _gone.clear()
            asking.machine = node.machine
            raise
        _gone.set()
        raise DatabaseGone(str(error.orig)) from error
    _gone.clear()
    asking.machine = node.machine
    return rows


# --- A cluster: the first that can serve ------------------------------------------------------------------------------


def execute_somewhere(sql, values):
    now = time.monotonic()
    if asking.until is None:
        asking.until = now + settings.BUDGET_SECONDS
    if settings.REPLICATED:
        return execute_at_source(sql, values)
    able = [node for node in NODES if not node.gone]
    last = DatabaseGone("no database can serve")
    for index, node in enumerate(able):
        left = asking.until - time.monotonic()
        if left <= 0:
            break
        # As long as there is another one, half of the time is kept for it.
        share = left if index == len(able) - 1 else left / 2
        try:
            return ask(node, sql, values, time.monotonic() + share)
        except DatabaseGone as error:
            last = error
    raise last


def execute_at_source(sql, values):
    """Where one takes the place of the other, a request waits as long as it has time, for one that takes writes."""
    last = DatabaseGone("no database takes writes")
    while time.monotonic() < asking.until:
        node = next((each for each in NODES if not each.gone), None)
        if node is None:
            time.sleep(0.01)
            continue
        try:
            return ask(node, sql, values, asking.until)
        except DatabaseGone as error:
            last = error
    raise last


def ask(node, sql, values, until):
    """Its rows; DatabaseGone where it can't serve, and another one may, or itself later."""
    try:
        rows = repeated(node, sql, values, until)
    except PoolTimeout as error:
        watch(node, is_gone=False)
        raise DatabaseGone(str(error)) from error
    except DBAPIError as error:
        if not is_lost(error, NOT_READY) and number_of(error) not in PASSING:
            asking.machine = node.machine
            raise
        watch(node, is_gone=time.monotonic() < until)
        raise DatabaseGone(str(error.orig)) from error
    asking.machine = node.machine
    return rows


def repeated(node, sql, values, until):
    while True:
        try:
            return run_again_if_lost(node, sql, values, until - time.monotonic())
        except DBAPIError as error:
            if number_of(error) not in PASSING or time.monotonic() >= until:
                raise
            time.sleep(0.001 + random.random() * 0.02)


def watch(node, is_gone):
    """
    Asks a database that did not serve until it does. One that refused is gone at once; one that was slow only when it
    does not answer now either, for all of a cluster stand still while they agree who is left.
    """
    if settings.REPLICATED:
        # What is open there may be from when it took writes.
        node.engine.dispose()
    with node.lock:
        node.gone = node.gone or is_gone
        if node.watched:
            return
        node.watched = True
    threading.Thread(target=look_after, args=(node,), daemon=True).start()


def look_after(node):
    while not looked(node):
        time.sleep(AGAIN_SECONDS)


def looked(node):
    try:
        node.run("SELECT 1 FROM entries LIMIT 1", {}, settings.BUDGET_SECONDS)
        serves = True
    except Exception:
        serves = False
    with node.lock:
        node.gone = not serves
        node.watched = not serves
    return serves
