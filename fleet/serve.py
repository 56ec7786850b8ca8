"""The server process: the application on a socket until it is told to stop."""

import logging
import socket

import uvicorn

from fleet.api.http import HttpWithinLimits
from fleet.app import create_app
from fleet.district import open_district
from fleet.errors import FleetError
from fleet.logs import start_logging
from fleet.settings import Settings

GRACE = 25
"""Seconds that running requests may take to end: longer than a body may take to arrive, so that none is cut off."""

log = logging.getLogger(__name__)


class CannotListen(FleetError, OSError):
    """An address or port that the server cannot have."""

    code = "cannot-listen"


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; running requests are finished first."""
    open_district(settings).dispose()
    start_logging(settings.log_level)
    app = create_app(settings)
    listener = listen(settings.host, settings.port)
    host, port = listener.getsockname()[:2]
    log.info("listening", extra={"url": f"http://{host}:{port}", "home": str(settings.home)})
    config = uvicorn.Config(
        app,
        http=HttpWithinLimits,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE,
    )
    uvicorn.Server(config).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; raises CannotListen."""
    try:
        return socket.create_server(
            (host, port), backlog=2048, family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
    except (OSError, TypeError, ValueError) as error:  # the latter two for what is no host name
        reason = getattr(error, "strerror", None) or "no such address"
        raise CannotListen(
            f"cannot listen on {host} port {port}: {reason}", hint="choose another with --host or --port"
        ) from None
