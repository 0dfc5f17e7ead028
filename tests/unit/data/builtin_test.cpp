#include "wrcor/data/builtin.h"

#include "data/cache_folder.h"
#include "support/catch.h"
#include "unit/data/fixtures.h"

namespace wrcor {
namespace {

using test::EnvironmentVariable;

TEST_CASE("the data sets are registered with a line each", "[data][registry]") {
  CHECK(datasets().names() ==
        std::vector<std::string>{"cifar10", "cifar100", "imagenet16", "folder", "synthetic"});
  for (const auto& entry : datasets().entries()) {
    CHECK_FALSE(entry.summary.empty());
    CHECK(entry.summary.find('\n') == std::string::npos);
  }
  CHECK(datasets().find("synthetic").value.open({})->info().name == "synthetic");
  CHECK(datasets().find("cifar100").value.info({}).classes == 100);
}

TEST_CASE("an unknown data set is an error that lists the known ones", "[data][registry]") {
  const auto message = test::message_of<UsageError>([] { datasets().find("cifar-10"); });
  CHECK(
      message ==
      "unknown data set 'cifar-10' (did you mean 'cifar10'?); known data sets: cifar10, cifar100, "
      "imagenet16, folder, synthetic");
}

TEST_CASE("a data set of one size takes no other", "[data][registry]") {
  const DatasetKind& kind = datasets().find("synthetic").value;
  const DatasetOptions same{.root = "", .image_size = ImageSize{32, 32}};
  const DatasetOptions other{.root = "", .image_size = ImageSize{32, 64}};
  CHECK(kind.info(same).image == FeatureShape{3, 32, 32});
  CHECK(kind.open(same)->size() == 50'000);
  const std::string problem =
      "the images of synthetic are 32x32, so the image size cannot be 32x64; only --data folder "
      "resizes";
  CHECK(test::message_of<UsageError>([&] { kind.info(other); }) == problem);
  CHECK(test::message_of<UsageError>([&] { kind.open(other); }) == problem);
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
