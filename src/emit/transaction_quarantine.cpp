#include "emit/transaction_quarantine.hpp"

#include <algorithm>

#include "emit/quarantine_message.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

// As small as the key and the headers of a piece leave room for some of it.
constexpr std::size_t record_bytes_min = 1'000;

}  // namespace

quarantine_records transaction_quarantine::records_of(const quarantine_entry& piece) const {
  quarantine_messages made = messages_of(piece, bytes_max_.load(), system_now_ns());
  quarantine_records out;
  out.is_cut = made.is_cut;
  out.records.reserve(made.parts.size());
  for (quarantine_message& part : made.parts) {
    transaction_record record{topic_, std::move(part.key), std::move(part.value), {}};
    for (auto& [name, value] : part.headers) {
      record.headers.emplace_back(name, std::move(value));
    }
    out.records.push_back(std::move(record));
  }
  return out;
}

bool transaction_quarantine::shrink() {
  const std::size_t before = bytes_max_.load();
  bytes_max_.store(std::max(before / 2, record_bytes_min));
  is_shrunk_ = true;
  return bytes_max_.load() < before;
}

}  // namespace trailbell::emit
