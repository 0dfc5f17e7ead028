#include "wrcor/report/score_file.h"

#include <fstream>

#include "wrcor/core/error.h"

namespace wrcor {
namespace {

std::string without_line_feed(std::string line) {
  if (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

}  // namespace

std::optional<std::string> settings_in(const std::filesystem::path& path, const ScoreLines& form) {
  if (!std::filesystem::is_regular_file(path)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  std::string line;
  if (!form.begin().empty()) std::getline(file, line);
  if (!std::getline(file, line)) return std::nullopt;
  const std::optional<ScoreRecordKey> key = form.read(line);
  return key ? std::optional(key->settings) : std::nullopt;
}

ScoreFile::ScoreFile(const std::filesystem::path& path, ScoreLines& form,
                     const std::string& settings)
    : form_(form), file_(path) {
  if (std::filesystem::is_regular_file(path)) read_existing(path, settings);
  const std::string header = without_line_feed(form_.begin());
  if (file_.empty() && !header.empty()) file_.append_line(header);
}

void ScoreFile::read_existing(const std::filesystem::path& path, const std::string& settings) {
  const std::string header = without_line_feed(form_.begin());
  const AppendOnlyFile::Lines lines = file_.lines();
  int number = 0;
  for (const std::string& line : lines.complete) {
    ++number;
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
  const std::string opening = form_.opening();
  if (number == 0 && !lines.incomplete.starts_with(opening) &&
      !opening.starts_with(lines.incomplete)) {
    throw UsageError(path.string() +
                     ":1: expected a score, found something else; choose another --out");
  }
  file_.drop_incomplete(lines);
}

void ScoreFile::append(const std::string& arch, const Evaluation& evaluation) {
  known_.insert(arch);
  file_.append_line(without_line_feed(form_.record(arch, evaluation)));
}

}  // namespace wrcor
