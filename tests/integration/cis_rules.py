"""The shipped rules of CIS that have a pattern: id to title and pattern, as the file has them."""

import os

import yaml  # moto brings it


def rules(project):
    found = {}
    for number in range(1, 16):
        path = os.path.join(project, "rules", "cis", f"cis-4.{number}.yaml")
        with open(path, encoding="ascii") as text:
            rule = yaml.safe_load(text)
        found[rule["id"]] = {"Title": rule["title"], "Pattern": rule["pattern"]}
    return found
