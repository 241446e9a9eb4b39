"""How Gunicorn runs the application."""

import settings

bind = f"{settings.ADDRESS}:{settings.PORT}"
wsgi_app = "app:app"
worker_class = "gthread"
workers = 2
threads = 16
# Nobody is let in before the application is there: after a start, a request is refused at once or answered, never kept waiting.
preload_app = True
# Longer than nginx keeps its idle connections (60 s): the side that sends requests is the one that hangs up.
keepalive = 75
timeout = 30
# After SIGTERM, requests under way have this long.
graceful_timeout = 8
# Workers show that they are alive by touching a file: in memory, so that a slow disk never looks like a hung worker.
worker_tmp_dir = "/dev/shm"
errorlog = "-"
loglevel = "warning"
