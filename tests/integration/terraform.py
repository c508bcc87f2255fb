"""Terraform and its AWS provider, where this machine has both: no registry of packages has the
provider. A mirror of providers is TRAILBELL_TERRAFORM_MIRROR, or where Terraform looks itself, or a
folder of /opt."""

import glob
import json
import os
import shutil
import subprocess
import tempfile
import unittest

PLACES = ["/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins",
          os.path.expanduser("~/.terraform.d/plugins"), *sorted(glob.glob("/opt/*"))]
PROVIDER = "registry.terraform.io/hashicorp/aws"


def mirror():
    for place in [os.environ.get("TRAILBELL_TERRAFORM_MIRROR", ""), *PLACES]:
        if place and glob.glob(os.path.join(place, PROVIDER, "*")):
            return place
    return None


def is_here():
    return shutil.which("terraform") is not None and mirror() is not None


def meant(value):
    """A document in a text counts as what it says: moto tells it with other blanks."""
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    return value


def is_change(change):
    if change["actions"] in (["no-op"], ["read"]):
        return False
    before, after = ({name: meant(value) for name, value in (change[one] or {}).items()}
                     for one in ("before", "after"))
    return before != after or bool(change["after_unknown"])


class Configuration:
    """What lies in `place`, for an account whose environment is given."""

    def __init__(self, place, environment):
        self.place = place
        settings = os.path.join(place, "terraform.rc")
        with open(settings, "w") as out:
            out.write('provider_installation {\n  filesystem_mirror {\n    path = "%s"\n  }\n}\n'
                      % mirror())
        self.environment = {**environment, "TF_CLI_CONFIG_FILE": settings, "TF_IN_AUTOMATION": "1",
                            "TF_INPUT": "0", "AWS_REGION": environment["AWS_DEFAULT_REGION"]}
        self.run("init", "-backend=false")

    def run(self, *words):
        done = subprocess.run(["terraform", f"-chdir={self.place}", *words], capture_output=True,
                              text=True, env=self.environment, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def apply(self, **variables):
        words = [word for name, value in variables.items() for word in ("-var", f"{name}={value}")]
        self.run("apply", "-auto-approve", "-no-color", *words)
        self.run("plan", "-out=next", *words)
        plan = json.loads(self.run("show", "-json", "next"))
        changes = [one for one in plan["resource_changes"] if is_change(one["change"])]
        assert changes == [], changes  # what is there is what was asked for
        outputs = json.loads(self.run("output", "-json"))
        return {name: one["value"] for name, one in outputs.items()}


class Module(Configuration):
    """A module of `project` in a copy of its own."""

    def __init__(self, project, name, environment):
        self.folder = tempfile.mkdtemp(prefix="trailbell-terraform-")
        for part in ("deploy/aws", "rules/cis"):
            shutil.copytree(os.path.join(project, part), os.path.join(self.folder, part))
        super().__init__(os.path.join(self.folder, "deploy", "aws", name), environment)

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


with_terraform = unittest.skipUnless(
    is_here(), "no Terraform with its AWS provider on this machine")
