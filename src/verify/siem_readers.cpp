#include "verify/siem_readers.hpp"

#include <charconv>

namespace trailbell::verify {
namespace {

// What Prometheus and Alertmanager wrap their answers into.
std::optional<located> data_of(answer_fields& in, const located& page) {
  auto data = in.find(page, "data");
  if (!data || in.text(page, "status") != "success") {
    in.say(page.path, to_text(page.path) + " is no answer of Prometheus");
    return std::nullopt;
  }
  return data;
}

// A member without which it is another program's answer.
bool has(answer_fields& in, const located& page, std::string_view key, const char* whose) {
  if (!in.find(page, key)) {
    in.say(page.path, to_text(page.path) + " is no answer of " + whose);
    return false;
  }
  return true;
}

label_map read_labels(answer_fields& in, const located& of, std::string_view key) {
  label_map out;
  if (const auto all = in.find(of, key); all && in.is(*all, json_kind::object)) {
    for (const json_value one : all->value) {
      out[std::string{one.key()}] = one.text();
    }
  }
  return out;
}

void read_ready(answer_fields& in, const located& page, ready_page& out) {
  if (!has(in, page, "status", "trailbell")) {
    return;
  }
  out.good = in.whole(page, "status") == 200;
  out.text = in.text(page, "text");
}

void read_text_page(answer_fields& in, const located& page, std::string& out) {
  out = in.text(page, "text");
}

void read_status(answer_fields& in, const located& page, status_page& out) {
  if (!has(in, page, "trailbell_status", "trailbell")) {
    return;
  }
  out.version = in.text(page, "version");
  in.each(page, "rules", [&](const located& of) {
    out.rules.push_back({in.text(of, "id"), in.text(of, "kind"), in.text(of, "pattern"),
                         in.list(of, "suppress"), in.truth(of, "stateful").value_or(false)});
  });
  in.each(page, "sources", [&](const located& of) {
    out.sources.push_back({in.text(of, "kind"), in.list(of, "queue_urls"), in.text(of, "region"),
                           in.list(of, "topics")});
  });
  in.each(page, "sinks", [&](const located& of) {
    out.sinks.push_back(
        {in.text(of, "name"), in.text(of, "kind"), in.truth(of, "required").value_or(false)});
  });
}

void read_rules(answer_fields& in, const located& page, std::vector<prometheus_rule>& out) {
  const auto data = data_of(in, page);
  if (!data || !has(in, *data, "groups", "Prometheus")) {
    return;
  }
  in.each(*data, "groups", [&](const located& group) {
    in.each(group, "rules", [&](const located& of) {
      prometheus_rule one;
      one.name = in.text(of, "name");
      one.query = in.text(of, "query");
      one.health = in.text(of, "health");
      one.error = in.text(of, "lastError");
      one.alerting = in.text(of, "type") == "alerting";
      one.for_s = in.number(of, "duration").value_or(0);
      one.labels = read_labels(in, of, "labels");
      out.push_back(std::move(one));
    });
  });
}

void read_samples(answer_fields& in, const located& page, std::vector<prometheus_sample>& out) {
  const auto data = data_of(in, page);
  if (!data || !has(in, *data, "result", "Prometheus")) {
    return;
  }
  in.each(*data, "result", [&](const located& of) {
    const auto pair = in.find(of, "value");
    const auto text = pair ? pair->value.at(1) : std::nullopt;
    prometheus_sample one{read_labels(in, of, "metric"), 0};
    const std::string_view value = text ? text->text() : std::string_view{};
    const auto got = std::from_chars(value.data(), value.data() + value.size(), one.value);
    if (got.ec == std::errc{}) {
      out.push_back(std::move(one));
    }
  });
}

void read_managers(answer_fields& in, const located& page, std::vector<std::string>& out) {
  const auto data = data_of(in, page);
  if (data && has(in, *data, "activeAlertmanagers", "Prometheus")) {
    in.each(*data, "activeAlertmanagers",
            [&](const located& of) { out.push_back(in.text(of, "url")); });
  }
}

void read_prometheus_config(answer_fields& in, const located& page, std::string& out) {
  const auto data = data_of(in, page);
  if (data && has(in, *data, "yaml", "Prometheus")) {
    out = in.text(*data, "yaml");
  }
}

void read_manager_config(answer_fields& in, const located& page, std::string& out) {
  const auto config = in.find(page, "config");
  if (!config || !in.is(*config, json_kind::object)) {
    has(in, page, "config", "Alertmanager");
    return;
  }
  if (has(in, *config, "original", "Alertmanager")) {
    out = in.text(*config, "original");
  }
}

void read_silences(answer_fields& in, const located& page, std::vector<alert_silence>& out) {
  if (!has(in, page, "silences", "Alertmanager")) {
    return;
  }
  in.each(page, "silences", [&](const located& of) {
    alert_silence one{in.text(of, "id"), "", in.text(of, "endsAt"), in.text(of, "createdBy"), {}};
    if (const auto status = in.find(of, "status")) {
      one.state = in.text(*status, "state");
    }
    in.each(of, "matchers", [&](const located& matcher) {
      one.matchers.push_back({in.text(matcher, "name"), in.text(matcher, "value"),
                              in.truth(matcher, "isRegex").value_or(false),
                              in.truth(matcher, "isEqual").value_or(true)});
    });
    out.push_back(std::move(one));
  });
}

}  // namespace

siem_inventory read_siem(listing_reader& by, const located& section) {
  siem_inventory out;
  answer_fields& in = by.fields();
  by.only(section, {"services", "prometheus", "alertmanagers"});
  in.each(section, "services", [&](const located& of) {
    siem_service& one = out.services[std::string{of.value.key()}];
    by.only(of, {"readyz", "status", "metrics"});
    by.describe_one(of, "readyz", one.ready, read_ready);
    by.describe_one(of, "status", one.status, read_status);
    by.describe_one(of, "metrics", one.metrics, read_text_page);
  });
  if (const auto of =
          by.section(section, "prometheus",
                     {"address", "rules", "started", "event_age", "alertmanagers", "config"})) {
    out.prometheus.address = in.text(*of, "address");
    by.list(*of, "rules", out.prometheus.rules, read_rules);
    by.list(*of, "started", out.prometheus.started, read_samples);
    by.list(*of, "event_age", out.prometheus.event_age, read_samples);
    by.list(*of, "alertmanagers", out.prometheus.alertmanagers, read_managers);
    by.describe_one(*of, "config", out.prometheus.config, read_prometheus_config);
  }
  in.each(section, "alertmanagers", [&](const located& of) {
    alertmanager_answers& one = out.alertmanagers[std::string{of.value.key()}];
    by.only(of, {"status", "silences"});
    by.describe_one(of, "status", one.config, read_manager_config);
    by.list(of, "silences", one.silences, read_silences);
  });
  return out;
}

}  // namespace trailbell::verify
