"""Servers that do what a test scripts, certificates, and the driver of what speaks to them."""

import json
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

DRIVER = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "sink_driver"
TIMEOUT_S = 60


class Request:
    def __init__(self, method, target, headers, body, connection):
        self.method, self.target, self.headers, self.body = method, target, headers, body
        self.connection = connection  # from 0

    @property
    def json(self):
        return json.loads(self.body)


def answer(status=200, body=b"", headers=(), close=False):
    """A whole response. `close`: the connection ends after it, without a word before."""

    def step(peer, request):
        head = [f"HTTP/1.1 {status} Because"] + [f"{k}: {v}" for k, v in headers]
        if status not in (204, 304):
            head.append(f"Content-Length: {len(body)}")
        peer.sendall("\r\n".join(head + ["", ""]).encode() + body)
        return not close

    return step


def raw(content):
    """These bytes, then the end."""

    def step(peer, request):
        peer.sendall(content)
        return False

    return step


def hang(peer, request):
    """No answer until the other side goes away."""
    try:
        while peer.recv(65536):
            pass
    except OSError:
        pass
    return False


def drop(peer, request):
    return False


def reset(content=b""):
    def step(peer, request):
        if content:
            peer.sendall(content)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return False

    return step


class Server:
    """An HTTP server on 127.0.0.1: each request takes the next step of the script; the last step
    serves all that follow. A step may be made of the request: a function of (peer, request)."""

    def __init__(self, *script, tls=None):
        self.script, self.tls = list(script) or [answer()], tls
        self.requests, self.connections, self.problems = [], 0, []
        self.changed = threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def url(self, path="/", host="127.0.0.1"):
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                number, self.connections = self.connections, self.connections + 1
                self.open.add(peer)
            threading.Thread(target=self.serve, args=(peer, number), daemon=True).start()

    def serve(self, peer, number):
        plain = peer
        try:
            if self.tls:
                peer = self.tls.wrap_socket(peer, server_side=True)
            reader = peer.makefile("rb")
            while (request := self.read(reader, number)) is not None:
                with self.changed:
                    self.requests.append(request)
                    step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                    self.changed.notify_all()
                if not step(peer, request):
                    break
            reader.close()
        except OSError as problem:
            self.problems.append(str(problem))
        finally:
            with self.changed:
                self.open.discard(plain)
            peer.close()

    @staticmethod
    def read(reader, number):
        line = reader.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        headers = {}
        while (header := reader.readline().decode("latin-1").rstrip("\r\n")) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = reader.read(int(headers.get("content-length", 0)))
        return Request(line[0], line[1], headers, body, number)

    def wait_for(self, count):
        with self.changed:
            return self.changed.wait_for(lambda: len(self.requests) >= count, TIMEOUT_S)

    def stop(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        except OSError:
            pass
        self.listener.close()
        with self.changed:
            for peer in self.open:
                try:
                    peer.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass


class Certificates:
    """An authority, and certificates that it made: of a server, for another name, out of date, of a
    client; and one that nobody stands for."""

    def __init__(self, folder):
        self.folder = folder
        self.self_signed("authority", "/CN=Test authority")
        self.self_signed("alone", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1")
        here = "subjectAltName=DNS:localhost,IP:127.0.0.1"
        self.issue("server", here)
        self.issue("elsewhere", "subjectAltName=DNS:elsewhere.example")
        self.issue("expired", here, days="-1")
        self.issue("client", "extendedKeyUsage=clientAuth")

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *words):
        done = subprocess.run(["openssl", *words], capture_output=True, timeout=TIMEOUT_S)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.decode())

    KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")

    def self_signed(self, name, subject, extension=None):
        words = ["req", "-x509", *self.KEY, "-subj", subject, "-days", "2"]
        words += ["-keyout", self.path(name + ".key"), "-out", self.path(name + ".pem")]
        self.openssl(*words, *(["-addext", extension] if extension else []))

    def issue(self, name, extension, days="2"):
        request, extensions = self.path(name + ".csr"), self.path(name + ".ext")
        with open(extensions, "w") as out:
            out.write(extension + "\n")
        self.openssl(
            "req", *self.KEY, "-subj", f"/CN={name}", "-keyout", self.path(name + ".key"),
            "-out", request
        )
        self.openssl(
            "x509", "-req", "-in", request, "-CA", self.path("authority.pem"),
            "-CAkey", self.path("authority.key"), "-CAcreateserial", "-days", days,
            "-extfile", extensions, "-out", self.path(name + ".pem")
        )

    def server_side(self, name="server", wants_client=False):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path(name + ".pem"), self.path(name + ".key"))
        if wants_client:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(self.path("authority.pem"))
        return context


class NetTest(unittest.TestCase):
    """Each test has a driver of its own."""

    environment = {}

    @classmethod
    def setUpClass(cls):
        cls.shared_folder = tempfile.mkdtemp(prefix="trailbell-")
        cls.addClassCleanup(shutil.rmtree, cls.shared_folder, ignore_errors=True)
        cls.certificates = Certificates(cls.shared_folder)

    def setUp(self):
        self.driver = subprocess.Popen(
            [DRIVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environment},
        )
        self.addCleanup(self.end_driver)

    def end_driver(self):
        self.driver.stdin.close()
        self.assertEqual(self.driver.wait(TIMEOUT_S), 0)
        self.driver.stdout.close()

    def server(self, *script, tls=None):
        server = Server(*script, tls=tls)
        self.addCleanup(server.stop)
        return server

    def secure_server(self, *script, name="server", **options):
        return self.server(*script, tls=self.certificates.server_side(name, **options))

    @property
    def ca_file(self):
        return self.certificates.path("authority.pem")

    def do(self, what, **command):
        self.driver.stdin.write(json.dumps({"do": what, **command}) + "\n")
        self.driver.stdin.flush()
        return json.loads(self.driver.stdout.readline())

    def must(self, what, **command):
        got = self.do(what, **command)
        self.assertEqual(got, {"ok": True})


def main():
    unittest.main(argv=[sys.argv[0]], verbosity=1)
