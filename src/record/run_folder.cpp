#include "record/run_folder.h"

#include <spdlog/fmt/chrono.h>

#include <algorithm>
#include <cctype>
#include <ctime>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "config/unread_variables.h"
#include "wrcor/config/config_loader.h"

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

namespace {

std::vector<std::filesystem::path> make_own_folder(const std::filesystem::path& path) {
  require_place_of_folder(path);
  return make_folder(path);
}

FileLock take_within(std::chrono::seconds patience, const std::filesystem::path& lock,
                     const std::filesystem::path& folder) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point end = Clock::now() + patience;
  while (Clock::now() < end) {
    if (std::optional<FileLock> taken = FileLock::try_take(lock)) return std::move(*taken);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return FileLock::take(lock, folder);
}

}  // namespace

OwnFolder::OwnFolder(const std::filesystem::path& path, const std::filesystem::path& lock,
                     const std::vector<std::filesystem::path>& written,
                     std::chrono::seconds patience)
    : made_(make_own_folder(path)), lock_(take_within(patience, lock, path)) {
  for (const auto& file : written) remove_partial_files(file);
}

void require_place_of_folder(const std::filesystem::path& path) {
  std::error_code unreachable;  // making the folder reports the error
  const std::filesystem::file_status there = std::filesystem::status(path, unreachable);
  if (!std::filesystem::exists(there) || std::filesystem::is_directory(there)) return;
  throw UsageError("'" + path.string() + "' is not a folder; name a new one, or that of a run");
}

void take_recorded_settings(ConfigSources& sources, const std::filesystem::path& config) {
  std::error_code ignored;  // an error of another kind of file is reported when it is read
  if (std::filesystem::is_regular_file(config, ignored) && holds_nothing(config))
    throw DataError("'" + config.string() + "' is empty; restore it from a copy");
  sources.file = config;
  sources.recorded = true;
  sources.environment.clear();
}

void continue_with_settings(ConfigSources& sources, const std::filesystem::path& config) {
  const auto environment = sources.environment;
  take_recorded_settings(sources, config);
  warn_of_unread_variables(environment, config);
}

UsageError not_of_this(const std::string& run, const std::filesystem::path& file) {
  return UsageError("'" + file.string() + "' is not of this " + run +
                    ", which would replace it; move it, or choose another folder");
}

bool holds_nothing(const std::filesystem::path& file) {
  return read_file(file).find_first_not_of('\0') == std::string::npos;
}

void require_no_other_config(const std::filesystem::path& config, const std::string& document,
                             const std::string& what) {
  if (!file_exists(config) || read_file(config) == document) return;
  throw UsageError("'" + config.string() + "' is not of a run, and this " + what +
                   " would replace it; move it, or choose another folder");
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace wrcor
