"""Manual and completions say what the program takes: compared with its --help and its schema.

Usage: reference_test.py PROGRAM FOLDER    (FOLDER: what trailbell_reference has written)
"""

import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import unittest

FOLDER = os.path.abspath(sys.argv.pop(2))
PROGRAM = os.path.abspath(sys.argv.pop(1))


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, check=True, timeout=60,
                          **more).stdout


class Help:
    """What `trailbell COMMAND --help` says: names of options, those with a value, commands."""

    def __init__(self, path):
        self.path = path
        text = run(PROGRAM, *path[1:], "--help")
        self.options, self.with_value = set(), set()
        for names, value in re.findall(r"(?m)^  ((?:-\w,)?--[\w-]+|-\w)(?: ([A-Z:]\S*))?", text):
            self.options.update(names.split(","))
            if value:
                self.with_value.update(names.split(","))
        listed = re.search(r"(?ms)^Subcommands:\n(.*?)(?:\n\n|\Z)", text)
        self.commands = re.findall(r"(?m)^  ([a-z]+) ", listed[1]) if listed else []


def all_help(path=("trailbell",)):
    here = Help(path)
    found = [here]
    for command in here.commands:
        found += all_help((*path, command))
    return found


COMMANDS = all_help()


def page(name, section):
    with open(os.path.join(FOLDER, f"man{section}", f"{name}.{section}")) as text:
        return text.read()


def tags(text):
    """[(terms, what goes with them)] of a page's definitions."""
    found = re.findall(r"(?m)^\.TP\n\\fB(.*?)\\fR(?: \\fI(.*?)\\fR)?$", text)
    return [(terms.replace("\\-", "-").split(", "), value) for terms, value in found]


class Manual(unittest.TestCase):
    def test_there_are_commands_and_options(self):
        self.assertGreaterEqual(len(COMMANDS), 18)
        self.assertIn(("trailbell", "rules", "test"), {one.path for one in COMMANDS})
        self.assertIn("--checkpoint", {name for one in COMMANDS for name in one.with_value})

    def test_every_command_has_a_page_and_every_page_a_command(self):
        wanted = {"-".join(one.path) + ".1" for one in COMMANDS}
        self.assertEqual(set(os.listdir(os.path.join(FOLDER, "man1"))), wanted)

    def test_pages_have_the_options_of_the_help(self):
        for command in COMMANDS:
            with self.subTest(command.path):
                terms = tags(page("-".join(command.path), 1))
                options = {name for names, _ in terms for name in names if name.startswith("-")}
                values = {name for names, value in terms if value for name in names}
                self.assertEqual(options, command.options)
                self.assertEqual(values, command.with_value)
                listed = [name for names, _ in terms for name in names if name in command.commands]
                self.assertEqual(listed, command.commands)

    def test_pages_are_well_formed(self):
        paths = [os.path.join(folder, name) for section in ("man1", "man5")
                 for folder, _, names in os.walk(os.path.join(FOLDER, section)) for name in names]
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", *paths],
                              capture_output=True, text=True, check=False)
        self.assertEqual((done.stdout, done.returncode), ("", 0))

    def test_pages_hold_the_examples_and_exit_codes(self):
        text = page("trailbell-replay", 1)
        for heading in ("NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "EXIT STATUS"):
            self.assertIn(f".SH {heading}\n", text)
        self.assertIn("trailbell replay AWSLogs/\n", text)

    def test_the_configuration_page_has_every_key_of_the_schema(self):
        shown = set()
        for part in page("trailbell.yaml", 5).split("\n.SS ")[1:]:
            at = part.split("\n", 1)[0].replace("\\-", "-")
            shown.update((at, names[0]) for names, _ in tags(part))
        schema = json.loads(run(PROGRAM, "config", "schema"))
        self.assertEqual(shown, set(keys(schema, "")))
        self.assertIn(("sinks[].webhook.basic", "password"), shown)


def keys(schema, at):
    """(path of the mapping, key) of each key that is no mapping itself."""
    for name, one in schema["properties"].items():
        inner = next((part for part in [one, *one.get("anyOf", [])] if "properties" in part), None)
        path = f"{at}.{name}" if at else name
        if inner:
            yield from keys(inner, path)
        elif "properties" in one.get("items", {}):
            yield from keys(one["items"], path + "[]")
        else:
            yield (at or "top level", name)


class Completions(unittest.TestCase):
    """Asked of the shells themselves."""

    def expected(self, command):
        return {name for name in command.options if name.startswith("--")}

    def bash(self, *words):
        script = os.path.join(FOLDER, "bash", "trailbell")
        ask = ('. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _trailbell; '
               'printf "%s\\n" "${COMPREPLY[@]}"')
        return set(run("bash", "-c", ask, "bash", script, *words).split())

    def fish(self, *words):
        script = os.path.join(FOLDER, "fish", "trailbell.fish")
        ask = 'source $argv[1]; complete -C "$argv[2]"'
        line = " ".join(words)
        return {one.split("\t")[0] for one in
                run("fish", "--no-config", "-c", ask, script, line).splitlines()}

    def test_bash_completes_options_and_commands(self):
        for command in COMMANDS:
            with self.subTest(command.path):
                self.assertEqual(self.bash(*command.path, "--"), self.expected(command))
                offered = self.bash(*command.path, "")
                self.assertLessEqual(set(command.commands), offered)

    def test_bash_leaves_values_to_the_names_of_files(self):
        for command in COMMANDS:
            for option in command.with_value:
                with self.subTest(command.path + (option,)):
                    self.assertEqual(self.bash(*command.path, option, ""), set())

    def test_bash_begins_with_what_was_typed(self):
        self.assertEqual(self.bash("trailbell", "re"), {"replay"})
        self.assertEqual(self.bash("trailbell", "replay", "--sum"), {"--summary"})

    def test_fish_completes_options_and_commands(self):
        for command in COMMANDS:
            with self.subTest(command.path):
                self.assertEqual(self.fish(*command.path, "--"), self.expected(command))
                if command.commands:
                    self.assertEqual(self.fish(*command.path, ""), set(command.commands))

    def test_zsh_completes_options_and_commands(self):
        lines = [" ".join(command.path) + " " + end for command in COMMANDS for end in ("--", "")]
        offered = zsh(lines)
        self.assertEqual(list(offered), lines)
        for command in COMMANDS:
            with self.subTest(command.path):
                name = " ".join(command.path)
                self.assertEqual(offered[name + " --"], self.expected(command))
                self.assertLessEqual(set(command.commands), offered[name + " "])


# What is given to compadd is what zsh offers.
ZSHRC = r"""
fpath=($REFERENCE/zsh $fpath)
autoload -Uz compinit && compinit -u -D
setopt no_auto_menu no_menu_complete no_beep
compadd() {
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a hits
    builtin compadd -A hits "$@"
    print -rl -- $hits >>$OUT
  fi
  builtin compadd "$@"
}
ask() {
  local line
  while IFS= read -r line; do
    BUFFER=$line CURSOR=$#line
    print -r -- "? $line" >>$OUT
    zle complete-word
  done <$ASKED
  exit
}
zle -N ask
bindkey '^T' ask
print READY
"""


def zsh(lines):
    """{line: what an interactive zsh offers behind it}, on a terminal of its own."""
    with tempfile.TemporaryDirectory() as folder:
        out, asked = os.path.join(folder, "out"), os.path.join(folder, "asked")
        for path, text in ((os.path.join(folder, ".zshrc"), ZSHRC),
                           (asked, "".join(line + "\n" for line in lines))):
            with open(path, "w") as to:
                to.write(text)
        outer, inner = pty.openpty()
        shell = subprocess.Popen(
            ["zsh", "-o", "no_global_rcs", "-i"], stdin=inner, stdout=inner, stderr=inner,
            start_new_session=True, cwd=folder,
            env={**os.environ, "ZDOTDIR": folder, "REFERENCE": FOLDER, "OUT": out, "ASKED": asked,
                 "TERM": "dumb"})
        os.close(inner)
        seen = b""
        try:
            while b"READY" not in seen:
                seen += os.read(outer, 65536)
            os.write(outer, b"\x14")  # Ctrl-T
            while True:
                seen += os.read(outer, 65536)
        except OSError:  # the shell has ended, and its terminal with it
            pass
        finally:
            os.close(outer)
        shell.wait(timeout=60)
        with open(out) as text:
            parts = text.read().split("? ")[1:]
    return {part.split("\n", 1)[0]: set(part.split("\n", 1)[1].split()) for part in parts}


if __name__ == "__main__":
    unittest.main()
