#include "run/data_fetch.h"

#include <csignal>

#include "data/binary_records.h"
#include "run/interrupt.h"
#include "support/http_server.h"
#include "unit/data/fixtures.h"
#include "wrcor/config/config_loader.h"
#include "wrcor/run/workbench.h"

namespace wrcor {
namespace {

Config config_of_cifar10() {
  Config config;
  config.data.name = "cifar10";
  config.data.mirror = "file:///nowhere";
  return config;
}

TEST_CASE("the first use of a data set downloads it, if it may", "[run][fetch]") {
  const test::TemporaryFolder cache;
  const test::EnvironmentVariable own("WRCOR_DATA", cache.path().c_str());
  Config config = config_of_cifar10();
  CHECK_THAT(test::message_of<DataError>([&] { make_workbench(resolve(config)); }),
             ContainsSubstring("cannot download CIFAR-10: file:///nowhere/cifar-10-binary.tar.gz"));
  config.data.download = false;
  CHECK_THROWS_AS(make_workbench(resolve(config)), MissingDataError);
}

TEST_CASE("where data come from is no part of a result", "[run][fetch]") {
  Config other = config_of_cifar10();
  other.data.download = false;
  other.data.mirror = "https://example.org";
  CHECK(result_config(other) == result_config(config_of_cifar10()));
}

TEST_CASE("a signal ends a download in an orderly way", "[run][fetch]") {
  const test::TemporaryFolder cache;
  const test::EnvironmentVariable own("WRCOR_DATA", cache.path().c_str());
  const test::HttpServer server([](const test::HttpRequest&, int) {
    return test::HttpReply{"HTTP/1.1 200 OK\r\nContent-Length: 170052171", "abc", true};
  });
  Config config = config_of_cifar10();
  config.data.mirror = server.url();
  const auto interrupt = [](const DownloadState& state) {
    if (state.done == 3) std::raise(SIGTERM);
  };
  CHECK(test::message_of<Interrupted>([&] { fetch_data(cifar10_source(), config, interrupt); }) ==
        "interrupted while CIFAR-10 was fetched; the received part is kept; the same command "
        "continues");
  CHECK(std::filesystem::file_size(cache.path() / "cifar-10-binary.tar.gz.part") == 3);
}

TEST_CASE("interrupt guards nest", "[run][interrupt]") {
  const InterruptGuard outer;
  { const InterruptGuard inner; }
  std::raise(SIGTERM);  // would end the process without a guard
  CHECK(InterruptGuard::signal() == SIGTERM);
  const InterruptGuard inner;
  CHECK(InterruptGuard::signal() == SIGTERM);
}

}  // namespace
}  // namespace wrcor
