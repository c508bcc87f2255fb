// Every bound of trailbell in one place. A limit without a reason is a bug; each states its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace trailbell::limits {

inline constexpr std::size_t kib = 1024;
inline constexpr std::size_t mib = 1024 * kib;

// One record, or any other JSON value that has to be seen whole. CloudTrail caps a record at 256 KB
// and CloudWatch Logs an event at 1 MiB; SQS and Kinesis carry up to 10 MiB. 64 MiB leaves room for
// LookupEvents pages that were glued together.
inline constexpr std::size_t value_bytes_max = 64 * mib;

// A gzip object up to this size inflated is decoded in one piece (fastest); larger ones are
// streamed. Two lanes of 64 MiB and their overhead stay under the 256 MiB that replay promises.
inline constexpr std::size_t whole_inflate_bytes_max = 48 * mib;

// Compressed bytes of an object that are read in one piece for that.
inline constexpr std::size_t whole_read_bytes_max = 16 * mib;

// Text that is read or inflated ahead of the walker. Small enough to stay in a core's L2.
inline constexpr std::size_t window_bytes = 128 * kib;

// A plain NDJSON file above this size is split into blocks that the lanes share.
inline constexpr std::size_t split_bytes_min = 4 * mib;
inline constexpr std::size_t split_block_bytes = 8 * mib;

// The first line of a file must end within this many bytes for the file to be split.
inline constexpr std::size_t split_sniff_bytes = 512 * kib;

// Default of --max-object-bytes (inflated).
inline constexpr std::uint64_t object_bytes_max = 1024 * mib;

// Inflated : compressed beyond which an object is a bomb, judged once the floor is passed. Deflate
// cannot exceed 1032:1; real CloudTrail files lie between 5:1 and 40:1.
inline constexpr std::uint64_t inflate_ratio_max = 1000;
inline constexpr std::uint64_t inflate_ratio_floor_bytes = 64 * mib;

// zstd frames may ask for a window of up to this power of two.
inline constexpr int zstd_window_log_max = 27;

// JSON nesting that --strict validates; deeper records are rejected there.
inline constexpr std::size_t json_depth_max = 1024;

// Values in one json_tree, of some 40 bytes each. The largest log event that CloudWatch Logs takes,
// 1 MiB, holds half a million.
inline constexpr std::size_t json_values_max = 4 * mib;

// Envelope within envelope, an array of messages counting as one: SQS around SNS around EventBridge
// around a record is four, and five as Lambda sees it.
inline constexpr int envelope_depth_max = 16;

// Text that may be searched in vain for the end of something that was never closed, for each byte
// of text; beyond it, each line is judged alone. Keeps a file of nothing but cut documents linear.
inline constexpr std::uint64_t vain_search_ratio_max = 32;

// Alerts remembered for suppression. 32 bytes of state each.
inline constexpr std::size_t dedup_entries_max = 1U << 20U;

// Findings and losses that a lane may hold before it hands them on, and how many such batches may
// wait for a task: what a block gives in which most records match, so that lanes need not take
// turns. Tasks in order, for each lane: what the lanes can run ahead.
inline constexpr std::size_t batch_bytes = 256 * kib;
inline constexpr std::size_t batches_waiting_max = 48;
inline constexpr std::size_t tasks_waiting_a_lane = 4;

// Small objects that make one task, so that handing over costs nothing beside decoding: as many as
// fit both bounds, and at least one.
inline constexpr std::size_t task_objects_max = 64;
inline constexpr std::size_t task_bytes_max = 1 * mib;

// The service: batches of one source that may be in flight beside the bound in bytes, so that small
// ones stay bounded too; items in the queue of a sink that is not required, before alerts are
// dropped and counted; what an alert weighs in flight, at least.
inline constexpr std::size_t batches_in_flight_max = 4096;
inline constexpr std::size_t optional_sink_items_max = 1024;
inline constexpr std::size_t alert_bytes_typical = 2 * kib;

// What waits to be written to a checkpoint whose disk is full before no more files are taken. Those
// that are in flight by then are added to it: batches_in_flight_max paths.
inline constexpr std::size_t checkpoint_unsaved_bytes_max = 1 * mib;
// Lines that are added to one before it is written anew: seldom, as each file is looked at.
inline constexpr std::size_t checkpoint_lines_min = 10'000;

// What waits for quarantine before nothing more is read: enough that the cost of making it durable
// is spread, and little beside what is in flight.
inline constexpr std::size_t rejects_waiting_max = 1024;
inline constexpr std::size_t rejects_waiting_bytes_max = 16 * mib;

// Of one piece, what goes to a quarantine topic: it is in memory as a whole, twice.
inline constexpr std::size_t quarantine_topic_bytes_max = 64 * mib;

// Actors and accounts that a summary tells apart; further ones share one line.
inline constexpr std::uint64_t report_alerts_max = 20'000;   // that a browser can show at once
inline constexpr std::uint64_t report_bytes_max = 64 * mib;  // of them and their records
inline constexpr std::size_t summary_keys_max = 10'000;

// Messages about one object on stderr; the rest are counted in one closing line.
inline constexpr std::size_t messages_per_object_max = 20;

// CloudWatch Logs' own quotas on one filter pattern: characters, regular expressions, selectors
// with a wildcard, wildcards in a selector.
inline constexpr std::size_t filter_characters_max = 1024;
inline constexpr std::size_t filter_regexes_max = 2;
inline constexpr std::size_t filter_wildcards_max = 3;
inline constexpr std::size_t selector_wildcards_max = 1;

// Thresholds and correlations: how far behind the newest event one may be and still be put in its
// place; records that wait for that, with all that their alerts say; entries that are remembered,
// and their bytes, a group without any counting as some; what an alert that is kept costs; records
// that wait for a first time; event ids that one alert lists.
inline constexpr std::int64_t allowed_lateness_ns = 15 * 60 * std::int64_t{1'000'000'000};
inline constexpr std::size_t correlation_waiting_max = 32'768;
inline constexpr std::size_t correlation_waiting_bytes_max = 64 * mib;
inline constexpr std::size_t correlation_entries_max = 1'000'000;
inline constexpr std::size_t correlation_bytes_max = 128 * mib;
inline constexpr std::size_t correlation_alert_bytes = 2 * kib;
inline constexpr std::size_t counted_records_max = 1U << 18U;  // known again when they repeat
inline constexpr std::size_t correlation_untimed_max = 1'000;
inline constexpr std::size_t correlation_event_ids_max = 1'000;

// A rule file or a configuration: its bytes, the values in it with what its aliases expand to, and
// how deep they nest. The largest Sigma rules have 40 KB and a few hundred values.
inline constexpr std::size_t yaml_bytes_max = 1 * mib;
inline constexpr std::size_t yaml_nodes_max = 50'000;
inline constexpr std::size_t yaml_depth_max = 64;

// A configuration: bytes of one value, and of a file that `${file:}` puts in (a certificate chain
// has some kilobytes); `${` within `${`; sinks. The least that may be in flight: below it, a source
// would wait for every single message.
inline constexpr std::size_t config_value_bytes_max = 64 * kib;
inline constexpr std::size_t config_expansion_depth_max = 8;
inline constexpr std::size_t config_sinks_max = 64;
inline constexpr std::uint64_t in_flight_bytes_min = 64 * kib;

// A proof of coverage: steps for one question (one event name, one formula) and for all questions
// about a set of patterns, of about a microsecond each; states of the automaton of one regular
// expression, and members of all sets of them; elements of an array that a pattern may number. What
// lies beyond stays undecided.
inline constexpr std::size_t coverage_steps_max = 400'000;
inline constexpr std::size_t coverage_total_steps_max = 4'000'000;
inline constexpr std::size_t automaton_states_max = 20'000;
inline constexpr std::size_t automaton_members_max = 1'000'000;
inline constexpr std::size_t coverage_elements_max = 64;

// A Sigma rule: how deep the brackets of its condition nest, and what one value may expand to by
// its dashes and placeholders. No rule of SigmaHQ's comes near either.
inline constexpr std::size_t sigma_condition_depth_max = 64;
inline constexpr std::size_t sigma_expansions_max = 10'000;

// Why something is not ready: a sentence, and perhaps what a receiver answered.
inline constexpr std::size_t health_reason_bytes_max = 1 * kib;

// One text in a line of the service's log; and behind it, where a secret may end that began in it.
inline constexpr std::size_t log_text_bytes_max = 4 * kib;
inline constexpr std::size_t log_secret_bytes_max = 4 * kib;

// The server of metrics and health: the header of a request, of which Prometheus sends some 400
// bytes; what is read and thrown away behind a last answer, so that it arrives (RFC 9112 section
// 9.6); bytes from which an answer is worth compressing.
inline constexpr std::size_t http_header_bytes_max = 8 * kib;
inline constexpr std::size_t http_drained_bytes_max = 256 * kib;
inline constexpr std::size_t http_gzip_bytes_min = 1 * kib;

// Regions of AWS that one inventory has, of which there are some forty; and that are asked at the
// same time.
inline constexpr std::size_t verify_regions_max = 128;
inline constexpr std::size_t verify_regions_at_once = 32;

// Lanes, and folders nested in folders.
inline constexpr int lanes_max = 256;
inline constexpr std::size_t folder_depth_max = 128;

static_assert(window_bytes <= value_bytes_max);
static_assert(whole_inflate_bytes_max <= inflate_ratio_floor_bytes);
static_assert(split_sniff_bytes <= split_bytes_min);
static_assert(batch_bytes * batches_waiting_max * tasks_waiting_a_lane <= whole_inflate_bytes_max);

}  // namespace trailbell::limits
