// aws_asker: asks AWS in one region, call after call, and says how each ended.
//
// All pages, tried again as service_client has it, and nothing after the deadline. Where a service
// let a request hang it is not asked again: one that is dead must not use up the time of the rest.
// Thread-safety: none.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "trailbell/aws/settings.hpp"
#include "verify/aws_call.hpp"
#include "verify/inventory_text.hpp"

namespace trailbell::verify {

struct asking {
  const aws::settings& config;            // outlives the askers
  std::shared_ptr<aws::tls_context> tls;  // that of the settings, for all: it takes long to load
  aws::credentials_source& who;           // the same; any thread
  aws::deadline until;
  log_function log;               // any thread
  std::function<bool()> stopped;  // the same
};

class aws_asker {
 public:
  // Errors: as open_http_client().
  static result<std::unique_ptr<aws_asker>> open(const asking& with, std::string region);

  // `thing`: what is asked about, where the call wants that.
  call_answer ask(const aws_call& call, const std::string& thing = {});
  // Of SQS: where a queue of this account is.
  [[nodiscard]] result<std::string> queue_url(const std::string& account,
                                              const std::string& name) const;

 private:
  struct asked_service {
    std::unique_ptr<aws::service_client> client;
    std::string problem;  // why it is not asked, or not again
  };
  aws_asker(const asking& with, std::string region, std::unique_ptr<aws::http_client> http);
  [[nodiscard]] result<std::string> endpoint_for(const aws_service& service) const;
  asked_service& service(const aws_service& wanted);
  call_answer failed_answer(const aws_call& call, const aws::service_failure& failure) const;

  asking with_;
  std::string region_;
  std::unique_ptr<aws::http_client> http_;  // of all services; before them: they borrow it
  std::map<std::string_view, asked_service> services_;
};

}  // namespace trailbell::verify
