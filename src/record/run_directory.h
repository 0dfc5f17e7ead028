#pragma once

#include <filesystem>
#include <vector>

namespace wrcor {

/// Folder of one run: config.json, journal.jsonl, and at the end best.txt, ranking.csv,
/// result.json.
struct RunDirectory {
  std::filesystem::path path;
  std::filesystem::path config() const { return path / "config.json"; }
  std::filesystem::path journal() const { return path / "journal.jsonl"; }
  std::filesystem::path best() const { return path / "best.txt"; }        ///< an architecture
  std::filesystem::path ranking() const { return path / "ranking.csv"; }  ///< of all
  std::filesystem::path result() const { return path / "result.json"; }
  std::filesystem::path lock() const { return path / "lock"; }  ///< while a process writes here
  /// All of them.
  std::vector<std::filesystem::path> files() const {
    return {config(), journal(), best(), ranking(), result(), lock()};
  }
  /// Whether a search was started here: its journal exists, even if only with a part of its header.
  /// @throws DataError when that cannot be determined.
  bool holds_run() const;
};

/// Folder of one training.
struct TrainingDirectory {
  std::filesystem::path path;
  std::filesystem::path config() const { return path / "config.json"; }
  std::filesystem::path metrics() const { return path / "metrics.jsonl"; }  ///< one line per epoch
  std::filesystem::path metrics_table() const { return path / "metrics.csv"; }  ///< at the end
  /// Everything needed to continue, from the start on.
  std::filesystem::path checkpoint() const { return path / "checkpoint.pt"; }
  std::filesystem::path weights() const { return path / "weights.pt"; }  ///< after the last epoch
  std::filesystem::path result() const { return path / "result.json"; }
  std::filesystem::path lock() const { return path / "lock"; }  ///< while a process writes here
  /// All of them.
  std::vector<std::filesystem::path> files() const {
    return {config(), metrics(), metrics_table(), checkpoint(), weights(), result(), lock()};
  }
  /// Whether a training was started here. @throws DataError when that cannot be determined
  bool holds_run() const;
  /// @throws UsageError when none was; DataError
  void require_run() const;
};

/// Refuses to write a file of the run or training in its folder. @throws UsageError; DataError
void require_no_file_of_run(const std::filesystem::path& file);

}  // namespace wrcor
