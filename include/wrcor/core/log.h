#pragma once

#include <filesystem>
#include <optional>

#include <spdlog/spdlog.h>

namespace wrcor {

enum class Verbosity { quiet, normal, verbose };

/// Sends log messages to standard error (never to standard output, which carries results only) and,
/// if given, to a file. All other code uses `spdlog::info` and similar functions directly.
/// @throws UsageError when the file cannot be opened.
void configure_logging(Verbosity verbosity, const std::optional<std::filesystem::path>& file);

/// Whether messages other than errors go to standard error.
bool wants_progress();

}  // namespace wrcor
