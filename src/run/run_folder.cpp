#include "run_folder.h"

#include <spdlog/fmt/chrono.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <string_view>

#include "wrcor/core/error.h"
#include "wrcor/core/file.h"

namespace wrcor {

std::string shell_word(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("/._-+:@").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

bool is_there(const std::filesystem::path& path) {
  std::error_code unreachable;  // making it will say so
  return std::filesystem::exists(path, unreachable);
}

OwnFolder::OwnFolder(const std::filesystem::path& path, const std::filesystem::path& lock,
                     const std::vector<std::filesystem::path>& written)
    : path_(path), existed_(is_there(path)) {
  make_folder(path_);
  lock_.emplace(FileLock::take(lock, path_));
  for (const auto& file : written) remove_partial_files(file);
}

OwnFolder::~OwnFolder() {
  lock_.reset();
  std::error_code not_empty;
  if (!existed_) std::filesystem::remove(path_, not_empty);
}

void require_no_other_config(const std::filesystem::path& config, const std::string& document,
                             const std::string& what) {
  if (!is_there(config) || read_file(config) == document) return;
  throw UsageError("'" + config.string() + "' is not of a run, and this " + what +
                   " would replace it; move it, or choose another --out");
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

std::string machine_name() {
  utsname system{};
  if (uname(&system) != 0) return "unknown";
  return std::string(system.sysname) + " " + system.machine;
}

}  // namespace wrcor
