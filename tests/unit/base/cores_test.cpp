#include "trailbell/base/cores.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "trailbell/base/limits.hpp"

namespace trailbell {
namespace {

constexpr int of_machine = 64;

// A written /proc and /sys.
class CoresWithinQuota : public testing::Test {
 protected:
  CoresWithinQuota()
      : root_{std::filesystem::path{testing::TempDir()} /
              ("trailbell-cores-" + std::to_string(::getpid()))} {
    std::filesystem::remove_all(root_);
  }
  ~CoresWithinQuota() override { std::filesystem::remove_all(root_); }

  void put(const std::string& name, const std::string& text) const {
    const std::filesystem::path file = root_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream{file} << text;
  }

  void is_in(const std::string& own) const { put("proc/self/cgroup", own + "\n"); }
  void mounted(const std::string& line) const {
    put("proc/self/mountinfo", "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/root rw\n" + line +
                                   "\n23 22 0:21 / /proc rw - proc proc rw\n");
  }
  void version_2() const {
    mounted("30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate");
  }
  void version_1() const {
    mounted(
        "31 30 0:27 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory\n"
        "32 30 0:28 / /sys/fs/cgroup/cpuset rw shared:6 - cgroup cgroup rw,cpuset\n"
        "33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:7 - cgroup cgroup rw,cpu,cpuacct");
  }

  [[nodiscard]] int cores(int allowed = of_machine) const {
    return cores_within_quota(root_, allowed);
  }

  std::filesystem::path root_;
};

TEST_F(CoresWithinQuota, nothing_to_read_limits_nothing) {
  EXPECT_EQ(cores(), of_machine);
  version_2();
  EXPECT_EQ(cores(), of_machine);
  is_in("0::/");
  EXPECT_EQ(cores(), of_machine);
}

TEST_F(CoresWithinQuota, a_pod_has_its_limit_and_not_its_nodes_cores) {
  version_2();
  is_in("0::/");  // its own name space begins with its own group
  put("sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(cores(), 2);
}

TEST_F(CoresWithinQuota, max_is_no_quota) {
  version_2();
  is_in("0::/");
  put("sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(cores(), of_machine);
}

TEST_F(CoresWithinQuota, the_least_of_all_groups_around_counts) {
  version_2();
  is_in("0::/system.slice/trailbell.service");
  put("sys/fs/cgroup/system.slice/cpu.max", "300000 100000\n");
  put("sys/fs/cgroup/system.slice/trailbell.service/cpu.max", "800000 100000\n");
  put("sys/fs/cgroup/other.slice/cpu.max", "100000 100000\n");
  EXPECT_EQ(cores(), 3);
  put("sys/fs/cgroup/system.slice/trailbell.service/cpu.max", "100000 100000\n");
  EXPECT_EQ(cores(), 1);
}

TEST_F(CoresWithinQuota, a_part_of_a_core_counts_as_one) {
  version_2();
  is_in("0::/");
  put("sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_EQ(cores(), 2);
  put("sys/fs/cgroup/cpu.max", "1000 100000\n");
  EXPECT_EQ(cores(), 1);
}

TEST_F(CoresWithinQuota, a_quota_beyond_what_is_allowed_gives_nothing_more) {
  version_2();
  is_in("0::/");
  put("sys/fs/cgroup/cpu.max", "9223372036854775807 1\n");
  EXPECT_EQ(cores(4), 4);
}

TEST_F(CoresWithinQuota, is_at_least_one) {
  EXPECT_EQ(cores(0), 1);
}

TEST_F(CoresWithinQuota, version_1_is_read_where_cpu_is_one_of_the_controllers) {
  version_1();
  is_in("5:cpuset:/elsewhere\n4:cpu,cpuacct:/docker/abc\n0::/docker/abc");
  put("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "250000\n");
  put("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us", "100000\n");
  put("sys/fs/cgroup/cpuset/elsewhere/cpu.cfs_quota_us", "100000\n");
  put("sys/fs/cgroup/cpuset/elsewhere/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cores(), 3);
  put("sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(cores(), of_machine);
}

TEST_F(CoresWithinQuota, a_container_without_a_name_space_sees_its_group_as_the_mounts_root) {
  mounted("33 30 0:29 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu");
  is_in("4:cpu:/docker/abc/inner");
  put("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "400000\n");
  put("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(cores(), 4);
  put("sys/fs/cgroup/cpu/inner/cpu.cfs_quota_us", "50000\n");
  put("sys/fs/cgroup/cpu/inner/cpu.cfs_period_us", "50000\n");
  EXPECT_EQ(cores(), 1);
}

TEST_F(CoresWithinQuota, a_group_that_the_mount_does_not_show_is_not_looked_for_elsewhere) {
  version_2();
  is_in("0::/../outside");
  put("sys/fs/cgroup/cpu.max", "500000 100000\n");
  put("sys/fs/outside/cpu.max", "100000 100000\n");
  EXPECT_EQ(cores(), 5);
}

TEST_F(CoresWithinQuota, a_mount_may_have_blanks_in_its_name) {
  mounted("30 23 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw");
  is_in("0::/");
  put("my groups/cpu.max", "600000 100000\n");
  EXPECT_EQ(cores(), 6);
}

TEST_F(CoresWithinQuota, lines_that_are_none_are_passed_over) {
  mounted(
      "\n-\na - cgroup2\n1 2 3 4 5 - cgroup2 x\nno dash at all cgroup2 in here too\n"
      "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw");
  is_in("\nx\n0:\n:::\n0::/");
  for (const std::string text : {"", "max", "200000", "x y", "0 100000", "200000 0", "-5 100000"}) {
    put("sys/fs/cgroup/cpu.max", text);
    EXPECT_EQ(cores(), of_machine) << text;
  }
  put("sys/fs/cgroup/cpu.max", "700000 100000");
  EXPECT_EQ(cores(), 7);
}

TEST(UsableCores, are_those_that_this_process_may_run_on) {
  cpu_set_t before;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  EXPECT_GE(usable_cores(), 1);
  EXPECT_LE(usable_cores(), std::min(CPU_COUNT(&before), limits::lanes_max));
  int first = 0;
  while (!CPU_ISSET(first, &before)) {
    ++first;
  }
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(usable_cores(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}

}  // namespace
}  // namespace trailbell
