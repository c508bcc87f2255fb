#include "trailbell/integrity/archive_evidence.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>
#include <utility>

#include "integrity/inflated_sum.hpp"
#include "integrity/object_name.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/base/integrity_limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::integrity {
namespace {

struct job {
  consume::archive_item item;
  found_digest* digest = nullptr;  // one of them, in the evidence
  found_log* log = nullptr;
};

// What stands beside a copy. Nothing: there is no such file.
std::optional<std::string> signature_beside(const std::string& path) {
  std::ifstream file{path + ".signature", std::ios::binary};
  if (!file) {
    return std::nullopt;
  }
  std::string text(limits::signature_file_bytes_max, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return std::string{trimmed(text, " \t\r\n\"")};
}

// One thread.
class reader {
 public:
  reader(const archive_wish& wish, consume::read_control& control)
      : control_{control}, sum_{wish.object_bytes_max} {}

  void run(job& one) {
    std::string text;
    result<std::string> sum = sum_of(one, one.digest != nullptr ? &text : nullptr);
    if (one.log != nullptr) {
      take(std::move(sum), *one.log);
      return;
    }
    found_digest& into = *one.digest;
    take(std::move(sum), into);
    if (into.problem) {
      return;
    }
    result<digest_document> read = read_digest(text);
    read ? void(into.document = std::move(read.value())) : void(into.problem = read.failure());
    if (one.item.bucket.empty()) {
      into.signature = signature_beside(one.item.path);
    }
  }

 private:
  template <class Found>
  static void take(result<std::string> sum, Found& into) {
    sum ? void(into.hash = std::move(sum.value())) : void(into.problem = sum.failure());
  }

  result<std::string> sum_of(job& one, std::string* text) {
    consume::archive_item& item = one.item;
    if (item.bucket.empty()) {
      const auto file = consume::opened_file::open(item.path);
      return file ? sum_.of(file.value(), control_, text) : result<std::string>{file.failure()};
    }
    // What is fetched makes room for others once it is let go.
    const auto fetched = std::exchange(item.awaited, nullptr);
    if (!fetched) {
      return error{errc::interrupted, "stopped on request before it was read"};
    }
    const result<std::string_view> bytes = fetched->bytes();
    if (!bytes) {
      return bytes.failure();
    }
    if (one.digest != nullptr && fetched->metadata("signature-algorithm")) {
      one.digest->signature = fetched->metadata("signature");
    }
    return sum_.of(bytes.value(), text);
  }

  consume::read_control& control_;
  inflated_sum sum_;
};

class gatherer {
 public:
  gatherer(const archive_wish& wish, consume::read_control& control)
      : wish_{wish},
        control_{control},
        jobs_{limits::task_objects_max * static_cast<std::size_t>(wish.threads)} {}

  evidence run() {
    std::vector<std::string> paths;
    for (const std::string& path : wish_.paths) {
      if (path != "-") {
        paths.push_back(path);
        note_listed(path);
      }
    }
    std::optional<consume::s3_access> access = wish_.s3;
    if (access) {
      access->from_ns = wish_.range.from_ns;
      access->to_ns = wish_.range.to_ns;
    }
    consume::object_source source{std::move(paths), std::move(access), control_};
    {
      std::vector<std::jthread> threads;
      for (int i = 0; i < wish_.threads; ++i) {
        threads.emplace_back([this] { work(); });
      }
      while (std::optional<consume::archive_item> item = source.next()) {
        take(std::move(*item), source);
      }
      jobs_.close();
    }
    found_.interrupted = control_.stop.load();
    return std::move(found_);
  }

 private:
  void work() {
    reader own{wish_, control_};
    while (std::optional<job> next = jobs_.pop()) {
      own.run(*next);
    }
  }

  void note_listed(const std::string& path) {
    if (consume::is_s3_url(path)) {
      if (auto parsed = consume::parse_s3_url(path)) {
        found_.listed.emplace_back(std::move(parsed.value().bucket),
                                   std::move(parsed.value().prefix));
      }
    }
  }

  void take(consume::archive_item item, consume::object_source& source) {
    const object_name name = parse_object_name(item.path);
    if (item.problem) {
      found_.unread.emplace_back(to_string(item.place()), *item.problem);
      return;
    }
    if (name.kind == object_kind::other || !item.regular || !wish_.range.is_near(name.time_ns)) {
      return;
    }
    job next;
    if (name.kind == object_kind::digest) {
      next.digest = &found_.digests.emplace_back(found_digest{item.place()});
    } else {
      next.log = &found_.logs.emplace_back(found_log{item.place()});
    }
    if (!item.bucket.empty()) {
      source.fetch(item);
    }
    next.item = std::move(item);
    jobs_.push(std::move(next));
  }

  const archive_wish& wish_;
  consume::read_control& control_;
  bounded_queue<job> jobs_;
  evidence found_;
};

}  // namespace

evidence gather_evidence(const archive_wish& wish, consume::read_control& control) {
  return gatherer{wish, control}.run();
}

}  // namespace trailbell::integrity
