"""The form of the dashboard for Grafana, and that all it asks for exists."""

import os
import re

import prometheus_files as files
from probe import ProbeTest, main

ROWS = ["IAM policy changes", "Consume", "Decode", "Detect", "Emit"]
COLUMNS = 24
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def text_of(*parts):
    with open(os.path.join(files.ROOT, *parts), encoding="ascii") as text:
        return text.read()


class DashboardTest(ProbeTest):
    def test_its_rows_are_the_sixteen_names_and_the_order_of_the_data(self):
        rows = [one["title"] for one in files.dashboard()["panels"] if one["type"] == "row"]
        self.assertEqual(rows, ROWS)

    def test_panels_have_a_place_of_their_own_and_say_what_they_show(self):
        taken, ids, titles = set(), [], []
        for panel in files.dashboard()["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], COLUMNS)
            cells = {(x, y) for x in range(at["x"], at["x"] + at["w"])
                     for y in range(at["y"], at["y"] + at["h"])}
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells
            ids.append(panel["id"])
            titles.append(panel["title"])
        for panel in files.panels():
            self.assertTrue(panel["description"] and panel["fieldConfig"]["defaults"]["unit"])
            self.assertTrue(panel["targets"])
        self.assertEqual((len(set(ids)), len(set(titles))), (len(ids), len(titles)))

    def test_the_data_source_is_chosen_and_nowhere_named(self):
        shown = files.dashboard()
        kinds = {one["name"]: one["type"] for one in shown["templating"]["list"]}
        self.assertEqual(kinds, {"datasource": "datasource", "job": "query", "instance": "query"})
        for part in (*shown["templating"]["list"][1:], *shown["annotations"]["list"],
                     *files.panels(), *(t for p in files.panels() for t in p["targets"])):
            self.assertEqual(part["datasource"], SOURCE)

    def test_every_query_is_of_the_chosen_jobs_and_members(self):
        for title, query in files.queries():
            for _, matchers in files.SELECTED.findall(query):
                if matchers:
                    self.assertIn('job=~"$job", instance=~"$instance"', matchers, title)
            self.assertIn("$instance", query, title)
            self.assertNotRegex(query, r"\[\d", f"{title}: its range is not the dashboard's")

    def test_every_series_that_it_asks_for_is_on_the_page(self):
        probe = self.start()
        probe.tell("add 1")
        page = probe.get("/metrics").text
        for title, query in files.queries():
            self.assertEqual(files.missing_from(page, query), [], title)

    def test_every_metric_of_trailbell_is_drawn_or_named_here(self):
        not_drawn = {
            "trailbell_build_info",      # chooses job and member
            "trailbell_s3_objects_total",  # the same objects as trailbell_objects_total
            "trailbell_transactions_total",  # their deliveries are drawn
            "trailbell_canaries_total",  # who sends one waits for it
            # Alerts tell.
            "trailbell_verify_verdict", "trailbell_verify_link",
            "trailbell_verify_last_timestamp_seconds",
        }
        # Of queues: the dashboard shows what all sources have.
        of_queues = re.compile(r"trailbell_(sqs|s3)_")
        names = set(re.findall(r'"(trailbell_\w+)"', text_of("src", "observe", "metric_texts.hpp")))
        queries = " ".join(query for _, query in files.queries())
        drawn = {name for name in names if re.search(rf"\b{name}(_bucket)?\{{", queries)}
        missing = {name for name in names - drawn if not of_queues.match(name)}
        self.assertEqual(missing | {"trailbell_s3_objects_total"}, not_drawn)

    def test_what_provisions_it_is_sound(self):
        folder = os.path.join(files.ROOT, "deploy", "grafana", "provisioning")
        sources = files.loaded(os.path.join(folder, "datasources", "trailbell.yaml"))
        self.assertEqual([one["type"] for one in sources["datasources"]], ["prometheus"])
        providers = files.loaded(os.path.join(folder, "dashboards", "trailbell.yaml"))
        path = providers["providers"][0]["options"]["path"]
        self.assertIn(f"cp deploy/grafana/trailbell.json {path}/",
                      text_of("deploy", "grafana", "README.md"))


if __name__ == "__main__":
    main()
