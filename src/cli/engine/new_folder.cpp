#include "new_folder.h"

#include <spdlog/fmt/chrono.h>

#include <chrono>

#include "record/run_folder.h"
#include "wrcor/core/error.h"

namespace wrcor::cli {
namespace {

constexpr const char* all_runs = "runs";

std::vector<std::filesystem::path> make_all_runs() {
  try {
    return make_folder(all_runs);
  } catch (const RunError& failure) {
    throw RunError(std::string(failure.what()) + "; name another folder with --out");
  }
}

/// @return the new folder, in that of all runs
std::filesystem::path make_run(const std::string& name) {
  const auto now =
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
  const std::string folder = fmt::format("{}/{:%Y%m%d-%H%M%S}-{}", all_runs, now, name);
  std::error_code failure;
  for (int number = 1; !failure; ++number) {
    const std::filesystem::path path = number == 1 ? folder : folder + "-" + std::to_string(number);
    if (std::filesystem::create_directory(path, failure)) return path;
  }
  throw RunError("cannot create '" + folder + "': " + failure.message() +
                 "; name another folder with --out");
}

}  // namespace

NewFolder::NewFolder(const std::string& out, const std::string& name)
    : all_(out.empty() ? make_all_runs() : std::vector<std::filesystem::path>()),
      path_(out.empty() ? make_run(name) : std::filesystem::path(out)),
      made_(out.empty() ? std::vector{path_} : std::vector<std::filesystem::path>()) {
  require_place_of_folder(path_);
}

}  // namespace wrcor::cli
