// All kernels give the same answer as a scan that looks at one byte after the other.
#include "decode/scan_kernel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

#include "decode/json_text.hpp"
#include "support/adversarial_corpus.hpp"
#include "trailbell/detect/rule.hpp"

namespace trailbell::decode {

extern const scan_kernel emulated_avx512_kernel;

namespace {

std::vector<const scan_kernel*> kernels() {
  std::vector<const scan_kernel*> all{&portable_kernel, &emulated_avx512_kernel};
#if defined(__x86_64__)
  for (const scan_kernel* const kernel : {&avx2_kernel, &avx512_kernel}) {
    if (kernel->supported()) {
      all.push_back(kernel);
    }
  }
#endif
  return all;
}

struct answer {
  scan_result result;
  std::vector<candidate> candidates;
};

constexpr std::string_view prefix = R"({"eventVersion")";

answer ask(scan_result (*scan)(const scan_request&) noexcept, std::string_view text, bool array,
           std::size_t candidates_max = 1000) {
  // Exactly as many bytes as the text has: a read beyond them is seen by AddressSanitizer.
  const std::vector<char> exact{text.begin(), text.end()};
  answer out;
  out.candidates.resize(candidates_max);
  out.result = scan({exact.data(), exact.size(), array, true, array ? nullptr : prefix.data(),
                     array ? 0 : prefix.size(), detect::cis_4_4().probe, out.candidates.data(),
                     out.candidates.size()});
  out.candidates.resize(out.result.candidates);
  return out;
}

void expect_same(const answer& a, const answer& b, const char* kernel, std::string_view text) {
  EXPECT_EQ(a.result.consumed, b.result.consumed) << kernel << '\n' << text;
  EXPECT_EQ(a.result.records, b.result.records) << kernel << '\n' << text;
  EXPECT_EQ(a.result.lines, b.result.lines) << kernel << '\n' << text;
  EXPECT_EQ(a.result.stop, b.result.stop) << kernel << '\n' << text;
  EXPECT_EQ(a.result.after_element, b.result.after_element) << kernel << '\n' << text;
  ASSERT_EQ(a.candidates.size(), b.candidates.size()) << kernel << '\n' << text;
  for (std::size_t i = 0; i < a.candidates.size(); ++i) {
    EXPECT_EQ(a.candidates[i].begin, b.candidates[i].begin) << kernel;
    EXPECT_EQ(a.candidates[i].end, b.candidates[i].end) << kernel;
    EXPECT_EQ(a.candidates[i].index, b.candidates[i].index) << kernel;
  }
}

TEST(scan_kernel, elements_end_where_a_plain_walk_says) {
  test::adversarial_corpus corpus{31};
  for (int i = 0; i < 2000 && !HasFailure(); ++i) {
    std::vector<std::string> records{corpus.record(), corpus.record(), corpus.record()};
    const std::string text = records[0] + " , " + records[1] + "," + records[2] + "]";
    for (const scan_kernel* const kernel : kernels()) {
      const answer got = ask(kernel->elements, text, true);
      EXPECT_EQ(got.result.records, 3U) << kernel->name << '\n' << text;
      EXPECT_EQ(got.result.stop, scan_stop::container_end) << kernel->name;
      EXPECT_EQ(got.result.consumed, text.size() - 1) << kernel->name;
      for (const candidate& c : got.candidates) {
        EXPECT_EQ(text.substr(c.begin, c.end - c.begin), records[c.index]) << kernel->name;
      }
    }
  }
}

TEST(scan_kernel, all_kernels_agree_on_text_of_any_kind) {
  test::adversarial_corpus corpus{32};
  std::mt19937_64 random{33};
  for (int i = 0; i < 4000 && !HasFailure(); ++i) {
    std::string text = corpus.record() + "," + corpus.record() + "\n" + corpus.record();
    if (random() % 2 == 0) {
      text[random() % text.size()] = "\"\\{}\n\x80PiI,"[random() % 10];
    }
    if (random() % 2 == 0) {
      text.resize(1 + random() % text.size());
    }
    const answer elements = ask(portable_kernel.elements, text, true);
    const answer bare = ask(portable_kernel.elements, text, false);
    const answer lines = ask(portable_kernel.lines, text, false);
    for (const scan_kernel* const kernel : kernels()) {
      expect_same(elements, ask(kernel->elements, text, true), kernel->name, text);
      expect_same(bare, ask(kernel->elements, text, false), kernel->name, text);
      expect_same(lines, ask(kernel->lines, text, false), kernel->name, text);
    }
  }
}

TEST(scan_kernel, a_name_is_found_at_every_place_in_a_block) {
  for (const scan_kernel* const kernel : kernels()) {
    for (std::size_t pad = 0; pad < 200; ++pad) {
      const std::string text = R"({"eventVersion":")" + std::string(pad, 'x') +
                               R"(","eventName":"PutUserPolicy"})" + "\n";
      EXPECT_EQ(ask(kernel->elements, text, false).candidates.size(), 1U) << kernel->name << pad;
      EXPECT_EQ(ask(kernel->lines, text, false).candidates.size(), 1U) << kernel->name << pad;
      const std::string escaped = R"({"eventVersion":")" + std::string(pad, 'x') +
                                  R"(","eventName":"\u0050utUserPolic\u0079"})" + "\n";
      EXPECT_EQ(ask(kernel->lines, escaped, false).candidates.size(), 1U) << kernel->name << pad;
    }
  }
}

TEST(scan_kernel, names_that_are_not_wanted_make_no_candidates) {
  const std::string text =
      R"({"eventVersion":"1","eventName":"GetPolicy","a":"Policy","b":"ListPolicies","c":"a tail"})"
      "\n";
  for (const scan_kernel* const kernel : kernels()) {
    EXPECT_EQ(ask(kernel->lines, text, false).candidates.size(), 0U) << kernel->name;
    EXPECT_EQ(ask(kernel->lines, text, false).result.records, 1U) << kernel->name;
  }
}

TEST(scan_kernel, goes_on_where_it_had_no_room_for_candidates) {
  std::string text;
  for (int i = 0; i < 10; ++i) {
    text += R"({"eventVersion":"1","eventName":"CreatePolicy"})"
            "\n";
  }
  for (const scan_kernel* const kernel : kernels()) {
    for (auto* const scan : {kernel->lines, kernel->elements}) {
      std::string_view rest = text;
      std::size_t records = 0;
      std::size_t candidates = 0;
      while (!rest.empty()) {
        const answer got = ask(scan, rest, false, 3);
        ASSERT_GT(got.result.consumed, 0U) << kernel->name;
        records += got.result.records;
        candidates += got.candidates.size();
        rest.remove_prefix(got.result.consumed);
        rest.remove_prefix(got.result.after_element ? rest.size() : 0);
      }
      EXPECT_EQ(records, 10U) << kernel->name;
      EXPECT_EQ(candidates, 10U) << kernel->name;
    }
  }
}

TEST(scan_kernel, a_line_of_another_shape_stops_the_scan_in_front_of_it) {
  const std::string first = R"({"eventVersion":"1"})"
                            "\n";
  for (const char* const other : {R"({"Records":[]})", "garbage", R"({"eventVersion":"1)"}) {
    for (const scan_kernel* const kernel : kernels()) {
      const answer got = ask(kernel->lines, first + other + "\n", false);
      EXPECT_EQ(got.result.stop, scan_stop::unexpected) << kernel->name << other;
      EXPECT_EQ(got.result.consumed, first.size()) << kernel->name << other;
    }
  }
}

TEST(scan_kernel, a_line_break_inside_a_string_is_for_the_careful_walker) {
  const std::string text = "{\"eventVersion\":\"1\n\"}\n";
  for (const scan_kernel* const kernel : kernels()) {
    EXPECT_EQ(ask(kernel->elements, text, false).result.stop, scan_stop::newline_in_string)
        << kernel->name;
  }
}

void expect_every_record(const literal_probe& clash) {
  const std::string text = R"({"eventVersion":"1"})"
                           "\n"
                           R"({"eventVersion":"2"})"
                           "\n";
  for (const scan_kernel* const kernel : kernels()) {
    std::array<candidate, 8> found{};
    const scan_result got = kernel->lines({text.data(), text.size(), false, true, prefix.data(),
                                           prefix.size(), clash, found.data(), found.size()});
    EXPECT_EQ(got.candidates, 2U) << kernel->name;
  }
}

TEST(scan_kernel, a_probe_that_does_not_fit_the_tables_passes_every_record) {
  const auto never = [](const void*, const char*, std::size_t, std::size_t) noexcept {
    return false;
  };
  for (const literal_probe& clash :
       {literal_probe{{'Y'}, {'q'}, 1, never},  // 'Y' shares its low bits with 'I'
        literal_probe{{'A', 'Q'}, {'b', 'b'}, 2, never}}) {
    expect_every_record(clash);
  }
}

TEST(scan_kernel, several_pairs_are_found_and_told_apart_by_the_probe) {
  const literal_probe two{
      {'A', 'S'},
      {'e', 'c'},
      2,
      [](const void* context, const char* at, std::size_t, std::size_t) noexcept {
        return *at == *static_cast<const char*>(context) && at[1] != 'x';
      },
      "S"};
  const std::string text = R"({"eventVersion":"1","a":"Access"})"
                           "\n"
                           R"({"eventVersion":"1","a":"Sync"})"
                           "\n"
                           R"({"eventVersion":"1","a":"Sxxe"})"
                           "\n"
                           R"({"eventVersion":"1","a":"none"})"
                           "\n";
  for (const scan_kernel* const kernel : kernels()) {
    std::array<candidate, 8> found{};
    const scan_result got = kernel->lines({text.data(), text.size(), false, true, prefix.data(),
                                           prefix.size(), two, found.data(), found.size()});
    ASSERT_EQ(got.candidates, 1U) << kernel->name;
    EXPECT_EQ(found[0].index, 1U) << kernel->name;
  }
}

// Where a probe was asked, counted from `begin`.
struct asked_places {
  const char* begin;
  std::vector<std::size_t> at;
};

TEST(scan_kernel, by_pairs_a_first_byte_has_to_meet_its_own_fourth) {
  // 'e' and 'E' share their low bits, so do 'N' and '.': sets could not hold them together.
  constexpr std::string_view firsts = "eEzN";
  constexpr std::string_view fourths = "N.Oe";
  asked_places asked{};
  literal_probe probe;
  std::copy(firsts.begin(), firsts.end(), probe.firsts);
  std::copy(fourths.begin(), fourths.end(), probe.fourths);
  probe.pairs = firsts.size();
  probe.by_pairs = true;
  probe.context = &asked;
  probe.confirm = [](const void* context, const char* at, std::size_t, std::size_t) noexcept {
    auto& to = *static_cast<asked_places*>(const_cast<void*>(context));
    to.at.push_back(static_cast<std::size_t>(at - to.begin));
    return false;
  };
  std::mt19937_64 random{7};
  constexpr std::string_view alphabet = "eEzN.OeUun>^ \xe5\xce";
  std::string text;
  for (int line = 0; line < 50; ++line) {
    text += prefix;
    for (std::size_t i = random() % 300; i > 0; --i) {
      text.push_back(alphabet[random() % alphabet.size()]);
    }
    text += "\"}\n";
  }
  std::vector<std::size_t> expected;
  for (std::size_t at = 0; at + 3 < text.size(); ++at) {
    for (std::size_t i = 0; i < firsts.size(); ++i) {
      if (text[at] == firsts[i] && text[at + 3] == fourths[i]) {
        expected.push_back(at);
      }
    }
  }
  asked.begin = text.data();
  for (const scan_kernel* const kernel : kernels()) {
    std::array<candidate, 8> found{};
    asked.at.clear();
    const scan_result got = kernel->lines({text.data(), text.size(), false, true, prefix.data(),
                                           prefix.size(), probe, found.data(), found.size()});
    EXPECT_EQ(got.records, 50U) << kernel->name;
    EXPECT_EQ(asked.at, expected) << kernel->name;
  }
}

}  // namespace
}  // namespace trailbell::decode
