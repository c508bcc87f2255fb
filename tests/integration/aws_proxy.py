"""A way to servers of SQS and S3 on 127.0.0.1 on which requests fail, wait or are changed as a test
says.

A fault is a function of the request that gives None, or what happens in place of the answer: one of
the functions below.
"""

import http.client
import http.server
import json
import socket
import threading
import urllib.parse


class Request:
    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        target = headers.get("X-Amz-Target", "")
        self.is_sqs = target.startswith("AmazonSQS.")
        # "ReceiveMessage", or "GET" of S3
        self.action = target.partition(".")[2] if self.is_sqs else method
        self.is_listing = "list-type=2" in path
        # Of an object, behind the bucket.
        self.key = urllib.parse.unquote(path.partition("?")[0]).lstrip("/").partition("/")[2]


def error(status, code, message="as the test wants it"):
    def give(handler, request, ask):
        if request.is_sqs:
            body = json.dumps({"__type": "com.amazonaws.sqs#" + code, "message": message})
        else:
            body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
        handler.answer(status, [], body.encode())

    return give


def lost_answer(handler, request, ask):
    """It is done, and nobody hears of it."""
    ask()
    handler.end_connection()


def cut(after):
    """The connection ends, `after` so many bytes of the answer's body."""

    def give(handler, request, ask):
        status, headers, body = ask()
        handler.send_head(status, headers, body)
        handler.wfile.write(body[: max(0, min(after, len(body) - 1))])
        handler.end_connection()

    return give


def hold(gate):
    """Nothing until the gate, a threading.Event, is open."""

    def give(handler, request, ask):
        gate.wait(60)
        handler.answer(*ask())

    return give


def slow(seconds):
    """The answer's body comes in pieces over that time."""

    def give(handler, request, ask):
        status, headers, body = ask()
        pieces = max(1, int(seconds / 0.25))
        size = -(-len(body) // pieces)
        handler.send_head(status, headers, body)
        for at in range(0, len(body), max(size, 1)):
            handler.server.ended.wait(0.25)
            handler.wfile.write(body[at : at + size])
            handler.wfile.flush()

    return give


def some_entries_fail(handler, request, ask):
    """Of a batch, every other entry is not done."""
    asked = json.loads(request.body)
    failed = asked["Entries"][1::2]
    asked["Entries"] = asked["Entries"][0::2]
    status, headers, body = ask(json.dumps(asked).encode())
    answered = json.loads(body)
    answered["Failed"] = answered.get("Failed", []) + [
        {"Id": one["Id"], "SenderFault": False, "Code": "InternalError"} for one in failed
    ]
    handler.answer(status, headers, json.dumps(answered).encode())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *words):
        pass

    def send_head(self, status, headers, body):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()

    def answer(self, status, headers, body):
        self.send_head(status, headers, body)
        if self.command != "HEAD":
            self.wfile.write(body)

    def end_connection(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def handle_one(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = Request(self.command, self.path, self.headers, body)
        proxy = self.server.proxy
        port = proxy.target if request.is_sqs else proxy.store

        def ask(changed=body):
            headers = {k: v for k, v in self.headers.items()
                       if k.lower() not in ("connection", "content-length")}
            peer = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                peer.request(self.command, self.path, changed, headers)
                got = peer.getresponse()
                dropped = ("connection", "content-length", "transfer-encoding", "date", "server")
                return got.status, [(k, v) for k, v in got.getheaders()
                                    if k.lower() not in dropped], got.read()
            finally:
                peer.close()

        with proxy.lock:
            proxy.requests.append(request)
        try:
            fault = proxy.fault and proxy.fault(request)
            if fault:
                fault(self, request, ask)
            else:
                self.answer(*ask())
        except (OSError, http.client.HTTPException):
            self.end_connection()

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_one


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, address):
        pass  # whoever asked went away


class AwsProxy:
    """`fault(request)`: None, or what happens. `store`: the port that is asked about objects; of
    its own, where the target has none."""

    def __init__(self, target, store=None):
        self.target, self.store, self.fault, self.requests = target, store or target, None, []
        self.lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.proxy, self._server.ended = self, threading.Event()
        self.port = self._server.server_address[1]
        self.url = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _those(self, which):
        with self.lock:
            return [one for one in self.requests if which(one)]

    def gets(self, key=None):
        """Objects that were asked for, as often as they were."""
        return self._those(lambda one: one.action == "GET" and not one.is_listing and
                           (key is None or one.key == key))

    def lists(self):
        return self._those(lambda one: one.is_listing)

    def reset(self):
        with self.lock:
            self.fault, self.requests = None, []

    def close(self):
        self._server.ended.set()
        self._server.shutdown()
        self._server.server_close()
