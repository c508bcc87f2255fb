"""A wire between clients and a server on 127.0.0.1 that can be cut, held and slowed."""

import socket
import threading

CHUNK_BYTES = 16 * 1024


class TcpProxy:
    """Forwards to `target`, a port, once that is set."""

    def __init__(self):
        self.target = None
        self.delay_s = 0  # of each chunk, either way
        self._flows, self._ended = threading.Event(), threading.Event()
        self._flows.set()
        self._ends = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def hold(self):
        """Nothing goes through any more, and nobody is told."""
        self._flows.clear()

    def go_on(self):
        self._flows.set()

    def cut(self):
        """Each connection there is is reset."""
        for one in self._ends:
            self._end(one)
        self._ends.clear()

    def close(self):
        self._ended.set()
        self._flows.set()
        self._end(self._listener)
        self.cut()

    @staticmethod
    def _end(one):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()

    def _accept(self):
        while not self._ended.is_set():
            try:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target), 10)
            except OSError:
                if not self._ended.is_set() and "client" in locals():
                    self._end(client)
                continue
            server.settimeout(None)
            self._ends += [client, server]
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pump, args=pair, daemon=True).start()

    def _pump(self, source, sink):
        try:
            while chunk := source.recv(CHUNK_BYTES):
                self._ended.wait(self.delay_s)
                self._flows.wait()
                sink.sendall(chunk)
        except OSError:
            pass
        self._end(source)
        self._end(sink)
