#include "trailbell/integrity/digest_check.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "trailbell/base/integrity_limits.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "unit/integrity/signer.hpp"

namespace trailbell::integrity {
namespace {

using test::hour_ns;
using test::minute_ns;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Three hours of a trail, in S3.
class digest_check : public ::testing::Test {
 protected:
  digest_check() {
    for (int i = 0; i < 3; ++i) {
      trail_.hour();
    }
  }

  digest_report check(const time_range& range = {}) {
    digest_report report = check_digests(found_, test::keys_of(test::the_aws()), range);
    const auto& digests = report.totals.digests;
    const auto& logs = report.totals.logs;
    EXPECT_EQ(digests.found, digests.valid + digests.invalid + digests.unchecked);
    EXPECT_EQ(logs.found, logs.valid + logs.invalid + logs.unnamed + logs.unchecked + logs.newer);
    json_tree tree;
    EXPECT_TRUE(decode::json_reader{}.read(to_json(report), tree));
    EXPECT_THAT(to_text(report), HasSubstr("verdict"));
    return report;
  }
  std::vector<fault> faults(const time_range& range = {}) {
    std::vector<fault> all;
    for (const finding& one : check(range).findings) {
      all.push_back(one.what);
    }
    return all;
  }
  // As a local copy has them.
  void make_local() {
    for (auto& one : found_.digests) {
      one.where = {source_kind::file, "copy/" + one.where.name, ""};
      one.signature.reset();
    }
    for (auto& one : found_.logs) {
      one.where = {source_kind::file, "copy/" + one.where.name, ""};
    }
  }

  evidence found_;
  test::trail trail_{found_};
};

TEST_F(digest_check, finds_nothing_in_what_aws_signed) {
  const digest_report report = check();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_THAT(report.notes, IsEmpty());
  EXPECT_EQ(report.totals.verdict(), "valid");
  EXPECT_EQ(report.totals.digests.valid, 3U);
  EXPECT_EQ(report.totals.logs.valid, 6U);
  ASSERT_EQ(report.chains.size(), 1U);
  EXPECT_EQ(report.chains[0].from_ns, test::begin_ns);
  EXPECT_EQ(report.chains[0].to_ns, test::begin_ns + 3 * hour_ns);
  EXPECT_EQ(report.of(found_.logs[0].where), integrity_state::verified);
}

TEST_F(digest_check, finds_a_log_file_that_was_changed) {
  found_.logs[2].hash[0] ^= 1;
  const digest_report report = check();
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].what, fault::log_changed);
  EXPECT_EQ(report.findings[0].object, to_string(found_.logs[2].where));
  EXPECT_EQ(report.of(found_.logs[2].where), integrity_state::failed);
  EXPECT_EQ(report.totals.logs.invalid, 1U);
}

TEST_F(digest_check, tells_a_damaged_log_file_from_one_that_could_not_be_read) {
  found_.logs[0].problem = error{errc::corrupt, "cut"};
  found_.logs[1].problem = error{errc::unreadable, "denied"};
  EXPECT_THAT(faults(), ElementsAre(fault::log_damaged, fault::unreadable));
  EXPECT_EQ(check().of(found_.logs[1].where), integrity_state::unverified);
}

TEST_F(digest_check, finds_a_log_file_that_is_missing) {
  const std::string name = to_string(found_.logs[3].where);
  found_.logs.erase(found_.logs.begin() + 3);
  const digest_report report = check();
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].what, fault::log_missing);
  EXPECT_EQ(report.findings[0].object, name);
}

TEST_F(digest_check, finds_a_log_file_that_no_digest_names) {
  const object_position where = trail_.log(test::begin_ns + 90 * minute_ns).where;
  EXPECT_THAT(faults(), ElementsAre(fault::log_unnamed));
  EXPECT_EQ(check().of(where), integrity_state::failed);
}

TEST_F(digest_check, waits_for_the_digest_of_what_is_new_and_misses_it_after_two_hours) {
  trail_.log(trail_.now_ns() - 10 * minute_ns);  // may still be named by the next one
  trail_.log(trail_.now_ns() + 119 * minute_ns);
  digest_report report = check();
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.totals.logs.newer, 2U);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("2 log files are newer")));
  trail_.log(trail_.now_ns() + 120 * minute_ns);
  EXPECT_THAT(faults(), ElementsAre(fault::digest_missing));
}

TEST_F(digest_check, finds_a_digest_that_is_changed_moved_or_unsigned) {
  found_.digests[2].hash[0] ^= 1;
  EXPECT_THAT(faults(), ElementsAre(fault::signature_wrong));
  EXPECT_EQ(check().totals.logs.invalid, 2U);  // which only it names
  found_.digests[2].where.name.insert(0, "moved/");
  EXPECT_THAT(faults(), ElementsAre(fault::digest_moved));
  found_.digests[2].where.name.erase(0, 6);
  found_.digests[2].signature.reset();
  EXPECT_THAT(faults(), ElementsAre(fault::signature_missing));
  found_.digests[2].signature = "no hex";
  EXPECT_THAT(faults(), ElementsAre(fault::signature_wrong));
}

TEST_F(digest_check, takes_only_keys_of_aws) {
  const test::signer stranger;
  EXPECT_THAT(check_digests(found_, test::keys_of(stranger), {}).totals.digests.invalid, 3U);
  found_.digests[2].document->fingerprint = "g";
  EXPECT_THAT(faults(), ElementsAre(fault::key_unknown));
}

TEST_F(digest_check, tells_nothing_where_keys_could_not_be_had) {
  key_ring keys;
  keys.add("us-east-1", error{errc::unreadable, "denied"});
  const digest_report report = check_digests(found_, keys, {});
  EXPECT_EQ(report.totals.verdict(), "undetermined");
  EXPECT_EQ(report.totals.digests.unchecked, 3U);
  EXPECT_EQ(report.totals.logs.unchecked, 6U);
  found_.logs[0].hash[0] ^= 1;  // but that it is not the one that is named is seen all the same
  EXPECT_EQ(check_digests(found_, keys, {}).totals.verdict(), "invalid");
}

TEST_F(digest_check, finds_that_a_digest_in_the_middle_is_missing) {
  const std::string name = to_string(found_.digests[1].where);
  found_.digests.erase(found_.digests.begin() + 1);
  const digest_report report = check();
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings[0].what, fault::digest_missing);
  EXPECT_EQ(report.findings[0].object, name);
  EXPECT_EQ(report.totals.logs.unchecked, 2U);
  EXPECT_THAT(report.notes, ElementsAre(HasSubstr("2 log files are from")));
}

TEST_F(digest_check, begins_where_it_is_told_to) {
  found_.digests.erase(found_.digests.begin());
  EXPECT_THAT(faults(), ElementsAre(fault::digest_missing));
  const digest_report report = check({test::begin_ns + hour_ns, std::nullopt});
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.totals.digests.found, 2U);
  EXPECT_EQ(report.totals.logs.found, 4U);
}

TEST_F(digest_check, finds_that_a_digest_is_not_the_one_that_the_next_one_names) {
  found_digest& one = found_.digests[1];
  one.document->logs.clear();
  one.hash = std::string(64, 'a');
  one.signature = test::the_aws().sign(string_to_sign(*one.document, one.hash));
  found_.digests[2].document->previous_signature = one.signature;
  found_.digests[2].signature =
      test::the_aws().sign(string_to_sign(*found_.digests[2].document, found_.digests[2].hash));
  const auto got = faults();
  ASSERT_FALSE(got.empty());
  EXPECT_EQ(got[0], fault::chain_broken);
}

TEST_F(digest_check, does_not_miss_what_lies_outside_of_what_was_listed) {
  found_.digests.erase(found_.digests.begin());
  found_.listed = {{"another", ""}, {"b", "AWSLogs/1/CloudTrail/"}};
  const digest_report report = check();
  EXPECT_THAT(report.notes, ::testing::Contains(HasSubstr("outside of PATH")));
  EXPECT_EQ(report.totals.digests.missing, 0U);
}

TEST_F(digest_check, shows_when_logging_was_off_and_what_came_then_is_not_checked) {
  const std::int64_t stopped = trail_.now_ns();
  trail_.pass(5 * hour_ns);
  trail_.hour(false);
  digest_report report = check();
  EXPECT_THAT(report.findings, IsEmpty());
  ASSERT_EQ(report.chains.size(), 1U);
  EXPECT_THAT(report.chains[0].gaps, ElementsAre(std::pair{stopped, stopped + 5 * hour_ns}));
  trail_.log(stopped + hour_ns);
  EXPECT_THAT(faults(), ElementsAre(fault::log_uncovered));
}

TEST_F(digest_check, has_a_chain_in_each_region_with_its_own_keys) {
  test::trail other{found_, "eu-west-1"};
  other.hour();
  key_ring keys;
  keys.add("us-east-1", public_keys{{"f", test::the_aws().der()}});
  keys.add("eu-west-1", public_keys{{"f", test::signer{}.der()}});
  const digest_report report = check_digests(found_, keys, {});
  EXPECT_EQ(report.chains.size(), 2U);
  EXPECT_EQ(report.totals.digests.valid, 3U);
  EXPECT_EQ(report.totals.digests.invalid, 1U);
  EXPECT_THAT(regions_of(found_), ElementsAre("eu-west-1", "us-east-1"));
}

TEST_F(digest_check, of_a_copy_takes_signatures_from_the_digest_behind) {
  make_local();
  digest_report report = check();
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_EQ(report.findings[0].what, fault::signature_absent);
  EXPECT_EQ(report.findings[1].what, fault::log_unproven);
  EXPECT_EQ(report.totals.digests.valid, 2U);
  EXPECT_EQ(report.totals.logs.unchecked, 2U);
  report = check({std::nullopt, test::begin_ns + 2 * hour_ns});
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.totals.logs.valid, 4U);
}

TEST_F(digest_check, of_a_copy_believes_no_bad_digest_about_the_one_before_it) {
  make_local();
  found_.digests[2].document->fingerprint = "unknown";
  found_.digests[2].signature = "00";
  found_.digests[2].document->previous_signature = "00";
  const auto got = faults();
  EXPECT_EQ(got[0], fault::key_unknown);
  EXPECT_EQ(got[1], fault::signature_absent);  // of the second, and not wrong
}

TEST_F(digest_check, without_any_digest_is_no_check) {
  found_.digests.clear();
  EXPECT_THAT(faults(), ElementsAre(fault::log_uncovered, fault::no_digest));
}

TEST_F(digest_check, leaves_out_findings_beyond_its_bound_and_counts_them) {
  for (std::size_t i = 0; i < limits::integrity_findings_max + 5; ++i) {
    trail_.log(test::begin_ns + 30 * minute_ns);
  }
  const digest_report report = check();
  EXPECT_EQ(report.findings.size(), limits::integrity_findings_max);
  EXPECT_EQ(report.left_out, 5U);
  EXPECT_EQ(report.totals.failures, limits::integrity_findings_max + 5);
}

}  // namespace
}  // namespace trailbell::integrity
