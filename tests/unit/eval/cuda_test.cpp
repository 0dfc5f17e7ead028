#include "eval/cuda.h"

#include <regex>

#include "eval/device.h"
#include "support/catch.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

TEST_CASE("CUDA cannot be used for a reason, or there is a device", "[eval][device]") {
  const bool has_device = usable_devices().size() > 1;
  CHECK(cuda_obstacle().has_value() == !has_device);
  if (const auto version = cuda_version()) {
    CHECK(std::regex_match(*version, std::regex("[1-9][0-9]*\\.[0-9]")));
  } else {
    CHECK(cuda_obstacle() == "libtorch was built without CUDA");
  }
}

TEST_CASE("a device is known by its model and the software on it", "[eval][device]") {
  CHECK(describe_software({"NVIDIA H200", 13000, 13010, 91002}) ==
        "CUDA 13.0, driver for CUDA 13.1, cuDNN 91002");
  CHECK(describe_software({"NVIDIA T4", 12040, 12020, 0}) == "CUDA 12.4, driver for CUDA 12.2");
  if (usable_devices().size() > 1) {
    CHECK_FALSE(cuda_parts(0).model.empty());
  } else {
    CHECK_THROWS_AS(cuda_parts(0), RunError);
  }
}

TEST_CASE("a driver that is missing, too old or blind is told apart", "[eval][device]") {
  CudaAnswers answers;
  answers.runtime_version = 13020;
  answers.error = 35;
  CHECK(explain_missing_device(answers) == "no NVIDIA driver is installed");

  answers.driver_version = 12040;
  CHECK(explain_missing_device(answers) ==
        "the NVIDIA driver serves CUDA up to 12.4, libtorch needs 13.2: update the driver, or take "
        "a libtorch for an older CUDA");

  answers.driver_version = 13020;
  answers.error = 100;
  CHECK(explain_missing_device(answers) == "the NVIDIA driver finds no device");
  answers.visible_devices = "7";
  CHECK(explain_missing_device(answers) ==
        "the NVIDIA driver shows no device (CUDA_VISIBLE_DEVICES is '7')");

  answers.error = 999;
  answers.error_text = "unknown error";
  CHECK(explain_missing_device(answers) == "the CUDA runtime reports: unknown error");
}

TEST_CASE("every libtorch takes the setting of TF32", "[eval][device]") {
  CHECK_NOTHROW(allow_tf32(true));
  CHECK_NOTHROW(allow_tf32(false));
}

}  // namespace
}  // namespace wrcor
