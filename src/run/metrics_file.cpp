#include "metrics_file.h"

#include <sstream>

#include "run_folder.h"
#include "wrcor/core/error.h"
#include "wrcor/core/json.h"

namespace wrcor {
namespace {

EpochMetrics read_line(const std::string& line, const std::string& place, int epoch) {
  try {
    const EpochMetrics metrics = epoch_metrics(parse_json(line));
    if (metrics.epoch == epoch) return metrics;
  } catch (const JsonError&) {
    // Told below.
  } catch (const nlohmann::json::exception&) {
    // Told below.
  }
  throw DataError(place + ":" + std::to_string(epoch) + ": expected the line of epoch " +
                  std::to_string(epoch) +
                  ", which the checkpoint has seen; restore the file from " +
                  "a copy, or start again in another folder");
}

/// The lines of so many epochs, with which the file is replaced if it holds more.
std::vector<EpochMetrics> first_lines(const std::filesystem::path& path, int epochs) {
  std::vector<EpochMetrics> kept;
  if (!is_there(path) && epochs == 0) return kept;
  const std::string content = read_file(path);
  std::istringstream lines(content);
  std::string line, text;
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    line.clear();
    std::getline(lines, line);
    kept.push_back(read_line(line, path.string(), epoch));
    text += line + "\n";
  }
  if (text != content) write_file_atomic(path, text);
  return kept;
}

}  // namespace

MetricsFile::MetricsFile(const std::filesystem::path& path, int epochs)
    : epochs_(first_lines(path, epochs)), file_(path) {}

void MetricsFile::append(const EpochMetrics& metrics) {
  file_.append_line(to_json(metrics).dump());
  epochs_.push_back(metrics);
}

}  // namespace wrcor
