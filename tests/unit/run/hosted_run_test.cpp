#include "run/hosted_run.h"

#include "support/catch.h"

using namespace wrcor;

namespace {

ScoringConditions conditions_on(const std::string& device, const std::string& model) {
  ScoringConditions conditions;
  conditions.device_kind = device;
  conditions.platform = {"2.6.0", model, "/usr/lib/libopenblas.so.0", "AVX2"};
  return conditions;
}

}  // namespace

TEST_CASE("workers on GPUs of two models compute other last digits", "[run][queue]") {
  CHECK(platform_of(conditions_on("cuda", "H100")) != platform_of(conditions_on("cuda", "A100")));
  CHECK(platform_of(conditions_on("cuda", "H100")) == platform_of(conditions_on("cuda", "H100")));
}

TEST_CASE("workers on two processors with the same kernels compute the same", "[run][queue]") {
  CHECK(platform_of(conditions_on("cpu", "Xeon")) == platform_of(conditions_on("cpu", "EPYC")));
  CHECK(platform_of(conditions_on("cpu", "Xeon")) != platform_of(conditions_on("cuda", "Xeon")));
}
