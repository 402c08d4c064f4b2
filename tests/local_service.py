"""A web service on this machine that says what a test tells it to, and remembers what it was asked."""

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


@dataclass
class Said:
    """One answer: status, headers, body; `cut` leaves out so many bytes of it, `drip` waits between single bytes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    drip: float = 0.0


@dataclass
class Service:
    """Answers by path, each used once but for the last; what was asked."""

    url: str = ""
    answers: dict[str, list[Said | Callable[[dict[str, str]], Said]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)

    def say(self, path: str, *answers: Said | Callable[[dict[str, str]], Said]) -> None:
        """Set what a path answers."""
        self.answers[path] = list(answers)

    def next(self, path: str, query: dict[str, str], headers: dict[str, str]) -> Said:
        """Give the next answer of a path."""
        self.asked.append((path, query, headers))
        waiting = self.answers.get(path) or [Said(status=404)]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return answer if isinstance(answer, Said) else answer(query)


def as_json(value: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Said:
    """Give a value as an answer."""
    return Said(
        json.dumps(value).encode(), status=status, headers={"Content-Type": "application/json"} | (headers or {})
    )


@contextlib.contextmanager
def serving() -> Iterator[Service]:
    """Serve on the loopback address, on a port of its own."""
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            said = service.next(parts.path, query, dict(self.headers))
            self.send_response(said.status)
            for name, value in said.headers.items():
                self.send_header(name, value)
            if "Content-Length" not in said.headers:
                self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            body = said.body[: len(said.body) - said.cut]
            with contextlib.suppress(OSError):
                if not said.drip:
                    self.wfile.write(body)
                    return
                for byte in body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(said.drip)

        do_POST = do_GET  # noqa: N815 - http.server calls it so

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
