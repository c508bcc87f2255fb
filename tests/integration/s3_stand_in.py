"""An S3 on 127.0.0.1 that has one bucket of many keys and serves each after a stated time; for what
no real server can show here: a slow network, a million keys. Checks no signatures.

Usage: s3_stand_in.py KEYS LATENCY_S FILE_OF_GZ...   prints its port
Key N of the bucket "bench" is "AWSLogs/.../N.json.gz", and holds the bytes of one of the files.
"""

import asyncio
import sys
import urllib.parse

PREFIX = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/"
PAGE = 1000


def key_of(number):
    return f"{PREFIX}{number:08}.json.gz"


def answer(body, kind="binary/octet-stream", more=""):
    return (f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nContent-Type: {kind}\r\n"
            f"{more}\r\n").encode() + body


class Bucket:
    def __init__(self, keys, bodies):
        self.keys, self.sizes = keys, [len(one) for one in bodies]
        self.objects = [answer(one, more='ETag: "e"\r\n') for one in bodies]

    def get(self, path):
        name = path.rpartition("/")[2].partition(".")[0]
        return self.objects[int(name) % len(self.objects)]

    def entry(self, number):
        return (f"<Contents><Key>{key_of(number)}</Key><Size>"
                f"{self.sizes[number % len(self.sizes)]}</Size><ETag>\"e\"</ETag>"
                "<LastModified>2026-03-04T05:06:07.000Z</LastModified></Contents>")

    def list(self, query):
        asked = dict(urllib.parse.parse_qsl(query))
        prefix, inside = asked.get("prefix", ""), asked.get("delimiter", "")
        if inside and prefix != PREFIX and PREFIX.startswith(prefix):
            below = PREFIX[: PREFIX.index("/", len(prefix)) + 1]
            inner = f"<CommonPrefixes><Prefix>{below}</Prefix></CommonPrefixes>"
        else:
            first = int(asked.get("continuation-token", "0"))
            last = min(self.keys, first + min(PAGE, int(asked.get("max-keys", PAGE))))
            inner = "".join(map(self.entry, range(first, last)))
            if last < self.keys:
                inner += f"<IsTruncated>true</IsTruncated><NextContinuationToken>{last}" \
                         "</NextContinuationToken>"
        return answer(f"<ListBucketResult>{inner}</ListBucketResult>".encode(), "application/xml")


class Peer(asyncio.Protocol):
    def __init__(self, bucket, latency_s):
        self.bucket, self.latency_s, self.came = bucket, latency_s, b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.came += data
        while b"\r\n\r\n" in self.came:
            head, _, self.came = self.came.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].decode()
            path, _, query = target.partition("?")
            said = self.bucket.list(query) if "list-type=2" in query else self.bucket.get(path)
            if self.latency_s:
                asyncio.get_running_loop().call_later(self.latency_s, self.transport.write, said)
            else:
                self.transport.write(said)


async def serve(keys, latency_s, paths):
    bodies = []
    for path in paths:
        with open(path, "rb") as file:
            bodies.append(file.read())
    bucket = Bucket(keys, bodies)
    server = await asyncio.get_running_loop().create_server(
        lambda: Peer(bucket, latency_s), "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
    except KeyboardInterrupt:
        pass
