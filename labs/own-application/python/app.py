"""Keeps items in the database: PUT /items/ID, GET /items/ID. Python's own HTTP server and PyMySQL, nothing else."""

import os
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pymysql

BIGGEST = 16 * 1024
# Above 1 on computers that are known to be slow.
PACE = float(os.environ.get("PACE", 1))
TABLE = "CREATE TABLE IF NOT EXISTS items (id VARCHAR(64) PRIMARY KEY, body TEXT NOT NULL)"


def connect():
    return pymysql.connect(
        host=os.environ["DATABASE_HOST"],
        port=int(os.environ["DATABASE_PORT"]),
        database=os.environ["DATABASE_NAME"],
        user=os.environ["DATABASE_USER"],
        password=Path(os.environ["DATABASE_PASSWORD_FILE"]).read_text(encoding="utf-8").strip(),
        ssl={"ca": os.environ["DATABASE_CA"], "check_hostname": True},
        charset="utf8mb4",
        autocommit=True,
        # A database without power says nothing at all: visitors are told so before they give up (verify.timeoutMs).
        connect_timeout=0.3 * PACE,
        read_timeout=0.4 * PACE,
        write_timeout=0.4 * PACE,
    )


class Handler(BaseHTTPRequestHandler):
    """One for each connection: it has a connection to the database of its own, made when it is needed."""

    protocol_version = "HTTP/1.1"
    # Longer than nginx keeps its idle connections.
    timeout = 75
    database = None

    def query(self, sql, *values):
        """Once more on a new connection where the old one turns out to be dead: everything here may be repeated."""
        while True:
            is_new = self.database is None
            try:
                if is_new:
                    self.database = connect()
                    self.database.cursor().execute(TABLE)
                with self.database.cursor() as cursor:
                    cursor.execute(sql, values)
                    return cursor.fetchall()
            except pymysql.err.OperationalError:
                self.hang_up()
                if is_new:
                    raise

    def hang_up(self):
        if self.database is not None:
            self.database._force_close()
            self.database = None

    def finish(self):
        self.hang_up()
        super().finish()

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if text.startswith("{") else "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def route(self, handle):
        try:
            handle()
        except pymysql.err.MySQLError as error:
            self.log_error("%s", error)
            self.answer(503, "the database can't be reached\n")

    def do_GET(self):
        self.route(self.get)

    def do_PUT(self):
        self.route(self.put)

    def get(self):
        if self.path == "/health":
            self.query("SELECT 1")
            return self.answer(200, "well\n")
        if not self.path.startswith("/items/"):
            return self.answer(200 if self.path == "/" else 404, "items live at /items/ID\n")
        rows = self.query("SELECT body FROM items WHERE id = %s", self.path[7:71])
        return self.answer(200, rows[0][0]) if rows else self.answer(404, "there is no such item\n")

    def put(self):
        length = int(self.headers.get("Content-Length", 0))
        if not self.path.startswith("/items/") or length > BIGGEST:
            self.close_connection = True
            return self.answer(400, "PUT /items/ID, at most 16 KiB\n")
        body = self.rfile.read(length).decode()
        self.query("REPLACE INTO items (id, body) VALUES (%s, %s)", self.path[7:71], body)
        return self.answer(200, body)

    def log_request(self, *_):
        """Requests are in nginx's log already."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        """Whoever hangs up in the middle is no trouble; what is one has been answered with 503."""


server = Server((os.environ["ADDRESS"], int(os.environ["PORT"])), Handler)
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print(f"listening at {server.server_address}", flush=True)
server.serve_forever()
