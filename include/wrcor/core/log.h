#pragma once

#include <filesystem>
#include <optional>

#include <spdlog/spdlog.h>

namespace wrcor {

enum class Verbosity { quiet, normal, verbose };

/// Sends log messages to standard error (never to standard output, which carries results only) and,
/// if given, to a file. `spdlog::info` and its kin are used directly everywhere else.
/// @throws UsageError when the file cannot be opened.
void configure_logging(Verbosity verbosity, const std::optional<std::filesystem::path>& file);

/// Whether standard error takes messages that are no errors.
bool wants_progress();

}  // namespace wrcor
