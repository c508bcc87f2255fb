// config_reader: values of one layer into the members that their keys name.
//
// A layer is the file, one variable or one flag. What is wrong becomes a problem with its place;
// the rest is read all the same. Borrows all that it is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/config_keys.hpp"
#include "app/config_loader.hpp"

namespace trailbell::app {

struct reader_options {
  config_layer layer = config_layer::file;
  bool expands = true;  // ${...}
  bool loose = false;   // a text needs no quotes: it came as one
};

class config_reader {
 public:
  config_reader(const yaml_file& file, reader_options options, const config_surroundings& around,
                loaded_config& into, problem_list& problems);

  // The members of a mapping, and where they came from. `path` is empty for the whole file.
  void read_mapping(const config_keys& keys, const yaml_node& node, const std::string& path);
  // Its origin is the caller's to note; so it is for an entry.
  void read(const config_key& key, const yaml_node& node, const std::string& path);
  // One entry of a map.
  void read_entry(const map_slot& slot, std::string_view name, const yaml_node& node,
                  const std::string& path);

 private:
  struct scalar {
    std::string text;
    yaml_type type = yaml_type::text;  // of what the file says, before it was expanded
    bool loose = false;
  };
  // Nothing where it is none, or does not expand: then that was said.
  std::optional<scalar> scalar_of(const yaml_node& node, std::string_view name, const char* wanted,
                                  const std::string& path);
  void set(const text_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const secret_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const truth_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const duration_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const size_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const whole_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const choice_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const texts_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const map_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const group_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);
  void set(const sinks_slot& slot, const config_key& key, const yaml_node& node,
           const std::string& path);

  // A text of that shape.
  std::optional<std::string> text_of(const yaml_node& node, std::string_view name, text_shape shape,
                                     const std::string& path, bool nullable = false);
  void read_sink(sink_config& sink, const yaml_node& node, const std::string& path);
  void problem(text_place at, std::string what, std::string remedy);
  void wrong(const yaml_node& node, std::string_view name, const std::string& wanted,
             const std::string& found, std::string remedy);
  void forget_below(const std::string& path);

  const yaml_file& file_;
  reader_options options_;
  const config_surroundings& around_;
  loaded_config& into_;
  problem_list& problems_;
};

}  // namespace trailbell::app
