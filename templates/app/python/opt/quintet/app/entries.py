"""The entries: what may be asked and added, and how they are kept."""

import json
import re

from sqlalchemy.exc import IntegrityError

from database import execute, number_of


class BadRequest(Exception):
    """What the user of the API did wrong, in words for them."""

    def __init__(self, message, status=400):
        super().__init__(message)
        self.status = status


ID_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
ID_RULE = 'id must be 1 to 64 characters of A-Z, a-z, 0-9, ".", "_", ":" and "-", starting with a letter or digit'
LONGEST_TEXT = 500
MOST_ENTRIES = 1000
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
DUPLICATE_KEY = 1062
COLUMNS = "SELECT id, text, created_at FROM entries"


def checked_id(value, name):
    if isinstance(value, str) and ID_PATTERN.fullmatch(value):
        return value
    raise BadRequest(ID_RULE if name == "id" else f"{name}: {ID_RULE}")


def checked_text(value):
    if not isinstance(value, str) or not value.strip():
        raise BadRequest("text must be some words")
    if len(value) > LONGEST_TEXT:
        raise BadRequest(f"text must be at most {LONGEST_TEXT} characters")
    if re.search("[\ud800-\udfff]", value):
        raise BadRequest("text must be whole characters")
    if CONTROLS.search(value):
        raise BadRequest("text must have no control characters")
    return value


def checked_limit(value):
    if value is None:
        return 100
    if re.fullmatch(r"[1-9][0-9]{0,3}", value) and int(value) <= MOST_ENTRIES:
        return int(value)
    raise BadRequest(f"limit must be a whole number from 1 to {MOST_ENTRIES}")


def checked_entry(body):
    """A body that must be {"id": …, "text": …} and nothing else."""
    if not isinstance(body, dict):
        raise BadRequest('the body must be a JSON object such as {"id": "a1", "text": "hello"}')
    for key in body:
        if key not in ("id", "text"):
            raise BadRequest(f"there is no field {json.dumps(key, ensure_ascii=False)}: only id and text")
    return {"id": checked_id(body.get("id"), "id"), "text": checked_text(body.get("text"))}


def shown(row):
    created_at = row["created_at"].isoformat(timespec="milliseconds") + "Z"
    return {"id": row["id"], "text": row["text"], "createdAt": created_at}


def list_entries(query):
    """By id, from after `after` on: whoever asks page by page sees every entry. With order=newest, the last ones."""
    limit = checked_limit(query.get("limit"))
    after, order = query.get("after"), query.get("order")
    if order == "newest" and after is None:
        rows = execute(f"{COLUMNS} ORDER BY created_at DESC, id DESC LIMIT :limit", {"limit": limit})
        return [shown(row) for row in rows]
    if order not in (None, "id"):
        raise BadRequest("order must be id or, without after, newest")
    start = "" if after is None else checked_id(after, "after")
    rows = execute(f"{COLUMNS} WHERE id > :after ORDER BY id LIMIT :limit", {"after": start, "limit": limit})
    return [shown(row) for row in rows]


def read_entry(text):
    entry_id = checked_id(text, "id")
    rows = execute(f"{COLUMNS} WHERE id = :id", {"id": entry_id})
    if not rows:
        raise BadRequest(f"there is no entry with the id {entry_id}", 404)
    return shown(rows[0])


def add_entry(body):
    """
    Adds an entry under the id that the client chose, so that a client who heard no answer may send it again: the same
    entry again is fine (the first of the two results is False), another text under the same id is refused.
    """
    entry = checked_entry(body)
    created = True
    try:
        execute("INSERT INTO entries (id, text) VALUES (:id, :text)", entry)
    except IntegrityError as error:
        if number_of(error) != DUPLICATE_KEY:
            raise
        created = False
    row = execute(f"{COLUMNS} WHERE id = :id", {"id": entry["id"]})[0]
    if row["text"] != entry["text"]:
        raise BadRequest(f"there is already another entry with the id {entry['id']}", 409)
    return created, shown(row)


def check_database():
    execute("SELECT 1 FROM entries LIMIT 1")
