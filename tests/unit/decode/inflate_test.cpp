#include "trailbell/decode/inflate.hpp"

#include <gtest/gtest.h>
#include <zstd.h>

#include <random>
#include <string>

#include "support/encodings.hpp"

namespace trailbell::decode {
namespace {

using test::gzip;

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string text_of(std::size_t size) {
  std::mt19937_64 random{size};
  std::string text;
  while (text.size() < size) {
    text += "record " + std::to_string(random() % 1000) + '\n';
  }
  text.resize(size);
  return text;
}

struct outcome {
  std::string text;
  std::optional<error> failure;
};

outcome stream(compression kind, std::string_view stored, inflate_bounds bounds = {}) {
  memory_source source{stored};
  const auto inflater = make_inflater(kind, source, bounds);
  outcome out;
  std::string piece(5000, '\0');
  for (;;) {
    const result<std::size_t> got = inflater->read(piece.data(), piece.size());
    if (!got) {
      out.failure = got.failure();
      return out;
    }
    if (got.value() == 0) {
      return out;
    }
    out.text.append(piece, 0, got.value());
  }
}

std::optional<std::string> whole(std::string_view stored, inflate_bounds bounds = {}) {
  gzip_decompressor decompressor;
  std::vector<char> into;
  const auto size = decompressor.inflate(stored, into, bounds);
  return size ? std::optional{std::string{into.data(), *size}} : std::nullopt;
}

TEST(inflate, knows_what_it_looks_at) {
  EXPECT_EQ(sniff_compression(gzip("x")), compression::gzip);
  EXPECT_EQ(sniff_compression("\x28\xb5\x2f\xfd"), compression::zstd);
  EXPECT_EQ(sniff_compression("\x5a\x2a\x4d\x18"), compression::zstd);
  EXPECT_EQ(sniff_compression("{\"Records\""), compression::none);
  EXPECT_EQ(sniff_compression(""), compression::none);
}

TEST(inflate, whole_and_streamed_give_the_text) {
  for (const std::size_t size : {0U, 1U, 100U, 65'536U, 1'000'000U}) {
    const std::string text = text_of(size);
    EXPECT_EQ(whole(gzip(text)), text);
    const outcome out = stream(compression::gzip, gzip(text));
    EXPECT_EQ(out.text, text);
    EXPECT_FALSE(out.failure.has_value());
  }
}

TEST(inflate, members_that_follow_one_another_are_one_text) {
  const std::string big = text_of(300'000);
  const std::string stored = gzip(big) + gzip("") + gzip("b") + gzip(big);
  EXPECT_EQ(whole(stored), big + "b" + big);
  EXPECT_EQ(stream(compression::gzip, stored).text, big + "b" + big);
}

TEST(inflate, zeros_behind_the_last_member_are_padding) {
  const std::string stored = gzip("abc") + std::string(600, '\0');
  EXPECT_EQ(whole(stored), "abc");
  const outcome out = stream(compression::gzip, stored);
  EXPECT_EQ(out.text, "abc");
  EXPECT_FALSE(out.failure.has_value());
}

TEST(inflate, a_cut_stream_yields_its_beginning_and_says_so) {
  const std::string text = text_of(200'000);
  const std::string stored = gzip(text);
  for (const std::size_t cut : {stored.size() - 1, stored.size() / 2, std::size_t{20}}) {
    EXPECT_FALSE(whole(stored.substr(0, cut)).has_value());
    const outcome out = stream(compression::gzip, stored.substr(0, cut));
    EXPECT_TRUE(text.starts_with(out.text));
    ASSERT_TRUE(out.failure.has_value());
    EXPECT_EQ(out.failure->code, errc::corrupt);
  }
  EXPECT_GT(stream(compression::gzip, stored.substr(0, stored.size() / 2)).text.size(), 50'000U);
}

TEST(inflate, a_wrong_byte_is_found_by_the_checksum) {
  std::string stored = gzip(text_of(1000));
  stored[stored.size() - 8] = static_cast<char>(stored[stored.size() - 8] + 1);
  EXPECT_FALSE(whole(stored).has_value());
  const outcome out = stream(compression::gzip, stored);
  ASSERT_TRUE(out.failure.has_value());
  EXPECT_EQ(out.failure->code, errc::corrupt);
}

TEST(inflate, junk_behind_a_member_is_reported) {
  const std::string stored = gzip("abc") + "this is no gzip member";
  EXPECT_FALSE(whole(stored).has_value());
  const outcome out = stream(compression::gzip, stored);
  EXPECT_EQ(out.text, "abc");
  EXPECT_TRUE(out.failure.has_value());
}

TEST(inflate, stops_at_the_bound_and_gives_no_byte_behind_it) {
  const std::string text = text_of(100'000);
  EXPECT_FALSE(whole(gzip(text), {99'999}).has_value());
  EXPECT_EQ(whole(gzip(text), {100'000}), text);
  const outcome out = stream(compression::gzip, gzip(text), {5'001});
  EXPECT_EQ(out.text, text.substr(0, 5'001));
  ASSERT_TRUE(out.failure.has_value());
  EXPECT_EQ(out.failure->code, errc::too_large);
}

TEST(inflate, a_bomb_is_called_one) {
  const std::string bomb = gzip(std::string(90'000'000, ' '));
  // Deflate reaches 1032:1 only just: a second layer of the same ratio is what bombs are made of.
  const outcome out = stream(compression::gzip, bomb);
  if (out.failure) {
    EXPECT_EQ(out.failure->code, errc::too_large);
  } else {
    EXPECT_LT(out.text.size() / bomb.size(), limits::inflate_ratio_max);
  }
}

TEST(inflate, reads_zstd_and_reports_its_damage) {
  const std::string text = text_of(300'000);
  const std::string stored = zstd(text);
  EXPECT_EQ(stream(compression::zstd, stored).text, text);
  EXPECT_EQ(stream(compression::zstd, stored + zstd("b")).text, text + "b");
  const outcome cut = stream(compression::zstd, stored.substr(0, stored.size() - 9));
  EXPECT_TRUE(cut.failure.has_value());
  EXPECT_TRUE(text.starts_with(cut.text));
  std::string wrong = stored;
  wrong[6] = static_cast<char>(wrong[6] ^ 0x7f);
  EXPECT_TRUE(stream(compression::zstd, wrong).failure.has_value());
}

TEST(inflate, the_error_of_the_source_comes_through) {
  class failing final : public byte_source {
   public:
    result<std::size_t> read(char*, std::size_t) override {
      return error{errc::unreadable, "the disk is gone"};
    }
  } source;
  const auto inflater = make_inflater(compression::gzip, source, {});
  char byte = 0;
  const result<std::size_t> got = inflater->read(&byte, 1);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.failure().message, "the disk is gone");
}

}  // namespace
}  // namespace trailbell::decode
