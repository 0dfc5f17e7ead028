#include "report/download_progress.h"

#include "support/catch.h"

namespace wrcor {
namespace {

TEST_CASE("the progress of a download has its rate and its end", "[report]") {
  CHECK(format_download({50'000'000, 170'000'000, 0}, 10) ==
        "50.0/170.0 MB  29%  5.0 MB/s  left 24s");
  // Data from an earlier download do not count for the rate.
  CHECK(format_download({50'000'000, 170'000'000, 40'000'000}, 10) ==
        "50.0/170.0 MB  29%  1.0 MB/s  left 2m00s");
  CHECK(format_download({0, 170'000'000, 0}, 0) == "0.0/170.0 MB   0%");
}

}  // namespace
}  // namespace wrcor
