"""Runs service_probe, which shows metrics and health as the service does, and talks to it raw."""

import os
import socket
import subprocess
import sys
import unittest

PROBE = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "service_probe"
TIMEOUT_S = 30


class Probe:
    def __init__(self, listen="127.0.0.1:0", times_ms=(), **options):
        self.process = subprocess.Popen(
            [PROBE, listen, *map(str, times_ms)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options
        )
        line = self.process.stdout.readline()
        if not line.startswith("listening "):
            raise AssertionError(self.process.communicate()[1])
        self.address = line.split()[1]
        host, port = self.address.rsplit(":", 1)
        self.host, self.port = host.strip("[]"), int(port)

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == line + "\n"

    def close(self):
        self.process.communicate(timeout=TIMEOUT_S)
        return self.process.returncode

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def connect(self):
        return socket.create_connection((self.host, self.port), timeout=TIMEOUT_S)

    def exchange(self, request, end=False):
        """Sends it all, and reads until the server closes."""
        with self.connect() as peer:
            peer.sendall(request if isinstance(request, bytes) else request.encode())
            if end:
                peer.shutdown(socket.SHUT_WR)
            return read_all(peer)

    def get(self, path, method="GET", headers=""):
        return Answer(
            self.exchange(
                f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n"
            )
        )


def read_all(peer):
    got = b""
    try:
        while chunk := peer.recv(65536):
            got += chunk
    except ConnectionResetError:
        pass
    return got


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}

    @property
    def text(self):
        return self.body.decode()


class ProbeTest(unittest.TestCase):
    def start(self, *words, **options):
        probe = Probe(*words, **options)
        self.addCleanup(lambda: self.assertEqual(probe.close(), 0))
        return probe


def main():
    unittest.main(argv=[sys.argv[0]], verbosity=1)
