#include "trailbell/model/position.hpp"

namespace trailbell {

std::string to_string(const object_position& place) {
  switch (place.source) {
    case source_kind::s3:
      return place.bucket.empty() ? place.name : "s3://" + place.bucket + "/" + place.name;
    case source_kind::kafka:
      return place.name + "[" + std::to_string(place.partition) + "]@" +
             std::to_string(place.offset);
    case source_kind::file:
      break;
  }
  return place.name;
}

}  // namespace trailbell
