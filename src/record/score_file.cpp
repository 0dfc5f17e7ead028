#include "record/score_file.h"

#include <map>

#include "core/text_file.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

std::string without_line_feed(std::string line) {
  if (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

/// Keeps other processes from a file, under any of its names. Pipes and devices need no lock.
std::optional<FileLock> lock_of(const std::filesystem::path& path) {
  std::error_code missing;
  const auto type = std::filesystem::status(path, missing).type();
  if (type != std::filesystem::file_type::regular && type != std::filesystem::file_type::not_found)
    return std::nullopt;
  const std::filesystem::path real = std::filesystem::weakly_canonical(path, missing);
  return FileLock::take((real.empty() ? path : real).string() + ".lock", path);
}

}  // namespace

ScoreFile::ScoreFile(const std::filesystem::path& path, ScoreLines& form,
                     const std::string& settings, const std::vector<std::string>& proxies)
    : form_(form), lock_(lock_of(path)), file_(path, AppendOnlyFile::Accepts::streams) {
  if (std::filesystem::is_regular_file(path))
    read_existing(path, settings, {proxies.begin(), proxies.end()});
  const std::string header = without_line_feed(form_.begin());
  if (file_.empty() && !header.empty()) file_.append_line(header);
}

void ScoreFile::read_existing(const std::filesystem::path& path, const std::string& settings,
                              const std::set<std::string>& proxies) {
  const std::string header = without_line_feed(form_.begin());
  const AppendOnlyFile::Lines lines = file_.lines();
  std::map<std::string, std::string> line_of;  // by architecture
  int number = 0;
  bool begun = false;
  for (const std::string& line : lines.complete) {
    ++number;
    const std::string line_place = path.string() + ":" + std::to_string(number);
    const std::string place = line_place + ": ";
    if (number == 1 && !header.empty()) {
      if (line != header) {
        throw UsageError(place + "expected the header '" + header +
                         "'; choose another --out, or the --format and --proxy of the file");
      }
      continue;
    }
    const std::optional<ScoreRecordKey> key = form_.read(line, line_place);
    // A file that begins with scores is a file of scores, and anything else in it is damage.
    const auto reject = [&](const std::string& found, const std::string& otherwise) {
      if (!begun) throw UsageError(place + found + "; choose another --out" + otherwise);
      throw DataError(place + found +
                      ", after valid scores; restore the file from a copy, or choose another "
                      "--out");
    };
    if (!key) reject("expected a score, found something else", "");
    if (key->settings != settings) {
      reject(
          "this score was made with other settings (" + key->settings + ", now " + settings + ")",
          ", or the settings of the file");
    }
    if (std::set<std::string>(key->proxies.begin(), key->proxies.end()) != proxies) {
      reject("the file has scores of " + join(key->proxies) + ", asked for " +
                 join({proxies.begin(), proxies.end()}),
             ", or the --proxy of the file");
    }
    begun = true;
    if (key->failed) continue;
    const auto [first, added] = line_of.emplace(key->arch, line);
    if (!added && first->second != line)
      reject("a second score of " + key->arch + ", which differs from the first", "");
    known_.insert(key->arch);
  }
  const std::string opening = form_.opening();
  const std::string beginning = lines.incomplete.substr(0, lines.incomplete.find('\0'));
  if (number == 0 && !beginning.starts_with(opening) && !opening.starts_with(beginning)) {
    throw UsageError(path.string() +
                     ":1: expected a score, found something else; choose another --out");
  }
  file_.drop_incomplete(lines);
}

void ScoreFile::append(const std::string& arch, const Evaluation& evaluation) {
  if (evaluation.status == Status::failed) return;
  known_.insert(arch);
  file_.append_line(without_line_feed(form_.record(arch, evaluation)));
}

}  // namespace wrcor
