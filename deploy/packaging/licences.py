"""Licences of the libraries that trailbell is linked with, by the name of their source package.

SPDX expressions for what is linked; a digit sequence at the end of a name is a version of it
(boost1.81, gcc-12). A library that is not named here is NOASSERTION in the SBOM, and a test fails.
"""

import re

LICENCES = {
    "boost": "BSL-1.0",
    "brotli": "MIT",
    "cli11": "BSD-3-Clause",
    "curl": "curl",
    "cyrus-sasl": "BSD-3-Clause-Attribution",
    "e2fsprogs": "MIT",
    "fmtlib": "MIT",
    "gcc": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "glibc": "LGPL-2.1-or-later",
    "gmp": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "gnutls": "LGPL-2.1-or-later",
    "hyperscan": "BSD-3-Clause",
    "keyutils": "LGPL-2.1-or-later",
    "krb": "MIT",
    "libdeflate": "MIT",
    "libffi": "MIT",
    "libidn": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libpsl": "MIT",
    "librdkafka": "BSD-2-Clause",
    "libssh": "BSD-3-Clause",
    "libtasn": "LGPL-2.1-or-later",
    "libunistring": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "libyaml-cpp": "MIT",
    "libzstd": "BSD-3-Clause",
    "linux": "GPL-2.0-only WITH Linux-syscall-note",
    "lz": "BSD-2-Clause",
    "nettle": "LGPL-3.0-or-later OR GPL-2.0-or-later",
    "nghttp": "MIT",
    "openldap": "OLDAP-2.8",
    "openssl": "Apache-2.0",
    "p11-kit": "BSD-3-Clause",
    "prometheus-cpp": "MIT",
    "re": "BSD-3-Clause",
    "rtmpdump": "LGPL-2.1-or-later",
    "simde": "MIT",
    "simdjson": "Apache-2.0",
    "spdlog": "MIT",
    "yaml-cpp": "MIT",
    "zlib": "Zlib",
    "zstd": "BSD-3-Clause",
}


def licence_of(source):
    """Of a Debian source package, or None."""
    return LICENCES.get(source) or LICENCES.get(re.sub(r"[-.]?\d[\d.-]*$", "", source))
