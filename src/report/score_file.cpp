#include "wrcor/report/score_file.h"

#include <spdlog/spdlog.h>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::string without_line_feed(std::string line) {
  if (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

}  // namespace

ScoreFile::ScoreFile(const std::filesystem::path& path, ScoreLines& form,
                     const std::string& settings)
    : form_(form), file_(path) {
  if (std::filesystem::is_regular_file(path)) read_existing(path, settings);
  const std::string header = without_line_feed(form_.begin());
  if (file_.empty() && !header.empty()) file_.append_line(header);
}

void ScoreFile::read_existing(const std::filesystem::path& path, const std::string& settings) {
  const std::string text = file_.content();
  const std::string header = without_line_feed(form_.begin());
  std::size_t start = 0;
  for (int number = 1; start < text.size(); ++number) {
    const std::size_t end = text.find('\n', start);
    if (end == text.npos) {
      spdlog::warn("{}: the last line is incomplete and is dropped", path.string());
      file_.truncate(start);
      return;
    }
    const std::string_view line = std::string_view(text).substr(start, end - start);
    start = end + 1;
    const std::string place = path.string() + ":" + std::to_string(number) + ": ";
    if (number == 1 && !header.empty()) {
      if (line != header) {
        throw UsageError(place + "expected the header '" + header +
                         "'; choose another --out, or the --format and --proxy of the file");
      }
      continue;
    }
    const std::optional<ScoreRecordKey> key = form_.read(line);
    if (!key)
      throw UsageError(place + "expected a score, found something else; choose another --out");
    if (key->settings != settings) {
      throw UsageError(place + "this score was made with other settings (" + key->settings +
                       ", now " + settings +
                       "); choose another --out, or the settings of the file");
    }
    known_.insert(key->arch);
  }
}

void ScoreFile::append(const std::string& arch, const Evaluation& evaluation) {
  known_.insert(arch);
  file_.append_line(without_line_feed(form_.record(arch, evaluation)));
}

}  // namespace wrcor
