"""What can be done to an archive of three hours, and what has to be found of it.

Each case: a function of (archive, trail), and the findings, as pairs of name and the object's key.
"""

import collections
import datetime
import gzip
import json

from digests import AWS, HOUR, STRANGER, Trail

Case = collections.namedtuple("Case", "change findings", defaults=((),))


def text_of(archive, key):
    return gzip.decompress(archive.body(key))


def nothing(archive, trail):
    pass


def change_log(archive, trail):
    key = archive.logs[2]
    archive.change(key, gzip.compress(text_of(archive, key).replace(b"alice", b"carol")))


def store_log_anew(archive, trail):
    key = archive.logs[2]
    archive.change(key, gzip.compress(text_of(archive, key), 1))


def cut_log(archive, trail):
    archive.change(archive.logs[2], archive.body(archive.logs[2])[:-20])


def add_to_log(archive, trail):
    """A second member behind the first: what is inflated by then is what was signed."""
    key = archive.logs[2]
    archive.change(key, archive.body(key) + gzip.compress(b'{"Records":[]}'))


def remove_log(archive, trail):
    archive.remove(archive.logs[2])


def add_log(archive, trail):
    trail.log(trail.now - 2.5 * HOUR, 99)


def swap_logs(archive, trail):
    one, other = archive.logs[0], archive.logs[2]
    archive.objects[one], archive.objects[other] = archive.objects[other], archive.objects[one]


def change_digest(archive, trail):
    key = archive.digests[1]
    archive.change(key, gzip.compress(text_of(archive, key) + b" "))


def change_log_and_digest(archive, trail):
    """As who may write to the bucket, but has no key."""
    change_log(archive, trail)
    trail.last, trail.now = archive.digests[0], trail.now - 2 * HOUR
    kept = archive.objects[archive.digests[1]][1]
    trail.digest(archive.logs[2:4], signer=AWS)
    archive.change(archive.digests[1], **kept)


def sign_by_stranger(archive, trail):
    made = archive.document(archive.digests[1])
    made["digestPublicKeyFingerprint"] = STRANGER.fingerprint
    trail.put(made, STRANGER)


def sign_by_stranger_in_the_name_of_aws(archive, trail):
    made = archive.document(archive.digests[1])
    made["newestEventTime"] = None
    trail.put(made, STRANGER)


def cut_digest(archive, trail):
    archive.change(archive.digests[1], archive.body(archive.digests[1])[:-20])


def no_digest_any_more(archive, trail):
    archive.change(archive.digests[1], gzip.compress(b'{"Records":[]}'))


def remove_digest(archive, trail):
    archive.remove(archive.digests[1])


def remove_oldest_digest(archive, trail):
    archive.remove(archive.digests[0])


def remove_newest_digests(archive, trail):
    trail.hour()
    for _ in range(3):
        archive.remove(archive.digests.pop())


def swap_digests(archive, trail):
    one, other = archive.digests[:2]
    archive.objects[one], archive.objects[other] = archive.objects[other], archive.objects[one]


def move_digest(archive, trail):
    key = archive.digests[1]
    archive.objects[key.replace("/04/", "/05/")] = archive.objects.pop(key)


def put_old_digest_in_place(archive, trail):
    """One that AWS signed for that very place, and is not the one that the next names."""
    made = archive.document(archive.digests[1])
    made["logFiles"].pop()
    trail.put(made, AWS)


def late_log(archive, trail):
    key = trail.log(trail.now - 0.5 * HOUR, 77)
    trail.digest([key], backfill=True)


def logging_stopped(archive, trail):
    trail.now += 5 * HOUR
    trail.hour(chained=False)
    trail.hour()


def empty_hours(archive, trail):
    for _ in range(3):
        trail.hour(logs=0)


def another_region(archive, trail):
    other = Trail(archive, region="eu-west-1", begin=trail.now - 3 * HOUR)
    for _ in range(2):
        other.hour()


def new_logs(archive, trail):
    trail.log(trail.now + datetime.timedelta(minutes=20), 88)


def log(number):
    return lambda archive: archive.logs[number]


def digest(number):
    return lambda archive: archive.digests[number]


CASES = {
    "nothing": Case(nothing),
    "a log file stored anew": Case(store_log_anew),
    "late log": Case(late_log),
    "logging stopped and began again": Case(logging_stopped),
    "hours without log files": Case(empty_hours),
    "another region": Case(another_region),
    "log files that the next digest will name": Case(new_logs),
    "log changed": Case(change_log, (("log_changed", log(2)),)),
    "log cut": Case(cut_log, (("log_damaged", log(2)),)),
    "added behind a log": Case(add_to_log, (("log_changed", log(2)),)),
    "log removed": Case(remove_log, (("log_missing", log(2)),)),
    "log added": Case(add_log, (("log_unnamed", log(-1)),)),
    "logs swapped": Case(swap_logs, (("log_changed", log(0)), ("log_changed", log(2)))),
    "digest changed": Case(change_digest, (("signature_wrong", digest(1)),)),
    "log and digest changed": Case(change_log_and_digest, (("signature_wrong", digest(1)),)),
    "signed by a stranger": Case(sign_by_stranger, (("key_unknown", digest(1)),)),
    "signed by a stranger as AWS": Case(
        sign_by_stranger_in_the_name_of_aws, (("signature_wrong", digest(1)),)),
    "digest cut": Case(cut_digest, (("digest_damaged", digest(1)),)),
    "digest is none": Case(no_digest_any_more, (("digest_damaged", digest(1)),)),
    "digest removed": Case(remove_digest, (("digest_missing", digest(1)),)),
    "oldest digest removed": Case(remove_oldest_digest, (("digest_missing", digest(0)),)),
    "newest digests removed": Case(
        remove_newest_digests, (("digest_missing", lambda archive: "111122223333 us-east-1"),)),
    "digests swapped": Case(
        swap_digests, (("digest_moved", digest(0)), ("digest_moved", digest(1)))),
    "digest moved": Case(move_digest, (
        ("digest_missing", digest(1)),
        ("digest_moved", lambda archive: archive.digests[1].replace("/04/", "/05/")))),
}
# Where a digest has a signature of its own: in S3, or beside a copy.
SIGNED_CASES = {
    "another digest in its place": Case(put_old_digest_in_place, (("chain_broken", digest(1)),)),
}


def made(case, archive, trail):
    """The archive, changed, and what has to be found."""
    case.change(archive, trail)
    return {(name, where(archive)) for name, where in case.findings}


def found(report):
    """The same of a report: keys, however a copy's path begins."""
    def key_of(name):
        return name[name.index("AWSLogs/"):] if "AWSLogs/" in name else name

    return {(one["finding"], key_of(one["object"])) for one in json.loads(report)["findings"]}
