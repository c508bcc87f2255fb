"""Checks of Prowler's, asked of one account after the other; run by the Python of its environment.

Prowler takes long to be loaded, and keeps what an account said: so it is loaded once, and forked
for each question. A line in: {"endpoint": address, "checks": [name...]}; a line out: {check:
[[status, what it says]...]}, or {"failed": why}.
"""

import importlib
import json
import os
import sys
import traceback

from prowler.config.config import default_config_file_path
from prowler.lib.check.models import Check  # noqa: F401  loaded before the fork
from prowler.providers.aws.aws_provider import AwsProvider
from prowler.providers.aws.models import AWSIdentityInfo  # noqa: F401
from prowler.providers.common.models import Audit_Metadata
from prowler.providers.common.provider import Provider

REGIONS = {"us-east-1", "eu-west-1"}


def ask(endpoint, checks):
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    account = AwsProvider(regions=REGIONS, config_path=default_config_file_path)
    account.audit_metadata = Audit_Metadata(
        services_scanned=0, expected_checks=checks, completed_checks=0, audit_progress=0)
    Provider.set_global_provider(account)
    answer = {}
    for check in checks:
        service = check.split("_")[0]
        module = importlib.import_module(
            f"prowler.providers.aws.services.{service}.{check}.{check}")
        answer[check] = [[one.status, one.status_extended]
                         for one in getattr(module, check)().execute()]
    return answer


def in_a_child(question, out):
    child = os.fork()
    if child == 0:
        try:
            answer = ask(**question)
        except BaseException:  # the parent says it
            answer = {"failed": traceback.format_exc()}
        out.write(json.dumps(answer) + "\n")
        out.flush()
        os._exit(0)
    os.waitpid(child, 0)


def main():
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Prowler prints is for people
    for line in sys.stdin:
        in_a_child(json.loads(line), out)


main()
