#pragma once

#include <filesystem>
#include <vector>

#include "wrcor/core/file.h"
#include "wrcor/run/train_run.h"

namespace wrcor {

/// The epochs of a training that are over: JSON lines, each on the disk before the epoch counts.
class MetricsFile {
 public:
  /// Opens the file, or begins it, with the lines of its first epochs; what a later checkpoint
  /// would have made sure of goes.
  /// @throws DataError when it does not hold them; RunError when it cannot be written
  MetricsFile(const std::filesystem::path& path, int epochs);

  const std::vector<EpochMetrics>& epochs() const { return epochs_; }
  /// @throws RunError
  void append(const EpochMetrics& metrics);

 private:
  std::vector<EpochMetrics> epochs_;
  AppendOnlyFile file_;
};

}  // namespace wrcor
