#include "integrity/digest_judge.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "aws/digest.hpp"
#include "aws/rsa_signature.hpp"
#include "trailbell/base/integrity_limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::integrity {
namespace {

constexpr std::int64_t hour_ns = 3600 * std::int64_t{1'000'000'000};  // which a digest covers
constexpr std::string_view signed_by = "SHA256withRSA";
constexpr std::string_view summed_by = "SHA-256";

// Digests follow each other without a gap: a year of them is one span.
void add_span(std::vector<time_span>& to, time_span span) {
  if (!to.empty() && span.from_ns <= to.back().to_ns && to.back().from_ns <= span.from_ns) {
    to.back().to_ns = std::max(to.back().to_ns, span.to_ns);
  } else {
    to.push_back(span);
  }
}

class digest_judge {
 public:
  digest_judge(const evidence& found, const key_ring& keys, const time_range& range,
               digest_report& into)
      : found_{found}, keys_{keys}, range_{range}, report_{into} {}

  judged_digests run() {
    for (const found_digest& one : found_.digests) {
      digests_.push_back(look_at(one));
    }
    link();
    for (const std::size_t i : newest_first()) {
      judge(digests_[i]);
    }
    judged_digests judged;
    for (const digest& one : digests_) {
      count(one);
      judged.states.push_back(one.state);
      judged.in_range.push_back(one.in_range);
    }
    follow_chains(judged);
    return judged;
  }

 private:
  struct digest {
    const found_digest* found;
    object_name name;  // of its key, or where there is no document of the file
    bool moved = false, in_range = true;
    bool has_previous = false;          // which is there, too
    std::vector<const digest*> next{};  // those that name it as the one before them
    digest_state state = digest_state::untold;

    [[nodiscard]] const digest_document* document() const {
      return found->document ? &*found->document : nullptr;
    }
    [[nodiscard]] std::int64_t start_ns() const {
      return found->document && !moved ? found->document->start_ns : name.time_ns - hour_ns;
    }
    [[nodiscard]] std::int64_t end_ns() const {
      return found->document && !moved ? found->document->end_ns : name.time_ns;
    }
  };

  [[nodiscard]] bool overlaps(std::int64_t from_ns, std::int64_t to_ns) const {
    return (!range_.from_ns || to_ns > *range_.from_ns) &&
           (!range_.to_ns || from_ns < *range_.to_ns);
  }

  [[nodiscard]] digest look_at(const found_digest& one) const {
    digest made{&one, parse_object_name(one.where.name)};
    if (one.document) {
      made.moved = !is_at(one.where, one.document->bucket, one.document->key);
      made.name = made.moved ? made.name : parse_object_name(one.document->key);
    }
    made.in_range = overlaps(made.start_ns(), made.end_ns());
    return made;
  }

  void link() {
    std::unordered_multimap<std::string_view, digest*> by_name;
    for (digest& one : digests_) {
      by_name.emplace(file_name_of(one.found->where.name), &one);
    }
    for (digest& one : digests_) {
      if (one.moved || !one.document() || !one.document()->previous) {
        continue;
      }
      const named_object& previous = *one.document()->previous;
      const auto [begin, end] = by_name.equal_range(file_name_of(previous.key));
      for (auto at = begin; at != end; ++at) {
        if (is_at(at->second->found->where, previous.bucket, previous.key)) {
          at->second->next.push_back(&one);
          one.has_previous = true;
        }
      }
    }
  }

  // So that a digest is judged before the one whose signature it may have.
  [[nodiscard]] std::vector<std::size_t> newest_first() const {
    std::vector<std::size_t> order(digests_.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
      order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return digests_[a].end_ns() > digests_[b].end_ns();
    });
    return order;
  }

  void tell(const digest& of, fault what, std::string reason) {
    if (of.in_range) {
      add_finding(report_, what, to_string(of.found->where), std::move(reason));
    }
  }
  void judge_as(digest& of, digest_state state, fault what, std::string reason) {
    of.state = state;
    tell(of, what, std::move(reason));
  }

  void judge(digest& one) {
    const digest_document* const document = one.document();
    if (document == nullptr) {
      const error& problem = *one.found->problem;
      const bool damaged = problem.code == errc::corrupt || problem.code == errc::not_text;
      judge_as(one, damaged ? digest_state::bad : digest_state::untold,
               damaged ? fault::digest_damaged : fault::unreadable, problem.message);
      return;
    }
    if (one.moved) {
      judge_as(one, digest_state::bad, fault::digest_moved,
               "it says that it is s3://" + document->bucket + "/" + document->key);
      return;
    }
    if (document->algorithm != signed_by) {
      judge_as(one, digest_state::untold, fault::algorithm_unknown,
               "it is signed by " + in_quotes(document->algorithm) + ", and not by SHA256withRSA");
    } else {
      judge_signature(one, *document);
    }
    if (one.state != digest_state::bad) {
      compare_with_next(one);
    }
    if (one.state != digest_state::bad && document->previous && !one.has_previous) {
      miss_previous(one, *document);
    }
  }

  void judge_signature(digest& one, const digest_document& document) {
    const std::vector<std::string_view> signatures = signatures_of(one);
    if (signatures.empty()) {
      miss_signature(one);
      return;
    }
    const auto key = keys_.find(one.name.region, document.fingerprint);
    if (!key) {
      judge_as(one, digest_state::untold, fault::keys_unavailable, key.failure().message);
      return;
    }
    if (key.value() == nullptr) {
      judge_as(one, digest_state::bad, fault::key_unknown,
               "no public key of " + one.name.region + " has its fingerprint, " +
                   document.fingerprint +
                   "; where the keys came from a file, see that it has those of that time");
      return;
    }
    const std::string text = string_to_sign(document, one.found->hash);
    const bool good =
        std::any_of(signatures.begin(), signatures.end(), [&](std::string_view signature) {
          const std::optional<std::string> bytes = aws::bytes_of_hex(signature);
          return bytes && aws::verifies_sha256_rsa(*key.value(), text, *bytes);
        });
    if (good) {
      one.state = digest_state::valid;
    } else if (one.found->signature || one.next.front()->state != digest_state::bad) {
      judge_as(one, digest_state::bad, fault::signature_wrong,
               "AWS did not sign these bytes: it was changed, or signed by somebody else");
    } else {  // a bad digest gave the signature, which says nothing
      miss_signature(one);
    }
  }

  // In S3 only its own counts, as for AWS; of a copy those behind it, too.
  [[nodiscard]] static std::vector<std::string_view> signatures_of(digest& one) {
    std::vector<std::string_view> all;
    if (one.found->signature) {
      all.emplace_back(*one.found->signature);
    }
    if (one.found->where.source == source_kind::file) {
      std::stable_partition(one.next.begin(), one.next.end(),
                            [](const digest* next) { return next->state != digest_state::bad; });
      for (const digest* next : one.next) {
        if (next->document()->previous_signature) {
          all.emplace_back(*next->document()->previous_signature);
        }
      }
    }
    return all;
  }

  void miss_signature(digest& one) {
    if (one.found->where.source != source_kind::file) {
      judge_as(one, digest_state::bad, fault::signature_missing,
               "its metadata in S3 have no signature and signature-algorithm, as AWS writes them");
      return;
    }
    judge_as(one, digest_state::untold, fault::signature_absent,
             "a copy has no signature, and there is no sound digest behind it that has it: write "
             "its metadata's (aws s3api head-object --query Metadata.signature --output text) "
             "into " +
                 one.found->where.name + ".signature, or end --to before it");
  }

  // By its hash, and its signature where both are there.
  void compare_with_next(digest& one) {
    for (const digest* next : one.next) {
      if (next->state == digest_state::bad) {
        continue;
      }
      const digest_document& names = *next->document();
      const bool other_hash =
          names.previous->algorithm == summed_by && names.previous->hash != one.found->hash;
      const bool other_signature =
          one.found->signature && names.previous_signature &&
          fold_ascii(*names.previous_signature) != fold_ascii(*one.found->signature);
      if (other_hash || other_signature) {
        judge_as(one, digest_state::bad, fault::chain_broken,
                 "the next digest, " + to_string(next->found->where) + ", names one of another " +
                     (other_hash ? "hash" : "signature") + " here");
        return;
      }
    }
  }

  void miss_previous(const digest& one, const digest_document& document) {
    const named_object& previous = *document.previous;
    const std::int64_t end_ns = parse_object_name(previous.key).time_ns;
    if (!overlaps(end_ns - hour_ns, end_ns)) {
      return;
    }
    const std::string name = "s3://" + previous.bucket + "/" + previous.key;
    if (!was_listed(found_, one.found->where, previous)) {
      report_.notes.push_back("the chain goes on outside of PATH, at " + name);
      return;
    }
    if (missing_.insert(name).second) {
      ++report_.totals.digests.missing;
      add_finding(report_, fault::digest_missing, name,
                  "the digest " + to_string(one.found->where) +
                      " names it as the one before it; where what is here begins behind it, begin "
                      "--from at " +
                      format_rfc3339(document.start_ns));
    }
  }

  void count(const digest& one) {
    if (!one.in_range) {
      return;
    }
    auto& counts = report_.totals.digests;
    ++counts.found;
    ++(one.state == digest_state::valid ? counts.valid
       : one.state == digest_state::bad ? counts.invalid
                                        : counts.unchecked);
  }

  void follow_chains(judged_digests& judged) {
    std::map<std::tuple<std::string, std::string, std::string, bool>, std::vector<const digest*>>
        chains;
    for (const digest& one : digests_) {
      if (one.name.kind == object_kind::digest) {
        chains[{one.name.account, one.name.region, one.name.trail, one.name.backfill}].push_back(
            &one);
      }
    }
    for (auto& [ignored, chain] : chains) {
      std::stable_sort(chain.begin(), chain.end(),
                       [](const digest* a, const digest* b) { return a->end_ns() < b->end_ns(); });
      follow(chain, judged.times[{chain.front()->name.account, chain.front()->name.region}]);
    }
  }

  // In the order of time.
  void follow(const std::vector<const digest*>& chain, digest_times& times) {
    const object_name& name = chain.front()->name;
    chain_summary summary{name.account, name.region, name.trail, name.backfill};
    std::optional<std::int64_t> end_ns;  // of those so far
    for (const digest* one : chain) {
      const std::int64_t start_ns = one->start_ns();
      if (one->in_range) {
        summary.from_ns = summary.digests++ == 0 ? start_ns : summary.from_ns;
        summary.to_ns = one->end_ns();
      }
      if (!name.backfill) {
        const bool is_bad = one->state == digest_state::bad || !one->document();
        add_span(is_bad ? times.lost : times.covered, {start_ns, one->end_ns()});
        const bool goes_on = is_bad || one->has_previous;
        const std::int64_t before_ns = end_ns.value_or(start_ns);
        if (!goes_on && one->document()->previous) {
          add_span(times.lost, {end_ns.value_or(start_ns - hour_ns), start_ns});
        } else if (!goes_on && before_ns < start_ns && overlaps(before_ns, start_ns)) {
          summary.gaps.emplace_back(before_ns, start_ns);
        }
      }
      end_ns = std::max(end_ns.value_or(one->end_ns()), one->end_ns());
    }
    if (summary.digests > 0) {
      report_.chains.push_back(std::move(summary));
    }
  }

  const evidence& found_;
  const key_ring& keys_;
  const time_range& range_;
  digest_report& report_;
  std::vector<digest> digests_;
  std::set<std::string> missing_;
};

}  // namespace

bool is_at(const object_position& where, std::string_view bucket, std::string_view key) noexcept {
  return where.source == source_kind::s3 ? where.bucket == bucket && where.name == key
                                         : may_be_copy_of(where.name, key);
}

void add_finding(digest_report& to, fault what, std::string object, std::string reason) {
  ++(is_failure(what) ? to.totals.failures : to.totals.untold);
  if (to.findings.size() == limits::integrity_findings_max) {
    ++to.left_out;
    return;
  }
  to.findings.push_back({what, std::move(object), std::move(reason)});
}

judged_digests judge_digests(const evidence& found, const key_ring& keys, const time_range& range,
                             digest_report& into) {
  return digest_judge{found, keys, range, into}.run();
}

bool was_listed(const evidence& found, const object_position& named_by,
                const named_object& object) noexcept {
  return named_by.source == source_kind::file ||
         std::any_of(found.listed.begin(), found.listed.end(), [&](const auto& one) {
           return one.first == object.bucket && object.key.starts_with(one.second);
         });
}

}  // namespace trailbell::integrity
