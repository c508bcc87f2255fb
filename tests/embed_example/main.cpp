// Embedding trailbell: the IAM policy changes in a text, in thirty lines. Links trailbell::core.
#include <iostream>

#include "trailbell/decode/decoder.hpp"
#include "trailbell/detect/rule.hpp"

using namespace trailbell;

class printer final : public decode::record_visitor {
 public:
  bool on_record(const record_fields& fields, std::uint64_t record) override {
    if (!detect::cis_4_4().evaluate(fields)) {
      return false;
    }
    std::cout << "record " << record << ": " << fields.event_name.value_or("?") << " by "
              << fields.identity.arn.value_or("?") << '\n';
    return true;
  }
  void on_loss(const loss& lost) override { std::cerr << "lost: " << lost.reason << '\n'; }
};

int main() {
  memory_stream text{R"({"Records":[{"eventVersion":"1.08","eventName":"GetPolicy"},
      {"eventVersion":"1.08","eventName":"AttachRolePolicy","userIdentity":
       {"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice"}}]})"};
  decode::decoder decoder{{detect::cis_4_4().probe, false}};
  printer visitor;
  return decoder.decode(text, visitor).failed ? 1 : 0;
}
