// What is said of a file that CloudTrail delivered, in each form that filters and patterns are
// asked about. Sources: S3 User Guide, "Event message structure"; "Amazon S3 EventBridge events";
// CloudTrail User Guide, "Configuring Amazon SNS notifications".
#pragma once

#include <cstdint>
#include <string>

#include "trailbell/verify/alarm_chain.hpp"
#include "verify/message_filter.hpp"

namespace trailbell::verify {

// The folder of a trail's files that a control is about, up to where days begin or regions do.
[[nodiscard]] std::string key_folder(const inventory& of, const control& wanted, const trail& from);

struct object_place {
  const inventory& of;
  const control& wanted;
  const trail& from;
  const std::string& bucket_region;
};

// `attributes`: of a message of SNS, which has none.
enum class object_form : std::uint8_t { s3_event, event_bridge, cloudtrail, attributes };

// Whether a filter or pattern lets through what is said of files. It is asked about two, whose keys
// agree in nothing that changes from file to file.
[[nodiscard]] passing object_passes(const std::string& filter, object_form form,
                                    const object_place& place);

}  // namespace trailbell::verify
