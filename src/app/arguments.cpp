#include "app/arguments.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace trailbell::app {
namespace {

constexpr char kept_word_mark = '\x1';

class word_reader {
 public:
  word_reader(const std::vector<std::string>& words, const option_names& options)
      : words_{words}, options_{options} {}

  std::vector<std::string> run() {
    bool options_ended = false;
    while (at_ < words_.size()) {
      const std::string& word = words_[at_++];
      if (options_ended || !word.starts_with("--")) {
        add_plain(word);
      } else if (word == "--") {
        options_ended = true;
        prepared_.push_back(word);
      } else {
        add_option(word);
      }
    }
    std::reverse(prepared_.begin(), prepared_.end());
    return std::move(prepared_);
  }

 private:
  // A path, or the name of a command. CLI11 would split the first of these, and take the second for
  // the end of a command.
  void add_plain(const std::string& word) {
    const bool special = (word.starts_with('[') && word.ends_with(']')) || word == "++";
    prepared_.push_back(special ? kept_word_mark + word : word);
  }

  // `--name=value` and `--name value` alike become two words, of which CLI11 takes the second as it
  // is.
  void add_option(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const bool takes_value = options_.with_value.count(name) > 0;
    std::optional<std::string> value;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
    } else if (takes_value && at_ < words_.size()) {
      value = words_[at_++];
    }
    if (value && value->empty() && options_.may_be_empty.count(name) == 0) {
      throw std::invalid_argument{name + " needs a value; the empty text is none"};
    }
    if (!takes_value) {
      prepared_.push_back(word);
      return;
    }
    prepared_.push_back(name);
    if (value) {
      prepared_.push_back(std::move(*value));
    }
  }

  const std::vector<std::string>& words_;
  const option_names& options_;
  std::size_t at_ = 0;
  std::vector<std::string> prepared_;
};

}  // namespace

std::string kept_word(std::string word) {
  if (word.starts_with(kept_word_mark)) {
    word.erase(0, 1);
  }
  return word;
}

std::vector<std::string> prepare_words(const std::vector<std::string>& words,
                                       const option_names& options) {
  return word_reader{words, options}.run();
}

}  // namespace trailbell::app
