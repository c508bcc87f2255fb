"""tidy.py sees each breach that it is there for, and nothing in a sound project."""

import os
import tempfile
import unittest

import tidy

SOUND_HEADER = "// thing: a thing.\n#pragma once\n\nint thing();\n"
FOLDERS = ("src", "include", "bench", "deploy", "tests", "rules")


class Tidy(unittest.TestCase):
    def check(self, relative=None, content=""):
        with tempfile.TemporaryDirectory() as root:
            for folder in FOLDERS:
                os.makedirs(os.path.join(root, folder))
                with open(os.path.join(root, folder, "README.md"), "w") as readme:
                    readme.write("What belongs here.\n")
            for stage in ("decode", "detect", "app"):
                os.makedirs(os.path.join(root, "src", stage))
                with open(os.path.join(root, "src", stage, "README.md"), "w") as readme:
                    readme.write("What belongs here.\n")
            if relative:
                path = os.path.join(root, relative)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w") as out:
                    out.write(content)
            return list(tidy.problems(root))

    def test_a_sound_project_is_tidy(self):
        self.assertEqual(self.check(), [])
        self.assertEqual(self.check("include/trailbell/base/thing.hpp", SOUND_HEADER), [])

    def test_each_breach_is_seen(self):
        long_function = "int f() {\n" + "  f();\n" * 80 + "}\n"
        for relative, content, word in (
            ("src/decode/a.cpp", '#include "detect/b.hpp"\n', "may not include"),
            ("src/decode/a.cpp", '#include "trailbell/emit/b.hpp"\n', "may not include"),
            ("src/detect/a.cpp", "#include <simdjson.h>\n", "only"),
            ("src/consume/file.cpp", "#include <librdkafka/rdkafka.h>\n", "only"),
            ("src/decode/a.cpp", "int a;\n" * 401, "lines"),
            ("src/decode/a.cpp", long_function, "a function of"),
            ("src/decode/a.cpp", "// " + "x" * 100 + "\n", "columns"),
            ("src/decode/a.cpp", "// caf\u00e9\n", "ASCII"),
            ("src/decode/a.cpp", "// TO" + "DO later\n", "finish it"),
            ("src/decode/a.cpp", "int a; \n", "blanks"),
            ("src/decode/a.cpp", "int a;", "newline"),
            ("src/decode/a.cpp", "#define A 1\n", "macro"),
            ("src/decode/a.hpp", "int a;\n", "pragma once"),
            ("include/trailbell/base/a.hpp", "#pragma once\n", "what it is for"),
            ("src/decode/README.md", "line\n" * 41, "lines"),
            ("src/verify/a.cpp", "int a;\n", "without a README"),
            ("tests/a.py", "time.sl" + "eep(1)\n", "condition"),
        ):
            found = self.check(relative, content)
            self.assertTrue(any(word in line for line in found), (relative, word, found))


if __name__ == "__main__":
    unittest.main()
