"""Nothing is lost silently: what cannot be read is counted, reported and quarantined."""

import gzip
import json
import os
import shutil
import subprocess
import unittest

from harness import BINARY, TIMEOUT_S, ReplayTest, document, main, record

NOBODY = 65534


class BadInput(ReplayTest):
    def test_a_truncated_gzip_counts_the_records_before_the_cut(self):
        records = [record(event_id=str(i), pad=os.urandom(200).hex()) for i in range(50)]
        whole = gzip.compress(document(*records).encode())
        path = self.file("a.json.gz", whole[: len(whole) // 2])
        got = self.replay(path, expect=3)
        s = got.summary
        self.assertGreater(s["alerts"], 10)
        self.assertLess(s["alerts"], 50)
        self.assertEqual(s["records"], s["alerts"] + s["rejected"])
        self.assertEqual(s["rejected"], 1)
        self.assertIn(path, got.err)
        self.assertIn("cut", got.err)
        self.assertRegex(got.err, r"byte \d+")

    def test_the_other_files_go_on(self):
        self.file("a.json", document(record(event_id="1")))
        self.file("b.json.gz", gzip.compress(b"x" * 1000)[:20])
        self.file("c.json", "\xff\xfe garbage")
        self.file("d.json", document(record(event_id="2")))
        s = self.replay(self.folder, expect=3).summary
        self.assertEqual((s["objects"], s["objects_failed"], s["alerts"]), (4, 2, 2))

    def test_a_document_that_is_cut(self):
        text = document(record(event_id="1"), record(event_id="2"))
        s = self.replay(self.file("a", text[:-20]), expect=3).summary
        self.assertEqual((s["records"], s["alerts"], s["rejected"]), (2, 1, 1))

    def test_utf_16_is_a_failed_object(self):
        got = self.replay(self.file("a", document(record()).encode("utf-16")), expect=3)
        self.assertEqual(got.summary["objects_failed"], 1)
        self.assertEqual(got.summary["records"], 0)

    def test_members_that_are_no_objects(self):
        s = self.replay(self.file("a", document(record(), "17", "null", '"x"')), expect=3).summary
        self.assertEqual((s["records"], s["alerts"], s["rejected"]), (4, 1, 3))

    def test_a_wrong_byte_in_a_match_still_alerts(self):
        broken = record().encode().replace(b"alice", b"al\xffce")
        for words in ([], ["--strict"]):
            got = self.replay(*words, self.file("a", b'{"Records":[' + broken + b"]}"))
            self.assertEqual(len(got.alerts), 1)

    def test_a_match_of_odd_types_alerts_with_nulls(self):
        odd = record(
            eventID=17,
            userIdentity="x",
            requestParameters=[],
            awsRegion=None,
            eventSource=...,
            eventTime={},
            responseElements="x",
            userAgent=...,
        )
        alert = self.replay(self.file("a", document(odd))).alerts[0]
        for name in (
            "event_id",
            "event_source",
            "event_time",
            "aws_region",
            "user_agent",
            "account_id",
            "source_ip",
        ):
            self.assertIsNone(alert[name], name)
        self.assertTrue(all(value is None for value in alert["actor"].values()))
        self.assertEqual(len(alert["fingerprint"]), 32)

    def test_json_of_another_product_is_said_aloud(self):
        got = self.replay(self.file("other.json", '{"hello": ["CreatePolicy"]}'), expect=3)
        self.assertEqual(got.summary["unrecognised"], 1)
        self.assertEqual(got.summary["records"], 0)
        self.assertIn("other.json", got.err)

    def test_quarantine_keeps_bytes_position_and_reason(self):
        path = self.file("in/a", record() + "\nthis is no JSON\n" + record(event_id="2") + "\n")
        folder = self.path("quarantine")
        self.replay("--quarantine", folder, path, expect=3)
        names = sorted(os.listdir(folder))
        self.assertEqual(len(names), 2)
        with open(os.path.join(folder, names[0]), "rb") as kept:
            self.assertEqual(kept.read(), b"this is no JSON")
        with open(os.path.join(folder, names[1])) as about:
            note = json.load(about)
        self.assertEqual(note["path"], path)
        self.assertEqual(note["position"], {"source": "file", "path": path})
        self.assertEqual(note["bytes"], len("this is no JSON"))
        self.assertEqual(note["offset"], len(record()) + 1)
        self.assertEqual(note["record"], 1)
        self.replay("--quarantine", folder, path, expect=3)
        self.assertEqual(sorted(os.listdir(folder)), names, "a second run piled up")

    def kept(self, folder):
        """What is in quarantine: the bytes by kind, in order of offset and record."""
        kept = []
        for name in os.listdir(folder):
            if name.endswith(".json"):
                with open(os.path.join(folder, name)) as about:
                    said = json.load(about)
                with open(os.path.join(folder, name[:-4] + "bin"), "rb") as content:
                    kept.append((said["offset"], said["record"], said["kind"], content.read()))
        return sorted(kept)

    def test_quarantine_keeps_each_of_what_one_message_held(self):
        messages = ["garbage one", "garbage two", "garbage three"]
        events = [{"id": str(i), "message": m} for i, m in enumerate(messages)]
        content = json.dumps({"messageType": "DATA_MESSAGE", "logEvents": events})
        folder = self.path("quarantine")
        self.replay("--quarantine", folder, self.file("a", content), expect=3)
        self.assertEqual(sorted(k[3].decode() for k in self.kept(folder)), sorted(messages))

    def test_quarantine_keeps_all_of_a_long_tail_from_a_pipe(self):
        tail = '{"Records":[{"eventName":"x","pad":"' + "y" * 3_000_000
        content = document(record()) + "\n" + tail
        folder = self.path("quarantine")
        got = self.replay("--quarantine", folder, "-", stdin=content.encode(), expect=3)
        self.assertEqual((got.summary["matched"], got.summary["rejected"]), (1, 1))
        pieces = [k for k in self.kept(folder) if k[2] in ("rejected", "rest")]
        # The document's envelope was walked before its record turned out to be cut.
        self.assertTrue(tail.endswith("".join(p[3].decode() for p in pieces)))
        self.assertGreater(sum(len(p[3]) for p in pieces), 3_000_000)

    def test_quarantine_keeps_a_pipe_that_gave_nothing(self):
        folder = self.path("quarantine")
        self.replay("--quarantine", folder, "-", stdin=b"hello\nworld\n", expect=3)
        self.assertIn(b"hello", b"".join(k[3] for k in self.kept(folder)))

    def test_bytes_of_a_file_that_only_began_as_lines_count_once(self):
        line = record(event_id=...)
        content = (line + "\n") * 60_000
        content += (json.dumps(json.loads(line), indent=1) + "\n") * 20
        got = self.replay("--threads", "2", self.file("a", content))
        self.assertEqual(got.summary["bytes_read"], len(content))
        self.assertEqual(got.summary["records"], 60_020)

    def test_quarantine_copies_a_file_that_gave_nothing(self):
        path = self.file("in/a.gz", gzip.compress(b"x" * 100)[:15])
        folder = self.path("quarantine")
        self.replay("--quarantine", folder, path, expect=3)
        kept = [name for name in os.listdir(folder) if name.endswith(".bin")]
        with open(os.path.join(folder, kept[0]), "rb") as copy, open(path, "rb") as original:
            self.assertEqual(copy.read(), original.read())

    def test_a_bomb_stops_at_its_bound(self):
        path = self.file("bomb.gz", gzip.compress(b" " * 50_000_000))
        got = self.replay("--max-object-bytes", "1000000", path, expect=3)
        self.assertEqual(got.summary["objects_failed"], 1)
        self.assertIn("1000000", got.err)
        self.assertLessEqual(got.summary["bytes_inflated"], 1_000_000)

    def test_records_before_the_bound_count(self):
        text = "".join(record(event_id=str(i)) + "\n" for i in range(10_000))
        path = self.file("a.gz", gzip.compress(text.encode()))
        s = self.replay("--max-object-bytes", "100000", path, expect=3).summary
        self.assertGreater(s["alerts"], 100)
        self.assertLess(s["alerts"], 1000)

    def test_a_fifo_in_a_folder_is_reported_and_not_waited_for(self):
        os.mkfifo(self.path("pipe"))
        self.file("z", document(record()))
        got = self.replay(self.folder, expect=3)
        self.assertEqual(len(got.alerts), 1)
        self.assertIn("pipe", got.err)

    def test_a_named_fifo_is_read(self):
        os.mkfifo(self.path("pipe"))
        writer = subprocess.Popen(["sh", "-c", f"cat > {self.path('pipe')}"], stdin=subprocess.PIPE)
        writer.stdin.write(record().encode())
        writer.stdin.close()
        got = self.replay(self.path("pipe"))
        self.assertEqual(writer.wait(TIMEOUT_S), 0)
        self.assertEqual(len(got.alerts), 1)

    def test_what_may_not_be_read_is_reported(self):
        self.file("in/closed/a", document(record()))
        self.file("in/b", document(record()))
        self.file("in/c", document(record(event_id="2")))
        os.chmod(self.path("in/closed"), 0)
        os.chmod(self.path("in/b"), 0)
        self.addCleanup(os.chmod, self.path("in/closed"), 0o700)
        os.chmod(self.folder, 0o777)
        options = {}
        words = [BINARY, "replay", "--summary", self.path("s.json"), self.path("in")]
        if os.geteuid() == 0:  # root may read everything
            words[0] = shutil.copy(BINARY, self.path("trailbell"))
            options = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        done = subprocess.run(words, capture_output=True, timeout=TIMEOUT_S, **options)
        self.assertEqual(done.returncode, 3, done.stderr)
        with open(self.path("s.json")) as text:
            s = json.load(text)
        self.assertEqual((s["objects_failed"], s["alerts"]), (2, 1))
        self.assertIn(b"in/b", done.stderr)
        self.assertIn(b"in/closed", done.stderr)

    def test_many_losses_of_one_file_are_counted_rather_than_told(self):
        text = "".join(f"garbage {i}\n{record(event_id=str(i))}\n" for i in range(1000))
        got = self.replay(self.file("a", text), expect=3)
        self.assertEqual(got.summary["rejected"], 1000)
        self.assertLess(len(got.err.splitlines()), 100)
        self.assertIn("more", got.err)

    def test_escapes_do_not_reach_the_terminal(self):
        got = self.replay(self.file("a\x1b[2Jb", "garbage"), expect=3)
        self.assertNotIn("\x1b", got.err)


if __name__ == "__main__":
    main()
