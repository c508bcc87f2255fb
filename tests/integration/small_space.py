"""A disk that gets full: a small file system of its own, where one may be mounted."""

import ctypes
import errno
import os
import tempfile

_LIBC = ctypes.CDLL(None, use_errno=True)


class SmallSpace:
    """A folder with `bytes_max` bytes; PermissionError where this process may not mount one."""

    def __init__(self, bytes_max):
        self.folder = tempfile.mkdtemp(prefix="trailbell-space-")
        data = f"size={bytes_max}".encode()
        if _LIBC.mount(b"none", self.folder.encode(), b"tmpfs", 0, data) != 0:
            problem = ctypes.get_errno()
            os.rmdir(self.folder)
            raise PermissionError(problem, "mounting a small file system")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Lazily: a file in it may be open yet.
        _LIBC.umount2(self.folder.encode(), 2)
        os.rmdir(self.folder)

    def fill(self):
        with open(os.path.join(self.folder, "ballast"), "ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"x" * 4096)
            except OSError as full:
                if full.errno != errno.ENOSPC:
                    raise

    def make_room(self):
        os.remove(os.path.join(self.folder, "ballast"))
