#include "verify/metric_math.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "trailbell/base/text.hpp"

namespace trailbell::verify {
namespace {

// One number or series, or an array of them.
struct operand {
  std::vector<std::optional<double>> items;
  bool array = false;
};

operand one(std::optional<double> value) {
  return {{value}, false};
}

constexpr int depth_max = 64;

class math_parser {
 public:
  math_parser(std::string_view text, const period_values& values, const period_values& metrics)
      : text_{text}, values_{values}, metrics_{metrics} {}

  math_answer run() {
    const operand whole = disjunction();
    skip();
    const bool understood = !failed_ && at_ == text_.size() && !whole.array;
    return {understood, understood ? whole.items.front() : std::nullopt};
  }

 private:
  void skip() {
    while (at_ < text_.size() && is_white(text_[at_])) {
      ++at_;
    }
  }
  bool take(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) {
      return false;
    }
    at_ += token.size();
    return true;
  }
  operand fail() {
    failed_ = true;
    return one(std::nullopt);
  }

  // Both sides one by one, or one with each of an array.
  template <class Operation>
  operand combine(const operand& a, const operand& b, Operation apply) {
    if (failed_ || (a.array && b.array)) {
      return fail();
    }
    operand out;
    out.array = a.array || b.array;
    const operand& wide = b.array ? b : a;
    for (std::size_t i = 0; i < wide.items.size(); ++i) {
      const std::optional<double>& left = a.items[a.array ? i : 0];
      const std::optional<double>& right = b.items[b.array ? i : 0];
      out.items.push_back(left && right ? apply(*left, *right) : std::nullopt);
    }
    return out;
  }

  operand disjunction() {
    operand left = conjunction();
    while (!failed_ && (take("||") || take_word("OR"))) {
      left = combine(left, conjunction(), [](double a, double b) {
        return std::optional{a != 0 || b != 0 ? 1.0 : 0.0};
      });
    }
    return left;
  }

  operand conjunction() {
    operand left = comparison();
    while (!failed_ && (take("&&") || take_word("AND"))) {
      left = combine(left, comparison(), [](double a, double b) {
        return std::optional{a != 0 && b != 0 ? 1.0 : 0.0};
      });
    }
    return left;
  }

  operand comparison() {
    operand left = sum();
    for (const std::string_view token : {"<=", ">=", "==", "!=", "<", ">"}) {
      if (failed_ || !take(token)) {
        continue;
      }
      return combine(left, sum(), [token](double a, double b) {
        const bool holds = token == "<="   ? a <= b
                           : token == ">=" ? a >= b
                           : token == "==" ? a == b
                           : token == "!=" ? a != b
                           : token == "<"  ? a < b
                                           : a > b;
        return std::optional{holds ? 1.0 : 0.0};
      });
    }
    return left;
  }

  operand sum() {
    operand left = product();
    while (!failed_) {
      if (take("+")) {
        left = combine(left, product(), [](double a, double b) { return std::optional{a + b}; });
      } else if (take("-")) {
        left = combine(left, product(), [](double a, double b) { return std::optional{a - b}; });
      } else {
        break;
      }
    }
    return left;
  }

  operand product() {
    operand left = factor();
    while (!failed_) {
      if (take("*")) {
        left = combine(left, factor(), [](double a, double b) { return std::optional{a * b}; });
      } else if (take("/")) {
        left = combine(left, factor(), [](double a, double b) {
          return b == 0 ? std::nullopt : std::optional{a / b};
        });
      } else {
        break;
      }
    }
    return left;
  }

  operand factor() {
    if (++depth_ > depth_max) {
      return fail();
    }
    operand out = take("-") ? combine(one(0.0), factor(),
                                      [](double a, double b) { return std::optional{a - b}; })
                            : atom();
    --depth_;
    return out;
  }

  operand atom() {
    skip();
    if (take("(")) {
      operand inner = disjunction();
      return take(")") ? inner : fail();
    }
    if (take("[")) {
      return array();
    }
    if (at_ < text_.size() && (is_digit(text_[at_]) || text_[at_] == '.')) {
      return number();
    }
    return named();
  }

  operand number() {
    double value = 0;
    const char* const begin = text_.data() + at_;
    const auto got = std::from_chars(begin, text_.data() + text_.size(), value);
    if (got.ec != std::errc{}) {
      return fail();
    }
    at_ += static_cast<std::size_t>(got.ptr - begin);
    return one(value);
  }

  operand array() {
    operand out;
    out.array = true;
    do {
      const operand item = disjunction();
      if (failed_) {
        return fail();
      }
      out.items.insert(out.items.end(), item.items.begin(), item.items.end());
    } while (take(","));
    return take("]") ? out : fail();
  }

  std::string_view word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter_or_digit(text_[at_]) || text_[at_] == '_')) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  bool take_word(std::string_view wanted) {
    const std::size_t before = at_;
    if (word() == wanted) {
      return true;
    }
    at_ = before;
    return false;
  }

  operand named() {
    const std::string_view name = word();
    if (name.empty()) {
      return fail();
    }
    if (!take("(")) {
      const auto at = values_.find(name);
      return at == values_.end() ? fail() : one(at->second);
    }
    std::vector<operand> arguments;
    if (!take(")")) {
      do {
        arguments.push_back(disjunction());
      } while (!failed_ && take(","));
      if (failed_ || !take(")")) {
        return fail();
      }
    }
    return call(name, arguments);
  }

  operand call(std::string_view name, const std::vector<operand>& arguments) {
    if (name == "METRICS" && arguments.empty()) {
      operand all;
      all.array = true;
      for (const auto& [id, value] : metrics_) {
        all.items.push_back(value);
      }
      return all.items.empty() ? fail() : all;
    }
    if (arguments.size() == 1) {
      return arguments.front().array ? reduced(name, arguments.front())
                                     : rounded(name, arguments.front());
    }
    if (name == "FILL" && arguments.size() == 2 && !arguments[1].array) {
      operand filled = arguments[0];
      for (std::optional<double>& item : filled.items) {
        item = item ? item : arguments[1].items.front();
      }
      return filled;
    }
    if (name == "IF" && arguments.size() == 3 && !arguments[0].array) {
      const std::optional<double>& holds = arguments[0].items.front();
      return !holds ? one(std::nullopt) : *holds != 0 ? arguments[1] : arguments[2];
    }
    return fail();
  }

  // Over several series: those that have no datum in this period play no part.
  operand reduced(std::string_view name, const operand& of) {
    std::vector<double> there;
    for (const std::optional<double>& item : of.items) {
      if (item) {
        there.push_back(*item);
      }
    }
    if (name != "SUM" && name != "MAX" && name != "MIN" && name != "AVG") {
      return fail();
    }
    if (there.empty()) {
      return one(std::nullopt);
    }
    if (name == "MAX") {
      return one(*std::max_element(there.begin(), there.end()));
    }
    if (name == "MIN") {
      return one(*std::min_element(there.begin(), there.end()));
    }
    double total = 0;
    for (const double value : there) {
      total += value;
    }
    return one(name == "SUM" ? total : total / static_cast<double>(there.size()));
  }

  // SUM and its like of one series are over time: not to be told from one period.
  operand rounded(std::string_view name, const operand& of) {
    const std::optional<double>& value = of.items.front();
    if (name != "ABS" && name != "CEIL" && name != "FLOOR") {
      return fail();
    }
    if (!value) {
      return one(std::nullopt);
    }
    return one(name == "ABS"    ? std::fabs(*value)
               : name == "CEIL" ? std::ceil(*value)
                                : std::floor(*value));
  }

  std::string_view text_;
  const period_values& values_;
  const period_values& metrics_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

math_answer evaluate_math(std::string_view expression, const period_values& values,
                          const period_values& metrics) {
  return math_parser{expression, values, metrics}.run();
}

}  // namespace trailbell::verify
