"""Requests over a few kept-alive connections, as fast as the server answers: light enough to share its machine."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What a run of requests took: seconds in all, seconds of each request, and how many were refused."""

    seconds: float
    latencies: tuple[float, ...]
    refused: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.seconds

    def percentile(self, percent: float) -> float:
        """The latency that this share of requests stays below, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def post(port: int, path: str, jobs: Sequence[Sequence[tuple[str, bytes, bool]]], *, expect: bytes) -> Load:
    """Send each connection's (token, body, gzipped) one after the other; `expect` must stand in every answer."""
    latencies: list[float] = []
    refused: list[bytes] = []
    start = threading.Barrier(len(jobs) + 1)

    def run(own: Sequence[tuple[str, bytes, bool]]) -> None:
        requests = [_request(path, *job) for job in own]
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            start.wait()
            for request in requests:
                began = time.perf_counter()
                connection.sendall(request)
                answer = _answer(connection)
                latencies.append(time.perf_counter() - began)
                if expect not in answer:
                    refused.append(answer)

    threads = [threading.Thread(target=run, args=(own,)) for own in jobs]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if len(latencies) != sum(map(len, jobs)):
        raise RuntimeError("a connection ended before all was answered")
    return Load(time.perf_counter() - began, tuple(latencies), len(refused))


def _request(path: str, token: str, body: bytes, gzipped: bool) -> bytes:
    encoding = "Content-Encoding: gzip\r\n" if gzipped else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{encoding}"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _answer(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += _receive(connection)
    return head + b"\r\n\r\n" + body


def _receive(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
