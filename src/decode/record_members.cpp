// record_cursor, the members: which of them are fields, and where their text goes. Of a member that
// repeats the last one counts whole.
#include <array>
#include <optional>

#include "decode/json_text.hpp"
#include "decode/record_cursor.hpp"
#include "decode/record_members.hpp"

namespace trailbell::decode {
namespace {

bool is_object(std::string_view value) noexcept {
  return value.starts_with('{');
}

template <class Take>
void each_member(std::string_view object, Take take) {
  std::string scratch;
  each_json_member(object, [&](std::string_view key, std::string_view value) {
    take(json_string_text(key, scratch), value);
  });
}

template <class Fields, std::size_t Size>
text_view* slot_for(std::string_view key, Fields& fields,
                    const std::array<text_slot<Fields>, Size>& slots) {
  for (const auto& [name, slot] : slots) {
    if (key == name) {
      return &(fields.*slot);
    }
  }
  return nullptr;
}

}  // namespace

text_view record_cursor::text_of(std::string_view value) {
  if (!value.starts_with('"')) {
    return std::nullopt;
  }
  if (value.find('\\') == std::string_view::npos) {
    return value.substr(1, value.size() - 2);
  }
  const std::size_t begin = decoded_.size();
  append_json_string(value, decoded_);
  return std::string_view{decoded_}.substr(begin);
}

void record_cursor::take_member(std::string_view key, std::string_view value) {
  if (text_view* const slot = slot_for(key, fields_, record_slots)) {
    *slot = text_of(value);
    code_present_ = slot == &fields_.error_code ? value != "null" : code_present_;
    message_present_ = slot == &fields_.error_message ? value != "null" : message_present_;
    fields_.failed = code_present_ || message_present_;
    return;
  }
  if (key == "userIdentity") {
    take_identity(value);
  } else if (key == "requestParameters") {
    take_request(value);
  } else if (key == "responseElements") {
    take_response(value);
  } else if (key == "readOnly") {
    fields_.read_only = truth_of(value);
  } else if (key == "addendum") {
    fields_.addendum = is_object(value);
  }
}

void record_cursor::take_identity(std::string_view object) {
  fields_.identity = {};
  if (!is_object(object)) {
    return;
  }
  each_member(object, [this](std::string_view key, std::string_view value) {
    if (text_view* const slot = slot_for(key, fields_.identity, identity_slots)) {
      *slot = text_of(value);
    } else if (key == "sessionContext") {
      take_session(value);
    } else if (key == "onBehalfOf" && is_object(value)) {
      each_member(value, [this](std::string_view name, std::string_view text) {
        if (name == "userId") {
          fields_.identity.on_behalf_of_user_id = text_of(text);
        }
      });
    }
  });
}

void record_cursor::take_session(std::string_view object) {
  take_issuer({});
  fields_.identity.mfa_authenticated = std::nullopt;
  if (!is_object(object)) {
    return;
  }
  each_member(object, [this](std::string_view key, std::string_view value) {
    if (key == "sessionIssuer") {
      take_issuer(value);
    } else if (key == "attributes") {
      fields_.identity.mfa_authenticated = std::nullopt;
      each_member(is_object(value) ? value : "{}",
                  [this](std::string_view name, std::string_view text) {
                    if (name == "mfaAuthenticated") {
                      // CloudTrail writes a text; a boolean means the same.
                      fields_.identity.mfa_authenticated = truth_of(text_of(text).value_or(text));
                    }
                  });
    }
  });
}

void record_cursor::take_issuer(std::string_view object) {
  forget_issuer(fields_.identity);
  if (!is_object(object)) {
    return;
  }
  each_member(object, [this](std::string_view name, std::string_view text) {
    if (text_view* const slot = slot_for(name, fields_.identity, issuer_slots)) {
      *slot = text_of(text);
    }
  });
}

void record_cursor::take_request(std::string_view object) {
  forget_request(fields_.target);
  if (!is_object(object)) {
    return;
  }
  each_member(object, [this](std::string_view key, std::string_view value) {
    if (text_view* const slot = slot_for(key, fields_.target, request_slots)) {
      *slot = text_of(value);
    }
  });
}

void record_cursor::take_response(std::string_view object) {
  fields_.target.created_policy_arn = std::nullopt;
  if (!is_object(object)) {
    return;
  }
  each_member(object, [this](std::string_view key, std::string_view value) {
    if (key == "policy" && is_object(value)) {
      each_member(value, [this](std::string_view name, std::string_view text) {
        if (name == "arn") {
          fields_.target.created_policy_arn = text_of(text);
        }
      });
    }
  });
}

bool is_insight(const record_fields& fields) noexcept {
  return fields.event_type == "AwsCloudTrailInsight" || fields.event_category == "Insight";
}

}  // namespace trailbell::decode
