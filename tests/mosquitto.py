"""A real MQTT broker for tests. Without Mosquitto installed they fail: it is not optional here."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from patience import PATIENCE_S

PLACES = ("mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto")


class Broker:
    """Mosquitto on a port of its own, which can be stopped and started again."""

    def __init__(self, folder: Path, port: int, password: str | None = None) -> None:
        found = next((path for one in PLACES if (path := shutil.which(one))), None)
        assert found, "Mosquitto is needed for these tests: apt-get install mosquitto"
        self._program = found
        self.port = port
        self.url = f"mqtt://127.0.0.1:{port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._write_configuration(password)

    def _write_configuration(self, password: str | None) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"listener {self.port} 127.0.0.1", "user root", "persistence true",
            f"persistence_location {self._folder}/", "autosave_interval 1",
            "max_queued_messages 0", "log_dest none",
        ]  # fmt: skip
        if password is None:
            lines.append("allow_anonymous true")
        else:
            file = self._folder / "passwords"
            maker = shutil.which("mosquitto_passwd") or "mosquitto_passwd"
            subprocess.run([maker, "-b", "-c", str(file), "milepost", password], check=True)
            lines += ["allow_anonymous false", f"password_file {file}"]
            self.url = f"mqtt://milepost:{password}@127.0.0.1:{self.port}"
        (self._folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        command = [self._program, "-c", str(self._folder / "mosquitto.conf")]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < deadline, "the broker does not answer"
                assert self._process.poll() is None, "the broker has ended"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def publisher(self, user: str | None = None, password: str | None = None) -> Publisher:
        return Publisher(self.port, user, password)


class Publisher:
    """A device: publishes with QoS 1 and waits until the broker has each message."""

    def __init__(self, port: int, user: str | None, password: str | None) -> None:
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        if user is not None:
            self._client.username_pw_set(user, password)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def publish(self, topic: str, *bodies: bytes) -> None:
        sent = [self._client.publish(topic, body, qos=1) for body in bodies]
        for one in sent:
            one.wait_for_publish(10)
            assert one.is_published()

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
