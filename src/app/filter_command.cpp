#include "app/filter_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <utility>

#include "app/app.hpp"
#include "app/event_lines.hpp"
#include "app/explanation.hpp"
#include "app/journal.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/filter_explain.hpp"
#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/emit/text_output.hpp"

namespace trailbell::app {
namespace {

using detect::filter_pattern;

// Nothing where the pattern is rejected, which was then said.
std::optional<filter_pattern> parse_pattern(const std::string& text) {
  result<filter_pattern, detect::pattern_error> parsed = filter_pattern::parse(text);
  if (!parsed) {
    journal{}.say("--pattern: " + parsed.failure().message());
    return std::nullopt;
  }
  return std::move(parsed.value());
}

std::optional<line_form> form_of(const std::string& events) {
  if (events == "text" || events == "json") {
    return events == "json" ? line_form::json_string : line_form::text;
  }
  journal{}.say("--events " + events + ": choose text or json");
  return std::nullopt;
}

// Reads events and writes what `answer` appends for each.
class filter_session {
 public:
  filter_session(const filter_pattern& pattern, consume::opened_file file, line_form form)
      : pattern_{pattern},
        output_{STDOUT_FILENO, "results", "standard output"},
        lines_{std::move(file), form, [this] { took(output_.flush()); }} {}

  template <class Answer>
  int run(const std::string& path, Answer answer) {
    while (!stopped_) {
      const std::optional<event_lines::event> event = lines_.next();
      if (!event) {
        break;
      }
      unread_ = unread_ || event->unreadable;
      if (event->unreadable) {
        log_.lose(path, fmt::format("line {}: {}", event->line, *event->unreadable));
      }
      const bool tree = pattern_.reads_json() && reader_.read(event->text, tree_);
      answer(*event, detect::event_view{event->text, tree ? &tree_ : nullptr}, output_.text());
      took(output_.settle());
    }
    took(output_.flush());
    log_.end_object();
    if (closed_) {
      return exit_done;
    }
    if (lines_.failure()) {
      log_.say(path + ": " + lines_.failure()->message);
    }
    return unread_ || stopped_ || lines_.failure() ? exit_failure : exit_done;
  }

 private:
  void took(const result<done>& outcome) {
    if (outcome || stopped_) {
      return;
    }
    stopped_ = true;
    closed_ = outcome.failure().code == errc::output_closed;  // ends quietly
    if (!closed_) {
      log_.say(outcome.failure().message);
    }
  }

  const filter_pattern& pattern_;
  emit::text_output output_;
  event_lines lines_;
  decode::json_reader reader_;
  json_tree tree_;
  journal log_;
  bool stopped_ = false;
  bool closed_ = false;
  bool unread_ = false;
};

template <class Answer>
int answer_each(const filter_arguments& arguments, const filter_pattern& pattern, Answer answer) {
  const std::optional<line_form> form = form_of(arguments.events);
  if (!form) {
    return exit_usage;
  }
  const std::string path = arguments.path.empty() ? "-" : arguments.path;
  result<consume::opened_file> file = consume::opened_file::open(path);
  if (!file) {
    journal{}.say(file.failure().message);
    return file.failure().code == errc::not_found ? exit_usage : exit_failure;
  }
  std::signal(SIGPIPE, SIG_IGN);
  return filter_session{pattern, std::move(file.value()), *form}.run(path, answer);
}

void append_explanation(const filter_pattern& pattern, const event_lines::event& event,
                        const detect::event_view& view, std::string& out) {
  if (event.unreadable) {
    out += fmt::format("line {}: {}\n", event.line, *event.unreadable);
    return;
  }
  const std::vector<detect::explained_part> parts = detect::explain(pattern, view);
  const bool holds = parts.front().outcome == detect::part_outcome::holds;
  out += fmt::format("line {}: {}\n", event.line, holds ? "matches" : "does not match");
  append_parts(parts, out);
}

int describe_pattern(const filter_pattern& pattern) {
  std::string out;
  for (const detect::described_part& part : detect::describe(pattern)) {
    out.append(2 * part.depth, ' ');
    append_printable(part.text, out);
    out.push_back('\n');
  }
  const detect::pattern_size size = detect::size_of(pattern);
  out += fmt::format(
      "uses {} of {} characters, {} of {} regular expressions, {} of {} wildcard selectors\n",
      size.characters, limits::filter_characters_max, size.regexes, limits::filter_regexes_max,
      size.wildcard_selectors, limits::filter_wildcards_max);
  return std::fputs(out.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? exit_done
                                                                          : exit_failure;
}

}  // namespace

int filter_test_command(const filter_arguments& arguments) {
  const std::optional<filter_pattern> pattern = parse_pattern(arguments.pattern);
  if (!pattern) {
    return exit_usage;
  }
  return answer_each(
      arguments, *pattern,
      [&](const event_lines::event& event, const detect::event_view& view, std::string& out) {
        if (event.unreadable) {
          out += R"({"match":false,"error":)";
          append_json_text(*event.unreadable, out);
          out += "}\n";
          return;
        }
        out += pattern->matches(view) ? "{\"match\":true}\n" : "{\"match\":false}\n";
      });
}

int filter_explain_command(const filter_arguments& arguments) {
  const std::optional<filter_pattern> pattern = parse_pattern(arguments.pattern);
  if (!pattern) {
    return exit_usage;
  }
  if (arguments.path.empty()) {
    return describe_pattern(*pattern);
  }
  return answer_each(arguments, *pattern,
                     [&](const event_lines::event& event, const detect::event_view& view,
                         std::string& out) { append_explanation(*pattern, event, view, out); });
}

}  // namespace trailbell::app
