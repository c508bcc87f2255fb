"use strict";
// Shows the alerts of the page. Every value is somebody else's: it becomes text, never markup.
(() => {
  const PAGE = 100, BARS = 120, ROWS = 200, DAY = 86400000;
  const STEPS = [60000, 300000, 900000, 3600000, 21600000, DAY, 7 * DAY, 30 * DAY];
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const at = (id) => document.getElementById(id);

  // What would hide, or turn other text around, is spelt out.
  const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
  const visible = (text) => String(text).replace(HIDDEN,
    (one) => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"));
  const line = (text) => visible(text).replace(/[\t\n]/g, (one) => one === "\t" ? "\\t" : "\\n");

  const make = (tag, text, name) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const count = (number) => Number(number).toLocaleString("en-US");
  const time = (ms) => {
    const date = new Date(ms);
    return Number.isNaN(date.getTime()) ? "?" : date.toISOString().slice(0, 16).replace("T", " ");
  };

  const target = (t) => {
    const policy = t.policy_arn ?? t.policy_name;
    const who = t.principal_name == null ? null
      : (t.principal_type == null ? "" : t.principal_type + " ") + t.principal_name;
    return policy != null && who != null ? policy + " on " + who : policy ?? who;
  };
  const actor = (a) => a.name ?? a.arn ?? a.invoked_by ?? a.principal_id ?? a.type;
  const FACETS = [
    ["event", "Event", (a) => a.event_name],
    ["actor", "Actor", (a) => actor(a.actor)],
    ["account", "Account", (a) => a.account_id],
    ["target", "Target", (a) => target(a.target)],
    ["ip", "Source IP", (a) => a.source_ip],
    ["severity", "Severity", (a) => a.severity],
    ["outcome", "Outcome", (a) => a.outcome],
    ["rule", "Rule", (a) => a.rule_id],
  ];
  const NONE = "(none)";

  const entries = read("alerts").map(({alert, record}) => {
    const facets = new Map(FACETS.map(([key, , of]) => [key, of(alert) ?? NONE]));
    const ms = Date.parse(alert.event_time ?? "");
    return {alert, record, facets, ms, words: (JSON.stringify(alert) + record).toLowerCase()};
  });
  entries.sort((a, b) => (Number.isNaN(a.ms) ? Infinity : a.ms) - (Number.isNaN(b.ms) ? Infinity : b.ms) || 0);
  const {summary, left_out: leftOut} = read("summary");

  // What is chosen stands in the address: it can be kept, and sent to a colleague with the page.
  let chosen = new URLSearchParams(location.hash.slice(1));
  let pages = 1;
  const choose = (key, value) => {
    if (value === null || chosen.get(key) === value) chosen.delete(key); else chosen.set(key, value);
    pages = 1;
    history.replaceState(null, "", "#" + chosen);
    show();
  };

  const holds = (entry, but) => {
    for (const [key] of FACETS) {
      if (key !== but && chosen.has(key) && entry.facets.get(key) !== chosen.get(key)) return false;
    }
    const words = chosen.get("search");
    if (words && !entry.words.includes(words.toLowerCase())) return false;
    if (but !== "time" && chosen.has("time")) {
      const [from, to] = chosen.get("time").split("~").map(Number);
      if (!(entry.ms >= from && entry.ms < to)) return false;
    }
    return true;
  };

  const showTimeline = () => {
    const times = entries.filter((one) => !Number.isNaN(one.ms));
    const bars = [];
    at("timeline").replaceChildren();
    if (times.length === 0) return void (at("axis").textContent = "No alert has a time.");
    const first = times[0].ms, span = times[times.length - 1].ms - first + 1;
    const step = STEPS.find((one) => span / one <= BARS) ?? Math.ceil(span / BARS / DAY) * DAY;
    const begin = Math.floor(first / step) * step;
    for (let from = begin; from < first + span; from += step) bars.push({from, done: 0, failed: 0});
    for (const one of times) {
      if (holds(one, "time")) {
        bars[Math.floor((one.ms - begin) / step)][one.alert.outcome === "failure" ? "failed" : "done"]++;
      }
    }
    const most = Math.max(1, ...bars.map((bar) => bar.done + bar.failed));
    for (const {from, done, failed} of bars) {
      const value = from + "~" + (from + step), button = make("button");
      button.type = "button";
      button.title = `${time(from)} to ${time(from + step)}: ${done} succeeded, ${failed} failed`;
      button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-pressed", String(chosen.get("time") === value));
      button.disabled = done + failed === 0 && chosen.get("time") !== value;
      for (const [number, name] of [[failed, "failed"], [done, ""]]) {
        const part = make("i", undefined, name);
        part.style.height = 100 * number / most + "%";
        button.append(part);
      }
      button.addEventListener("click", () => choose("time", value));
      at("timeline").append(button);
    }
    at("axis").replaceChildren(make("span", time(begin) + " UTC"),
      make("span", time(begin + bars.length * step) + " UTC"));
  };

  const showTables = () => {
    const rows = FACETS.map(([key, title]) => {
      const counts = new Map();
      for (const one of entries) {
        if (holds(one, key)) counts.set(one.facets.get(key), (counts.get(one.facets.get(key)) ?? 0) + 1);
      }
      const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
      const table = make("section"), list = make("ol");
      const heading = make("h2", `${title} (${count(sorted.length)})`);
      heading.id = "of-" + key;
      list.setAttribute("aria-labelledby", heading.id);
      for (const [value, number] of sorted.slice(0, ROWS)) {
        const item = make("li"), button = make("button"), bar = make("i");
        button.type = "button";
        button.setAttribute("aria-pressed", String(chosen.get(key) === value));
        bar.style.width = 100 * number / sorted[0][1] + "%";
        button.append(make("span", line(value), "value"), make("span", count(number), "count"), bar);
        button.addEventListener("click", () => choose(key, value));
        item.append(button);
        list.append(item);
      }
      if (sorted.length > ROWS) list.append(make("li", `and ${count(sorted.length - ROWS)} more: search`));
      table.append(heading, list);
      return table;
    });
    at("tables").replaceChildren(...rows);
  };

  const fields = (value, name, into) => {
    if (value !== null && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) fields(inner, name ? name + "." + key : key, into);
    } else if (value !== null) {
      into.append(make("dt", line(name)), make("dd", line(value)));
    }
  };

  const row = ({alert, record, facets}) => {
    const shown = make("details"), head = make("summary");
    for (const [text, name] of [
      [alert.event_time ?? NONE], [alert.severity, alert.severity], [facets.get("event")],
      [alert.error_code ?? alert.outcome, alert.outcome], [facets.get("account")],
      [facets.get("actor")], [facets.get("target")]]) {
      head.append(make("span", line(text), name));
    }
    shown.append(head);
    shown.addEventListener("toggle", () => {
      if (!shown.open || shown.children.length > 1) return;
      const list = make("dl"), raw = make("pre", visible(record));
      fields(alert, "", list);
      raw.tabIndex = 0;
      raw.setAttribute("aria-label", "the record as it arrived");
      shown.append(list, raw);
    });
    return shown;
  };

  const showList = () => {
    const found = entries.filter((one) => holds(one)), rest = found.length - pages * PAGE;
    at("list").replaceChildren(...found.slice(0, pages * PAGE).map(row));
    at("more").hidden = rest <= 0;
    at("more").textContent = `Show ${Math.min(rest, PAGE)} more of ${count(rest)}`;
    at("shown").textContent = `${count(found.length)} of ${count(entries.length)} alerts`;
    if (found.length === 1) at("list").firstChild.open = true;
  };

  const showChosen = () => {
    const names = new Map([...FACETS.map(([key, title]) => [key, title]), ["time", "When"]]);
    at("chosen").replaceChildren(...[...chosen].filter(([key]) => names.has(key)).map(([key, value]) => {
      const text = key === "time" ? value.split("~").map((ms) => time(Number(ms))).join(" to ") : line(value);
      const button = make("button", names.get(key) + ": " + text);
      button.type = "button";
      button.setAttribute("aria-label", "remove the filter " + button.textContent);
      button.addEventListener("click", () => choose(key, null));
      return button;
    }));
    at("clear").disabled = [...chosen].length === 0;
    if (at("search").value !== (chosen.get("search") ?? "")) at("search").value = chosen.get("search") ?? "";
  };

  // Whoever works by keyboard stays where they are: what had the focus is made anew.
  const show = () => {
    const focused = document.activeElement, path = [];
    for (let one = focused; one && one.parentElement && !one.id; one = one.parentElement) {
      path.unshift([...one.parentElement.children].indexOf(one));
    }
    const anchor = focused && focused.closest("[id]");
    showTimeline(); showTables(); showList(); showChosen();
    if (anchor && anchor !== focused && anchor !== document.body) {
      let now = document.getElementById(anchor.id);
      for (const index of path) now = now && now.children[index];
      if (now && now.focus) now.focus();
    }
  };

  at("about").textContent = `${count(summary.records)} records, ${count(summary.findings)} findings, `
    + `${count(summary.alerts)} alerts, ${count(summary.suppressed)} suppressed; times are UTC.`;
  const lost = ["objects_failed", "rejected", "unrecognised"].filter((key) => summary[key] > 0)
    .map((key) => `${count(summary[key])} ${key.replace("_", " ")}`);
  const warnings = [];
  if (lost.length > 0) warnings.push("Not everything could be read: " + lost.join(", ") + ".");
  if (leftOut > 0) {
    warnings.push(`${count(leftOut)} alerts have no room in this page: narrow it by --from and --to.`);
  }
  at("warning").textContent = warnings.join(" ");
  at("warning").hidden = warnings.length === 0;
  at("search").addEventListener("input", () => choose("search", at("search").value || null));
  at("clear").addEventListener("click", () => {
    chosen = new URLSearchParams();
    choose("", null);
  });
  at("more").addEventListener("click", () => { pages++; showList(); });
  window.addEventListener("hashchange", () => {
    chosen = new URLSearchParams(location.hash.slice(1));
    pages = 1;
    show();
  });
  show();
})();
