#include "decode/plain_record.hpp"

#include <simdjson.h>

#include <array>

#include "decode/json_text.hpp"
#include "decode/member_names.hpp"
#include "decode/padded_copy.hpp"
#include "decode/record_members.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::decode {
namespace {

namespace ondemand = simdjson::ondemand;
using ondemand::json_type;

// The names of `slots`, and behind them those of members that are read in a way of their own.
template <class Fields, std::size_t Slots, std::size_t Others>
consteval auto names_of(const std::array<text_slot<Fields>, Slots>& slots,
                        const std::array<std::string_view, Others>& others) {
  std::array<std::string_view, Slots + Others> names;
  for (std::size_t i = 0; i < Slots; ++i) {
    names[i] = slots[i].first;
  }
  for (std::size_t i = 0; i < Others; ++i) {
    names[Slots + i] = others[i];
  }
  return member_names{names};
}

constexpr auto record_names = names_of(
    record_slots, std::array<std::string_view, 5>{"userIdentity", "requestParameters",
                                                  "responseElements", "readOnly", "addendum"});
constexpr auto identity_names =
    names_of(identity_slots, std::array<std::string_view, 2>{"sessionContext", "onBehalfOf"});
constexpr auto issuer_names = names_of(issuer_slots, std::array<std::string_view, 0>{});
constexpr auto request_names = names_of(request_slots, std::array<std::string_view, 0>{});
constexpr member_names<2> session_names{{"sessionIssuer", "attributes"}};
constexpr member_names<1> attribute_names{{"mfaAuthenticated"}};
constexpr member_names<1> behalf_names{{"userId"}};
constexpr member_names<1> response_names{{"policy"}};
constexpr member_names<1> policy_names{{"arn"}};
static_assert(member_names<1>::reach <= simdjson::SIMDJSON_PADDING);

}  // namespace

// Each step returns false where the record is not plain after all.
struct plain_record::reader {
  ondemand::parser parser;
  padded_copy padded;
  std::string decoded;  // texts with escapes; reserved so that views stay put
  bool has_escapes = false;
  record_fields* fields = nullptr;
  bool code_present = false, message_present = false;

  bool read(std::string_view raw) {
    has_escapes = raw.find('\\') != std::string_view::npos;
    if (has_escapes) {
      decoded.clear();
      decoded.reserve(raw.size() * 2);
    }
    code_present = message_present = false;
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(padded.of(raw)).get(document) || document.get_object().get(object)) {
      return false;
    }
    const auto take = [this](std::size_t which, ondemand::value& value, json_type type) {
      return take_member(which, value, type);
    };
    return each_wanted(object, record_names, take) &&
           document.current_location().error() == simdjson::OUT_OF_BOUNDS;  // nothing behind it
  }

 private:
  // Calls take(index in `names`, value, its type) for the members that have one of the names.
  template <std::size_t Size, class Take>
  bool each_wanted(ondemand::object& object, const member_names<Size>& names, Take take) {
    for (auto member : object) {
      ondemand::field field;
      json_type type{};
      if (std::move(member).get(field) || field.value().type().get(type)) {
        return false;
      }
      const char* const name = field.key().raw();
      const std::size_t which = names.find(name);
      if (which != names.none ? !take(which, field.value(), type)
                              : has_escapes && is_escaped(name)) {
        return false;
      }
      // Passed explicitly: simdjson would take a text that a colon follows for another name.
      if (type == json_type::string && field.value().get_raw_json_string().error()) {
        return false;
      }
    }
    return true;
  }

  template <std::size_t Size, class Take>
  bool each_wanted(ondemand::value& value, const member_names<Size>& names, Take take) {
    ondemand::object object;
    return !value.get_object().get(object) && each_wanted(object, names, take);
  }

  static bool is_escaped(const char* name) noexcept {
    while (*name != '"' && *name != '\\') {
      ++name;
    }
    return *name == '\\';
  }

  // A scalar without what follows it.
  static std::string_view token_of(ondemand::value& value) noexcept {
    std::string_view token = value.raw_json_token();
    while (is_white(token.back())) {
      token.remove_suffix(1);
    }
    return token;
  }

  std::string_view text_of(ondemand::value& value) {
    const std::string_view token = token_of(value);
    const std::string_view body = token.substr(1, token.size() - 2);
    if (!has_escapes || body.find('\\') == std::string_view::npos) {
      return body;
    }
    const std::size_t begin = decoded.size();
    append_json_string(token, decoded);
    return std::string_view{decoded}.substr(begin);
  }

  // Inside an object, only null may stand where a text belongs.
  bool take_text(ondemand::value& value, json_type type, text_view& into) {
    if (type == json_type::string) {
      into = text_of(value);
      return true;
    }
    into = std::nullopt;
    return type == json_type::null && token_of(value) == "null";
  }

  bool take_member(std::size_t which, ondemand::value& value, json_type type) {
    if (which < record_slots.size()) {
      take_slot(fields->*record_slots[which].second, value, type);
      return true;
    }
    switch (which - record_slots.size()) {
      case 0:
        return take_identity(value, type);
      case 1:
        return take_request(value, type);
      case 2:
        return take_response(value, type);
      case 3:
        return take_read_only(value, type);
      default:
        fields->addendum = type == json_type::object;
        return true;
    }
  }

  // A member of the record itself may be of any type.
  void take_slot(text_view& slot, ondemand::value& value, json_type type) {
    slot = type == json_type::string ? text_view{text_of(value)} : std::nullopt;
    const bool present = type != json_type::null || token_of(value) != "null";
    code_present = &slot == &fields->error_code ? present : code_present;
    message_present = &slot == &fields->error_message ? present : message_present;
    fields->failed = code_present || message_present;
  }

  bool take_read_only(ondemand::value& value, json_type type) {
    fields->read_only = std::nullopt;
    if (type == json_type::boolean) {
      fields->read_only = truth_of(token_of(value));
      return fields->read_only.has_value();
    }
    return true;
  }

  bool take_identity(ondemand::value& value, json_type type) {
    identity_fields& who = fields->identity = {};
    return type != json_type::object ||
           each_wanted(value, identity_names,
                       [&](std::size_t which, ondemand::value& part, json_type kind) {
                         if (which < identity_slots.size()) {
                           return take_text(part, kind, who.*identity_slots[which].second);
                         }
                         return which == identity_slots.size()
                                    ? take_session(part, kind, who)
                                    : kind != json_type::object || take_behalf(part, who);
                       });
  }

  bool take_behalf(ondemand::value& value, identity_fields& who) {
    return each_wanted(value, behalf_names,
                       [&](std::size_t, ondemand::value& part, json_type kind) {
                         return take_text(part, kind, who.on_behalf_of_user_id);
                       });
  }

  bool take_session(ondemand::value& value, json_type type, identity_fields& who) {
    forget_issuer(who);
    who.mfa_authenticated = std::nullopt;
    const auto take = [&](std::size_t which, ondemand::value& part, json_type kind) {
      return which == 0 ? take_issuer(part, kind, who) : take_attributes(part, kind, who);
    };
    return type != json_type::object || each_wanted(value, session_names, take);
  }

  bool take_issuer(ondemand::value& value, json_type type, identity_fields& who) {
    forget_issuer(who);
    const auto take = [&](std::size_t which, ondemand::value& text, json_type kind) {
      return take_text(text, kind, who.*issuer_slots[which].second);
    };
    return type != json_type::object || each_wanted(value, issuer_names, take);
  }

  bool take_attributes(ondemand::value& value, json_type type, identity_fields& who) {
    who.mfa_authenticated = std::nullopt;
    const auto take = [&](std::size_t, ondemand::value& text, json_type kind) {
      return take_mfa(text, kind, who.mfa_authenticated);
    };
    return type != json_type::object || each_wanted(value, attribute_names, take);
  }

  // CloudTrail writes a text; a boolean means the same, and is rare.
  bool take_mfa(ondemand::value& value, json_type type, std::optional<bool>& into) {
    text_view text;
    const bool plain = take_text(value, type, text);
    into = truth_of(text.value_or(""));
    return plain;
  }

  bool take_request(ondemand::value& value, json_type type) {
    target_fields& target = fields->target;
    forget_request(target);
    return type != json_type::object ||
           each_wanted(value, request_names,
                       [&](std::size_t which, ondemand::value& part, json_type kind) {
                         return take_text(part, kind, target.*request_slots[which].second);
                       });
  }

  bool take_response(ondemand::value& value, json_type type) {
    text_view& created = fields->target.created_policy_arn;
    created = std::nullopt;
    return type != json_type::object ||
           each_wanted(value, response_names,
                       [&](std::size_t, ondemand::value& policy, json_type kind) {
                         return kind != json_type::object ||
                                each_wanted(policy, policy_names,
                                            [&](std::size_t, ondemand::value& arn, json_type of) {
                                              return take_text(arn, of, created);
                                            });
                       });
  }
};

plain_record::plain_record() : reader_{std::make_unique<reader>()} {}
plain_record::~plain_record() = default;

bool plain_record::read(std::string_view raw, record_fields& fields) {
  if (raw.size() > indexed_bytes_max) {
    return false;
  }
  fields.raw = raw;
  reader_->fields = &fields;
  return reader_->read(raw);
}

}  // namespace trailbell::decode
