"""A real broker that wants to know who comes: by a password, or by a token over TLS.

Beside PLAINTEXT, for the test itself: `by_password` (PLAIN, SCRAM-SHA-256 and -512, without TLS)
and `by_token` (OAUTHBEARER over TLS; the tokens are those of Amazon MSK, judged by Keys).
"""

import os

from kafka_broker import Broker, client, free_port, jars, made_once, run

COMPILER = "3.33.0"  # of Eclipse: a JRE has none
PASSWORD_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
SESSION_S = 6
MODULES = "org.apache.kafka.common.security"


def token_checker(version):
    """The folder of TokenChecker.class."""
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "TokenChecker.java")

    def fetch(folder):
        run("mvn", "-B", "-q", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
            f"-Dartifact=org.eclipse.jdt:ecj:{COMPILER}", f"-DoutputDirectory={folder}")

    compiler = os.path.join(made_once(f"ecj-{COMPILER}", fetch), f"ecj-{COMPILER}.jar")

    def compile_into(folder):
        run("java", "-jar", compiler, "-17", "-proc:none", "-cp",
            os.path.join(jars(version), f"kafka-clients-{version}.jar"), "-d", folder, source)

    changed = os.stat(source).st_mtime_ns
    return made_once(f"token-checker-{version}-{changed}", compile_into)


class SaslBroker(Broker):
    """`users`: their passwords, by name. `keys`: who judges tokens."""

    def __init__(self, users, keys, **more):
        super().__init__(**more)
        self._users, self._keys = users, keys
        self.by_password_port, self.by_token_port = free_port(), free_port()

    @property
    def by_password(self):
        return f"127.0.0.1:{self.by_password_port}"

    @property
    def by_token(self):
        return f"127.0.0.1:{self.by_token_port}"

    @property
    def ca_file(self):
        return os.path.join(self.folder, "certificate.pem")

    def __enter__(self):
        super().__enter__()
        try:
            for name, password in self._users.items():
                self.set_password(name, password)
        except BaseException:
            self.__exit__()
            raise
        return self

    def set_password(self, user, password):
        """Of SCRAM. The passwords of PLAIN are the broker's from its start."""
        scram, admin = client().admin, self.admin()
        for mechanism in (scram.ScramMechanism.SCRAM_SHA_256, scram.ScramMechanism.SCRAM_SHA_512):
            change = scram.UserScramCredentialUpsertion(
                user, scram.ScramCredentialInfo(mechanism, 4096), password.encode())
            admin.alter_user_scram_credentials([change])[user].result(30)

    def _make_certificate(self):
        key = os.path.join(self.folder, "key.pem")
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=broker", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
            self.ca_file)
        store = os.path.join(self.folder, "store.pem")
        with open(store, "w") as out:
            for part in (key, self.ca_file):
                with open(part) as text:
                    out.write(text.read())
        return store

    def _java(self, *options):
        command = super()._java(*options)
        return [*command[:-1], f"{command[-1]}:{token_checker(self.version)}"]

    def _wire_settings(self, controller):
        plain = " ".join(f'user_{name}="{word}"' for name, word in self._users.items())
        token = f'{MODULES}.oauthbearer.OAuthBearerLoginModule required'
        places = {
            "PLAINTEXT": self.bootstrap, "PASSWORD": self.by_password, "TOKEN": self.by_token}
        listeners = ",".join(f"{name}://{place}" for name, place in places.items())
        by_password, by_token = "listener.name.password.", "listener.name.token."
        return {
            "listeners": f"{listeners},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": listeners,
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,"
                                              "PASSWORD:SASL_PLAINTEXT,TOKEN:SASL_SSL",
            by_password + "sasl.enabled.mechanisms": ",".join(PASSWORD_MECHANISMS),
            by_password + "plain.sasl.jaas.config":
                f"{MODULES}.plain.PlainLoginModule required {plain};",
            **{f"{by_password}{mechanism}.sasl.jaas.config":
               f"{MODULES}.scram.ScramLoginModule required;"
               for mechanism in ("scram-sha-256", "scram-sha-512")},
            by_token + "sasl.enabled.mechanisms": "OAUTHBEARER",
            by_token + "oauthbearer.sasl.jaas.config":
                f'{token} judge="{self._keys.url("/token")}";',
            by_token + "oauthbearer.sasl.server.callback.handler.class": "TokenChecker",
            by_token + "oauthbearer.sasl.login.callback.handler.class": "TokenChecker",
            # As a broker of Amazon MSK: who stays has to show a token again.
            by_token + "oauthbearer.connections.max.reauth.ms": SESSION_S * 1000,
            by_token + "ssl.keystore.type": "PEM",
            by_token + "ssl.keystore.location": self._make_certificate(),
        }
