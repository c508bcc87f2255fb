// adversarial_corpus: CloudTrail as an attacker would write it. Valid JSON, in every envelope and
// spelling, full of names in places where they do not count: the input of the agreement tests and
// the seed of the fuzzers. A seed gives the same objects everywhere.
//
// Thread-safety: none.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace trailbell::test {

struct adversarial_object {
  std::string envelope;  // for messages
  std::string text;      // of one object, inflated
  // Lines and elements are of one shape: the fast way has to be exact too. Otherwise --strict has.
  bool uniform = true;
};

class adversarial_corpus {
 public:
  explicit adversarial_corpus(std::uint64_t seed) : random_{seed} {}

  adversarial_object next();
  // One record, on one line.
  std::string record();

 private:
  enum class layout { compact, spaced, pretty };
  using members = std::vector<std::pair<std::string, std::string>>;

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  template <class Choices>
  const auto& pick(const Choices& choices) {
    return choices[below(std::size(choices))];
  }

  std::string space();
  std::string line_end();
  std::string quoted(const std::string& text);
  std::string object(const members& all);
  std::string array(const std::vector<std::string>& elements);
  std::string record_in(layout how);
  std::string event_name();
  std::string hostile_text();
  std::string hostile_value(int depth);
  std::string policy_document();
  std::string identity();
  std::string parameters();
  void add_oddities(members& all);
  std::vector<std::string> several_records(layout how);
  std::string lines_of(const std::vector<std::string>& lines);
  std::string joined(const std::vector<std::string>& records);
  std::string encoded(const std::string& inner);
  std::string inner_text();

  std::string records_document();
  std::string log_subscription();
  std::string event_bridge();
  std::string lookup_events();
  std::string sqs_messages();
  std::string sns_message();
  std::string stream_messages();
  std::string no_records();
  adversarial_object mixture();

  std::mt19937_64 random_;
  layout layout_ = layout::compact;
  int indent_ = 0;
};

}  // namespace trailbell::test
