#include "verify/http_sign_in.hpp"

#include <filesystem>
#include <optional>
#include <string_view>

#include "aws/small_file.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/model/yaml.hpp"

namespace trailbell::verify {
namespace {

class sign_in_reader {
 public:
  explicit sign_in_reader(const std::string& path) : path_{path} {}

  result<http_sign_in> read() {
    const result<std::string> text = aws::read_small_file(path_);
    if (!text) {
      return error{errc::usage, text.failure().message};
    }
    const auto file = read_yaml(path_, text.value());
    if (!file) {
      return error{errc::usage, file.failure().message()};
    }
    for (const yaml_node& root : file.value().documents) {
      read_root(root);
    }
    if (!file.value().problems.empty()) {
      problem_ = problem_.value_or(file.value().problems.front().message());
    }
    if (problem_) {
      return error{errc::usage, *problem_};
    }
    return std::move(out_);
  }

 private:
  void say(const text_place& at, std::string what, std::string remedy = "") {
    if (!problem_) {
      problem_ = file_problem{path_, at, std::move(what), std::move(remedy)}.message();
    }
  }

  // Each member by name; an unknown one is an error.
  template <class Take>
  void each(const yaml_node& of, Take take) {
    if (of.kind != yaml_kind::mapping) {
      say(of.at, std::string{"there is "} + name_of(of) + " where a mapping is wanted");
      return;
    }
    for (const yaml_member& one : of.members) {
      if (!take(one.key, one.value)) {
        say(one.at, "the key " + in_quotes(one.key) + " is not known here",
            "known are basic_auth, authorization, bearer_token, bearer_token_file, and tls_config "
            "with ca_file, cert_file, key_file");
      }
    }
  }

  void read_root(const yaml_node& root) {
    each(root, [&](const std::string& key, const yaml_node& value) {
      if (key == "basic_auth") {
        read_basic(value);
      } else if (key == "authorization") {
        read_authorization(value);
      } else if (key == "bearer_token") {
        authorize(value, "Bearer", value.text);
      } else if (key == "bearer_token_file") {
        authorize(value, "Bearer", content_of(value));
      } else if (key == "tls_config") {
        read_tls(value);
      } else {
        return key == "follow_redirects" || key == "enable_http2";  // no redirect is followed here
      }
      return true;
    });
  }

  void read_basic(const yaml_node& of) {
    std::string user;
    std::string password;
    each(of, [&](const std::string& key, const yaml_node& value) {
      if (key == "username") {
        user = value.text;
      } else if (key == "username_file") {
        user = content_of(value);
      } else if (key == "password") {
        password = value.text;
      } else if (key == "password_file") {
        password = content_of(value);
      } else {
        return false;
      }
      return true;
    });
    authorize(of, "Basic", in_base64(user + ":" + password));
  }

  void read_authorization(const yaml_node& of) {
    std::string type = "Bearer";
    std::string credentials;
    each(of, [&](const std::string& key, const yaml_node& value) {
      if (key == "type") {
        type = value.text;
      } else if (key == "credentials") {
        credentials = value.text;
      } else if (key == "credentials_file") {
        credentials = content_of(value);
      } else {
        return false;
      }
      return true;
    });
    authorize(of, type, credentials);
  }

  void read_tls(const yaml_node& of) {
    each(of, [&](const std::string& key, const yaml_node& value) {
      if (key == "ca_file") {
        out_.tls.ca_file = place_of(value);
      } else if (key == "cert_file") {
        out_.tls.certificate_file = place_of(value);
      } else if (key == "key_file") {
        out_.tls.key_file = place_of(value);
      } else if (key == "insecure_skip_verify") {
        if (value.text != "false") {
          say(value.at, "a server that nobody stands for is not asked",
              "name its authority as ca_file");
        }
      } else {
        return false;
      }
      return true;
    });
    if (!out_.tls.key_file.empty() && out_.tls.certificate_file.empty()) {
      say(of.at, "a key_file is of no use without its cert_file");
    }
  }

  void authorize(const yaml_node& at, const std::string& type, const std::string& credentials) {
    if (!out_.headers.empty()) {
      say(at.at, "it signs in twice: one of basic_auth, authorization and bearer_token is enough");
    } else if (credentials.empty()) {
      say(at.at, "there is nothing to sign in with");
    } else {
      out_.headers.push_back({"Authorization", type + " " + credentials});
    }
  }

  [[nodiscard]] std::string place_of(const yaml_node& value) const {
    return (std::filesystem::path{path_}.parent_path() / value.text).string();
  }

  std::string content_of(const yaml_node& value) {
    result<std::string> text = aws::read_token_file(place_of(value));
    if (!text) {
      say(value.at, text.failure().message);
      return "";
    }
    return std::move(text.value());
  }

  const std::string& path_;
  std::optional<std::string> problem_;
  http_sign_in out_;
};

}  // namespace

result<http_sign_in> read_sign_in(const std::string& path) {
  return path.empty() ? http_sign_in{} : sign_in_reader{path}.read();
}

}  // namespace trailbell::verify
