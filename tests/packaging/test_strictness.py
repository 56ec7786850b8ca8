"""The guards of the test suite itself: the network is closed, PostgreSQL is real."""

import contextlib
import socket
import time

import pytest
from sqlalchemy import create_engine, text

from tests.conftest import NetworkRefusedError
from tests.postgres import Cluster


@pytest.mark.parametrize("host", ["192.0.2.1", "0.0.0.0", "2001:db8::1"])  # noqa: S104 - refused
def test_another_machine_is_refused(host: str, closed_network: list[str]) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as plain, pytest.raises(NetworkRefusedError):
        plain.connect((host, 9))
    assert len(closed_network) == 1
    closed_network.clear()


def test_a_swallowed_refusal_is_remembered(closed_network: list[str]) -> None:
    with contextlib.suppress(RuntimeError):
        socket.getaddrinfo("example.org", 80)
    assert closed_network == ["socket.getaddrinfo 'example.org'"]
    closed_network.clear()


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"x")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(1) == b"x"


def test_the_time_zone_is_nobodys() -> None:
    assert time.tzname == ("PST", "PDT")


def test_postgres_is_a_real_server_with_an_empty_database(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        version = connection.scalar(text("select version()"))
        tables = connection.scalar(text("select count(*) from information_schema.tables where table_schema = 'public'"))
        connection.execute(text("create table seen (id integer)"))
    engine.dispose()
    assert str(version).startswith("PostgreSQL")
    assert tables == 0


def test_each_test_has_a_database_of_its_own(postgres_cluster: Cluster, postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        databases = connection.scalars(text("select datname from pg_database where datname like 'test_%'")).all()
        seen = connection.scalar(text("select count(*) from information_schema.tables where table_name = 'seen'"))
    engine.dispose()
    assert len(databases) == 1
    assert seen == 0
    assert str(postgres_cluster.folder) in postgres_url.replace("%2F", "/")
