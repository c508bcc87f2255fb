"""The chart, rendered by Helm: its objects, and what a pod of it would find on its disk."""

import glob
import os
import subprocess

import yaml

from go_tools import go_program

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHART = os.path.join(ROOT, "deploy", "kubernetes", "trailbell")
HELM = ("helm.sh/helm/v3/cmd/helm", "v3.22.0")
# The version of Kubernetes that it takes for the cluster's, where there is none; as Helm's own
# releases are linked. Else it would be 1.20.
LINK = " ".join(f"-X helm.sh/helm/v3/pkg/{package}.k8sVersion{part}={number}"
                for package in ("chartutil", "lint/rules")
                for part, number in (("Major", 1), ("Minor", 34)))
NAMESPACE = "security"


def examples():
    return sorted(glob.glob(os.path.join(CHART, "ci", "*-values.yaml")))


class Helm:
    def __init__(self, folder):
        self.program = go_program(*HELM, folder, LINK)

    def run(self, *words):
        return subprocess.run([self.program, *words], capture_output=True, text=True, timeout=120)

    def template(self, values, *words, chart=CHART):
        return self.run("template", "watch", chart, "--namespace", NAMESPACE, "-f", values, *words)

    def objects(self, values, *words):
        done = self.template(values, *words)
        assert done.returncode == 0, done.stderr
        return Objects(one for one in yaml.safe_load_all(done.stdout) if one)


class Objects(list):
    def of(self, kind):
        return [one for one in self if one["kind"] == kind]

    def one(self, kind):
        found = self.of(kind)
        assert len(found) == 1, (kind, len(found))
        return found[0]

    def named(self, kind, name):
        return next((one for one in self.of(kind) if one["metadata"]["name"] == name), None)

    @property
    def pod(self):
        return self.one("StatefulSet")["spec"]["template"]

    @property
    def container(self):
        return self.pod["spec"]["containers"][0]


class PodDisk:
    """The volumes of the pod in a folder. What is not of the chart (a Secret, another ConfigMap)
    is as `others` says: name to files."""

    def __init__(self, folder, objects, others):
        self.folder, self.places = folder, []
        volumes = {one["name"]: one for one in objects.pod["spec"]["volumes"]}
        for mount in objects.container["volumeMounts"]:
            volume = volumes.get(mount["name"], {})
            place = mount["mountPath"]
            self.places.append(place)
            if "configMap" in volume:
                name = volume["configMap"]["name"]
                found = objects.named("ConfigMap", name)
                files = found["data"] if found else others[name]
            else:
                files = others[volume["secret"]["secretName"]] if "secret" in volume else {}
            if "subPath" in mount:
                place, files = os.path.dirname(place), {mount["subPath"]: files[mount["subPath"]]}
            os.makedirs(self.real(place), exist_ok=True)
            for file, text in files.items():
                with open(self.real(os.path.join(place, file)), "w") as out:
                    out.write(self.moved(text))

    def real(self, path):
        return self.folder + path

    def moved(self, text):
        """Where a text names what is mounted, it names what is here."""
        for place in ("/run/secrets", "/etc/trailbell", "/var/lib/trailbell"):
            text = text.replace(place, self.real(place))
        return text

    @staticmethod
    def environment(objects, others):
        """As the pod would have it; the name of its pod is the first one's."""
        out = {}
        for source in objects.container.get("envFrom", []):
            out.update(others[source["secretRef"]["name"]])
        for one in objects.container["env"]:
            of_field = one.get("valueFrom", {}).get("fieldRef", {}).get("fieldPath")
            assert of_field in (None, "metadata.name"), one
            out[one["name"]] = one["value"] if of_field is None else (
                objects.one("StatefulSet")["metadata"]["name"] + "-0")
        return out
