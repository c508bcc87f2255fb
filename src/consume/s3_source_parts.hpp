// What the S3 source's options mean to its parts. Pure.
#pragma once

#include <string>

#include "consume/object_flow.hpp"
#include "consume/object_record.hpp"
#include "trailbell/aws/settings.hpp"
#include "trailbell/aws/sqs_client.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/consume/s3_source.hpp"

namespace trailbell::consume {

// Errors: usage, a queue whose region nobody says, an endpoint that is none.
[[nodiscard]] result<aws::sqs_options> queue_options_of(const std::string& url,
                                                        const s3_source_options& options,
                                                        const aws::settings& settings,
                                                        const aws::http_options& http);

// `record`: nullptr: none is kept; outlives the flow.
[[nodiscard]] flow_options flow_options_of(const s3_source_options& from,
                                           const object_record* record);

// Nothing where nothing is reconciled.
[[nodiscard]] result<std::unique_ptr<object_record>> open_record(const s3_source_options& options);

}  // namespace trailbell::consume
