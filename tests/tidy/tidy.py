"""House rules: layering, lengths, words, plain ASCII, a README in every folder.

Usage: tidy.py PROJECT. Prints `file:line: what` for each breach; exit code 1 where there is one.
"""

import os
import re
import sys

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100
README_LINES_MAX = 40
CODE = (".cpp", ".hpp")
TEXT = CODE + (".py", ".sh", ".txt", ".md", ".json", ".yaml", ".yml")
SKIPPED_FOLDERS = {".git", "build", "runs", "corpus", "AWSLogs", "__pycache__"}

STAGES = {"consume", "decode", "detect", "emit", "observe", "verify"}
MAY_INCLUDE = {
    "base": {"base"},
    "model": {"base", "model"},
    "aws": {"base", "model", "aws"},
    "kafka": {"base", "model", "kafka"},
    **{stage: {"base", "model", stage} for stage in STAGES},
    "integrity": {"base", "model", "integrity"},
    "pipeline": {"base", "model", "pipeline"} | STAGES,
    "app": {"aws", "base", "model", "integrity", "pipeline", "app"} | STAGES,
}
MAY_INCLUDE["consume"] |= {"aws", "kafka"}
MAY_INCLUDE["emit"] |= {"aws", "kafka"}
MAY_INCLUDE["app"] |= {"aws"}  # who asks, and where: options of the command line
# No stage of the flow: it asks about patterns with the engine that runs them.
MAY_INCLUDE["verify"] |= {"aws", "decode", "detect"}
# Nor is this: it reads what a replay reads, as bytes, and only the command line sees it.
MAY_INCLUDE["integrity"] |= {"aws", "consume", "decode"}

# A third-party header appears only where it is adapted: a folder, or the files in it whose names
# begin like this.
THIRD_PARTY = {
    "simdjson": {"src/decode"},
    "boost": {"src/app", "src/aws"},
    "libdeflate": {"src/decode", "src/app"},
    "zlib": {"src/decode"},
    "zstd": {"src/decode"},
    "re2": {"src/detect"},
    "yaml-cpp": {"src/model"},
    "hs": {"src/detect"},
    "boost": {"src/aws", "src/app"},
    "prometheus": {"src/observe"},
    "spdlog": {"src/observe"},
    "openssl": {"src/emit", "src/aws"},
    "CLI": {"src/app"},
    "fmt": {"src/emit", "src/observe", "src/app"},
    "simde": {"src/decode"},
    "librdkafka": {"src/kafka", "src/consume/kafka_", "src/emit/kafka_"},
}

BANNED = {
    r"\bTODO\b": "finish it, or write an issue",
    r"\bFIXME\b": "finish it, or write an issue",
    r"\bXXX\b": "finish it, or write an issue",
    r"\bblacklist": "say deny list",
    r"\bwhitelist": "say allow list",
    r"\busing namespace std;": "name what is used",
    r"\b(utils|helpers|misc)\b": "say what it is",
    r"\bsleep_for\b|\btime\.sleep\b": "wait for a condition",
    r"\bdead.letter\b": "say quarantine",
    r"\bpayload of the record\b": "say record",
}
MACROS_ALLOWED = re.compile(r"#\s*define SIMDE_ENABLE_NATIVE_ALIASES")


def files_of(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(d for d in folders if d not in SKIPPED_FOLDERS)
        for name in sorted(names):
            path = os.path.join(folder, name)
            yield os.path.relpath(path, root), path


def layer_of(relative):
    parts = relative.split("/")
    if parts[0] == "src" and len(parts) > 2:
        return parts[1]
    if parts[:2] == ["include", "trailbell"] and len(parts) > 3:
        return parts[2]
    return None


def include_problems(relative, number, line):
    found = re.match(r'\s*#\s*include\s+(?:"(?:trailbell/)?([\w/]+)\.hpp"|<([\w/-]+)[\w.]*>)', line)
    if not found:
        return
    layer = layer_of(relative)
    ours, theirs = found.groups()
    if ours and layer and "/" in ours and ours.split("/")[0] not in MAY_INCLUDE[layer]:
        yield number, f"{layer} may not include {ours}"
    if theirs and layer:
        name = theirs.split("/")[0]
        if name in THIRD_PARTY and not relative.startswith(tuple(THIRD_PARTY[name])):
            yield number, f"{name} is for {', '.join(sorted(THIRD_PARTY[name]))} only"


def function_problems(lines):
    """clang-format puts a function's closing brace in the column of its first line."""
    begin = None
    for number, line in enumerate(lines, 1):
        opens = re.match(r"( *)(?!namespace|class|struct|enum|extern|union)\S.*\{$", line)
        if begin is None and opens and ("(" in line or line.lstrip().startswith(")")):
            begin, indent = number, opens.group(1)
        elif begin is not None and re.match(re.escape(indent) + r"\}", line):
            if number - begin > FUNCTION_LINES_MAX:
                yield begin, f"a function of {number - begin} lines (at most {FUNCTION_LINES_MAX})"
            begin = None


def code_problems(relative, lines):
    yield from function_problems(lines)
    for number, line in enumerate(lines, 1):
        yield from include_problems(relative, number, line)
        if re.match(r"\s*#\s*define\b", line) and not MACROS_ALLOWED.match(line):
            yield number, "a macro; write a constant or a function"
    if relative.endswith(".hpp") and "#pragma once" not in lines:
        yield 1, "a header without #pragma once"
    if relative.startswith("include/") and not (lines and lines[0].startswith("//")):
        yield 1, "a public header does not say what it is for"


def file_problems(relative, path):
    with open(path, "rb") as content:
        raw = content.read()
    lines = raw.decode("utf-8", errors="replace").split("\n")
    if lines[-1:] == [""]:
        lines.pop()
    elif lines:
        yield len(lines), "no newline at the end"
    lines_max = README_LINES_MAX if relative.endswith("/README.md") else FILE_LINES_MAX
    if len(lines) > lines_max:
        yield 1, f"{len(lines)} lines (at most {lines_max})"
    itself = relative.startswith("tests/tidy/")
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            yield number, "not plain ASCII"
        if (
            len(line) > COLUMNS_MAX
            and not relative.endswith((".md", ".json"))
            and "http" not in line
        ):
            yield number, f"{len(line)} columns (at most {COLUMNS_MAX})"
        if line != line.rstrip():
            yield number, "blanks at the end of the line"
        for pattern, advice in BANNED.items():
            if not itself and re.search(pattern, line):
                yield number, f"'{re.search(pattern, line).group()}': {advice}"
    if relative.endswith(CODE):
        yield from code_problems(relative, lines)


def folder_problems(root):
    for top in ("src", "include", "bench", "deploy", "tests", "rules"):
        for folder, folders, names in os.walk(os.path.join(root, top)):
            folders[:] = [d for d in folders if d not in SKIPPED_FOLDERS]
            depth = os.path.relpath(folder, root).count("/")
            wanted = depth == 0 or (depth == 1 and top != "include") or top == "bench"
            if wanted and "README.md" not in names:
                yield f"{os.path.relpath(folder, root)}:1: a folder without a README.md"


def problems(root):
    for relative, path in files_of(root):
        if relative.endswith(TEXT) and relative != "LICENSE":
            for number, what in file_problems(relative, path):
                yield f"{relative}:{number}: {what}"
    yield from folder_problems(root)


if __name__ == "__main__":
    found = list(problems(sys.argv[1]))
    print("\n".join(found) or "tidy")
    sys.exit(1 if found else 0)
