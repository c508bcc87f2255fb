"""Outputs that fail, terminals, and a large object in little memory."""

import fcntl
import gzip
import json
import os
import pty
import resource
import struct
import subprocess
import termios
import unittest

from harness import BINARY, TIMEOUT_S, ReplayTest, document, main, record


def on_terminal(words, env=None, columns=200):
    """Runs with a terminal for stdout and stderr; returns the exit code and what was shown."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    process = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
        env={**os.environ, **(env or {})},
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            piece = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    return process.wait(TIMEOUT_S), shown.decode()


class Outputs(ReplayTest):
    def test_a_full_disk_is_an_error(self):
        path = self.file("a", document(record()))
        got = self.replay("--output", "/dev/full", path, expect=3)
        self.assertIn("/dev/full", got.err)
        self.assertIn("No space left", got.err)
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [BINARY, "replay", path], stdout=full, stderr=subprocess.PIPE, timeout=TIMEOUT_S
            )
        self.assertEqual(done.returncode, 3)
        self.assertIn(b"No space left", done.stderr)

    def test_a_limit_on_the_size_of_files_is_a_full_disk(self):
        path = self.file("a", "".join(record(event_id=str(i)) + "\n" for i in range(20)))
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        got = self.run_binary(
            "replay", "--output", self.path("alerts.jsonl"), path, preexec_fn=limit
        )
        self.assertEqual(got.code, 3, got.err)
        self.assertIn("alerts.jsonl", got.err)

    def test_what_did_not_reach_a_full_disk_is_no_alert_and_the_summary_adds_up(self):
        records = [record(event_id=str(i)) for i in range(5000)]
        for name, content in (("a", document(*records)), ("b", "\n".join(records) + "\n")):
            path = self.file(name, content)
            got = self.replay("--format", "jsonl", "--output", "/dev/full", path, expect=3)
            self.assertEqual(got.summary["alerts"], 0)
            self.assertGreater(got.summary["records"], 0)
            self.assertGreaterEqual(got.summary["passed"], 0)

    def test_a_closed_standard_error_leaves_the_output_alone(self):
        path, output = self.file("a", document(record())), self.path("alerts")
        command = f"exec {BINARY} replay --output {output} {path} 2>&- <&- >&-"
        done = subprocess.run(["sh", "-c", command], timeout=TIMEOUT_S)
        self.assertEqual(done.returncode, 0)
        with open(output) as alerts:
            self.assertEqual([json.loads(line)["event_id"] for line in alerts], ["e"])

    def test_a_kept_record_that_is_no_json_comes_as_a_text(self):
        broken = record()[:-1] + ',"x":tru}'
        path = self.file("a", '{"Records":[' + broken + "]}")
        got = self.replay("--with-record", "--format", "jsonl", path, expect=0)
        self.assertEqual(got.alerts[0]["record"], broken)

    def test_a_summary_or_quarantine_that_cannot_be_written_is_an_error(self):
        path = self.file("a", document(record()))
        got = self.run_binary("replay", "--summary", "/nowhere/at/all", path)
        self.assertEqual(got.code, 3)
        self.assertIn("/nowhere/at/all", got.err)
        self.assertEqual(len(got.alerts), 1)
        got = self.run_binary("replay", "--quarantine", path, path)
        self.assertEqual(got.code, 3)
        got = self.run_binary("replay", "--output", "/nowhere/at/all", path)
        self.assertEqual(got.code, 3)

    def test_a_closed_pipe_ends_it_quietly(self):
        text = "".join(record(event_id=str(i)) + "\n" for i in range(50_000))
        path = self.file("a", text)
        done = subprocess.run(
            ["sh", "-c", '"$0" replay "$1" | head -n 1', BINARY, path],
            capture_output=True,
            timeout=TIMEOUT_S,
        )
        self.assertEqual(json.loads(done.stdout)["event_name"], "CreatePolicy")
        self.assertEqual(done.stderr, b"")

    def test_alerts_of_a_pipe_come_at_once(self):
        process = subprocess.Popen(
            [BINARY, "replay", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for i in range(3):
            process.stdin.write((record(event_id=str(i)) + "\n").encode())
            process.stdin.flush()
            # Blocks until the alert is there, while the pipe stays open.
            self.assertEqual(json.loads(process.stdout.readline())["event_id"], str(i))
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)
        process.stdout.close()

    def test_alerts_of_a_gzip_pipe_come_member_by_member(self):
        process = subprocess.Popen(
            [BINARY, "replay", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for i in range(2):
            process.stdin.write(gzip.compress((record(event_id=str(i)) + "\n").encode()))
            process.stdin.flush()
            self.assertEqual(json.loads(process.stdout.readline())["event_id"], str(i))
        process.stdin.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)
        process.stdout.close()

    def test_a_terminal_gets_text_colour_and_progress(self):
        path = self.file("a", document(record()))
        code, shown = on_terminal([BINARY, "replay", "--progress", "always", path])
        self.assertEqual(code, 0)
        self.assertIn("\x1b[31mhigh", shown)
        self.assertIn("by event name", shown)
        code, shown = on_terminal([BINARY, "replay", path], env={"NO_COLOR": "1"})
        self.assertNotIn("\x1b[3", shown)
        self.assertIn("alice", shown)

    def test_progress_tells_share_speed_and_what_is_left(self):
        line = record("GetPolicy", pad="x" * 2000) + "\n"
        # Read through a pipe, so that it lasts: as long as the reader wants.
        reader = [BINARY, "replay", "--progress", "always", "-"]
        process = subprocess.Popen(
            reader, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        process.stdin.write((line * 100).encode())
        process.stdin.flush()
        shown = b""
        while b"records/s" not in shown:
            piece = os.read(process.stderr.fileno(), 4096)
            self.assertTrue(piece, "ended without a progress line")
            shown += piece
        process.stdin.close()
        process.stderr.read()
        process.stderr.close()
        self.assertEqual(process.wait(TIMEOUT_S), 0)
        self.assertIn(b"alerts", shown)

    def test_no_progress_into_a_file(self):
        got = self.replay(self.file("a", document(record())))
        self.assertNotIn("\r", got.err)

    def test_one_large_document_is_streamed_in_little_memory(self):
        one = record("GetPolicy", pad="x" * 1000).encode()
        path = self.path("large.json.gz")
        count = 200_000
        with gzip.open(path, "wb", compresslevel=1) as out:
            out.write(b'{"Records":[' + record().encode())
            for _ in range(count // 1000):
                out.write((b"," + one) * 1000)
            out.write(b"]}")
        summary = self.path("s.json")
        process = subprocess.Popen(
            [BINARY, "replay", "--summary", summary, path],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        with open(summary) as text:
            self.assertEqual(json.load(text)["records"], count + 1)
        with open(BINARY, "rb") as binary:
            code = binary.read()
        if b"__asan" not in code and b"__tsan" not in code:  # which need memory of their own
            self.assertLess(usage.ru_maxrss, 256 * 1024, "KiB")


if __name__ == "__main__":
    main()
