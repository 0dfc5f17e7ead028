#include "wrcor/core/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "wrcor/core/error.h"

namespace wrcor {

void configure_logging(Verbosity verbosity, const std::optional<std::filesystem::path>& file) {
  const auto terminal_level = verbosity == Verbosity::quiet     ? spdlog::level::err
                              : verbosity == Verbosity::verbose ? spdlog::level::debug
                                                                : spdlog::level::info;
  const char* no_color = std::getenv("NO_COLOR");
  const auto color = no_color != nullptr && *no_color != '\0' ? spdlog::color_mode::never
                                                              : spdlog::color_mode::automatic;
  auto terminal = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(color);
  terminal->set_level(terminal_level);
  // A message takes the place of a progress bar; the bar is drawn again below it.
  const std::string erase_line = isatty(STDERR_FILENO) == 1 ? "\r\x1b[2K" : "";
  terminal->set_pattern(erase_line + "%^%l%$: %v");
  std::vector<spdlog::sink_ptr> sinks{terminal};
  if (file) {
    try {
      auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file->string());
      sink->set_level(spdlog::level::debug);
      sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
      sinks.push_back(sink);
    } catch (const spdlog::spdlog_ex& failure) {
      throw UsageError("cannot write the log file '" + file->string() + "': " + failure.what());
    }
  }
  auto logger = std::make_shared<spdlog::logger>("wrcor", sinks.begin(), sinks.end());
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::warn);
  spdlog::set_default_logger(logger);
}

bool wants_progress() {
  return spdlog::default_logger()->sinks().front()->should_log(spdlog::level::info);
}

}  // namespace wrcor
