#include "wrcor/data/builtin.h"

#include "support/catch.h"
#include "unit/data/fixtures.h"
#include "wrcor/data/cache_folder.h"

namespace wrcor {
namespace {

using test::EnvironmentVariable;

TEST_CASE("the data sets are registered with a line each", "[data][registry]") {
  CHECK(datasets().names() ==
        std::vector<std::string>{"cifar10", "cifar100", "imagenet16", "synthetic"});
  for (const auto& entry : datasets().entries()) {
    CHECK_FALSE(entry.summary.empty());
    CHECK(entry.summary.find('\n') == std::string::npos);
  }
  CHECK(datasets().find("synthetic").make.open({})->info().name == "synthetic");
  CHECK(datasets().find("cifar100").make.info.classes == 100);
}

TEST_CASE("an unknown data set is an error that lists the known ones", "[data][registry]") {
  const auto message = test::message_of<UsageError>([] { datasets().find("cifar-10"); });
  CHECK(
      message ==
      "unknown data set 'cifar-10' (did you mean 'cifar10'?); known data sets: cifar10, cifar100, "
      "imagenet16, synthetic");
}

TEST_CASE("the cache folder follows the environment", "[data][cache]") {
  const EnvironmentVariable home("HOME", "/home/someone");
  {
    const EnvironmentVariable cache("XDG_CACHE_HOME", "/var/cache");
    {
      const EnvironmentVariable own("WRCOR_DATA", "/data");
      CHECK(cache_folder() == "/data");
    }
    const EnvironmentVariable own("WRCOR_DATA", "");
    CHECK(cache_folder() == "/var/cache/wrcor");
  }
  const EnvironmentVariable own("WRCOR_DATA", nullptr), cache("XDG_CACHE_HOME", nullptr);
  CHECK(cache_folder() == "/home/someone/.cache/wrcor");
  const EnvironmentVariable homeless("HOME", nullptr);
  CHECK(cache_folder().empty());
}

}  // namespace
}  // namespace wrcor
