"""The floor of the intake: our server stack, reading and unpacking each body, and answering a constant."""

import gzip
import json
import sys

import uvicorn
from fastapi import FastAPI, Request, Response

from fleet.serve import listen

app = FastAPI()


@app.post("/api/v1/check-in")
async def post_check_in(request: Request) -> Response:
    """Read and unpack the body, and answer what the real route would."""
    body = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        gzip.decompress(body)
    return Response(b'{"accepted":true}', media_type="application/json")


def main() -> None:
    """Serve until told to stop."""
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    sys.stderr.write(f"{json.dumps({'message': 'listening', 'url': url})}\n")
    sys.stderr.flush()
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, server_header=False)).run(sockets=[listener])


if __name__ == "__main__":
    main()
