"""The parts of a SIEM on 127.0.0.1, which answer what an inventory's `siem` section has."""

import json
import urllib.parse

from net_harness import Server, answer

PAGES = {"/readyz": "readyz", "/status": "status", "/metrics": "metrics"}
PROMETHEUS = {"/api/v1/rules": "rules", "/api/v1/alertmanagers": "alertmanagers",
              "/api/v1/status/config": "config"}
MANAGER = {"/api/v2/status": "status", "/api/v2/silences": "silences"}


class SiemStandIn:
    """`faults`: "service", "prometheus" or "manager", or with a path behind: a step of a Server.
    `wanted`: of these, the Authorization without which they answer 401."""

    def __init__(self, siem, tls=None):
        self.siem, self.faults, self.paths, self.wanted, self.told = siem, {}, [], {}, {}
        self.service, self.prometheus, self.manager = (
            Server(self.step(name), tls=tls) for name in ("service", "prometheus", "manager"))
        said = siem["prometheus"]["alertmanagers"]["complete"]["data"]["activeAlertmanagers"]
        for one in said:
            one["url"] = self.address(self.manager) + "/api/v2/alerts"

    @staticmethod
    def address(server):
        return server.url("")

    def words(self):
        return ["--service", self.address(self.service) + "/",
                "--prometheus", self.address(self.prometheus)]

    def stop(self):
        for server in (self.service, self.prometheus, self.manager):
            server.stop()

    def step(self, name):
        def respond(peer, request):
            target = urllib.parse.urlsplit(request.target)
            self.paths.append((name, request.target))
            who = request.headers.get("authorization")
            self.told.setdefault(name, set()).add(who)
            if name in self.wanted and who != self.wanted[name]:
                return answer(401)(peer, request)
            fault = self.faults.get(name + target.path, self.faults.get(name))
            if fault:
                return fault(peer, request)
            return self.content(name, target)(peer, request)
        return respond

    def content(self, name, target):
        if name == "service":
            (pages,) = self.siem["services"].values()
            page = pages[PAGES[target.path]]["complete"]
            if "text" in page:
                return answer(page["status"], page["text"].encode())
            return answer(200, json.dumps(page).encode())
        if name == "prometheus":
            query = dict(urllib.parse.parse_qsl(target.query)).get("query", "")
            call = PROMETHEUS.get(target.path) or (
                "event_age" if query.startswith("histogram_quantile") else "started")
            return answer(200, json.dumps(self.siem["prometheus"][call]["complete"]).encode())
        (pages,) = self.siem["alertmanagers"].values()
        page = pages[MANAGER[target.path]]["complete"]
        return answer(200, json.dumps(page.get("silences", page)).encode())
