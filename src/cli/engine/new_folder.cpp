#include "new_folder.h"

#include <spdlog/fmt/chrono.h>

#include <chrono>

#include "wrcor/core/error.h"
#include "wrcor/core/file.h"

namespace wrcor::cli {

std::filesystem::path new_folder(const std::string& name) {
  const auto now =
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  const std::string folder = fmt::format("runs/{:%Y%m%d-%H%M%S}-{}", now, name);
  try {
    make_folder("runs");
  } catch (const RunError& failure) {
    throw RunError(std::string(failure.what()) + "; name another folder with --out");
  }
  std::error_code failure;
  for (int number = 1; !failure; ++number) {
    const std::filesystem::path path = number == 1 ? folder : folder + "-" + std::to_string(number);
    if (std::filesystem::create_directory(path, failure)) return path;
  }
  throw RunError("cannot create '" + folder + "': " + failure.message() +
                 "; name another folder with --out");
}

}  // namespace wrcor::cli
