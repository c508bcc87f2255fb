#include "app/service_manager.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

namespace trailbell::app {
namespace {

// What systemd listens on.
class manager_socket {
 public:
  explicit manager_socket(const std::string& name) : name_{name} {
    sockaddr_un here{};
    here.sun_family = AF_UNIX;
    std::memcpy(here.sun_path, name.data(), name.size());
    if (name.front() == '@') {
      here.sun_path[0] = '\0';
    }
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    bound_ = bind(descriptor_, reinterpret_cast<const sockaddr*>(&here), size) == 0;
  }
  manager_socket(const manager_socket&) = delete;
  manager_socket& operator=(const manager_socket&) = delete;
  ~manager_socket() {
    close(descriptor_);
    std::filesystem::remove(name_);
  }

  [[nodiscard]] bool bound() const { return bound_; }
  // The next message; empty where there is none.
  [[nodiscard]] std::string next() const {
    char text[4096];
    const ssize_t size = recv(descriptor_, text, sizeof text, MSG_DONTWAIT);
    return size < 0 ? "" : std::string(text, static_cast<std::size_t>(size));
  }

 private:
  std::string name_;
  int descriptor_ = socket(AF_UNIX, SOCK_DGRAM, 0);
  bool bound_ = false;
};

std::string fresh_path() {
  return (std::filesystem::temp_directory_path() / ("trailbell-notify-" + std::to_string(getpid())))
      .string();
}

TEST(service_manager, is_told_of_start_reload_status_and_stop) {
  for (const std::string& name : {fresh_path(), "@" + fresh_path()}) {
    const manager_socket manager{name};
    ASSERT_TRUE(manager.bound()) << name;
    auto opened = service_manager::open({.socket = name});
    ASSERT_TRUE(opened.ok());
    service_manager& told = opened.value();
    EXPECT_TRUE(told.ready());
    EXPECT_EQ(manager.next(), "READY=1");
    EXPECT_TRUE(told.status("7 rules\nREADY=1"));
    EXPECT_EQ(manager.next(), "STATUS=7 rules\\u{a}READY=1");
    EXPECT_TRUE(told.stopping());
    EXPECT_EQ(manager.next(), "STOPPING=1");
    EXPECT_EQ(manager.next(), "");
  }
}

TEST(service_manager, is_told_when_a_reload_began) {
  const manager_socket manager{fresh_path()};
  auto opened = service_manager::open({.socket = fresh_path()});
  const auto now_usec = [] {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  };
  const auto before = now_usec();
  EXPECT_TRUE(opened.value().reloading());
  const std::string said = manager.next();
  const std::string head = "RELOADING=1\nMONOTONIC_USEC=";
  ASSERT_TRUE(said.starts_with(head)) << said;
  const auto usec = std::stoll(said.substr(head.size()));
  EXPECT_GE(usec, before);
  EXPECT_LE(usec, now_usec());
}

TEST(service_manager, hears_a_beat_at_half_of_the_watchdogs_time) {
  const manager_socket manager{fresh_path()};
  auto opened = service_manager::open({.socket = fresh_path(), .watchdog_usec = 10'000'000});
  constexpr std::int64_t second = 1'000'000'000;
  int beats = 0;
  for (std::int64_t now = 100; now <= 100 + 20 * second; now += second) {
    EXPECT_TRUE(opened.value().beat(now));
    const std::string said = manager.next();
    EXPECT_TRUE(said.empty() || said == "WATCHDOG=1") << said;
    beats += said.empty() ? 0 : 1;
  }
  EXPECT_EQ(beats, 5);  // at 0, 5, 10, 15 and 20 seconds
}

TEST(service_manager, hears_no_beat_where_it_did_not_ask) {
  const manager_socket manager{fresh_path()};
  auto opened = service_manager::open({.socket = fresh_path()});
  EXPECT_TRUE(opened.value().beat(1));
  EXPECT_EQ(manager.next(), "");
}

TEST(service_manager, may_be_missing) {
  auto none = service_manager::open({});
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none.value().listens());
  EXPECT_TRUE(none.value().ready());
  auto gone = service_manager::open({.socket = fresh_path()});
  ASSERT_TRUE(gone.ok());
  EXPECT_FALSE(gone.value().ready());
}

TEST(service_manager, refuses_a_name_that_is_none) {
  for (const std::string& name :
       {std::string{"relative"}, std::string{"@"}, std::string{"/"}, "/" + std::string(200, 'x')}) {
    const auto opened = service_manager::open({.socket = name});
    ASSERT_FALSE(opened.ok()) << name;
    EXPECT_NE(opened.failure().message.find("NOTIFY_SOCKET"), std::string::npos);
  }
}

TEST(service_manager, is_found_in_the_environment) {
  setenv("NOTIFY_SOCKET", "@x", 1);
  setenv("WATCHDOG_USEC", "30000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(service_manager_environment().socket, "@x");
  EXPECT_EQ(service_manager_environment().watchdog_usec, 30'000'000);
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(service_manager_environment().watchdog_usec, 0);
  unsetenv("WATCHDOG_PID");
  EXPECT_EQ(service_manager_environment().watchdog_usec, 30'000'000);
  for (const char* const nonsense : {"", "-5", "5s", "99999999999999999999"}) {
    setenv("WATCHDOG_USEC", nonsense, 1);
    EXPECT_EQ(service_manager_environment().watchdog_usec, 0) << nonsense;
  }
  unsetenv("NOTIFY_SOCKET");
  unsetenv("WATCHDOG_USEC");
}

}  // namespace
}  // namespace trailbell::app
