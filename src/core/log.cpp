#include "wrcor/core/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "core/terminal.h"
#include "core/utf8.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

/// The message as %* of a pattern, made printable, whatever it quotes.
class PrintableMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& target) override {
    const std::string shown = printable({message.payload.data(), message.payload.size()});
    target.append(shown.data(), shown.data() + shown.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<PrintableMessage>();
  }
};

/// @param pattern  of spdlog, with %* for the message
void set_pattern(spdlog::sinks::sink& sink, const std::string& pattern) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<PrintableMessage>('*').set_pattern(pattern);
  sink.set_formatter(std::move(formatter));
}

/// Messages are appended only to a file that already holds messages.
void require_log(const std::filesystem::path& file) {
  std::error_code unreachable;  // opening it reports the error
  if (!std::filesystem::is_regular_file(file, unreachable)) return;
  constexpr std::streamsize date = 20;  // "2026-01-31T14:25:01."
  std::string start(date, '\0');
  std::ifstream opened(file, std::ios::binary);
  opened.read(start.data(), date);
  static const std::regex written("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.");
  if (opened.gcount() == 0 || std::regex_match(start, written)) return;
  throw UsageError("--log-file: '" + file.string() +
                   "' holds something else than messages of wrcor; choose another file");
}

}  // namespace

void configure_logging(Verbosity verbosity, const std::optional<std::filesystem::path>& file) {
  const auto terminal_level = verbosity == Verbosity::quiet     ? spdlog::level::err
                              : verbosity == Verbosity::verbose ? spdlog::level::debug
                                                                : spdlog::level::info;
  const char* no_color = std::getenv("NO_COLOR");
  const auto color = no_color != nullptr && *no_color != '\0' ? spdlog::color_mode::never
                                                              : spdlog::color_mode::automatic;
  auto terminal = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(color);
  terminal->set_level(terminal_level);
  // A message replaces the progress bar; the bar is drawn again below it.
  const std::string erase_line = redraws_lines(STDERR_FILENO) ? "\r\x1b[2K" : "";
  set_pattern(*terminal, erase_line + "%^%l%$: %*");
  std::vector<spdlog::sink_ptr> sinks{terminal};
  if (file) {
    require_log(*file);
    try {
      auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file->string());
      sink->set_level(spdlog::level::debug);
      set_pattern(*sink, "%Y-%m-%dT%H:%M:%S.%e%z %l: %*");
      sinks.push_back(sink);
    } catch (const spdlog::spdlog_ex& failure) {
      throw UsageError("cannot write the log file '" + file->string() + "': " + failure.what());
    }
  }
  auto logger = std::make_shared<spdlog::logger>("wrcor", sinks.begin(), sinks.end());
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::info);  // so that a full disk is noticed
  logger->set_error_handler([](const std::string& failure) {
    static std::atomic_flag said;
    if (said.test_and_set()) return;
    std::fprintf(stderr, "warning: messages are lost: %s\n", failure.c_str());
  });
  spdlog::set_default_logger(logger);
}

bool wants_progress() {
  return spdlog::default_logger()->sinks().front()->should_log(spdlog::level::info);
}

}  // namespace wrcor
