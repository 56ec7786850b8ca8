"""A LabFleet server of a few lines, on loopback: answers what a test tells it to, and remembers what it was told."""

import gzip
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    size: int


@dataclass
class Reply:
    """One answer to give."""

    status: int
    body: Any = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Stub:
    """The server: `answer` decides, `requests` remembers."""

    answer: Callable[[Request], Reply]
    requests: list[Request] = field(default_factory=list)
    address: str = ""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [request.body for request in self.requests]


def accept(request: Request) -> Reply:
    """Knows every section already."""
    if request.path == "/api/v1/enrol":
        return Reply(201, {"token": "token-1"})
    return Reply(200, {"accepted": True, "next_check_in": 7200})


def ask_for_all(request: Request) -> Reply:
    """Has never seen a section."""
    missing = [name for name in request.body.get("digests", {}) if name not in request.body]
    return Reply(200, {"accepted": False, "missing": missing}) if missing else accept(request)


def problem(status: int, code: str, **headers: str) -> Reply:
    """A problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": f"it is {code}", "status": status, "code": code, "hint": f"mend {code}"}
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def serving(answer: Callable[[Request], Reply] = accept) -> Iterator[Stub]:
    """A running stub."""
    stub = Stub(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            text = gzip.decompress(raw) if self.headers.get("Content-Encoding") == "gzip" else raw
            request = Request(self.path, dict(self.headers.items()), json.loads(text), len(raw))
            stub.requests.append(request)
            reply = stub.answer(request)
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(content)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            stub.requests.append(Request(self.path, dict(self.headers.items()), {}, 0))
            self.send_error(500)

        def log_message(self, *_: Any) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stub.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield stub
        finally:
            server.shutdown()
            thread.join()
