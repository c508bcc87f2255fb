"""What the shipped files for Prometheus and Grafana hold, and which series they ask for."""

import glob
import json
import os
import re

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RULES = os.path.join(ROOT, "rules", "prometheus")
RUNBOOK = os.path.join(ROOT, "deploy", "runbook.md")
DASHBOARD = os.path.join(ROOT, "deploy", "grafana", "trailbell.json")
NOT_OF_THE_PAGE = {"up"}  # Prometheus makes it
SELECTED = re.compile(r"(?<![:\w])((?:trailbell|process)_\w+|up)(?![:\w(])(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!=|!~|=)\s*"([^"]*)"')
SERIES = re.compile(r"^(\w+)(?:\{(.*)\})? \S+$", re.M)
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
# Put there by Prometheus' scrape, not by the page.
OF_A_SCRAPE = {"job", "instance"}


def rule_files():
    return sorted(glob.glob(os.path.join(RULES, "*.yaml")))


def test_files():
    return sorted(glob.glob(os.path.join(RULES, "tests", "*.yaml")))


def loaded(path):
    with open(path, encoding="ascii") as text:
        return yaml.safe_load(text)


def rules():
    return [rule for path in rule_files() for group in loaded(path)["groups"]
            for rule in group["rules"]]


def dashboard():
    with open(DASHBOARD, encoding="ascii") as text:
        return json.load(text)


def panels():
    """Those with queries."""
    return [panel for panel in dashboard()["panels"] if panel["type"] != "row"]


def missing_from(page, expression):
    """What an expression selects and the text of /metrics does not have."""
    series = [(name, dict(LABEL.findall(labels))) for name, labels in SERIES.findall(page)]
    missing = []
    for name, matchers in SELECTED.findall(expression):
        if name in NOT_OF_THE_PAGE:
            continue
        of_name = [labels for one, labels in series if one == name]
        if not of_name:
            missing.append(name)
            continue
        for label, how, value in MATCHER.findall(matchers):
            if label in OF_A_SCRAPE or "$" in value:
                continue
            if not any(label in one for one in of_name):
                missing.append(f"{name}: label {label}")
            elif how == "=" and not any(one.get(label) == value for one in of_name):
                missing.append(f"{name}: {label}={value}")
    return missing


def queries():
    """(title of its panel, query) of the dashboard."""
    return [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]
