#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/file.h"
#include "core/seal.h"
#include "record/training_result.h"

namespace wrcor {

/// The finished epochs of a training: JSON lines, each on the disk before the epoch counts, and
/// each with a check that covers its training and all lines before it.
class MetricsFile {
 public:
  /// Opens or creates the file with the lines of its first epochs; lines beyond the checkpoint are
  /// removed.
  /// @param identity  of the training; one without schema_version is of the first version, whose
  ///                  lines have no checks
  /// @throws DataError when it lacks them, or has a line of something else; RunError when it cannot
  ///         be written
  MetricsFile(const std::filesystem::path& path, const nlohmann::ordered_json& identity,
              int epochs);

  const std::vector<EpochMetrics>& epochs() const { return epochs_; }
  /// @throws RunError
  void append(const EpochMetrics& metrics);

 private:
  void read_first(const std::filesystem::path& path, int epochs);
  EpochMetrics read_line(const std::string& line, const std::filesystem::path& path, int epoch);
  std::optional<nlohmann::ordered_json> open_line(const std::string& line);

  bool has_checks_;
  SealedLines lines_;
  std::vector<EpochMetrics> epochs_;
  std::optional<AppendOnlyFile> file_;  ///< once its lines are read
};

}  // namespace wrcor
