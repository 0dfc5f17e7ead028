#include "record/metrics_file.h"

#include <algorithm>

#include "core/json.h"
#include "wrcor/core/error.h"

namespace wrcor {
namespace {

/// The part that is the same in all sessions of a training.
std::string origin_of(nlohmann::ordered_json identity) {
  identity.erase("machine");
  return identity.dump();
}

/// Whether this may be the part of a line that a crash left, in any version.
bool may_be_torn(const std::string& text) {
  return SealedLines::may_begin(text) || text.starts_with(R"({"epoch":)");
}

DataError no_line_of(int epoch, const std::filesystem::path& path) {
  const std::string number = std::to_string(epoch);
  return DataError(path.string() + ":" + number + ": expected the line of epoch " + number +
                   " as this training wrote it; restore the file from a copy, or start again in "
                   "another folder");
}

}  // namespace

MetricsFile::MetricsFile(const std::filesystem::path& path, const nlohmann::ordered_json& identity,
                         int epochs)
    : has_checks_(identity.contains("schema_version")), lines_(origin_of(identity)) {
  if (epochs > 0 || file_exists(path)) read_first(path, epochs);
  file_.emplace(path);
}

/// Reads the lines of this many epochs and cuts off the rest: further epochs, and a line that a
/// crash tore.
void MetricsFile::read_first(const std::filesystem::path& path, int epochs) {
  const AppendOnlyFile::Lines found = AppendOnlyFile::lines_of(path);
  const int complete = static_cast<int>(found.complete.size());
  std::string text;
  std::optional<SealedLines> behind_last;
  for (int epoch = 1; epoch <= complete; ++epoch) {
    if (epoch == epochs + 1) behind_last = lines_;
    const std::string& line = found.complete[static_cast<std::size_t>(epoch) - 1];
    const EpochMetrics metrics = read_line(line, path, epoch);
    if (epoch > epochs) continue;
    epochs_.push_back(metrics);
    text += line + "\n";
  }
  if (complete < epochs || !may_be_torn(found.incomplete)) throw no_line_of(complete + 1, path);
  if (behind_last) lines_ = *behind_last;
  if (complete > epochs || !found.incomplete.empty()) write_file_atomic(path, text);
}

EpochMetrics MetricsFile::read_line(const std::string& line, const std::filesystem::path& path,
                                    int epoch) {
  try {
    const std::optional<nlohmann::ordered_json> entry = open_line(line);
    const EpochMetrics metrics = entry ? epoch_metrics(*entry) : EpochMetrics();
    if (metrics.epoch == epoch) return metrics;
  } catch (const JsonError&) {
    // Reported below.
  } catch (const nlohmann::json::exception&) {
    // Reported below.
  }
  throw no_line_of(epoch, path);
}

std::optional<nlohmann::ordered_json> MetricsFile::open_line(const std::string& line) {
  if (has_checks_) return lines_.open(line);
  return std::make_optional(parse_json(line));
}

void MetricsFile::append(const EpochMetrics& metrics) {
  const nlohmann::ordered_json entry = to_json(metrics);
  file_->append_line(has_checks_ ? lines_.seal(entry) : entry.dump());
  epochs_.push_back(metrics);
}

}  // namespace wrcor
