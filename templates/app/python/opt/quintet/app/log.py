"""One JSON object a line on standard output; systemd's journal keeps them."""

import json
import sys
from datetime import datetime, timezone


def log(level, message, **fields):
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    line = {"time": time, "level": level, "message": message}
    line.update((key, value) for key, value in fields.items() if value is not None)
    sys.stdout.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    sys.stdout.flush()
