#include "record/score_merge.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/csv.h"
#include "core/file.h"
#include "record/score_writer.h"
#include "wrcor/core/error.h"
#include "wrcor/core/registry.h"

namespace wrcor {
namespace {

/// A record of a file of scores, as it was written.
struct ScoreLine {
  std::string place;
  std::string text;
  std::string arch;
};

constexpr const char* expected_scores = ": expected scores that 'wrcor score --out' wrote";

/// The form of a file by its first line, which is the header of CSV.
std::unique_ptr<ScoreLines> form_of(const std::string& first, const std::string& place) {
  if (!first.starts_with("arch,")) return std::make_unique<JsonLineScores>("");
  // arch, status, reason, the proxies, params, flops, settings, check
  constexpr std::ptrdiff_t before = 3, after = 4;
  const CsvReader csv(first + "\n", place);
  const std::vector<std::string>& columns = csv.header();
  if (std::ssize(columns) > before + after) {
    auto form = std::make_unique<CsvScores>(
        std::vector<std::string>(columns.begin() + before, columns.end() - after), "written");
    if (form->begin() == first + "\n") return form;
  }
  throw DataError(place + expected_scores);
}

/// The lines of several files of one form, settings and list of proxies.
class ScoreFiles {
 public:
  /// @throws UsageError, DataError
  void read(const std::filesystem::path& path) {
    const AppendOnlyFile::Lines found = AppendOnlyFile::lines_of(path);
    if (!found.incomplete.empty())
      spdlog::warn("{}: the last line is incomplete and is left out", path.string());
    if (found.complete.empty()) throw DataError(path.string() + expected_scores);
    if (!form_) form_ = form_of(found.complete.front(), path.string() + ":1");
    const bool has_header = !form_->begin().empty();
    std::vector<ScoreLine>& lines = lines_.emplace_back();
    for (std::size_t k = 0; k < found.complete.size(); ++k) {
      const std::string& text = found.complete[k];
      const std::string place = path.string() + ":" + std::to_string(k + 1);
      if (k > 0 || !has_header) {
        lines.push_back({place, text, read_arch(text, place)});
      } else if (text + "\n" != form_->begin()) {
        throw UsageError(place + ": other columns than those of the first file");
      }
    }
  }

  /// All lines, taken from the files in turn. @throws DataError
  std::string join(ScoreMerge& merge) const {
    std::string text = form_->begin();
    std::map<std::string, const ScoreLine*, std::less<>> taken;
    std::size_t longest = 0;
    for (const auto& lines : lines_) longest = std::max(longest, lines.size());
    for (std::size_t row = 0; row < longest; ++row) {
      for (const auto& lines : lines_) {
        if (row >= lines.size()) continue;
        const auto [known, added] = taken.emplace(lines[row].arch, &lines[row]);
        if (added) {
          text += lines[row].text + "\n";
        } else if (known->second->text == lines[row].text) {
          ++merge.repeated;
        } else {
          throw DataError(known->second->place + " and " + lines[row].place +
                          " contradict each other: they have different scores of " +
                          lines[row].arch);
        }
      }
    }
    merge.architectures = taken.size();
    return text;
  }

 private:
  std::string read_arch(const std::string& text, const std::string& place) {
    std::optional<ScoreRecordKey> key = form_->read(text, place);
    if (!key || key->settings.empty()) throw DataError(place + expected_scores);
    if (!first_) first_ = *key;
    if (key->settings != first_->settings) {
      throw UsageError(place + ": this score was made with other settings than the first (" +
                       key->settings + " instead of " + first_->settings + ")");
    }
    if (key->proxies != first_->proxies) {
      throw UsageError(place + ": scores of " + wrcor::join(key->proxies) +
                       ", where the first file has those of " + wrcor::join(first_->proxies));
    }
    return std::move(key->arch);
  }

  std::unique_ptr<ScoreLines> form_;
  std::optional<ScoreRecordKey> first_;
  std::vector<std::vector<ScoreLine>> lines_;  ///< by file
};

}  // namespace

ScoreMerge merge_score_files(const std::vector<std::filesystem::path>& paths,
                             const std::filesystem::path& out) {
  if (file_exists(out)) throw UsageError("'" + out.string() + "' exists; choose another --out");
  ScoreFiles files;
  for (const auto& path : paths) files.read(path);
  ScoreMerge merge;
  write_new_file(out, files.join(merge));
  return merge;
}

}  // namespace wrcor
