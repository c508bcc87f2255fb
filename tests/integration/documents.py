"""The fenced blocks of README.md and of the pages of deploy/.

Languages: `sh`, commands; `console`, commands behind `$ ` with what they print, `...` for what is
left out; others are no commands.
"""

import collections
import glob
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
Block = collections.namedtuple("Block", "page section line language text")
Command = collections.namedtuple("Command", "text shown")
FENCE = re.compile(r"^(?:## ([^\n]*)|```(\w*)\n(.*?)^```)$", re.M | re.S)
LANGUAGES = {"sh", "console", "text", "json", "yaml", "hcl"}


def pages():
    found = glob.glob(os.path.join(ROOT, "deploy", "**", "*.md"), recursive=True)
    return ["README.md", *sorted(os.path.relpath(path, ROOT) for path in found)]


def blocks(page):
    with open(os.path.join(ROOT, page), encoding="ascii") as text:
        content = text.read()
    section = ""
    for found in FENCE.finditer(content):
        heading, language, inner = found.groups()
        if heading is not None:
            section = heading
        else:
            line = content.count("\n", 0, found.start()) + 1
            yield Block(page, section, line, language, inner)


def without_comment(line):
    return re.sub(r"(^|\s+)#\s.*$", "", line)


def commands(block):
    """Of a block of commands, each on one line."""
    found, begun = [], ""
    for line in block.text.splitlines():
        if block.language == "console" and not begun and not line.startswith("$ "):
            found[-1].shown.append(line)
            continue
        begun += without_comment(line.removeprefix("$ ")).strip()
        if begun.endswith("\\"):
            begun = begun[:-1]
        elif begun:
            found.append(Command(re.sub(r"\s{2,}", " ", begun), []))
            begun = ""
    return found


def prints(shown, said):
    """Whether that was printed, whatever blanks and line breaks are between."""
    said = re.sub(r"\s", "", said)
    at = 0
    for piece in re.sub(r"\s", "", "\n".join(shown)).split("..."):
        found = said.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True
