// plain_record: the fields of a record as nearly all are: sound as far as it is looked at, nothing
// odd where a text belongs. Read in one go along simdjson's index; what is not so plain is left to
// record_cursor, which sees each byte that it doubts.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "trailbell/model/record.hpp"

namespace trailbell::decode {

class plain_record {
 public:
  plain_record();
  ~plain_record();
  plain_record(const plain_record&) = delete;
  plain_record& operator=(const plain_record&) = delete;

  // Where true, `raw` is one object and no more, and `fields`, empty before, is what record_cursor
  // would read of it without validation; its views hold until the next call. Else nothing is known,
  // and `fields` holds anything.
  bool read(std::string_view raw, record_fields& fields);

 private:
  struct reader;
  std::unique_ptr<reader> reader_;
};

}  // namespace trailbell::decode
