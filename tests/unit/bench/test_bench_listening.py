import subprocess
import sys
import time

from milepost.bench.listening import Listeners
from milepost.bench.load import Connection
from milepost.bench.server import free_port
from patience import PATIENCE_S


async def test_every_listener_hears_of_a_change() -> None:
    port = free_port()
    floor = subprocess.Popen(  # noqa: ASYNC220 - it only has to start
        [sys.executable, "-m", "milepost.bench.streaming"], stdin=subprocess.PIPE
    )
    try:
        assert floor.stdin is not None
        floor.stdin.write(f"{port}\nevent: track\ndata: {'x' * 5000}\n\n".encode())
        floor.stdin.close()
        listeners = Listeners()
        caller = await _connected(port)

        opened = await listeners.open("127.0.0.1", port, "/", "key", 60)
        got = await listeners.hear(caller.request("POST", "/", b""))

        assert opened["open"] == len(got["times_ms"]) == 60
        assert got["lost"] == 0
        assert await listeners.close() == {"closed": 60}
        caller.close()
    finally:
        floor.kill()
        floor.wait()


async def _connected(port: int) -> Connection:
    until = time.monotonic() + PATIENCE_S
    while True:
        connection = Connection("127.0.0.1", port)
        try:
            await connection.open()
        except OSError:
            if time.monotonic() > until:
                raise
        else:
            return connection
